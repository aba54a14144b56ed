//! Reads clicks from the topic `clicks`, from its beginning, until none has come for some seconds.
//!
//! `cargo run -p serde-client --features kafka --example consumer`, after the example `producer`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::time::Duration;

use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::{ClientConfig, Message};
use serde_client::kafka::value_header;
use serde_client::{Avro, Deserializer, Record, RegistryClient};

/// What this service needs of a click; it borrows from the record, and leaves the other fields out.
#[derive(Debug, serde::Deserialize)]
struct Click<'a> {
    visitor: i64,
    url: &'a str,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let registry = RegistryClient::builder(&setting("REGISTRY", "http://127.0.0.1:8081")).build()?;
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", setting("KAFKA", "127.0.0.1:9092"))
        .set("group.id", "clicks-example")
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .create()?;
    consumer.subscribe(&["clicks"])?;

    let clicks = Deserializer::<Avro>::builder(registry).build().topic("clicks");
    let patience = Duration::from_secs(10);
    while let Ok(message) = tokio::time::timeout(patience, consumer.recv()).await {
        let message = message?;
        let Some(payload) = message.payload() else { continue };
        let record = Record::new(payload).with_schema_header(value_header(&message));
        // An error names topic, partition, offset, schema id, field and byte. Nothing that a topic holds makes it panic.
        match clicks.deserialize::<Click>(record.at(message.partition(), message.offset())).await {
            Ok(click) => println!("visitor {} opened {}", click.visitor, click.url),
            Err(error) if error.is_retriable() => return Err(error.into()),
            Err(error) => println!("left out: {error}"),
        }
    }
    Ok(())
}
