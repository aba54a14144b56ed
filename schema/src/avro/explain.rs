//! Findings in words: what is wrong, and the smallest change that cures it.
//!
//! `description` and `detail` keep the shape in which clients of the reference registry know them; `reason`, `cure` and
//! `writer_cure` are for people.

mod missing;

use std::fmt::Write;

use super::compat::decide::Fault;
use super::compat::fragment::{list_fragment, names_fragment, text_fragment, type_fragment};
use super::compat::place::{Place, Step};
use super::compat::rules::{promotes, type_name};
use super::schema::{AvroSchema, Enum, Fixed, Kind, Named, Primitive, TypeId};
use crate::incompatibility::{CHECK_FAILED, FRAGMENT_LENGTH_MAX, Incompatibility};
pub(super) use missing::{Missing, missing_field};

/// Longer pieces of schema do not help in a sentence.
const SNIPPET_LENGTH_MAX: usize = 120;
/// A sentence lists this many symbols and counts the others.
const SYMBOLS_LISTED_MAX: usize = 10;

/// Both schemas and the place in them.
pub(super) struct Sides<'s, 'a> {
    pub(super) reader: &'a AvroSchema,
    pub(super) writer: &'a AvroSchema,
    pub(super) place: &'s Place<'a>,
}

/// The parts of a finding that differ by kind.
struct Words {
    kind: &'static str,
    description: String,
    detail: String,
    reader_fragment: String,
    writer_fragment: String,
    reason: String,
    cure: String,
    writer_cure: String,
}

impl Sides<'_, '_> {
    fn finding(&self, words: Words) -> Incompatibility {
        Incompatibility {
            kind: words.kind,
            path: self.place.path(),
            description: words.description,
            detail: words.detail,
            reader_fragment: words.reader_fragment,
            writer_fragment: words.writer_fragment,
            reason: words.reason,
            cure: words.cure,
            writer_cure: words.writer_cure,
        }
    }

    /// The place in words, e.g. "each item of field `tags` of record `ads.Click`".
    fn subject(&self) -> String {
        let mut subject = String::new();
        for step in self.place.inside_field().iter().rev().take(8) {
            match step {
                Step::Items => subject.push_str("each item of "),
                Step::Values => subject.push_str("each value of "),
                _ => {}
            }
        }
        match self.place.field() {
            Some((record, field)) => {
                let _ = write!(subject, "field `{}` of record `{}`", field.name, record.named.name);
            }
            None => subject.push_str("the top-level type"),
        }
        subject
    }

    /// Whether the writer's type is a branch of a union of the writer.
    fn writer_is_branch(&self) -> bool {
        matches!(self.place.inside_field().last(), Some(Step::Branch(_)))
    }

    fn reader_snippet(&self, id: TypeId) -> String {
        names_fragment(self.reader, id, SNIPPET_LENGTH_MAX)
    }

    fn writer_snippet(&self, id: TypeId) -> String {
        names_fragment(self.writer, id, SNIPPET_LENGTH_MAX)
    }

    fn reader_fragment(&self, id: TypeId) -> String {
        type_fragment(self.reader, id, FRAGMENT_LENGTH_MAX)
    }

    fn writer_fragment(&self, id: TypeId) -> String {
        type_fragment(self.writer, id, FRAGMENT_LENGTH_MAX)
    }
}

