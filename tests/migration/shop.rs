//! Two topics of a shop, a registry, and the command line beside its mappings.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry};

const PATIENCE: Duration = Duration::from_secs(30);

/// See the module. Topics and subjects begin with its name.
pub(crate) struct Shop {
    name: &'static str,
    pub(crate) kafka: Kafka,
    pub(crate) registry: Registry,
    folder: tempfile::TempDir,
}

impl Shop {
    pub(crate) fn open(name: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { name, kafka: Kafka::shared(), registry: Registry::start(), folder }
    }

    /// Registers a record of one text in both topics, under another name in each; gives both ids.
    pub(crate) fn register(&self, name: &str, old: &str, new: &str) -> (i32, i32) {
        let register = |topic: &str, field: &str| {
            let subject = format!("{}-{topic}-{}", self.name, name.to_lowercase());
            let schema = format!(
                r#"{{"type":"record","name":"{name}","namespace":"shop","fields":[{{"name":"{field}","type":"string"}}]}}"#
            );
            let answer = self.registry.connect().register(&subject, &schema).json();
            answer["id"].as_i64().and_then(|id| i32::try_from(id).ok()).expect("an id")
        };
        (register("old", old), register("new", new))
    }

    /// Writes a mapping for a type. `more` stands between its topics and its map.
    pub(crate) fn map(&self, file: &str, name: &str, more: &str, map: &str) {
        let shop = self.name;
        let text = format!(
            "apiVersion: srt/v1\nkind: TopicMigration\nname: {shop}\n\
             old: {{topic: {shop}-old, value: {{subject: {shop}-old-{name}, version: 1}}}}\n\
             new: {{topic: {shop}-new, value: {{subject: {shop}-new-{name}, version: 1}}}}\n{more}\
             map:\n  new->old:\n{map}"
        );
        std::fs::write(self.folder.path().join(file), text).expect("a file");
    }

    /// Writes one record of each schema to the new topic.
    pub(crate) fn produce(&self, ids: &[i32]) {
        let records: Vec<_> = ids.iter().map(|id| (*id, None, "x")).collect();
        self.write("new", &records);
    }

    /// Writes records to one of the topics: schema id, key and text.
    pub(crate) fn write(&self, side: &str, records: &[(i32, Option<&str>, &str)]) {
        let mut config = ClientConfig::new();
        let producer: BaseProducer =
            config.set("bootstrap.servers", self.kafka.bootstrap()).create().expect("a producer");
        let topic = format!("{}-{side}", self.name);
        for (id, key, text) in records {
            let length = u8::try_from(text.len() * 2).expect("a short text");
            let value = [&[0][..], &id.to_be_bytes(), &[length], text.as_bytes()].concat();
            let mut record = BaseRecord::<[u8], [u8]>::to(&topic).partition(0).payload(&value);
            record.key = key.map(str::as_bytes);
            assert!(producer.send(record).is_ok(), "the client takes a record");
        }
        producer.flush(PATIENCE).expect("the broker takes records");
    }

    fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut translator = Command::new(binary().with_file_name("translator"));
        translator.arg(command).arg(self.folder.path().join("mapping.yaml")).args(args);
        translator.env("SCHEMA_REGISTRY_URL", self.registry.base_url());
        translator.env("KAFKA_BOOTSTRAP_SERVERS", self.kafka.bootstrap()).current_dir(self.folder.path());
        translator
    }

    /// What a command prints; it has to end with 0.
    pub(crate) fn translator(&self, command: &str, args: &[&str]) -> String {
        let (code, told) = self.ended(command, args);
        assert_eq!(code, Some(0), "{told}");
        told
    }

    /// How a command ends, and what it prints.
    pub(crate) fn ended(&self, command: &str, args: &[&str]) -> (Option<i32>, String) {
        let ended = self.command(command, args).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code(), text(&ended.stdout) + &text(&ended.stderr))
    }

    /// A command that goes on.
    pub(crate) fn start(&self, command: &str, args: &[&str]) -> Child {
        self.command(command, args).stdout(Stdio::null()).spawn().expect("the program runs")
    }
}
