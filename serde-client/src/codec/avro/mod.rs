//! Avro: the binary encoding of `avro.apache.org`, "Binary encoding", written from and read into any `serde` type.
//!
//! A schema, or a pair of schemas, is compiled into a plan; a `serde` serializer and deserializer follow it. Types need
//! nothing but `serde`'s derive.

mod de;
mod input;
pub mod logical;
mod marker;
pub mod native;
mod output;
mod plan;
mod ser;
mod shape;
mod usual_size;
mod value;

pub use input::{Block, Input};
pub use marker::{Avro, AvroValue, Reader, Writer};
pub use output::Output;
pub use shape::{EnumShape, FieldShape, FixedShape, LogicalType, RecordShape, TypeName};
pub use value::{Record, Value};

/// The default of a field as a value.
///
/// # Errors
/// Why it cannot be one: a clause.
#[cfg(feature = "translator")]
pub(crate) fn field_default(
    schema: &schema::avro::AvroSchema,
    field: &schema::avro::schema::Field,
) -> Result<Value<'static>, String> {
    plan::Defaults::new(schema).of(field)
}

#[cfg(feature = "translator")]
pub(crate) use plan::{Comparison, default_bytes, says_the_same, sources};

/// What a type means beside its encoding.
#[cfg(feature = "translator")]
pub(crate) fn logical_type(
    schema: &schema::avro::AvroSchema,
    id: schema::avro::schema::TypeId,
) -> Option<LogicalType> {
    plan::logical(schema, id)
}

#[cfg(test)]
mod tests;
