//! Whether a default value fits the type of its field.
//!
//! The rules are the reference registry's: any branch of a union may match, texts are not compared with enum symbols
//! or fixed sizes, and a record must have a value or a default for each of its fields.

use foldhash::{HashMap, HashMapExt};

use super::java_number;
use super::names::quoted;
use super::parse::{PENDING_MIN, Parser};
use super::schema::{Field, Kind, Primitive, Record, Type, TypeId};
use super::{STACK_PIECE, STACK_RESERVE};
use crate::clip;
use crate::document::Json;
use crate::format::ParseError;

/// Comparisons of a value with a type, at most, for all defaults of a schema: nested unions could ask for any number.
pub(super) const CHECKS_MAX: usize = 2_000_000;
/// Objects with more members than this are searched through a hash table.
const SCANNED_MEMBERS_MAX: usize = 16;
/// Characters of a default that a message shows.
const SHOWN_MAX: usize = 80;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The value is one of the type.
    Fits,
    /// It is not.
    Differs,
    /// The value goes into a record that is still being built: the reference registry cannot check that.
    Unfinished,
    /// The work allowed for one schema is used up.
    TooMuch,
}

/// How far a record has been built when a default is checked again after names were resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Untouched,
    Open,
    Closed,
    /// Closed, and all below it too.
    Settled,
}

/// What is known when defaults are checked again.
#[derive(Clone, Copy)]
pub(super) struct Rebuilt<'t> {
    /// What the pending names mean.
    pub(super) targets: &'t [TypeId],
    /// By type: records that are open cannot be looked into.
    pub(super) progress: &'t [Progress],
}

/// Compares values with types.
pub(super) struct Check<'t> {
    types: &'t [Type],
    rebuilt: Option<Rebuilt<'t>>,
    budget: &'t mut usize,
    /// Whether a value for a record, or for a name that is not known yet, was met.
    pub(super) met_record: bool,
}

impl<'t> Check<'t> {
    /// Checks while the text is being read: a name that is not known yet is taken for a record without fields.
    pub(super) fn new(types: &'t [Type], budget: &'t mut usize) -> Self {
        Self { types, rebuilt: None, budget, met_record: false }
    }

    /// Checks when all names are known.
    pub(super) fn again(types: &'t [Type], rebuilt: Rebuilt<'t>, budget: &'t mut usize) -> Self {
        Self { types, rebuilt: Some(rebuilt), budget, met_record: false }
    }

    fn resolved(&self, id: TypeId) -> TypeId {
        match (id.0.checked_sub(PENDING_MIN), self.rebuilt) {
            (Some(index), Some(rebuilt)) => rebuilt.targets.get(index as usize).copied().unwrap_or(id),
            _ => id,
        }
    }

    /// Compares one value.
    pub(super) fn value(&mut self, id: TypeId, value: &Json) -> Verdict {
        let Some(left) = self.budget.checked_sub(1) else { return Verdict::TooMuch };
        *self.budget = left;
        let id = self.resolved(id);
        let Some(found) = self.types.get(id.0 as usize) else {
            self.met_record |= matches!(value, Json::Object(_));
            return fits(matches!(value, Json::Object(_)));
        };
        match &found.kind {
            Kind::Primitive(primitive) => fits(primitive_fits(*primitive, value)),
            Kind::Enum(_) | Kind::Fixed(_) => fits(matches!(value, Json::String(_))),
            Kind::Array(element) => match value {
                Json::Array(items) => self.all(*element, items.iter()),
                _ => Verdict::Differs,
            },
            Kind::Map(element) => match value {
                Json::Object(members) => self.all(*element, members.iter().map(|(_, value)| value)),
                _ => Verdict::Differs,
            },
            Kind::Union(branches) => {
                let mut verdicts = branches.iter().map(|branch| self.value(*branch, value));
                verdicts.find(|verdict| *verdict != Verdict::Differs).unwrap_or(Verdict::Differs)
            }
            Kind::Record(record) => match value {
                Json::Object(members) => {
                    self.met_record = true;
                    let progress = self.rebuilt.and_then(|rebuilt| rebuilt.progress.get(id.0 as usize));
                    if progress == Some(&Progress::Open) {
                        return Verdict::Unfinished;
                    }
                    stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.record(record, members))
                }
                _ => Verdict::Differs,
            },
        }
    }

    fn all<'v>(&mut self, element: TypeId, values: impl Iterator<Item = &'v Json>) -> Verdict {
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || {
            let mut verdicts = values.map(|value| self.value(element, value));
            verdicts.find(|verdict| *verdict != Verdict::Fits).unwrap_or(Verdict::Fits)
        })
    }

    fn record(&mut self, record: &Record, members: &[(String, Json)]) -> Verdict {
        let mut index = HashMap::new();
        if members.len() > SCANNED_MEMBERS_MAX {
            index.extend(members.iter().map(|(key, value)| (key.as_str(), value)));
        }
        for field in &record.fields {
            let given = if index.is_empty() {
                members.iter().find(|(key, _)| *key == field.name).map(|(_, value)| value)
            } else {
                index.get(field.name.as_str()).copied()
            };
            let verdict = match given {
                Some(value) => self.value(field.field_type, value),
                // Its own default was checked with the field.
                None => fits(field.default.is_some()),
            };
            if verdict != Verdict::Fits {
                return verdict;
            }
        }
        Verdict::Fits
    }
}

