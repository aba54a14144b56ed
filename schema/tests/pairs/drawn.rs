//! A pair of schemas that a list of bytes decides, and data of a schema.

use apache_avro::types::Value as Datum;
use schema::parsed::ParsedSchema;

use super::{Changes, Choices, mutated, schema};
use crate::parsing::try_avro;

/// Two schemas and the decisions that are left.
pub(crate) struct Pair {
    pub(crate) reader: String,
    pub(crate) writer: String,
    pub(crate) reader_schema: ParsedSchema,
    pub(crate) writer_schema: ParsedSchema,
}

/// The pair that `bytes` decide, if both are schemas.
pub(crate) fn pair(bytes: &[u8], changes: Changes) -> Option<Pair> {
    let mut choices = Choices::new(bytes);
    let writer = schema(&mut choices);
    let reader = mutated(&writer, &mut choices, changes);
    let (mut reader, mut writer) = (reader.to_string(), writer.to_string());
    if choices.yes() {
        std::mem::swap(&mut reader, &mut writer);
    }
    let (reader_schema, writer_schema) = (try_avro(&reader).ok()?, try_avro(&writer).ok()?);
    Some(Pair { reader, writer, reader_schema, writer_schema })
}

/// Some data that a schema without recursion describes.
pub(crate) fn datum(schema: &apache_avro::Schema, choices: &mut Choices<'_>) -> Datum {
    use apache_avro::Schema;
    match schema {
        Schema::Null => Datum::Null,
        Schema::Boolean => Datum::Boolean(choices.yes()),
        Schema::Int => Datum::Int(i32::try_from(choices.below(256)).unwrap() - 100),
        Schema::Long => Datum::Long(1 << choices.below(40)),
        Schema::Float => Datum::Float(0.5),
        Schema::Double => Datum::Double(1e300),
        Schema::Bytes => Datum::Bytes(vec![b'b'; choices.below(3)]),
        Schema::String => Datum::String("s".repeat(choices.below(3))),
        Schema::Fixed(fixed) => Datum::Fixed(fixed.size, vec![b'f'; fixed.size]),
        Schema::Enum(symbols) => {
            let at = choices.below(symbols.symbols.len());
            Datum::Enum(u32::try_from(at).unwrap(), symbols.symbols[at].clone())
        }
        Schema::Array(array) => {
            Datum::Array((0..choices.below(3)).map(|_| datum(&array.items, choices)).collect())
        }
        Schema::Map(map) => Datum::Map(
            (0..choices.below(3)).map(|key| (key.to_string(), datum(&map.types, choices))).collect(),
        ),
        Schema::Union(union) => {
            let at = choices.below(union.variants().len());
            Datum::Union(u32::try_from(at).unwrap(), Box::new(datum(&union.variants()[at], choices)))
        }
        Schema::Record(record) => Datum::Record(
            record.fields.iter().map(|field| (field.name.clone(), datum(&field.schema, choices))).collect(),
        ),
        other => panic!("the generator makes no {other:?}"),
    }
}
