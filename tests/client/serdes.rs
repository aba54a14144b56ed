//! Records written and read through the real binary.

use prost_reflect::{DynamicMessage, Value};
use registry_tests::Registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_client::client::SchemaDefinition;
use serde_client::codec::avro::Avro;
use serde_client::codec::json::ValidatedJson;
use serde_client::codec::protobuf::DynamicProtobuf;
use serde_client::deserializer::{Deserializer, ReaderSchema, Record};
use serde_client::serializer::{Placement, Serializer, WriterSchema};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Click {
    id: i64,
    url: String,
    referrer: Option<String>,
}

fn click(id: i64) -> Click {
    Click { id, url: format!("/page/{id}"), referrer: (id % 2 == 0).then(|| "elsewhere".to_owned()) }
}

const CLICK: &str = r#"{"type":"record","name":"Click","namespace":"web","fields":[
    {"name":"id","type":"long"},{"name":"url","type":"string"},
    {"name":"referrer","type":["null","string"],"default":null}]}"#;

/// A later version: in another order, widened, with one field less and one more.
const CLICK_LATER: &str = r#"{"type":"record","name":"Click","namespace":"web","fields":[
    {"name":"address","type":"string","aliases":["url"]},{"name":"id","type":"double"},
    {"name":"weight","type":"int","default":7}]}"#;

/// Requests that the registry has answered, by its own account.
fn requests(registry: &Registry) -> u64 {
    let metrics = registry.get("/metrics").text().to_owned();
    let counts = metrics.lines().filter(|line| line.starts_with("registry_http_requests_total{"));
    let counts = counts.filter(|line| !line.contains("/metrics") && !line.contains("/health"));
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn ten_thousand_avro_records_register_once() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let writer =
        Serializer::<Avro, Click>::builder(client.clone()).schema(SchemaDefinition::avro(CLICK)).build();
    let reader = Deserializer::<Avro>::builder(super::client(&registry)).build().topic("clicks");
    let before = requests(&registry);
    for id in 0..10_000 {
        let record = writer.serialize("clicks", Some(&click(id))).await.expect("written").expect("a record");
        let read: Click = reader.deserialize(Record::new(&record)).await.expect("read");
        assert_eq!(read, click(id));
    }
    assert_eq!(requests(&registry) - before, 4, "associations twice, a registration, a schema by its id");
}

#[derive(Debug, PartialEq, Deserialize)]
struct Later {
    address: String,
    id: f64,
    weight: i32,
}

#[tokio::test]
async fn an_older_record_is_read_as_the_latest_version() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let writer =
        Serializer::<Avro, Click>::builder(client.clone()).schema(SchemaDefinition::avro(CLICK)).build();
    let record = writer.serialize("clicks", Some(&click(4))).await.expect("written").expect("a record");
    let later = Serializer::<Avro, Click>::builder(client.clone());
    let later = later.schema(SchemaDefinition::avro(CLICK_LATER)).build();
    later.prepare("clicks").await.expect("registered");
    let reader = Deserializer::<Avro>::builder(super::client(&registry)).reader_schema(ReaderSchema::Latest);
    let read: Later = reader.build().topic("clicks").deserialize(Record::new(&record)).await.expect("read");
    assert_eq!(read, Later { address: "/page/4".to_owned(), id: 4.0, weight: 7 });
}

#[tokio::test]
async fn guids_go_in_headers() {
    let registry = Registry::start();
    let client = super::client(&registry);
    for source in [WriterSchema::Register, WriterSchema::Lookup, WriterSchema::Latest] {
        let writer = Serializer::<Avro, Click>::builder(client.clone()).schema(SchemaDefinition::avro(CLICK));
        let writer = writer.placement(Placement::Header).writer_schema(source).build();
        let topic = writer.prepare("clicks").await.expect("prepared");
        let record = topic.serialize(&click(1)).expect("written");
        let (_, header) = topic.header().expect("a header");
        let reader = Deserializer::<Avro>::builder(super::client(&registry)).build().topic("clicks");
        let framed = Record::new(&record).with_schema_header(Some(header));
        assert_eq!(reader.deserialize::<Click>(framed).await.expect("read"), click(1));
    }
}

#[tokio::test]
async fn documents_and_messages() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let writer =
        Serializer::<ValidatedJson, Click>::builder(client.clone()).own_schema().expect("a schema").build();
    let record = writer.serialize("documents", Some(&click(2))).await.expect("written").expect("a record");
    let reader = Deserializer::<ValidatedJson>::builder(client.clone()).build().topic("documents");
    assert_eq!(reader.deserialize::<Click>(Record::new(&record)).await.expect("read"), click(2));

    let text = "syntax = \"proto3\"; package web; message Page { message Visit { int64 id = 1; } } message Click { int64 id = 1; }";
    let parsed = schema::parsed::ParsedSchema::parse(
        schema::model::schema::SchemaType::Protobuf,
        text,
        &schema::references::ResolvedReferences::none(),
        schema::format::Strictness::New,
    );
    let schema::parsed::ParsedSchema::Protobuf(parsed) = parsed.expect("a schema") else { unreachable!() };
    let pool = parsed.descriptor_pool().expect("descriptors");
    let mut visit = DynamicMessage::new(pool.get_message_by_name("web.Page.Visit").expect("a message"));
    visit.set_field_by_name("id", Value::I64(9));
    let writer = Serializer::<DynamicProtobuf, DynamicMessage>::builder(client.clone());
    let writer = writer.schema(SchemaDefinition::protobuf(text)).message("web.Page.Visit").build();
    let record = writer.serialize("visits", Some(&visit)).await.expect("written").expect("a record");
    let reader = Deserializer::<DynamicProtobuf>::builder(client).build().topic("visits");
    let read: DynamicMessage = reader.deserialize(Record::new(&record)).await.expect("read");
    assert_eq!(read.get_field_by_name("id").expect("a field").as_ref(), &Value::I64(9));
}
