//! A topic of several types, by the command line: one mapping names another one, and what has neither is a dead letter.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry};

const PATIENCE: Duration = Duration::from_secs(30);

/// A record with one text.
fn schema(name: &str, field: &str) -> String {
    format!(
        r#"{{"type":"record","name":"{name}","namespace":"shop","fields":[{{"name":"{field}","type":"string"}}]}}"#
    )
}

/// The head of a mapping for a type; both topics hold all types.
fn head(name: &str, more: &str) -> String {
    format!(
        "apiVersion: srt/v1\nkind: TopicMigration\nname: shop\n\
         old: {{topic: shop-old, value: {{subject: shop-old-{name}, version: 1}}}}\n\
         new: {{topic: shop-new, value: {{subject: shop-new-{name}, version: 1}}}}\n{more}"
    )
}

fn write_mappings(folder: &Path) {
    let errors = "errors: {policy: dlq, topic: shop-dlq}\n";
    let types = "    types: {shop.Cancelled: {use: cancelled.yaml}, \"*\": dlq}\n";
    let placed = format!("{}map:\n  new->old:\n    value: {{order: $.id}}\n{types}", head("placed", errors));
    let fixtures = "fixtures:\n  - {direction: new->old, in: {why: late}, out: {reason: late}}\n";
    let cancelled =
        format!("{}map:\n  new->old:\n    value: {{reason: $.why}}\n{fixtures}", head("cancelled", ""));
    std::fs::write(folder.join("mapping.yaml"), placed).expect("a file");
    std::fs::write(folder.join("cancelled.yaml"), cancelled).expect("a file");
}

#[test]
fn each_type_of_a_topic_has_its_own_mapping() {
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let client = registry.connect();
    let mut ids = Vec::new();
    for (name, fields) in
        [("Placed", ["order", "id"]), ("Cancelled", ["reason", "why"]), ("Note", ["text", "text"])]
    {
        for (topic, field) in ["old", "new"].into_iter().zip(fields) {
            let subject = format!("shop-{topic}-{}", name.to_lowercase());
            let answer = client.register(&subject, &schema(name, field));
            ids.push(answer.json()["id"].as_i64().and_then(|id| i32::try_from(id).ok()).expect("an id"));
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    write_mappings(folder.path());
    let translator = |command: &str, args: &[&str]| {
        let mut translator = Command::new(binary().with_file_name("translator"));
        translator.arg(command).arg(folder.path().join("mapping.yaml")).args(args);
        translator.env("SCHEMA_REGISTRY_URL", registry.base_url());
        translator.env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap()).current_dir(folder.path());
        let ended = translator.output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code(), text(&ended.stdout) + &text(&ended.stderr))
    };

    let mut config = ClientConfig::new();
    let producer: BaseProducer =
        config.set("bootstrap.servers", kafka.bootstrap()).create().expect("a producer");
    for number in [1, 3, 5, 1, 3] {
        let id: i32 = ids[number];
        let value = [&[0][..], &id.to_be_bytes(), b"\x02x"].concat();
        let record = BaseRecord::<[u8], [u8]>::to("shop-new").partition(0).payload(&value);
        assert!(producer.send(record).is_ok(), "the client takes a record");
    }
    producer.flush(PATIENCE).expect("the broker takes records");

    let planned = translator("plan", &["--apply"]);
    assert_eq!(planned.0, Some(0), "{planned:?}");
    assert!(planned.1.contains("new->old, shop.Cancelled: shop-new (shop-new-cancelled"), "{planned:?}");
    let checked = translator("check", &["--records", "50"]);
    assert_eq!(checked.0, Some(0), "{checked:?}");
    let translated = translator("run", &["--once"]);
    assert!(translated.1.contains("4 translated, 1 to the dead-letter queue"), "{translated:?}");
    let verified = translator("verify", &[]);
    assert_eq!(verified.0, Some(0), "{verified:?}");
    assert!(verified.1.contains("Proved."), "{verified:?}");
}
