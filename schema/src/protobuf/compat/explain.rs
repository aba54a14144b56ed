//! Findings in words: what is wrong, and the smallest change that cures it.
//!
//! `description` keeps the shape in which clients of the reference registry know it; `reason`, `cure` and `writer_cure`
//! are for people.

use super::difference::{Difference, FieldPair};
use super::fragment;
use super::kinds::{Group, Kind};
use super::members::Members;
use super::oneofs::Origins;
use super::place::Place;
use super::side::Side;
use crate::incompatibility::{CHECK_FAILED, Incompatibility};
use crate::protobuf::syntax::{Field, Label, Message, OneOf};

/// A sentence lists this many fields and counts the others.
const FIELDS_LISTED_MAX: usize = 8;

/// The parts of a finding that differ by kind.
#[derive(Default)]
struct Words {
    reader_fragment: String,
    writer_fragment: String,
    reason: String,
    cure: String,
    writer_cure: String,
}

/// A difference with everything that is said about it.
pub(super) fn finding<'a>(
    reader: &Side<'a>,
    writer: &Side<'a>,
    place: &Place,
    difference: Difference<'a>,
    path: String,
) -> Incompatibility {
    let sides = Sides { reader, writer, place };
    let words = sides.words(difference);
    Incompatibility {
        kind: difference.kind(),
        description: difference.description(&path),
        path,
        detail: String::new(),
        reader_fragment: words.reader_fragment,
        writer_fragment: words.writer_fragment,
        reason: words.reason,
        cure: words.cure,
        writer_cure: words.writer_cure,
    }
}

/// A question without an answer.
pub(super) fn too_large() -> Incompatibility {
    let reason = "the two schemas are too large to be compared".to_owned();
    let cure = "Split the {reader} schema into smaller files".to_owned();
    Incompatibility {
        kind: CHECK_FAILED,
        path: "#/".to_owned(),
        description: reason.clone(),
        detail: reason.clone(),
        reader_fragment: String::new(),
        writer_fragment: String::new(),
        reason,
        writer_cure: cure.replace("{reader}", "{writer}"),
        cure,
    }
}

/// Both schemas and the place in them.
struct Sides<'s, 'a> {
    reader: &'s Side<'a>,
    writer: &'s Side<'a>,
    place: &'s Place,
}

