//! A schema evolves: older records are read as newer types, and a change that would break readers is refused.
//!
//! Runs without a broker and without a registry: `cargo run -p serde-client --example evolution`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use serde_client::mock::MockRegistry;
use serde_client::{AvroNative, AvroRecord, Deserializer, Record, Serializer};

mod first {
    use super::AvroRecord;

    #[derive(AvroRecord)]
    #[avro(namespace = "shop")]
    pub(super) struct Order {
        pub(super) id: i32,
        pub(super) customer: String,
        pub(super) note: String,
    }
}

mod second {
    use super::AvroRecord;

    /// `id` is wider, `customer` has another name, `note` is gone, and `priority` is new.
    #[derive(Debug, AvroRecord)]
    #[avro(namespace = "shop")]
    pub(super) struct Order {
        #[avro(alias = "customer")]
        pub(super) buyer: String,
        pub(super) id: i64,
        #[avro(default = 3)]
        pub(super) priority: i32,
    }
}

mod broken {
    use super::AvroRecord;

    /// `priority` is a text now, which nobody can read from the numbers written so far.
    #[derive(AvroRecord)]
    #[avro(namespace = "shop")]
    pub(super) struct Order {
        pub(super) buyer: String,
        pub(super) id: i64,
        pub(super) priority: String,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = MockRegistry::new().client();

    let writer = Serializer::<AvroNative, first::Order>::builder(registry.clone()).own_schema()?.build();
    let order = first::Order { id: 7, customer: "Ada".to_owned(), note: "soon".to_owned() };
    let record = writer.serialize("orders", Some(&order)).await?.unwrap_or_default();
    println!("the first version writes {} bytes", record.len());

    let later = Serializer::<AvroNative, second::Order>::builder(registry.clone()).own_schema()?.build();
    println!("the second one is registered with id {:?}", later.topic("orders").await?.schema_id());
    let reader = Deserializer::<AvroNative>::builder(registry.clone()).build().topic("orders");
    let read: second::Order = reader.deserialize(Record::new(&record)).await?;
    println!("and reads what the first has written: {read:?}");

    let broken = Serializer::<AvroNative, broken::Order>::builder(registry).own_schema()?.build();
    if let Err(error) = broken.topic("orders").await {
        println!("the third one is refused: {error}");
    }
    Ok(())
}
