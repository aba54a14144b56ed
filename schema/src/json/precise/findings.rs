//! What is said where no proof was found: which keyword of the reader, and where.

use super::facts::Facts;
use super::place::{Place, texts};
use super::types::Types;
use crate::clip;
use crate::incompatibility::{FRAGMENT_LENGTH_MAX, Incompatibility};

/// A keyword of the reader's schema that does not follow from the writer's.
pub(super) struct Failure<'s> {
    pub(super) keyword: &'s str,
    /// Behind the keyword, where there is more to say: the name of a property.
    pub(super) name: Option<&'s str>,
    pub(super) path: String,
}

/// How the reference registry words a kind of difference.
#[derive(Clone, Copy)]
enum Words {
    Added,
    Increased,
    Decreased,
    Changed,
    Type,
    Own,
}

impl Failure<'_> {
    /// The finding.
    pub(super) fn finding(&self, facts: &Facts<'_>, goal: Place<'_>) -> Incompatibility {
        let (kind, words) = kind(facts, goal, self.keyword);
        let path = self.path.clone();
        let description = match words {
            Words::Added => {
                format!(
                    "The keyword at path '{path}' in the {{reader}} schema is not present in the {{writer}} schema"
                )
            }
            Words::Increased => format!(
                "The value at path '{path}' in the {{reader}} schema is more than its value in the {{writer}} schema"
            ),
            Words::Decreased => format!(
                "The value at path '{path}' in the {{reader}} schema is less than its value in the {{writer}} schema"
            ),
            Words::Changed => {
                format!(
                    "The value at path '{path}' is different between the {{reader}} and {{writer}} schema"
                )
            }
            Words::Type => {
                format!(
                    "A type at path '{path}' is different between the {{reader}} schema and the {{writer}} schema"
                )
            }
            Words::Own => format!(
                "The {{writer}} schema allows documents that '{}' at path '{path}' in the {{reader}} schema may refuse",
                self.keyword
            ),
        };
        let subject = match self.name {
            Some(name) => format!("`{}` (`{name}`)", self.keyword),
            None => format!("`{}`", self.keyword),
        };
        Incompatibility {
            kind,
            description,
            detail: String::new(),
            reader_fragment: fragment(goal),
            writer_fragment: facts.holds.first().map(|place| fragment(*place)).unwrap_or_default(),
            reason: format!(
                "nothing in the {{writer}} schema ensures that its documents meet {subject} of the {{reader}} schema at \
                 `{path}`"
            ),
            cure: format!(
                "Loosen {subject} at `{path}` in the {{reader}} schema so that it takes what the {{writer}} schema allows"
            ),
            writer_cure: format!("Demand {subject} at `{path}` in the {{writer}} schema, too"),
            path,
        }
    }
}

fn fragment(place: Place<'_>) -> String {
    clip::json(place.schema, FRAGMENT_LENGTH_MAX)
}

