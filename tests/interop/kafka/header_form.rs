//! The schema's identity in a header, between the clients that know that form.

use registry_tests::{Kafka, Registry};

use crate::job::{Format, Job};
use crate::peers::{Form, Peer};
use crate::rust;

const FORMATS: [Format; 3] = [Format::Avro, Format::Protobuf, Format::Json];

async fn both_directions(peer: Peer) {
    let (registry, kafka) = (Registry::start(), Kafka::shared());
    for format in FORMATS {
        let topic = format!("{peer:?}-to-rust-in-headers-{}", format.name());
        let job = Job { format, topic, registry: &registry, kafka: &kafka };
        peer.produce(&job, Form::Header);
        job.assert_read("Rust", &rust::consume(&job).await);
        let job = Job { topic: format!("rust-to-{peer:?}-in-headers-{}", format.name()), ..job };
        rust::produce(&job, Form::Header).await;
        job.assert_read(&format!("{peer:?}"), &peer.consume(&job));
    }
}

#[tokio::test]
async fn python_and_rust_read_each_others_headers() {
    both_directions(Peer::Python).await;
}

#[tokio::test]
async fn javascript_and_rust_read_each_others_headers() {
    both_directions(Peer::JavaScript).await;
}