impl<'a> Sides<'_, 'a> {
    fn words(&self, difference: Difference<'a>) -> Words {
        match difference {
            Difference::PackageChanged => self.package_changed(),
            Difference::MessageRemoved(message) => {
                let name = &self.place.local;
                Words {
                    writer_fragment: fragment::message(message),
                    reason: format!("the reader has no message `{name}`, which the writer may write"),
                    cure: format!(
                        "In the {{reader}} schema, keep message `{name}`, even if nothing uses it any more"
                    ),
                    writer_cure: format!(
                        "In the {{writer}} schema, leave out message `{name}` until all readers have it"
                    ),
                    ..Words::default()
                }
            }
            Difference::FieldKind(pair) => self.field_kind(pair),
            Difference::ScalarKind(pair) => self.scalar_kind(pair),
            Difference::NamedType(pair) => self.named_type(pair),
            Difference::Definition(pair) => self.definition(pair),
            Difference::NumericLabel(pair) => self.numeric_label(pair),
            Difference::RequiredAdded(field) => self.required_added(field),
            Difference::RequiredRemoved(field) => self.required_removed(field),
            Difference::OneOfFieldRemoved { oneof, field } => self.oneof_field_removed(oneof, field),
            Difference::MovedToOneOf { oneof, writer, .. } => self.moved_to_oneof(oneof, writer),
        }
    }

    fn package_changed(&self) -> Words {
        let (ours, theirs) = (self.reader.root().package.as_deref(), self.writer.root().package.as_deref());
        let named = |package: Option<&str>| package.map_or("none".to_owned(), |name| format!("`{name}`"));
        let cure = |side: &str, package: Option<&str>| match package {
            Some(name) => format!("In the {{{side}}} schema, keep `package {name};`"),
            None => format!("In the {{{side}}} schema, leave out the package"),
        };
        Words {
            reader_fragment: fragment::package(ours),
            writer_fragment: fragment::package(theirs),
            reason: format!(
                "the package is {} in the reader and {} in the writer",
                named(ours),
                named(theirs)
            ),
            cure: cure("reader", theirs),
            writer_cure: cure("writer", ours),
        }
    }

    /// The place in words, e.g. "field `bid` (3) of message `Click`".
    fn subject(&self, field: &Field) -> String {
        format!("field `{}` ({}) of message `{}`", field.name, field.tag, self.place.local)
    }

    /// Cures of a field whose types do not go together: keep the other side's, and use a number of its own.
    fn pair_words(&self, pair: FieldPair<'a>, reason: String) -> Words {
        let cure = |side: &str, field: &Field, kept: &str| {
            format!(
                "In the {{{side}}} schema, keep `{kept}` as the type of {}, and give the other type a field with a \
                 number of its own",
                self.subject(field)
            )
        };
        Words {
            reader_fragment: fragment::field(pair.reader),
            writer_fragment: fragment::field(pair.writer),
            reason,
            cure: cure("reader", pair.reader, &pair.writer.type_name),
            writer_cure: cure("writer", pair.writer, &pair.reader.type_name),
        }
    }

    fn field_kind(&self, pair: FieldPair<'a>) -> Words {
        let (ours, theirs) = (self.reader_kind(pair), self.writer_kind(pair));
        let reason =
            format!("{} is {ours} in the reader and {theirs} in the writer", self.subject(pair.reader));
        self.pair_words(pair, reason)
    }

    fn reader_kind(&self, pair: FieldPair<'a>) -> String {
        described(self.reader.kind(self.place.reader_scope, &pair.reader.type_name), pair.reader)
    }

    fn writer_kind(&self, pair: FieldPair<'a>) -> String {
        described(self.writer.kind(self.place.writer_scope, &pair.writer.type_name), pair.writer)
    }

    fn scalar_kind(&self, pair: FieldPair<'a>) -> Words {
        let (ours, theirs) = (&pair.reader.type_name, &pair.writer.type_name);
        let group = |kind: Kind<'_>| match kind {
            Kind::Scalar(group) => Some(group),
            _ => None,
        };
        let our_group = group(self.reader.kind(self.place.reader_scope, ours));
        let their_group = group(self.writer.kind(self.place.writer_scope, theirs));
        let encoded =
            |group: Option<Group>| group.map_or(String::new(), |group| format!(" ({})", group.encoding()));
        let reason = format!(
            "{} is `{ours}`{} in the reader and `{theirs}`{} in the writer",
            self.subject(pair.reader),
            encoded(our_group),
            encoded(their_group)
        );
        self.pair_words(pair, reason)
    }

    fn named_type(&self, pair: FieldPair<'a>) -> Words {
        let (ours, theirs) = (&pair.reader.type_name, &pair.writer.type_name);
        let reason = if ours == theirs {
            format!(
                "the type `{ours}` of {} is another message in the reader than in the writer",
                self.subject(pair.reader)
            )
        } else {
            format!(
                "{} is a `{ours}` in the reader and a `{theirs}` in the writer",
                self.subject(pair.reader)
            )
        };
        self.pair_words(pair, reason)
    }

    fn definition(&self, pair: FieldPair<'a>) -> Words {
        let type_name = &pair.reader.type_name;
        let cure = |side: &str| {
            format!(
                "In the {{{side}}} schema, refer to a version of the file with `{type_name}` that is compatible with \
                 the other, or cure what is found inside `{type_name}`"
            )
        };
        Words {
            reader_fragment: fragment::field(pair.reader),
            writer_fragment: fragment::field(pair.writer),
            reason: format!(
                "the definitions of `{type_name}`, the type of {}, are not compatible",
                self.subject(pair.reader)
            ),
            cure: cure("reader"),
            writer_cure: cure("writer"),
        }
    }

    fn numeric_label(&self, pair: FieldPair<'a>) -> Words {
        let word = |field: &Field| field.label.map_or("without a label", Label::as_str);
        let (ours, theirs) = (word(pair.reader), word(pair.writer));
        let cure = |side: &str, field: &Field, label: &str| {
            format!("In the {{{side}}} schema, keep {} `{label}`", self.subject(field))
        };
        Words {
            reader_fragment: fragment::field(pair.reader),
            writer_fragment: fragment::field(pair.writer),
            reason: format!(
                "{} is `{ours}` in the reader and `{theirs}` in the writer",
                self.subject(pair.reader)
            ),
            cure: cure("reader", pair.reader, theirs),
            writer_cure: cure("writer", pair.writer, ours),
        }
    }

    fn required_added(&self, field: &Field) -> Words {
        let subject = self.subject(field);
        Words {
            reader_fragment: fragment::field(field),
            reason: format!("the reader requires {subject}, which the writer does not write"),
            cure: format!("In the {{reader}} schema, make {subject} `optional`"),
            writer_cure: format!(
                "In the {{writer}} schema, keep `{}` in message `{}`",
                fragment::field(field),
                self.place.local
            ),
            ..Words::default()
        }
    }

    fn required_removed(&self, field: &Field) -> Words {
        let subject = self.subject(field);
        Words {
            writer_fragment: fragment::field(field),
            reason: format!("the reader lacks {subject}, which is required in the writer"),
            cure: format!(
                "In the {{reader}} schema, keep `{}` in message `{}`",
                fragment::field(field),
                self.place.local
            ),
            writer_cure: format!("In the {{writer}} schema, make {subject} `optional`"),
            ..Words::default()
        }
    }

    fn oneof_field_removed(&self, oneof: &OneOf, field: &Field) -> Words {
        let (subject, choice) = (self.subject(field), &oneof.name);
        Words {
            writer_fragment: fragment::oneof(oneof),
            reason: format!(
                "the reader lacks {subject}, a choice of the writer's oneof `{choice}`: it would take that choice for none"
            ),
            cure: format!(
                "In the {{reader}} schema, keep `{}` in message `{}`",
                fragment::field(field),
                self.place.local
            ),
            writer_cure: format!("In the {{writer}} schema, declare {subject} outside of oneof `{choice}`"),
            ..Words::default()
        }
    }

    fn moved_to_oneof(&self, oneof: &OneOf, writer: &'a Message) -> Words {
        let (name, choice) = (&self.place.local, &oneof.name);
        let fields = listed(&Origins::of(oneof, &Members::of(writer)).independent);
        Words {
            reader_fragment: fragment::oneof(oneof),
            writer_fragment: fragment::message(writer),
            reason: format!(
                "the writer may set {fields} of message `{name}` together, and the reader's oneof `{choice}` keeps only \
                 one of them"
            ),
            cure: format!(
                "In the {{reader}} schema, leave {fields} of message `{name}` where they are in the {{writer}} schema, \
                 not all in oneof `{choice}`"
            ),
            writer_cure: format!("In the {{writer}} schema, put {fields} of message `{name}` into one oneof"),
        }
    }
}

/// A kind of type in words.
fn described(kind: Kind<'_>, field: &Field) -> String {
    let name = &field.type_name;
    match kind {
        Kind::Scalar(Group::General) if Group::of(name).is_none() => format!("the enum `{name}`"),
        Kind::Scalar(_) => format!("the scalar `{name}`"),
        Kind::Message => format!("the message `{name}`"),
        Kind::Map(..) if name.starts_with("map<") => format!("the map `{name}`"),
        Kind::Map(..) => format!("the map that `{name}` stands for"),
    }
}

fn listed(fields: &[(&Field, Option<&str>)]) -> String {
    let mut listed = String::from("fields ");
    let last = fields.len().min(FIELDS_LISTED_MAX).saturating_sub(1);
    for (index, (field, _)) in fields.iter().take(FIELDS_LISTED_MAX).enumerate() {
        let joint = match index {
            0 => "",
            index if index == last && fields.len() <= FIELDS_LISTED_MAX => " and ",
            _ => ", ",
        };
        listed.push_str(&format!("{joint}`{}` ({})", field.name, field.tag));
    }
    if let Some(others @ 1..) = fields.len().checked_sub(FIELDS_LISTED_MAX) {
        listed.push_str(&format!(" and {others} more"));
    }
    listed
}
