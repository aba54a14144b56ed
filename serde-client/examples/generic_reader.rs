//! Reads records whose type is not known when the program is written.
//!
//! Runs without a broker and without a registry: `cargo run -p serde-client --example generic_reader`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use serde_client::client::SchemaDefinition;
use serde_client::mock::MockRegistry;
use serde_client::{Avro, Deserializer, Json, Record, Serializer};
use serde_json::{Value, json};

const SENSOR: &str = r#"{"type": "record", "name": "Reading", "fields": [
    {"name": "sensor", "type": "string"},
    {"name": "celsius", "type": ["null", "double"], "default": null}
]}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = MockRegistry::new().client();

    // Any `serde` type is written with any schema that it fits.
    let writer =
        Serializer::<Avro, Value>::builder(registry.clone()).schema(SchemaDefinition::avro(SENSOR)).build();
    let reading = json!({"sensor": "roof", "celsius": 21.5});
    let record = writer.serialize("readings", Some(&reading)).await?.unwrap_or_default();

    // A JSON value takes whatever JSON has; for `bytes` and `fixed` there is `Value` of this crate, or a field of a type.
    let reader = Deserializer::<Avro>::builder(registry.clone()).build().topic("readings");
    let read: Value = reader.deserialize(Record::new(&record)).await?;
    println!("{read}");

    // A record of another language is refused, and the error says why.
    let other = Deserializer::<Json>::builder(registry).build().topic("readings");
    if let Err(error) = other.deserialize::<Value>(Record::new(&record).at(0, 42)).await {
        println!("{error}");
    }
    Ok(())
}
