//! Input that no client should send. Whatever comes, the server refuses it with the right code or accepts it, never
//! with a server error; it goes on answering, and its memory stays bounded.

mod bodies;
mod connections;
mod names;
mod protocol;
mod references;
mod schemas;

use std::net::SocketAddr;

use registry_tests::{Answer, Registry};
use serde_json::{Value, json};

/// Resident memory that the server may hold after any input. Bodies may have 10 MiB.
const RESIDENT_BYTES_MAX: u64 = 640 << 20;

/// Answers to bad input are for people and logs: they must not echo megabytes.
const REFUSAL_BYTES_MAX: usize = 64 << 10;

const MIB: usize = 1 << 20;

/// A server, and the check that it has taken no harm.
struct Victim(Registry);

impl Victim {
    fn start() -> Self {
        Self(Registry::start())
    }

    fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// Sends a schema to register.
    #[track_caller]
    fn register(&self, subject: &str, schema: &str) -> Answer {
        self.checked(self.0.register(subject, schema))
    }

    /// Sends a body that is JSON.
    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.checked(self.0.post(path, body))
    }

    /// Sends a body that need not be JSON.
    #[track_caller]
    fn post_bytes(&self, path: &str, body: &[u8]) -> Answer {
        let headers = [("Content-Type", registry_tests::client::REGISTRY_JSON)];
        self.checked(self.0.send("POST", path, &headers, Some(body)))
    }

    /// Checks an answer to bad input, and the server after it.
    #[track_caller]
    fn checked(&self, answer: Answer) -> Answer {
        assert!(
            answer.status < 500,
            "{}",
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(500)])
        );
        let size = answer.body.len();
        assert!(answer.status == 200 || size <= REFUSAL_BYTES_MAX, "a refusal of {size} bytes");
        self.is_well();
        answer
    }

    /// The server answers, and holds no more memory than it may.
    #[track_caller]
    fn is_well(&self) {
        assert_eq!(self.0.get("/").seen(), (200, json!({})));
        let resident = self.0.resident_bytes();
        assert!(resident <= RESIDENT_BYTES_MAX, "the server holds {} MiB", resident >> 20);
    }
}

/// A record `R` of some fields.
fn record(fields: &[String]) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
}