fn fits(fits: bool) -> Verdict {
    if fits { Verdict::Fits } else { Verdict::Differs }
}

fn primitive_fits(primitive: Primitive, value: &Json) -> bool {
    match (primitive, value) {
        (Primitive::Null, Json::Null)
        | (Primitive::Boolean, Json::Bool(_))
        | (Primitive::String | Primitive::Bytes, Json::String(_))
        | (Primitive::Float | Primitive::Double, Json::Number(_)) => true,
        (Primitive::Int, Json::Number(spelling)) => {
            java_number::is_whole(spelling) && spelling.parse::<i32>().is_ok()
        }
        (Primitive::Long, Json::Number(spelling)) => {
            java_number::is_whole(spelling) && spelling.parse::<i64>().is_ok()
        }
        _ => false,
    }
}

impl Parser {
    /// Says why a default was refused.
    pub(super) fn default_fault(&self, field: &Field, value: &Json, verdict: Verdict) -> ParseError {
        ParseError::at(
            format!("{}/default", self.pointer(self.place)),
            self.default_message(field, value, verdict),
        )
    }

    /// The message of [`Parser::default_fault`].
    pub(super) fn default_message(&self, field: &Field, value: &Json, verdict: Verdict) -> String {
        let name = quoted(&field.name);
        if verdict == Verdict::TooMuch {
            return format!(
                "the defaults, up to that of the field {name}, take too much work to check; make them smaller"
            );
        }
        if verdict == Verdict::Unfinished {
            return format!(
                "the default of the field {name} contains a value of a record that contains the field; make the \
                 field's type a union with null or an array, with the default null or []"
            );
        }
        let mut shown = String::new();
        value.write_compact(&mut shown);
        clip::shorten(&mut shown, SHOWN_MAX);
        let expected = match self.types.get(field.field_type.0 as usize).map(|found| &found.kind) {
            Some(Kind::Union(branches)) if branches.is_empty() => "no default, or add a branch".to_owned(),
            Some(Kind::Union(branches)) => {
                let words: Vec<_> = branches.iter().map(|branch| self.expected(*branch)).take(8).collect();
                words.join(" or ")
            }
            _ => self.expected(field.field_type),
        };
        format!("the default {shown} of the field {name} does not fit its type; write {expected}")
    }

    fn expected(&self, id: TypeId) -> String {
        let Some(found) = self.types.get(id.0 as usize) else { return "an object".to_owned() };
        let value = match &found.kind {
            Kind::Primitive(Primitive::Null) => "null",
            Kind::Primitive(Primitive::Boolean) => "true or false",
            Kind::Primitive(Primitive::Int) => "a whole number of at most 32 bits",
            Kind::Primitive(Primitive::Long) => "a whole number of at most 64 bits",
            Kind::Primitive(Primitive::Float | Primitive::Double) => "a number",
            Kind::Array(_) => "an array of fitting values",
            Kind::Map(_) => "an object with fitting values",
            Kind::Record(record) => {
                return format!(
                    "an object with a fitting value for each field of {} that has no default",
                    quoted(&record.named.name.full())
                );
            }
            _ => "a text",
        };
        value.to_owned()
    }
}
