//! From values to records and back, with a registry in the same process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::sync::Arc;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_client::client::{AssociationType, Normalize, RegistryClient, SchemaDefinition};
use serde_client::codec::json::{Json, ValidatedJson};
use serde_client::codec::protobuf::{DynamicProtobuf, Protobuf};
use serde_client::deserializer::{DeserializeError, Deserializer, Lookout, ReaderSchema, Record};
use serde_client::framing::{SchemaIdentity, VALUE_HEADER};
use serde_client::mock::{Fault, MockRegistry, Route};
use serde_client::own_schema::OwnSchema;
use serde_client::serializer::{Batch, Placement, SerializeError, Serializer, Strictness, WriterSchema};
use serde_client::subject_name::{Fallback, SubjectNameStrategy};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Click {
    id: i64,
    url: String,
}

fn click(id: i64) -> Click {
    Click { id, url: format!("/page/{id}") }
}

fn clicks(client: RegistryClient) -> Serializer<Json, Click> {
    Serializer::builder(client).own_schema().unwrap().build()
}

#[tokio::test]
async fn ten_thousand_records_register_once() {
    let registry = MockRegistry::new();
    let serializer = clicks(registry.client());
    let reader = Deserializer::<Json>::builder(registry.client()).build().topic("clicks");
    for id in 0..10_000 {
        let record = serializer.serialize("clicks", Some(&click(id))).await.unwrap().unwrap();
        assert_eq!(reader.deserialize::<Click>(Record::new(&record)).await.unwrap(), click(id));
    }
    assert_eq!(registry.requests(Route::RegisterSchema), 1);
    assert_eq!(registry.requests(Route::GetSchemaById), 1);
    assert_eq!(registry.requests(Route::ListAssociations), 2, "one by the writer, one by the reader");
    assert_eq!(registry.requests_total(), 4);
}

#[tokio::test]
async fn nothing_is_a_tombstone() {
    let registry = MockRegistry::new();
    assert_eq!(clicks(registry.client()).serialize("clicks", None).await.unwrap(), None);
    let reader = Deserializer::<Json>::builder(registry.client()).build().topic("clicks");
    assert_eq!(reader.deserialize_nullable::<Click>(None, None).await.unwrap(), None);
    assert_eq!(registry.requests_total(), 0);
}

#[tokio::test]
async fn a_batch_holds_the_records_that_are_written_one_by_one() {
    let registry = MockRegistry::new();
    let topic = clicks(registry.client()).prepare("clicks").await.unwrap();
    let values: Vec<Click> = (0..5).map(click).collect();
    let mut batch = Batch::new();
    topic.serialize_batch(&values, &mut batch).unwrap();
    let one_by_one: Vec<Vec<u8>> = values.iter().map(|value| topic.serialize(value).unwrap()).collect();
    assert_eq!(batch.iter().collect::<Vec<_>>(), one_by_one);
    assert_eq!((topic.schema_id(), topic.subject(), batch.len()), (Some(1), "clicks-value", 5));
}

#[tokio::test]
async fn every_placement_is_read() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let reader = Deserializer::<Json>::builder(client.clone()).build().topic("clicks");
    for (placement, prefix_length) in
        [(Placement::Prefix, 5), (Placement::GuidPrefix, 17), (Placement::Header, 0)]
    {
        let serializer = Serializer::<Json, Click>::builder(client.clone()).placement(placement);
        let serializer = serializer.own_schema().unwrap().build();
        let topic = serializer.prepare("clicks").await.unwrap();
        let record = topic.serialize(&click(7)).unwrap();
        assert_eq!(record.get(prefix_length..).unwrap(), br#"{"id":7,"url":"/page/7"}"#);
        let header = topic.header();
        assert_eq!(header.map(|(name, _)| name), (prefix_length == 0).then_some(VALUE_HEADER));
        let framed = Record::new(&record).with_schema_header(header.map(|(_, value)| value));
        assert_eq!(reader.deserialize::<Click>(framed).await.unwrap(), click(7), "{placement:?}");
    }
}

