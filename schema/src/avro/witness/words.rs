//! What a reader meets, in words: clauses that follow the place.

use super::decode::Refusal;
use crate::avro::compat::fragment::names_fragment;
use crate::avro::compat::place::Place;
use crate::avro::schema::{AvroSchema, Enum, Field, Fixed, Kind, TypeId};

/// Longer pieces of schema do not help in a clause.
const SNIPPET_LENGTH_MAX: usize = 120;

/// Where reading stands.
pub(super) fn place(place: &Place<'_>) -> String {
    let path = place.path();
    match place.field() {
        Some((record, field)) => {
            format!("at `{path}` (field `{}` of record `{}`)", field.name, record.named.name)
        }
        None if path == "/" => "at the top".to_owned(),
        None => format!("at `{path}`"),
    }
}

/// A type of the writer.
pub(super) fn type_in_words(kind: &Kind) -> String {
    match kind.named() {
        Some(named) => format!("{} `{}`", kind.word(), named.name),
        None => format!("`{}`", kind.word()),
    }
}

pub(super) fn mismatch(reader: &AvroSchema, expected: TypeId, met: &Kind) -> String {
    format!(
        "the reader expects `{}` and meets {}",
        names_fragment(reader, expected, SNIPPET_LENGTH_MAX),
        type_in_words(met)
    )
}

pub(super) fn missing(field: &Field) -> String {
    format!("the reader finds no value for its field `{}` and has no default to put there", field.name)
}

pub(super) fn name(expected: &Kind, met: &Kind) -> String {
    let lenient = match met {
        Kind::Record(_) => " (a library that does not compare the names of records reads on)",
        _ => "",
    };
    format!(
        "the reader expects {} and meets {}, which is none of its names{lenient}",
        type_in_words(expected),
        type_in_words(met)
    )
}

pub(super) fn size(expected: &Fixed, met: &Fixed) -> String {
    format!(
        "the reader expects {} bytes of fixed `{}` and meets {}",
        expected.size, expected.named.name, met.size
    )
}

pub(super) fn symbol(expected: &Enum, met: &str) -> String {
    format!(
        "the reader meets the symbol `{met}`, which its enum `{}` lacks, and has no default to put in its place",
        expected.named.name
    )
}

/// `inner` is what stopped the branch that came closest.
pub(super) fn no_branch(reader: &AvroSchema, union: TypeId, met: &Kind, inner: Option<&Refusal>) -> String {
    let union = names_fragment(reader, union, SNIPPET_LENGTH_MAX);
    let inner = inner.map(|refusal| format!(": {}", refusal.failure)).unwrap_or_default();
    format!("the reader meets {}, which no branch of its union `{union}` takes{inner}", type_in_words(met))
}
