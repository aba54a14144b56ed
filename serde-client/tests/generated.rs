//! Types that were generated from `.avsc` files: they are up to date, they compile, and they carry records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::HashMap;
use std::path::Path;

use serde_client::codegen::{CodegenError, Generator};
use serde_client::mock::MockRegistry;
use serde_client::{Avro, Deserializer, Record, Serializer};

#[expect(unreachable_pub, reason = "a build script cannot know where its types are included")]
mod schemas {
    include!("generated/schemas.rs");
}

use schemas::{Card, Currency, Money, Order, OrderPayment};

fn generated() -> Generator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated");
    let generator = Generator::new().file(folder.join("money.avsc")).unwrap();
    generator.file(folder.join("order.avsc")).unwrap()
}

#[test]
fn the_types_are_those_of_the_schemas() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated/schemas.rs");
    let source = generated().source();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &source).unwrap();
    }
    let hint = "run with UPDATE_GENERATED=1 and look at the difference";
    assert_eq!(source, std::fs::read_to_string(path).unwrap(), "{hint}");
}

fn money(micros: i64) -> Money {
    Money { currency: Currency::UsDollar, micros }
}

fn order() -> Order {
    Order {
        order_id: 1,
        r#type: "gift".to_owned(),
        price: money(5),
        discount: Some(money(-1)),
        parent: None,
        tags: vec!["a".to_owned()],
        counts: HashMap::from([("x".to_owned(), 3)]),
        payment: Some(OrderPayment::Card(Card { digits: b"1234".to_vec() })),
    }
}

#[tokio::test]
async fn records_of_generated_types_come_back() {
    let client = MockRegistry::new().client();
    let money_writer = Serializer::<Avro, Money>::builder(client.clone()).own_schema().unwrap().build();
    money_writer.serialize("money", Some(&money(1))).await.unwrap();
    let writer = Serializer::<Avro, Order>::builder(client.clone()).own_schema().unwrap().build();
    let reader = Deserializer::<Avro>::builder(client).build().topic("orders");
    let child = Order { parent: Some(Box::new(order())), payment: Some(OrderPayment::Long(7)), ..order() };
    for value in [order(), child, Order { payment: Some(OrderPayment::String("cash".to_owned())), ..order() }]
    {
        let record = writer.serialize("orders", Some(&value)).await.unwrap().unwrap();
        assert_eq!(reader.deserialize::<Order>(Record::new(&record)).await.unwrap(), value);
    }
}

#[test]
fn what_cannot_be_generated_is_named() {
    let one = r#"{"type":"record","name":"a.R","fields":[]}"#;
    let two = r#"{"type":"record","name":"b.R","fields":[]}"#;
    let error = Generator::new().schema("one", one).unwrap().schema("two", two).unwrap_err();
    assert!(matches!(&error, CodegenError::Clash { rust, .. } if rust == "R"), "{error}");
    let error = Generator::new().schema("bad.avsc", "{").unwrap_err();
    assert!(error.to_string().starts_with("bad.avsc: "), "{error}");
    assert!(Generator::new().file("no/such.avsc").unwrap_err().to_string().starts_with("no/such.avsc: "));
}