#[tokio::test]
async fn a_record_without_prefix_is_read_with_a_fixed_schema() {
    let registry = MockRegistry::new();
    let client = registry.client();
    clicks(client.clone()).prepare("clicks").await.unwrap();
    let reader =
        Deserializer::<ValidatedJson>::builder(client).lookout(Lookout::Fixed(SchemaIdentity::Id(1)));
    let reader = reader.build().topic("clicks");
    let bare = Record::new(br#"{"id":1,"url":"/page/1"}"#);
    assert_eq!(reader.deserialize::<Click>(bare).await.unwrap(), click(1));
}

#[tokio::test]
async fn subjects_are_named_by_the_strategy() {
    let registry = MockRegistry::new();
    let associated = SubjectNameStrategy::Associated { cluster: "c".into(), fallback: Fallback::TopicRecord };
    registry.associate("moved", AssociationType::Value, "elsewhere");
    let custom = |topic: &str, _, name: Option<&str>| format!("{}.{topic}", name.unwrap_or_default());
    for (strategy, topic, subject) in [
        (SubjectNameStrategy::Topic, "t", "t-value"),
        (SubjectNameStrategy::Record, "t", "Click"),
        (SubjectNameStrategy::TopicRecord, "t", "t-Click"),
        (SubjectNameStrategy::AssociatedOrTopic, "t", "t-value"),
        (SubjectNameStrategy::AssociatedOrTopic, "moved", "elsewhere"),
        (associated, "t", "t-Click"),
        (SubjectNameStrategy::Custom(Arc::new(custom)), "t", "Click.t"),
    ] {
        let serializer =
            Serializer::<Json, Click>::builder(registry.client()).subject_name_strategy(strategy);
        let topic = serializer.own_schema().unwrap().build().prepare(topic).await.unwrap();
        assert_eq!(topic.subject(), subject);
    }
    let refused = SubjectNameStrategy::Associated { cluster: "c".into(), fallback: Fallback::Refuse };
    let serializer = Serializer::<Json, Click>::builder(registry.client()).subject_name_strategy(refused);
    let error = serializer.own_schema().unwrap().build().prepare("t").await.unwrap_err();
    assert!(matches!(error, SerializeError::SubjectName(_)), "{error}");
}

#[tokio::test]
async fn each_source_of_the_writer_schema() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let with = |source: WriterSchema| {
        let builder = Serializer::<Json, Click>::builder(client.clone()).writer_schema(source);
        builder.own_schema().unwrap().build()
    };
    let error = with(WriterSchema::Lookup).prepare("clicks").await.unwrap_err();
    assert!(matches!(error, SerializeError::Registry { .. }), "{error}");
    assert_eq!(registry.requests(Route::RegisterSchema), 0, "looking up registers nothing");
    let registered = with(WriterSchema::Register).prepare("clicks").await.unwrap();
    let guid = client.schema_by_id(1, None).await.unwrap().guid.unwrap();
    for source in [WriterSchema::Lookup, WriterSchema::Latest, WriterSchema::Id(1), WriterSchema::Guid(guid)]
    {
        let prepared = with(source.clone()).prepare("clicks").await.unwrap();
        assert_eq!(prepared.schema_id(), registered.schema_id(), "{source:?}");
    }
    let builder = Serializer::<Json, Click>::builder(client.clone()).build();
    let error = builder.prepare("clicks").await.unwrap_err();
    assert!(matches!(error, SerializeError::NoSchema { .. }), "{error}");
}

#[tokio::test]
async fn a_registered_schema_that_cannot_read_the_own_one_is_refused() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let other = r#"{"type":"object","properties":{"id":{"type":"string"}}}"#;
    client.register("clicks-value", &SchemaDefinition::json(other), Normalize::No).await.unwrap();
    let builder = Serializer::<Json, Click>::builder(client.clone()).writer_schema(WriterSchema::Latest);
    let builder = builder.own_schema().unwrap();
    let error = builder.clone().build().prepare("clicks").await.unwrap_err();
    let SerializeError::Incompatible { reasons, id, .. } = &error else { panic!("{error}") };
    assert_eq!(*id, Some(1));
    assert!(reasons.iter().any(|reason| reason.contains("id")), "{error}");
    builder.strictness(Strictness::Unchecked).build().prepare("clicks").await.unwrap();
}

