//! Keys whose schema id differs from that of the old producers: `check` recommends, `run` follows, `verify` proves.

use std::path::Path;
use std::process::Command;

use futures_util::future::join_all;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::util::Timeout;
use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry};
use serde_client::translator::migration::PartitionHash;
use serde_client::translator::partitioner::partition_of;
use serde_json::json;

/// Partitions of the old topic and of the new one.
const OLD: i32 = 4;
const NEW: i32 = 3;

/// Registers a schema and answers its id.
fn register(registry: &Registry, subject: &str, field: &str) -> u8 {
    let schema = json!({"type": "record", "name": field, "fields": [{"name": field, "type": "long"}]});
    let url = format!("{}/subjects/{subject}/versions", registry.base_url());
    let mut answer = ureq::post(&url).send_json(json!({"schema": schema.to_string()})).expect("an answer");
    let answer: serde_json::Value = answer.body_mut().read_json().expect("JSON");
    u8::try_from(answer["id"].as_u64().expect("an id")).expect("a registry of its own")
}

/// A framed record of one number below 64.
fn framed(id: u8, number: u8) -> Vec<u8> {
    vec![0, 0, 0, 0, id, number * 2]
}

/// Writes records of 60 keys, each where `hash` puts it.
async fn produce(kafka: &Kafka, topic: &str, (key, value): (u8, u8), (hash, count): (PartitionHash, i32)) {
    let mut config = ClientConfig::new();
    let producer: FutureProducer =
        config.set("bootstrap.servers", kafka.bootstrap()).create().expect("a producer");
    let sent = (0..60).map(|number| {
        let producer = producer.clone();
        async move {
            let (key, value) = (framed(key, number), framed(value, number));
            let partition = partition_of(hash, &key, count).expect("partitions");
            let record = FutureRecord::to(topic).partition(partition).key(&key).payload(&value);
            producer.send(record, Timeout::Never).await.expect("the broker takes it");
        }
    });
    join_all(sent).await;
}

/// Exit code and output of a command.
fn translator(folder: &Path, (registry, kafka): (&Registry, &Kafka), args: &[&str]) -> (i32, String) {
    let mut command = Command::new(binary().with_file_name("translator"));
    command.args(args).current_dir(folder).env("SCHEMA_REGISTRY_URL", registry.base_url());
    let ended = command.env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap()).output().expect("it runs");
    let text = [ended.stdout, ended.stderr].concat();
    (ended.status.code().expect("no signal"), String::from_utf8(text).expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_where_the_old_producers_have_put_them() {
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", kafka.bootstrap()).create().expect("a client");
    for (topic, partitions) in [("keys-old", OLD), ("keys-new", NEW)] {
        let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        let made = admin.create_topics([&topic], &AdminOptions::new()).await.expect("an answer");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }
    let [first, old_key, old_value, new_key, new_value] = [
        ("keys-first-key", "before"),
        ("keys-old-key", "id"),
        ("keys-old-value", "amount"),
        ("keys-new-key", "orderId"),
        ("keys-new-value", "total"),
    ]
    .map(|(subject, field)| register(&registry, subject, field));
    // The old producers put another id in front of their keys than the mapping is pinned to.
    produce(&kafka, "keys-old", (first, old_value), (PartitionHash::Crc32, OLD)).await;
    produce(&kafka, "keys-new", (new_key, new_value), (PartitionHash::Murmur2, NEW)).await;
    assert_ne!(first, old_key);

    let folder = tempfile::tempdir().expect("a folder");
    let write = |partitioning: &str| {
        let topic = |name: &str| {
            format!(
                "{{topic: keys-{name}, key: {{subject: keys-{name}-key, version: 1}}, value: {{subject: keys-{name}-value, version: 1}}}}"
            )
        };
        let text = format!(
            "apiVersion: srt/v1\nkind: TopicMigration\nname: keys\nold: {}\nnew: {}\npartitioning: {partitioning}\n\
             map:\n  new->old:\n    key: {{id: $.orderId}}\n    value: {{amount: $.total}}\n",
            topic("old"),
            topic("new")
        );
        std::fs::write(folder.path().join("mapping.yaml"), text).expect("a mapping");
    };
    let at = (&registry, &kafka);
    let call = |args: &[&str]| tokio::task::block_in_place(|| translator(folder.path(), at, args));
    let check = ["check", "mapping.yaml", "--records", "50", "--topics"];
    let cure = format!("`partitioning: {{rehash: {{algorithm: crc32, key_schema_id: {first}}}}}`");

    write("preserve");
    let (code, told) = call(&check);
    assert!(code == 2 && told.contains("`rehash` does not") && told.contains(&cure), "{told}");
    write("{rehash: {algorithm: detect}}");
    let (code, told) = call(&check);
    assert!(
        code == 0 && told.contains("another partition than their history") && told.contains(&cure),
        "{told}"
    );
    write(&format!("{{rehash: {{algorithm: detect, key_schema_id: {first}}}}}"));
    let (code, told) = call(&check);
    assert!(code == 0 && told.contains("60 of 60 keys land where their history is"), "{told}");
    let (code, told) = call(&["plan", "mapping.yaml"]);
    assert!(code == 0 && told.contains(&format!("with the schema id {first}")), "{told}");
    assert!(told.contains("srt.keys.new-old.placement"), "{told}");
    let (code, told) = call(&["run", "mapping.yaml", "--once"]);
    assert!(code == 0 && told.contains("60 translated"), "{told}");
    let (code, told) = call(&["verify", "mapping.yaml"]);
    assert!(code == 0 && told.contains("Proved."), "{told}");
    let (code, told) = call(&check);
    assert!(code == 0 && told.contains("place records by crc32 of their keys with schema id"), "{told}");
}
