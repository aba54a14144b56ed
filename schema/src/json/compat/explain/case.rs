//! One difference with both schemas at hand.

use std::fmt::Write;

use super::super::difference::Difference;
use super::super::pairs::{Pairs, Side, Step};
use super::super::report::Place;
use super::super::source::Sources;
use crate::clip;
use crate::document::Json;
use crate::json::model::Kind;

/// Longer pieces of schema do not help in a sentence.
const SNIPPET_LENGTH_MAX: usize = 120;
/// Steps of a way that a sentence names.
const STEPS_NAMED_MAX: usize = 8;

/// A difference, the way to it, and the texts of both schemas.
pub(in super::super) struct Case<'c, 'm> {
    pairs: &'c Pairs<'m>,
    place: &'c Place<'m>,
    /// The reader's and the writer's.
    sources: [&'c Sources<'m>; 2],
}

impl<'c, 'm> Case<'c, 'm> {
    pub(in super::super) fn new(
        pairs: &'c Pairs<'m>,
        place: &'c Place<'m>,
        sources: [&'c Sources<'m>; 2],
    ) -> Self {
        Self { pairs, place, sources }
    }

    pub(super) fn difference(&self) -> Difference {
        self.place.difference
    }

    /// The path as clients of the reference registry know it: tokens without escapes.
    pub(super) fn path(&self) -> String {
        let mut path = "#".to_owned();
        for step in &self.place.steps {
            let _ = match step {
                Step::Here => Ok(()),
                Step::Keyword(keyword) => write!(path, "/{keyword}"),
                Step::Named(keyword, name) => write!(path, "/{keyword}/{name}"),
                Step::Index(keyword, index) => write!(path, "/{keyword}/{index}"),
            };
        }
        if path.len() == 1 {
            path.push('/');
        }
        path
    }

    /// The last step: from the pair to the difference.
    pub(super) fn step(&self) -> Step<'m> {
        self.place.steps.last().copied().unwrap_or(Step::Here)
    }

    /// The keyword that the difference is about; empty if it is about a whole schema.
    pub(super) fn keyword(&self) -> &'static str {
        match self.step() {
            Step::Here => "",
            Step::Keyword(keyword) | Step::Named(keyword, _) | Step::Index(keyword, _) => keyword,
        }
    }

    /// The name that the difference is about.
    pub(super) fn name(&self) -> &'m str {
        match self.step() {
            Step::Named(_, name) => name,
            _ => "",
        }
    }

    /// The schema that the difference belongs to, in words, e.g. "each item of property `tags`".
    pub(super) fn subject(&self) -> String {
        let steps = self.place.steps.split_last().map_or(&[][..], |(_, steps)| steps);
        subject(steps)
    }

    /// The place of the difference itself, in words.
    pub(super) fn whole_subject(&self) -> String {
        subject(&self.place.steps)
    }

    fn source(&self, of_reader: bool) -> Option<&'m Json> {
        let pair = self.place.pair;
        let side = if pair.update.of_reader == of_reader { pair.update } else { pair.original };
        self.value(side)
    }

    fn value(&self, side: Side) -> Option<&'m Json> {
        self.sources[usize::from(!side.of_reader)].get(self.pairs.node(side).source)
    }

    /// The text of a side at the difference: of the keyword or the name under it, or of the schema.
    pub(super) fn at(&self, of_reader: bool) -> Option<&'m Json> {
        let source = self.source(of_reader)?;
        match self.step() {
            Step::Here => Some(source),
            Step::Keyword(keyword) => {
                source.get(keyword).or_else(|| modern(keyword).and_then(|name| source.get(name)))
            }
            Step::Named("required", name) => property(source, name),
            Step::Named("properties", name) => property(source, name),
            Step::Named(_, name) => ["dependencies", "dependentRequired", "dependentSchemas"]
                .iter()
                .find_map(|keyword| source.get(keyword)?.get(name)),
            Step::Index(_, index) => {
                ["items", "prefixItems"].iter().find_map(|keyword| match source.get(keyword) {
                    Some(Json::Array(items)) => items.get(index),
                    _ => None,
                })
            }
        }
    }

    /// The text of a side in a sentence.
    pub(super) fn snippet(&self, of_reader: bool) -> String {
        self.at(of_reader).map_or_else(String::new, |value| clip::json(value, SNIPPET_LENGTH_MAX))
    }

    /// The part of a combined schema that has no partner: whose it is, and its text.
    pub(super) fn lonely(&self) -> Option<(bool, String)> {
        let about = self.place.about?;
        let value = self.value(about)?;
        Some((about.of_reader, clip::json(value, SNIPPET_LENGTH_MAX)))
    }

    /// The texts of the reader and the writer, each at most `length_max` characters.
    pub(super) fn fragments(&self, length_max: usize) -> [String; 2] {
        [true, false].map(|of_reader| {
            self.at(of_reader).map_or_else(String::new, |value| clip::json(value, length_max))
        })
    }

    /// What a side takes, in a word or two.
    pub(super) fn kind(&self, of_reader: bool) -> &'static str {
        let pair = self.place.pair;
        let side = if pair.update.of_reader == of_reader { pair.update } else { pair.original };
        match &self.pairs.node(side).kind {
            Kind::Empty | Kind::True => "anything",
            Kind::False => "nothing",
            Kind::Boolean => "a boolean",
            Kind::Null => "null",
            Kind::String(_) => "a text",
            Kind::Number(rules) if rules.is_integer => "a whole number",
            Kind::Number(_) => "a number",
            Kind::Object(_) => "an object",
            Kind::Array(_) => "an array",
            Kind::Enum(_) => "one of listed values",
            Kind::Const(_) => "one fixed value",
            Kind::Not(_) => "anything but what `not` says",
            Kind::Combined(criterion, _) => match criterion.keyword() {
                "allOf" => "what several schemas take together",
                _ => "what one of several schemas takes",
            },
            Kind::Conditional(_) => "what `if`, `then` and `else` say",
            Kind::Reference(_) => "what a reference takes",
        }
    }
}

/// The names that 2020-12 gives to keywords of the paths.
fn modern(keyword: &str) -> Option<&'static str> {
    match keyword {
        "additionalItems" => Some("items"),
        _ => None,
    }
}

fn property<'j>(source: &'j Json, name: &str) -> Option<&'j Json> {
    source.get("properties")?.get(name)
}

fn subject(steps: &[Step<'_>]) -> String {
    let is_property = |step: &Step<'_>| matches!(step, Step::Named("properties", _));
    let start = steps.iter().rposition(is_property);
    let inside = steps.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
    let mut subject = String::new();
    for step in inside.iter().rev().take(STEPS_NAMED_MAX) {
        let _ = match step {
            Step::Here => Ok(()),
            Step::Keyword("items") => write!(subject, "each item of "),
            Step::Keyword("additionalItems" | "unevaluatedItems") => write!(subject, "each further item of "),
            Step::Keyword("additionalProperties" | "unevaluatedProperties") => {
                write!(subject, "each further property of ")
            }
            Step::Keyword(keyword) => write!(subject, "`{keyword}` of "),
            Step::Named(_, name) => write!(subject, "the schema that depends on `{name}` in "),
            Step::Index(_, index) => write!(subject, "item {index} of "),
        };
    }
    match start.and_then(|at| steps.get(at)) {
        Some(Step::Named(_, name)) => {
            let _ = write!(subject, "property `{name}`");
        }
        _ => subject.push_str("the top-level schema"),
    }
    subject
}
