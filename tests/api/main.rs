//! The REST API as transcripts: a request, then the answer. The files mirror the URL tree.
//!
//! What the recorded conformance cases cover is not repeated here.

mod associations;
mod compatibility;
mod concurrency;
mod config;
mod contexts;
mod dek_registry;
mod dek_registry_deks;
mod freshness;
mod mode;
mod negotiation;
mod operations;
mod references;
mod schemas;
mod server;
mod subjects;
mod subjects_metadata;
mod subjects_versions;
mod subjects_versions_tags;

/// A record `R` of some fields, in canonical form.
fn record(fields: &[&str]) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
}

/// An `int` without a default.
const A: &str = r#"{"name":"a","type":"int"}"#;
/// A `string` with a default.
const B: &str = r#"{"name":"b","type":"string","default":""}"#;
/// A `string` without a default.
const C: &str = r#"{"name":"c","type":"string"}"#;
