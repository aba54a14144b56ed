//! The clients of other languages, each a program that writes or reads the records of a job.

use std::process::Command;

use registry_tests::{repository, run};
use serde_json::Value;

use crate::job::{Job, data, parsed};

/// A client of another language. `make setup` installs and builds them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer {
    Python,
    Go,
    JavaScript,
    Java,
}

/// All of them.
pub(crate) const PEERS: [Peer; 4] = [Peer::Python, Peer::Go, Peer::JavaScript, Peer::Java];

/// Where the identity of a schema goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Prefix,
    Header,
}

impl Peer {
    /// Writes all records of the format; the client registers the schema.
    #[track_caller]
    pub(crate) fn produce(self, job: &Job<'_>, form: Form) {
        let mut command = self.command("produce", job);
        if let Form::Header = form {
            command.arg("header");
        }
        run(&mut command);
    }

    /// Reads as many records as the format has; both forms are read without being told.
    #[track_caller]
    pub(crate) fn consume(self, job: &Job<'_>) -> Vec<Value> {
        parsed(&run(&mut self.command("consume", job)))
    }

    fn command(self, mode: &str, job: &Job<'_>) -> Command {
        let root = repository();
        let mut command = match self {
            Self::Python => {
                let mut command = Command::new(root.join(".venv/bin/python"));
                command.arg(root.join("tests/interop/python/peer.py"));
                command
            }
            Self::Go => Command::new(root.join(".tools/interop-go")),
            Self::JavaScript => {
                let mut command = Command::new("node");
                command.arg(root.join("tests/interop/javascript/peer.mjs"));
                command
            }
            Self::Java => Command::new(root.join(".tools/interop-java/peer")),
        };
        command.args([mode, job.format.name(), &job.topic, &job.format.records().len().to_string()]);
        command.arg(job.registry.base_url()).arg(job.kafka.bootstrap()).arg(data());
        command
    }
}
