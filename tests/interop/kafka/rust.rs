//! The Rust side: this repository's client with `rdkafka`.

use std::time::Duration;

use prost_reflect::DynamicMessage;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::{Message, OwnedHeaders};
use rdkafka::producer::FutureProducer;
use registry_tests::Kafka;
use serde_client::client::{RegistryClient, SchemaDefinition};
use serde_client::codec::avro::{Avro, AvroValue, Value as AvroItem};
use serde_client::codec::json::ValidatedJson;
use serde_client::codec::protobuf::DynamicProtobuf;
use serde_client::codec::{Codec, Decode, Encode};
use serde_client::deserializer::Deserializer;
use serde_client::kafka::{Serialized, future_record, value_header};
use serde_client::serializer::{Placement, Serializer};
use serde_json::Value;

use crate::avro::AllTypes;
use crate::avro_again::Again;
use crate::job::{Format, Job};
use crate::peers::Form;
use crate::protobuf;

/// How long a record may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// A record as it came from Kafka.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) partition: i32,
    payload: Option<Vec<u8>>,
    header: Option<Vec<u8>>,
}

/// Makes a topic of several partitions, which its first use would not.
pub(crate) async fn create_topic(kafka: &Kafka, topic: &str, partitions: i32) {
    let admin: AdminClient<DefaultClientContext> = config(kafka).create().expect("an admin client");
    let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    let made = admin.create_topics([&topic], &AdminOptions::new()).await.expect("an answer");
    assert!(made.iter().all(Result::is_ok), "{made:?}");
}

fn config(kafka: &Kafka) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap());
    config
}

/// As many records as the format has.
pub(crate) async fn read(job: &Job<'_>) -> Vec<Raw> {
    let mut config = config(job.kafka);
    config.set("group.id", format!("rust-{}", job.topic)).set("auto.offset.reset", "earliest");
    let consumer: StreamConsumer = config.create().expect("a consumer");
    consumer.subscribe(&[&job.topic]).expect("a subscription");
    let mut records = Vec::new();
    while records.len() < job.format.records().len() {
        let message = tokio::time::timeout(PATIENCE, consumer.recv()).await.expect("a record in time");
        let message = message.expect("a record");
        records.push(Raw {
            key: message.key().map(<[u8]>::to_vec),
            partition: message.partition(),
            header: value_header(&message).map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
        });
    }
    records
}

fn client(job: &Job<'_>) -> RegistryClient {
    RegistryClient::builder(&job.registry.base_url()).build().expect("a client")
}

/// Reads the records of a job in the form of the data files.
pub(crate) async fn consume(job: &Job<'_>) -> Vec<Value> {
    let records = read(job).await;
    match job.format {
        Format::Avro => {
            let typed = decoded::<Avro, AllTypes>(job, &records, |value| value.to_canonical()).await;
            // The generic reader sees the same: what it read is written again and read as the struct.
            let through = Again::new(&job.format.schema());
            let generic =
                decoded::<AvroValue, AvroItem<'_>>(job, &records, |value| through.canonical(&value)).await;
            assert_eq!(generic, typed, "generic and typed values of {}", job.topic);
            typed
        }
        Format::Protobuf => {
            let to_json = |message: DynamicMessage| serde_json::to_value(message).expect("JSON");
            decoded::<DynamicProtobuf, _>(job, &records, to_json).await
        }
        Format::Json => decoded::<ValidatedJson, Value>(job, &records, |value| value).await,
    }
}

/// Writes the shared records.
pub(crate) async fn produce(job: &Job<'_>, form: Form) {
    let placement = match form {
        Form::Prefix => Placement::Prefix,
        Form::Header => Placement::Header,
    };
    let text = job.format.schema();
    match job.format {
        Format::Avro => {
            let serializer =
                Serializer::<Avro, AllTypes>::builder(client(job)).schema(SchemaDefinition::avro(text));
            send(job, &serializer.placement(placement).build(), AllTypes::from_canonical).await;
        }
        Format::Protobuf => {
            let serializer = Serializer::<DynamicProtobuf, DynamicMessage>::builder(client(job));
            let serializer = serializer.schema(SchemaDefinition::protobuf(text)).message(protobuf::MESSAGE);
            let descriptor = protobuf::descriptor();
            let message = |record: &Value| {
                DynamicMessage::deserialize(descriptor.clone(), record.clone()).expect("a message")
            };
            send(job, &serializer.placement(placement).build(), message).await;
        }
        Format::Json => {
            let serializer = Serializer::<ValidatedJson, Value>::builder(client(job));
            let serializer = serializer.schema(SchemaDefinition::json(text));
            send(job, &serializer.placement(placement).build(), Value::clone).await;
        }
    }
}

async fn send<C: Codec, T: Encode<C>>(
    job: &Job<'_>,
    serializer: &Serializer<C, T>,
    convert: impl Fn(&Value) -> T,
) {
    let producer: FutureProducer = config(job.kafka).create().expect("a producer");
    let prepared =
        serializer.prepare(&job.topic).await.unwrap_or_else(|error| panic!("{}: {error}", job.topic));
    for (number, record) in job.format.records().iter().enumerate() {
        let key = number.to_string();
        let payload = (!record.is_null()).then(|| prepared.serialize(&convert(record)));
        let payload = payload.transpose().unwrap_or_else(|error| panic!("{} {number}: {error}", job.topic));
        let header = prepared.header().map(|(_, header)| header).filter(|_| payload.is_some());
        let value = Serialized { payload: payload.as_deref(), header };
        let record =
            future_record(&job.topic, Serialized::prefixed(key.as_bytes()), value, OwnedHeaders::new());
        let sent = producer.send(record, PATIENCE).await;
        assert!(sent.is_ok(), "{} {number}: {sent:?}", job.topic);
    }
}

/// The values of records; null where a record has none.
async fn decoded<'r, C: Codec, T: Decode<'r, C>>(
    job: &Job<'_>,
    records: &'r [Raw],
    convert: impl Fn(T) -> Value,
) -> Vec<Value> {
    let deserializer = Deserializer::<C>::builder(client(job)).build().topic(&job.topic);
    let mut values = Vec::new();
    for record in records {
        let value =
            deserializer.deserialize_nullable(record.payload.as_deref(), record.header.as_deref()).await;
        let value = value.unwrap_or_else(|error| panic!("{}: {error}", job.topic));
        values.push(value.map_or(Value::Null, &convert));
    }
    values
}