/// Two types of which one cannot be read as the other.
pub(super) fn type_mismatch(sides: &Sides<'_, '_>, reader: TypeId, writer: TypeId) -> Incompatibility {
    let subject = sides.subject();
    let (ours, theirs) = (sides.reader_snippet(reader), sides.writer_snippet(writer));
    let (our_kind, their_kind) = (&sides.reader.get(reader).kind, &sides.writer.get(writer).kind);
    let has_default = sides.place.field().is_some_and(|(_, field)| field.default.is_some());
    let both = match their_kind {
        Kind::Primitive(Primitive::Null) if !has_default => format!("[{theirs},{ours}]"),
        _ => format!("[{ours},{theirs}]"),
    };
    let is_wider = matches!((our_kind, their_kind), (Kind::Primitive(ours), Kind::Primitive(theirs)) if promotes(*ours, *theirs));
    let cure = if is_wider {
        format!("In the {{reader}} schema, make {subject} `{theirs}`, which also takes `{ours}`")
    } else if sides.writer_is_branch() {
        format!("In the {{reader}} schema, make {subject} a union that also has `{theirs}`: `{both}`")
    } else {
        format!("In the {{reader}} schema, keep {subject} `{theirs}`, or make it a union of both: `{both}`")
    };
    let writer_cure = if sides.writer_is_branch() {
        format!("In the {{writer}} schema, leave `{theirs}` out of the union of {subject}")
    } else {
        format!("In the {{writer}} schema, keep {subject} `{ours}`")
    };
    sides.finding(Words {
        kind: "TYPE_MISMATCH",
        description: format!(
            "The type (path '{}') of a field in the {{reader}} schema does not match with the {{writer}} schema",
            sides.place.location()
        ),
        detail: mismatched_types(our_kind, their_kind),
        reader_fragment: sides.reader_fragment(reader),
        writer_fragment: sides.writer_fragment(writer),
        reason: format!("{subject} is `{ours}` in the reader, which cannot take the writer's `{theirs}`"),
        cure,
        writer_cure,
    })
}

fn mismatched_types(reader: &Kind, writer: &Kind) -> String {
    format!("reader type: {} not compatible with writer type: {}", type_name(reader), type_name(writer))
}

/// A type of the writer that no branch of the reader's union takes. `inner` is what is wrong inside the branch that was
/// meant to take it.
pub(super) fn missing_branch(
    sides: &Sides<'_, '_>,
    union: TypeId,
    writer: TypeId,
    inner: Option<(TypeId, Incompatibility)>,
) -> Incompatibility {
    let subject = sides.subject();
    let theirs = sides.writer_snippet(writer);
    let (reason, cure, writer_cure) = match inner {
        Some((branch, inner)) => {
            let branch = sides.reader_snippet(branch);
            let reason = format!("the reader's branch `{branch}` cannot take the writer's: {}", inner.reason);
            (reason, inner.cure, inner.writer_cure)
        }
        None => {
            let union = sides.reader_snippet(union);
            let whole = union.strip_suffix(']').map(|branches| {
                let comma = if branches == "[" { "" } else { "," };
                format!(": `{branches}{comma}{theirs}]`")
            });
            let cure = format!(
                "In the {{reader}} schema, add `{theirs}` to the union of {subject}{}",
                whole.unwrap_or_default()
            );
            let writer_cure = if sides.writer_is_branch() {
                format!("In the {{writer}} schema, leave `{theirs}` out of the union of {subject}")
            } else {
                format!("In the {{writer}} schema, keep {subject} a type that `{union}` has")
            };
            let reason = format!(
                "{subject} is the union `{union}` in the reader, and no branch of it takes the writer's `{theirs}`"
            );
            (reason, cure, writer_cure)
        }
    };
    sides.finding(Words {
        kind: "MISSING_UNION_BRANCH",
        description: format!(
            "The {{reader}} schema is missing a type inside a union field at path '{}' in the {{writer}} schema",
            sides.place.location()
        ),
        detail: format!("reader union lacking writer type: {}", type_name(&sides.writer.get(writer).kind)),
        reader_fragment: sides.reader_fragment(union),
        writer_fragment: sides.writer_fragment(writer),
        reason,
        cure,
        writer_cure,
    })
}

/// Two named types of different names.
pub(super) fn name_mismatch(sides: &Sides<'_, '_>, reader: &Named, writer: &Named) -> Incompatibility {
    let (ours, theirs) = (&reader.name, &writer.name);
    sides.finding(Words {
        kind: "NAME_MISMATCH",
        description: format!("The name of the schema has changed (path '{}')", sides.place.location()),
        detail: format!("expected: {theirs}"),
        reader_fragment: text_fragment(&ours.to_string(), FRAGMENT_LENGTH_MAX),
        writer_fragment: text_fragment(&theirs.to_string(), FRAGMENT_LENGTH_MAX),
        reason: format!("the reader's `{ours}` goes neither by the writer's name `{theirs}` nor by an alias of it"),
        cure: format!(
            "In the {{reader}} schema, keep the name `{theirs}`, or add `\"aliases\": [\"{theirs}\"]` to `{ours}`"
        ),
        writer_cure: format!(
            "In the {{writer}} schema, keep the name `{ours}`: only aliases of a reader count, and the {{reader}} \
             schema has none for `{theirs}`"
        ),
    })
}