#[tokio::test]
async fn documents_are_validated_where_that_was_asked() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let strict = r#"{"type":"object","properties":{"id":{"type":"integer","minimum":1}},"required":["id"]}"#;
    let builder = Serializer::<ValidatedJson, Click>::builder(client.clone());
    let topic = builder.schema(SchemaDefinition::json(strict)).build().prepare("clicks").await.unwrap();
    let record = topic.serialize(&click(1)).unwrap();
    let mut out = b"before".to_vec();
    let error = topic.serialize_into(&click(0), &mut out).unwrap_err();
    assert!(error.to_string().contains("not valid") && error.to_string().contains("/id"), "{error}");
    assert_eq!(out, b"before", "what was there stays");

    let mut bad = record.get(..5).unwrap().to_vec();
    bad.extend_from_slice(br#"{"id":0,"url":"/"}"#);
    let lenient = Deserializer::<Json>::builder(client.clone()).build().topic("clicks");
    lenient.deserialize::<Click>(Record::new(&bad)).await.unwrap();
    let reader = Deserializer::<ValidatedJson>::builder(client).build().topic("clicks");
    let error = reader.deserialize::<Click>(Record::new(&bad).at(3, 99)).await.unwrap_err();
    let text = error.to_string();
    for part in ["topic `clicks`", "partition 3", "offset 99", "schema id 1", "not valid"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn whatever_comes_from_a_topic_is_an_error_with_its_place() {
    let registry = MockRegistry::new();
    let client = registry.client();
    clicks(client.clone()).prepare("clicks").await.unwrap();
    let avro = SchemaDefinition::avro(r#""string""#);
    client.register("names-value", &avro, Normalize::No).await.unwrap();
    let reader = Deserializer::<Json>::builder(client).build().topic("clicks");
    for (payload, part) in [
        (&b""[..], "ends within its prefix"),
        (b"{\"id\":1}", "unknown magic byte 0x7b"),
        (b"\0\0\0\0", "ends within its prefix"),
        (b"\0\xff\xff\xff\xff{}", "is negative"),
        (b"\0\0\0\0\x63{}", "schema id 99"),
        (b"\0\0\0\0\x02\x06abc", "of type AVRO, where JSON is needed"),
        (b"\0\0\0\0\x01{\"id\":1", "EOF"),
        (b"\0\0\0\0\x01{\"id\":1,\"url\":\"\xff\"}", "byte 15"),
    ] {
        let error = reader.deserialize::<Click>(Record::new(payload).at(1, 2)).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part) && text.contains("partition 1, offset 2"), "{text}");
        assert!(!error.is_retriable(), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_is_down_is_no_reason_to_forget() {
    let registry = MockRegistry::new();
    let serializer = clicks(registry.client());
    registry.fail_next(100, Fault::Status(503));
    let error = serializer.serialize("clicks", Some(&click(1))).await.unwrap_err();
    assert!(error.is_retriable(), "{error}");
    registry.recover();
    let record = serializer.serialize("clicks", Some(&click(1))).await.unwrap().unwrap();

    let reader = Deserializer::<Json>::builder(registry.client()).build().topic("clicks");
    let record = Record::new(&record);
    let error = reader.deserialize_prepared::<Click>(record).unwrap_err();
    assert!(matches!(error, DeserializeError::NotPrepared { .. }), "{error}");
    registry.fail_next(100, Fault::Status(500));
    let error = reader.prepare(record).await.unwrap_err();
    assert!(error.is_retriable(), "{error}");
    registry.recover();
    reader.prepare(record).await.unwrap();
    registry.fail_next(100, Fault::Status(500));
    assert_eq!(reader.deserialize_prepared::<Click>(record).unwrap(), click(1));
}

#[derive(Clone, PartialEq, Message)]
struct Order {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(message, optional, tag = "2")]
    price: Option<Money>,
}

#[derive(Clone, PartialEq, Message)]
struct Money {
    #[prost(string, tag = "1")]
    currency: String,
}

const ORDERS: &str = r#"syntax = "proto3"; package shop;
message Shop { enum Kind { A = 0; } message Order { int64 id = 1; Money price = 2; } message Money { string currency = 1; } }
message Customer { string name = 1; }"#;

#[tokio::test]
async fn a_schema_of_another_language_is_not_registered() {
    let registry = MockRegistry::new();
    let names = Serializer::<Json, String>::builder(registry.client());
    let names = names.schema(SchemaDefinition::avro("\"string\"")).build();
    let error = names.prepare("names").await.unwrap_err();
    assert!(matches!(error, SerializeError::Prepare { .. }), "{error}");
    assert_eq!(registry.requests(Route::RegisterSchema), 0);
}

#[tokio::test]
async fn protobuf_records_name_their_message() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let builder =
        Serializer::<Protobuf, Order>::builder(client.clone()).schema(SchemaDefinition::protobuf(ORDERS));
    let error = builder.clone().build().prepare("orders").await.unwrap_err();
    assert!(error.to_string().contains("`shop.Shop`, `shop.Customer`"), "{error}");
    assert_eq!(registry.requests(Route::RegisterSchema), 0, "nothing is left of what was refused");
    let topic = builder.message("shop.Shop.Order").build().prepare("orders").await.unwrap();
    let order = Order { id: 5, price: Some(Money { currency: "EUR".into() }) };
    let record = topic.serialize(&order).unwrap();
    assert_eq!(record.get(..8).unwrap(), [0, 0, 0, 0, 1, 4, 0, 0], "id and message indexes [0, 0]");
    assert_eq!(record.get(8..).unwrap(), order.encode_to_vec());

    let reader =
        Deserializer::<Protobuf>::builder(client.clone()).message("shop.Shop.Order").build().topic("orders");
    assert_eq!(reader.deserialize::<Order>(Record::new(&record)).await.unwrap(), order);
    let dynamic = Deserializer::<DynamicProtobuf>::builder(client.clone()).build().topic("orders");
    let message: DynamicMessage = dynamic.deserialize(Record::new(&record)).await.unwrap();
    assert_eq!(message.get_field_by_name("id").unwrap().as_ref(), &Value::I64(5));
    let wrong = Deserializer::<Protobuf>::builder(client).message("shop.Customer").build().topic("orders");
    let error = wrong.deserialize::<Money>(Record::new(&record)).await.unwrap_err();
    assert!(
        error.to_string().contains("a message `shop.Shop.Order`, where `shop.Customer` is read"),
        "{error}"
    );
}

#[tokio::test]
async fn imports_are_registered_before_what_imports_them() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let pool = DescriptorPool::decode(files().as_slice()).unwrap();
    let descriptor = pool.get_message_by_name("shop.Order").unwrap();
    let builder = Serializer::<DynamicProtobuf, DynamicMessage>::builder(client.clone());
    let builder = builder.schema(OwnSchema::of_message(&descriptor)).message("shop.Order");
    let topic = builder.clone().build().prepare("orders").await.unwrap();
    let mut order = DynamicMessage::new(descriptor.clone());
    order.set_field_by_name("id", Value::I64(3));
    let record = topic.serialize(&order).unwrap();
    let root = client.latest_version("orders-value").await.unwrap();
    let named: Vec<_> = root.definition.references.iter().map(|one| one.name.clone().unwrap()).collect();
    assert_eq!(named, ["shop/money.proto", "shop/price.proto"], "google/protobuf/timestamp.proto is known");
    let price = client.latest_version("shop/price.proto").await.unwrap();
    assert_eq!(price.definition.references.len(), 1);
    let reader = Deserializer::<DynamicProtobuf>::builder(client.clone()).build().topic("orders");
    let read: DynamicMessage = reader.deserialize(Record::new(&record)).await.unwrap();
    assert_eq!(read.get_field_by_name("id").unwrap().as_ref(), &Value::I64(3));

    let other = DynamicMessage::new(pool.get_message_by_name("shop.Money").unwrap());
    let error = topic.serialize(&other).unwrap_err();
    assert!(error.to_string().contains("`shop.Money`, where `shop.Order` is written"), "{error}");
    registry.fail_next(1, Fault::Status(422));
    let error = builder.build().prepare("elsewhere").await.unwrap_err();
    assert!(matches!(error, SerializeError::Registry { .. } | SerializeError::SubjectName(_)), "{error}");
}

/// Three files and a well-known one, compiled as `prost-build` does.
fn files() -> Vec<u8> {
    let texts = [
        ("shop/money.proto", r#"syntax = "proto3"; package shop; message Money { string currency = 1; }"#),
        (
            "shop/price.proto",
            r#"syntax = "proto3"; package shop; import "shop/money.proto"; message Price { Money money = 1; }"#,
        ),
        (
            "shop/order.proto",
            r#"syntax = "proto3"; package shop; import "shop/price.proto"; import "google/protobuf/timestamp.proto";
message Order { int64 id = 1; Price price = 2; google.protobuf.Timestamp at = 3; }"#,
        ),
    ];
    struct Texts([(&'static str, &'static str); 3]);
    impl protox::file::FileResolver for Texts {
        fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
            let found = self.0.iter().find(|(path, _)| *path == name);
            let (path, text) = found.ok_or_else(|| protox::Error::file_not_found(name))?;
            protox::file::File::from_source(path, text)
        }
    }
    let mut resolvers = protox::file::ChainFileResolver::new();
    resolvers.add(Texts(texts));
    resolvers.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolvers);
    compiler.include_imports(true).open_file("shop/order.proto").unwrap();
    compiler.encode_file_descriptor_set()
}

#[tokio::test]
async fn readers_of_the_latest_version_ask_for_it() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let record = clicks(client.clone()).serialize("clicks", Some(&click(1))).await.unwrap().unwrap();
    let reader = Deserializer::<ValidatedJson>::builder(client).reader_schema(ReaderSchema::Latest);
    let reader = reader.build().topic("clicks");
    assert_eq!(reader.deserialize::<Click>(Record::new(&record)).await.unwrap(), click(1));
    assert_eq!(registry.requests(Route::GetVersion), 1);
}
