//! A field that the reader wants and the writer does not write.

use super::{SNIPPET_LENGTH_MAX, Sides, Words, mismatched_types};
use crate::avro::compat::fragment::{field_fragment, names_fragment};
use crate::avro::schema::{AvroSchema, Field, Kind, Primitive, Record, TypeId};
use crate::incompatibility::{FRAGMENT_LENGTH_MAX, Incompatibility};

/// Records with more fields are not searched for a field that may have been renamed.
const RENAME_FIELDS_MAX: usize = 200;

/// How the reference registry reports a field without a default that the writer does not write.
pub(in crate::avro) enum Missing {
    /// As what it is.
    Field,
    /// As a type that does not match the writer's record.
    ComparedAsType {
        /// The field's type.
        reader: TypeId,
        /// The writer's record.
        writer: TypeId,
    },
}

/// A field of the reader that the writer does not write and that has no default.
pub(in crate::avro) fn missing_field(
    sides: &Sides<'_, '_>,
    field: &Field,
    writer_record: &Record,
    missing: &Missing,
) -> Incompatibility {
    let Field { name, field_type, .. } = field;
    let subject = sides.subject();
    let location = sides.place.location();
    let (kind, description, detail, but) = match missing {
        Missing::Field => (
            "READER_FIELD_MISSING_DEFAULT_VALUE",
            format!(
                "The field '{name}' at path '{location}' in the {{reader}} schema has no default value and is missing \
                 in the {{writer}} schema"
            ),
            name.clone(),
            "",
        ),
        Missing::ComparedAsType { reader, writer } => (
            "TYPE_MISMATCH",
            format!(
                "The type (path '{location}') of a field in the {{reader}} schema does not match with the {{writer}} \
                 schema"
            ),
            mismatched_types(&sides.reader.get(*reader).kind, &sides.writer.get(*writer).kind),
            " of its own (the default symbol of its enum is none)",
        ),
    };
    let record = sides.place.field().map(|(record, _)| record);
    let rename = record.and_then(|record| renamed_field(sides, (record, field), writer_record));
    sides.finding(Words {
        kind,
        description,
        detail,
        reader_fragment: field_fragment(sides.reader, field, FRAGMENT_LENGTH_MAX),
        writer_fragment: String::new(),
        reason: format!("the reader's field `{name}` has no default{but} and the writer does not write it"),
        cure: format!("{}{}", default_cure(sides.reader, &subject, *field_type), rename.unwrap_or_default()),
        writer_cure: format!(
            "In the {{writer}} schema, keep field `{name}` (`{}`) in record `{}`",
            sides.reader_snippet(*field_type),
            writer_record.named.name
        ),
    })
}

fn default_cure(schema: &AvroSchema, subject: &str, field_type: TypeId) -> String {
    let snippet = names_fragment(schema, field_type, SNIPPET_LENGTH_MAX);
    let branches = match &schema.get(field_type).kind {
        Kind::Union(branches) => {
            let null = branches
                .iter()
                .position(|&id| matches!(schema.get(id).kind, Kind::Primitive(Primitive::Null)));
            match null {
                Some(0) => return format!("In the {{reader}} schema, add `\"default\": null` to {subject}"),
                Some(_) => None,
                None => snippet.strip_prefix('[').map(|rest| format!("[\"null\",{rest}")),
            }
        }
        Kind::Primitive(Primitive::Null) => None,
        _ => Some(format!("[\"null\",{snippet}]")),
    };
    match (default_value(schema, field_type), branches) {
        (Some(default), Some(nullable)) => format!(
            "In the {{reader}} schema, add `\"default\": {default}` to {subject}; where no value stands for an unknown \
             one, make its type `{nullable}` with `\"default\": null`"
        ),
        (Some(default), None) => {
            format!("In the {{reader}} schema, add `\"default\": {default}` to {subject}")
        }
        (None, Some(nullable)) => format!(
            "In the {{reader}} schema, make the type of {subject} `{nullable}` and add `\"default\": null`"
        ),
        (None, None) => format!("In the {{reader}} schema, add a `\"default\"` to {subject}"),
    }
}

/// The simplest default value of a type, where there is an obvious one.
fn default_value(schema: &AvroSchema, id: TypeId) -> Option<String> {
    match &schema.get(id).kind {
        Kind::Primitive(Primitive::Null) => Some("null".to_owned()),
        Kind::Primitive(Primitive::Boolean) => Some("false".to_owned()),
        Kind::Primitive(Primitive::Int | Primitive::Long) => Some("0".to_owned()),
        Kind::Primitive(Primitive::Float | Primitive::Double) => Some("0.0".to_owned()),
        Kind::Primitive(Primitive::Bytes | Primitive::String) => Some("\"\"".to_owned()),
        Kind::Array(_) => Some("[]".to_owned()),
        Kind::Map(_) => Some("{}".to_owned()),
        Kind::Enum(symbols) => {
            let symbol = symbols.default.as_ref().or(symbols.symbols.first())?;
            Some(format!("\"{symbol}\""))
        }
        Kind::Union(branches) => default_value(schema, *branches.first()?),
        Kind::Record(_) | Kind::Fixed(_) => None,
    }
}

/// A hint when the writer has exactly one field of the same kind of type that the reader does not know.
fn renamed_field(
    sides: &Sides<'_, '_>,
    (record, field): (&Record, &Field),
    writer_record: &Record,
) -> Option<String> {
    if record.fields.len().max(writer_record.fields.len()) > RENAME_FIELDS_MAX {
        return None;
    }
    let kind = sides.reader.get(field.field_type).kind.word();
    let mut candidates = writer_record.fields.iter().filter(|candidate| {
        sides.writer.get(candidate.field_type).kind.word() == kind
            && !record
                .fields
                .iter()
                .any(|known| known.name == candidate.name || known.aliases.contains(&candidate.name))
    });
    let candidate = candidates.next()?;
    candidates.next().is_none().then(|| {
        format!(
            "; if it is the {{writer}} field `{0}` under another name, add `\"aliases\": [\"{0}\"]` instead",
            candidate.name
        )
    })
}
