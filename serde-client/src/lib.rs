//! Serializers and deserializers for Kafka records that carry a schema id, with a client of the schema registry.
//!
//! [`client`] speaks with the registry, [`framing`] reads and writes the id in front of (or beside) a record, [`codec`]
//! turns values into bytes by a schema, and the serializer and deserializer join the three.

pub mod client;
pub mod codec;
#[cfg(feature = "codegen")]
pub mod codegen;
pub mod deserializer;
pub mod framing;
pub mod kafka;
pub mod mock;
pub mod own_schema;
pub mod serializer;
pub mod subject_name;
#[cfg(feature = "translator")]
pub mod translator;

pub use client::RegistryClient;
pub use codec::avro::native::{AvroNative, AvroRecord};
pub use codec::avro::{Avro, AvroValue, logical};
pub use codec::json::{Json, ValidatedJson};
pub use codec::protobuf::{DynamicProtobuf, Protobuf};
pub use deserializer::{Deserializer, Record};
pub use schema;
#[cfg(feature = "derive")]
pub use serde_client_derive::AvroRecord;
pub use serializer::Serializer;

/// What the README shows of this crate compiles.
#[cfg(all(doctest, feature = "derive", feature = "kafka"))]
#[doc = include_str!("../../README.md")]
mod readme {}