/// The kind of difference: the reference registry's where it has one for the keyword, else one of ours.
fn kind(facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> (&'static str, Words) {
    let limit =
        |known: bool, added, changed, words| if known { (changed, words) } else { (added, Words::Added) };
    match keyword {
        "minimum" => limit(facts.low.is_some(), "MINIMUM_ADDED", "MINIMUM_INCREASED", Words::Increased),
        "maximum" => limit(facts.high.is_some(), "MAXIMUM_ADDED", "MAXIMUM_DECREASED", Words::Decreased),
        "exclusiveMinimum" => limit(
            facts.low.is_some(),
            "EXCLUSIVE_MINIMUM_ADDED",
            "EXCLUSIVE_MINIMUM_INCREASED",
            Words::Increased,
        ),
        "exclusiveMaximum" => limit(
            facts.high.is_some(),
            "EXCLUSIVE_MAXIMUM_ADDED",
            "EXCLUSIVE_MAXIMUM_DECREASED",
            Words::Decreased,
        ),
        "multipleOf" => {
            limit(!facts.multiples.is_empty(), "MULTIPLE_OF_ADDED", "MULTIPLE_OF_CHANGED", Words::Changed)
        }
        "pattern" => limit(!facts.patterns.is_empty(), "PATTERN_ADDED", "PATTERN_CHANGED", Words::Changed),
        "minLength" => {
            limit(facts.length.min > 0, "MIN_LENGTH_ADDED", "MIN_LENGTH_INCREASED", Words::Increased)
        }
        "maxLength" => {
            limit(facts.length.max.is_some(), "MAX_LENGTH_ADDED", "MAX_LENGTH_DECREASED", Words::Decreased)
        }
        "minItems" => limit(facts.items.min > 0, "MIN_ITEMS_ADDED", "MIN_ITEMS_INCREASED", Words::Increased),
        "maxItems" => {
            limit(facts.items.max.is_some(), "MAX_ITEMS_ADDED", "MAX_ITEMS_DECREASED", Words::Decreased)
        }
        "minProperties" => {
            limit(facts.members.min > 0, "MIN_PROPERTIES_ADDED", "MIN_PROPERTIES_INCREASED", Words::Increased)
        }
        "maxProperties" => limit(
            facts.members.max.is_some(),
            "MAX_PROPERTIES_ADDED",
            "MAX_PROPERTIES_DECREASED",
            Words::Decreased,
        ),
        "uniqueItems" => ("UNIQUE_ITEMS_ADDED", Words::Added),
        "required" => ("REQUIRED_ATTRIBUTE_ADDED", Words::Added),
        "additionalProperties" => ("ADDITIONAL_PROPERTIES_REMOVED", Words::Added),
        "additionalItems" => ("ADDITIONAL_ITEMS_REMOVED", Words::Added),
        "unevaluatedProperties" => ("UNEVALUATED_PROPERTIES_REMOVED", Words::Added),
        "unevaluatedItems" => ("UNEVALUATED_ITEMS_REMOVED", Words::Added),
        "type" if is_narrowed(facts, goal) => ("TYPE_NARROWED", Words::Type),
        "enum" | "const" => ("ENUM_ARRAY_CHANGED", Words::Type),
        "anyOf" | "oneOf" => ("COMBINED_TYPE_SUBSCHEMAS_CHANGED", Words::Type),
        "format" => ("FORMAT_CHANGED", Words::Own),
        "contentEncoding" | "contentMediaType" => ("CONTENT_CHANGED", Words::Own),
        "contains" => ("CONTAINS_CHANGED", Words::Own),
        "propertyNames" => ("PROPERTY_NAMES_CHANGED", Words::Own),
        "patternProperties" => ("PATTERN_PROPERTIES_CHANGED", Words::Own),
        "dependencies" | "dependentRequired" | "dependentSchemas" => ("DEPENDENCIES_CHANGED", Words::Own),
        "not" => ("NOT_TYPE_CHANGED", Words::Own),
        "if" => ("CONDITION_CHANGED", Words::Own),
        "$ref" | "$dynamicRef" | "$recursiveRef" => ("REFERENCE_CHANGED", Words::Own),
        _ => ("TYPE_CHANGED", Words::Type),
    }
}

/// Whether the writer's numbers are only of a wider kind than the reader's.
fn is_narrowed(facts: &Facts<'_>, goal: Place<'_>) -> bool {
    let allowed = Types::allowed_by(goal).unwrap_or(Types::NONE);
    facts.types.without(allowed).lies_in(Types::NUMBER) && allowed.meets(Types::NUMBER)
}

/// The keyword's own part of a path; nothing for those that the reference registry reports at the schema itself.
pub(super) fn token(keyword: &str) -> Option<&str> {
    match keyword {
        "type" | "anyOf" | "oneOf" | "$ref" | "$dynamicRef" | "$recursiveRef" | "false" => None,
        other => Some(other),
    }
}

/// The names that the goal requires and nothing else does.
pub(super) fn missing_names<'s>(facts: &Facts<'_>, goal: Place<'s>) -> Vec<&'s str> {
    texts(goal.keyword("required")).filter(|name| !facts.required.contains(name)).collect()
}
