//! Schemas as a Kafka schema registry sees them: nouns, parsing, canonical text, content hash, compatibility.
//!
//! Pure and synchronous: no I/O, no clock, no randomness. Shared by the registry and its clients.

pub mod avro;
pub mod clip;
pub mod compat;
pub mod document;
pub mod evidence;
pub mod fingerprint;
pub mod format;
pub mod incompatibility;
pub mod json;
pub mod model;
pub mod parsed;
pub mod protobuf;
pub mod references;
mod tags;