/// Two fixeds of different sizes.
pub(super) fn size_mismatch(sides: &Sides<'_, '_>, reader: &Fixed, writer: &Fixed) -> Incompatibility {
    let (ours, theirs) = (reader.size, writer.size);
    let name = &reader.named.name;
    let cure = |side: &str, size: u32| {
        format!(
            "In the {{{side}}} schema, keep `\"size\": {size}` of fixed `{name}`, and give the other size a type and a \
             field of its own"
        )
    };
    sides.finding(Words {
        kind: "FIXED_SIZE_MISMATCH",
        description: format!(
            "The size of FIXED type field at path '{}' in the {{reader}} schema does not match with the {{writer}} \
             schema",
            sides.place.location()
        ),
        detail: format!("expected: {theirs}, found: {ours}"),
        reader_fragment: ours.to_string(),
        writer_fragment: theirs.to_string(),
        reason: format!("fixed `{name}` has {ours} bytes in the reader and {theirs} in the writer"),
        cure: cure("reader", theirs),
        writer_cure: cure("writer", ours),
    })
}

/// Symbols of the writer that the reader's enum does not know.
pub(super) fn missing_symbols(
    sides: &Sides<'_, '_>,
    reader: &Enum,
    writer: &Enum,
    missing: &[&str],
) -> Incompatibility {
    let name = &reader.named.name;
    let listed = listed_symbols(missing);
    let plural = if missing.len() == 1 { "symbol" } else { "symbols" };
    let fallback = reader.symbols.first().map(|first| {
        format!(", or give the enum a symbol that stands for unknown ones, e.g. `\"default\": \"{first}\"`")
    });
    sides.finding(Words {
        kind: "MISSING_ENUM_SYMBOLS",
        description: format!(
            "The {{reader}} schema is missing enum symbols '[{}]' at path '{}' in the {{writer}} schema",
            missing.join(", "),
            sides.place.location()
        ),
        detail: format!("[{}]", missing.join(", ")),
        reader_fragment: list_fragment(reader.symbols.iter().map(String::as_str), FRAGMENT_LENGTH_MAX),
        writer_fragment: list_fragment(writer.symbols.iter().map(String::as_str), FRAGMENT_LENGTH_MAX),
        reason: format!("the reader's enum `{name}` lacks the {plural} {listed} that the writer may write"),
        cure: format!(
            "In the {{reader}} schema, add the {plural} {listed} to enum `{name}`{}",
            fallback.unwrap_or_default()
        ),
        writer_cure: format!(
            "In the {{writer}} schema, leave the {plural} {listed} out of enum `{}` until all readers know them",
            writer.named.name
        ),
    })
}

fn listed_symbols(symbols: &[&str]) -> String {
    let mut listed = String::new();
    for (index, symbol) in symbols.iter().take(SYMBOLS_LISTED_MAX).enumerate() {
        let _ = write!(listed, "{}`{symbol}`", if index > 0 { ", " } else { "" });
    }
    if let Some(others @ 1..) = symbols.len().checked_sub(SYMBOLS_LISTED_MAX) {
        let _ = write!(listed, " and {others} more");
    }
    listed
}

/// A question without an answer.
pub(super) fn fault(fault: Fault<'_>) -> Incompatibility {
    let (reason, cure) = match fault {
        Fault::Ambiguous { record, field, meant: [one, other] } => (
            format!(
                "the reader's field `{}` of record `{}` means several fields of the writer's record: `{one}` and \
                 `{other}`",
                field.name, record.named.name
            ),
            format!(
                "In the {{reader}} schema, leave only one of `{one}` and `{other}` as name or alias of field `{}` of \
                 record `{}`",
                field.name, record.named.name
            ),
        ),
        Fault::TooLarge => (
            "the two schemas are too large to be compared".to_owned(),
            "Split the {reader} schema, or make its unions and enums smaller".to_owned(),
        ),
    };
    Incompatibility {
        kind: CHECK_FAILED,
        path: "/".to_owned(),
        description: reason.clone(),
        detail: reason.clone(),
        reader_fragment: String::new(),
        writer_fragment: String::new(),
        reason,
        writer_cure: cure.clone(),
        cure,
    }
}
