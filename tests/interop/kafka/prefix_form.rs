//! Every format between Rust and every other client, in both directions.

use registry_tests::{Kafka, Registry};

use crate::job::{Format, Job};
use crate::peers::{Form, PEERS, Peer};
use crate::rust;

async fn rust_reads_what_the_peer_writes(peer: Peer, format: Format) {
    let (registry, kafka) = (Registry::start(), Kafka::shared());
    let topic = format!("{peer:?}-to-rust-{}", format.name());
    let job = Job { format, topic, registry: &registry, kafka: &kafka };
    peer.produce(&job, Form::Prefix);
    job.assert_read("Rust", &rust::consume(&job).await);
}

/// One topic is read by all: that is how topics are used.
async fn peers_read_what_rust_writes(format: Format) {
    let (registry, kafka) = (Registry::start(), Kafka::shared());
    let topic = format!("rust-to-all-{}", format.name());
    let job = Job { format, topic, registry: &registry, kafka: &kafka };
    rust::produce(&job, Form::Prefix).await;
    for peer in PEERS {
        job.assert_read(&format!("{peer:?}"), &peer.consume(&job));
    }
    job.assert_read("Rust", &rust::consume(&job).await);
}

#[tokio::test]
async fn all_read_avro_of_rust() {
    peers_read_what_rust_writes(Format::Avro).await;
}

#[tokio::test]
async fn all_read_protobuf_of_rust() {
    peers_read_what_rust_writes(Format::Protobuf).await;
}

#[tokio::test]
async fn all_read_json_of_rust() {
    peers_read_what_rust_writes(Format::Json).await;
}

#[tokio::test]
async fn rust_reads_avro_of_python() {
    rust_reads_what_the_peer_writes(Peer::Python, Format::Avro).await;
}

#[tokio::test]
async fn rust_reads_protobuf_of_python() {
    rust_reads_what_the_peer_writes(Peer::Python, Format::Protobuf).await;
}

#[tokio::test]
async fn rust_reads_json_of_python() {
    rust_reads_what_the_peer_writes(Peer::Python, Format::Json).await;
}

#[tokio::test]
async fn rust_reads_avro_of_go() {
    rust_reads_what_the_peer_writes(Peer::Go, Format::Avro).await;
}

#[tokio::test]
async fn rust_reads_protobuf_of_go() {
    rust_reads_what_the_peer_writes(Peer::Go, Format::Protobuf).await;
}

#[tokio::test]
async fn rust_reads_json_of_go() {
    rust_reads_what_the_peer_writes(Peer::Go, Format::Json).await;
}

#[tokio::test]
async fn rust_reads_avro_of_javascript() {
    rust_reads_what_the_peer_writes(Peer::JavaScript, Format::Avro).await;
}

#[tokio::test]
async fn rust_reads_protobuf_of_javascript() {
    rust_reads_what_the_peer_writes(Peer::JavaScript, Format::Protobuf).await;
}

#[tokio::test]
async fn rust_reads_json_of_javascript() {
    rust_reads_what_the_peer_writes(Peer::JavaScript, Format::Json).await;
}

#[tokio::test]
async fn rust_reads_avro_of_java() {
    rust_reads_what_the_peer_writes(Peer::Java, Format::Avro).await;
}

#[tokio::test]
async fn rust_reads_protobuf_of_java() {
    rust_reads_what_the_peer_writes(Peer::Java, Format::Protobuf).await;
}

#[tokio::test]
async fn rust_reads_json_of_java() {
    rust_reads_what_the_peer_writes(Peer::Java, Format::Json).await;
}
