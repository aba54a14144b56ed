//! Writes ten clicks to the topic `clicks`.
//!
//! With `make run` and `make kafka` in two other terminals:
//! `cargo run -p serde-client --features kafka --example producer`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_client::{AvroNative, AvroRecord, RegistryClient, Serializer};

/// A visitor opens a page.
#[derive(AvroRecord)]
#[avro(namespace = "web")]
struct Click {
    /// Who.
    visitor: i64,
    /// What.
    url: String,
    /// Where from, if that is known.
    referrer: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let registry = RegistryClient::builder(&setting("REGISTRY", "http://127.0.0.1:8081")).build()?;
    let kafka = setting("KAFKA", "127.0.0.1:9092");
    let producer: FutureProducer = ClientConfig::new().set("bootstrap.servers", kafka).create()?;

    let serializer = Serializer::<AvroNative, Click>::builder(registry).own_schema()?.build();
    let clicks = serializer.topic("clicks").await?;
    let mut payload = Vec::new();
    for visitor in 0..10 {
        let referrer = (visitor % 2 == 0).then(|| "https://example.com".to_owned());
        let click = Click { visitor, url: format!("/page/{visitor}"), referrer };
        payload.clear();
        clicks.serialize_into(&click, &mut payload)?;
        let record = FutureRecord::to("clicks").key(&click.url).payload(&payload);
        producer.send(record, Duration::from_secs(30)).await.map_err(|(error, _)| error)?;
    }
    println!("wrote 10 clicks with schema id {:?} of subject {}", clicks.schema_id(), clicks.subject());
    Ok(())
}
