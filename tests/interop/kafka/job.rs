//! One topic with the records of one format, and how what was read is compared.

use std::path::PathBuf;

use registry_tests::{Kafka, Registry, repository};
use serde_json::Value;

/// The languages of schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Avro,
    Protobuf,
    Json,
}

impl Format {
    /// As the registry calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Protobuf => "PROTOBUF",
            Self::Json => "JSON",
        }
    }

    /// The text of the shared schema.
    pub(crate) fn schema(self) -> String {
        let file = match self {
            Self::Avro => "avro.avsc",
            Self::Protobuf => "protobuf.proto",
            Self::Json => "json.json",
        };
        let path = data().join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The shared records; null is a record without a value.
    pub(crate) fn records(self) -> Vec<Value> {
        let path = data().join(format!("{}.jsonl", self.name().to_lowercase()));
        let lines =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        parsed(&lines)
    }
}

/// The folder of the shared schemas and records.
pub(crate) fn data() -> PathBuf {
    repository().join("tests/interop/data")
}

/// One JSON value a line.
pub(crate) fn parsed(lines: &str) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    lines.lines().filter(|line| !line.is_empty()).map(parse).collect()
}

/// What a client is asked to write or read.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) format: Format,
    pub(crate) topic: String,
    pub(crate) registry: &'a Registry,
    pub(crate) kafka: &'a Kafka,
}

impl Job<'_> {
    /// What was read is what the data files have, in their order.
    #[track_caller]
    pub(crate) fn assert_read(&self, who: &str, read: &[Value]) {
        let expected = self.format.records();
        assert_eq!(read.len(), expected.len(), "{who} read another number of records of {}", self.topic);
        for (at, (got, want)) in read.iter().zip(&expected).enumerate() {
            let differences = differences(got, want, String::new());
            assert!(differences.is_empty(), "{who}, {}, record {at}: {differences:#?}", self.topic);
        }
    }
}

/// Where two values differ. Numbers are equal when their values are: clients spell them in their own ways.
fn differences(got: &Value, want: &Value, path: String) -> Vec<String> {
    match (got, want) {
        (Value::Object(got), Value::Object(want)) => {
            let names = got.keys().chain(want.keys().filter(|name| !got.contains_key(*name)));
            let of = |name: &String| match (got.get(name), want.get(name)) {
                (Some(got), Some(want)) => differences(got, want, format!("{path}.{name}")),
                (got, want) => vec![format!("{path}.{name}: {got:?} instead of {want:?}")],
            };
            names.flat_map(of).collect()
        }
        (Value::Array(got), Value::Array(want)) if got.len() == want.len() => {
            let pairs = got.iter().zip(want).enumerate();
            pairs.flat_map(|(at, (got, want))| differences(got, want, format!("{path}[{at}]"))).collect()
        }
        (Value::Number(got), Value::Number(want)) if got.as_f64() == want.as_f64() => Vec::new(),
        _ if got == want => Vec::new(),
        _ => vec![format!("{path}: {got} instead of {want}")],
    }
}
