//! Writes ad clicks in the third, incompatible version to the topic `clicks-v3`: the producer of the example of a migration
//! (`docs/migrating-a-topic.md`).
//!
//! `cargo run -p serde-client --features kafka --example clicks_v3 -- 1000` writes a thousand; every hundredth click belongs
//! to a partner's campaign, whose id has letters. A second argument names another topic; a third one, `v2`, writes the clicks
//! as producers did before, with numbers for all campaigns.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;
use std::error::Error;

use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde::Serialize;
use serde_client::serializer::WriterSchema;
use serde_client::{Avro, RegistryClient, Serializer};

/// The fields of the schema that have no default.
#[derive(Serialize)]
struct AdClick {
    device: Device,
    tags: Vec<&'static str>,
    user: User,
    campaign_id: String,
    placement: &'static str,
    event_time: i64,
    label: i64,
    scores: HashMap<&'static str, f64>,
}

#[derive(Serialize)]
struct Device {
    os: Os,
    browser_name: &'static str,
    browser_version: &'static str,
    #[serde(with = "serde_bytes_as_slice")]
    ip_hash: [u8; 4],
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Os {
    Android,
    Ios,
}

/// A click as producers wrote it before.
#[derive(Serialize)]
struct OldClick {
    device: OldDevice,
    tags: Vec<&'static str>,
    user_id: String,
    campaign_id: i64,
    event_time: i64,
    label: i64,
    scores: HashMap<&'static str, f64>,
}

#[derive(Serialize)]
struct OldDevice {
    os: Os,
    browser: String,
    #[serde(with = "serde_bytes_as_slice")]
    ip_hash: [u8; 4],
}

#[derive(Serialize)]
struct User {
    id: String,
}

/// `serde` takes arrays for sequences; this one is bytes.
mod serde_bytes_as_slice {
    pub(super) fn serialize<S: serde::Serializer>(bytes: &[u8; 4], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }
}

/// When the first click happened: milliseconds since 1970-01-01.
const FIRST_CLICK: i64 = 1_764_388_800_000;

fn click(number: i64) -> AdClick {
    let campaign = number % 50;
    AdClick {
        device: Device {
            os: if number % 3 == 0 { Os::Ios } else { Os::Android },
            browser_name: if number % 3 == 0 { "Safari" } else { "Chrome" },
            browser_version: "131.0",
            ip_hash: [1, 2, 3, number.to_le_bytes()[0]],
        },
        tags: vec!["sport", "video"],
        user: User { id: format!("user-{}", number % 1_000) },
        campaign_id: if number % 100 == 99 { format!("partner-{campaign}") } else { campaign.to_string() },
        placement: "top",
        event_time: FIRST_CLICK + number,
        label: i64::from(number % 20 == 0),
        scores: HashMap::from([("baseline", 0.25)]),
    }
}

fn old_click(number: i64) -> OldClick {
    let AdClick { device, tags, user, event_time, label, scores, .. } = click(number);
    OldClick {
        device: OldDevice {
            os: device.os,
            browser: format!("{} {}", device.browser_name, device.browser_version),
            ip_hash: device.ip_hash,
        },
        tags,
        user_id: user.id,
        campaign_id: number % 50,
        event_time,
        label,
        scores,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let count: i64 = args.next().map_or(Ok(100), |count| count.parse())?;
    let topic = args.next().unwrap_or_else(|| "clicks-v3".to_owned());
    match args.next().as_deref() {
        Some("v2") => {
            write(&topic, count, |number| (format!("user-{}", number % 1_000), old_click(number))).await
        }
        _ => write(&topic, count, |number| (format!("user-{}", number % 1_000), click(number))).await,
    }
}

/// Writes clicks, each with its key.
async fn write<T: Serialize + Sync>(
    topic: &str,
    count: i64,
    click: impl Fn(i64) -> (String, T),
) -> Result<(), Box<dyn Error>> {
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let registry =
        RegistryClient::builder(&setting("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081")).build()?;
    let kafka = setting("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092");
    let producer: FutureProducer =
        ClientConfig::new().set("bootstrap.servers", kafka).set("linger.ms", "5").create()?;

    let serializer = Serializer::<Avro, T>::builder(registry).writer_schema(WriterSchema::Latest).build();
    let clicks = serializer.topic(topic).await?;
    let mut sent = Vec::new();
    for number in 0..count {
        let (user, click) = click(number);
        let payload = clicks.serialize(&click)?;
        let record = FutureRecord::to(topic).key(&user).payload(&payload);
        sent.push(producer.send_result(record).map_err(|(error, _)| error)?);
        if sent.len() == 1_000 {
            delivered(&mut sent).await?;
        }
    }
    delivered(&mut sent).await?;
    println!("wrote {count} clicks to `{topic}`");
    Ok(())
}

async fn delivered(sent: &mut Vec<rdkafka::producer::DeliveryFuture>) -> Result<(), Box<dyn Error>> {
    for delivery in sent.drain(..) {
        delivery.await?.map_err(|(error, _)| error)?;
    }
    Ok(())
}
