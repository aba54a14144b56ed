//! What of a schema is kept in a plan: names, symbols, logical types.

use std::sync::Arc;

use schema::avro::schema::{AvroSchema, Enum, Kind, Name, Primitive, Record, TypeId};

use crate::codec::avro::shape::{EnumShape, FieldShape, LogicalType, RecordShape, TypeName};

pub(super) fn type_name(name: &Name) -> TypeName {
    TypeName::new(name)
}

pub(super) fn record_shape(schema: &AvroSchema, record: &Record) -> Arc<RecordShape> {
    let fields = record.fields.iter().map(|field| FieldShape {
        name: field.name.as_str().into(),
        logical: field_logical(schema, field.field_type),
    });
    Arc::new(RecordShape { name: type_name(&record.named.name), fields: fields.collect() })
}

pub(super) fn enum_shape(symbols: &Enum) -> Arc<EnumShape> {
    let texts = symbols.symbols.iter().map(|symbol| symbol.as_str().into());
    Arc::new(EnumShape { name: type_name(&symbols.named.name), symbols: texts.collect() })
}

pub(in crate::codec::avro) fn logical(schema: &AvroSchema, id: TypeId) -> Option<LogicalType> {
    let found = schema.get(id);
    LogicalType::of(&found.kind, &found.properties)
}

/// Whether two types that are written alike have logical types by which the same bytes are different values.
pub(super) fn differ_in_meaning(
    (writers, writer): (&AvroSchema, TypeId),
    (readers, reader): (&AvroSchema, TypeId),
) -> bool {
    let meanings = logical(writers, writer).zip(logical(readers, reader));
    meanings.is_some_and(|(theirs, ours)| !theirs.means_the_same(ours))
}

fn field_logical(schema: &AvroSchema, id: TypeId) -> Option<LogicalType> {
    let Kind::Union(branches) = &schema.get(id).kind else { return logical(schema, id) };
    let mut others = branches.iter().filter(|branch| !is_null(schema, **branch));
    match (others.next(), others.next()) {
        (Some(only), None) => logical(schema, *only),
        _ => None,
    }
}

fn is_null(schema: &AvroSchema, id: TypeId) -> bool {
    matches!(schema.get(id).kind, Kind::Primitive(Primitive::Null))
}

/// A type for messages: a named one with its kind and name, others in their word.
pub(super) fn fragment(schema: &AvroSchema, id: TypeId) -> String {
    let kind = &schema.get(id).kind;
    let words = match (kind, kind.named()) {
        (Kind::Fixed(fixed), Some(named)) => format!("fixed {} of {} bytes", named.name, fixed.size),
        (_, Some(named)) => format!("{} {}", kind.word(), named.name),
        (Kind::Union(branches), None) => {
            let mut words: Vec<_> = branches.iter().take(8).map(|branch| fragment(schema, *branch)).collect();
            if branches.len() > words.len() {
                words.push("…".to_owned());
            }
            format!("union of {}", words.join(", "))
        }
        _ => kind.word().to_owned(),
    };
    match logical(schema, id) {
        None => words,
        Some(LogicalType::Decimal { scale, .. }) => format!("{words} (decimal of scale {scale})"),
        Some(logical) => format!("{words} ({})", logical.word()),
    }
}
