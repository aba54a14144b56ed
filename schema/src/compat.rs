//! Compatibility of a new schema with earlier versions: level × transitivity, once for all formats.
//!
//! Cost: at most one comparison per direction and earlier version; levels that are not transitive look at one version,
//! [`CompatibilityLevel::None`] at none. Text is built for the first version that fails and for no other.

mod reserved;

use serde::{Deserialize, Serialize};

use crate::clip;
use crate::evidence::{CLAUSE_LENGTH_MAX, Evidence, Witness};
use crate::incompatibility::{Direction, Incompatibility};
use crate::model::config::{CompatibilityLevel, CompatibilityPolicy};
use crate::model::ids::Version;
use crate::parsed::ParsedSchema;
pub use reserved::{FieldRules, ReservedViolation, reserved_fields, reserved_violations};

/// A canonical text in a message is cut at this many UTF-16 code units, as in the reference registry.
pub const SCHEMA_TEXT_LENGTH_MAX: usize = 10_240;
/// Findings of a verdict that get a witness. People look at the first few, and each costs as much as a check; the others
/// say neither that there is one nor that there is none.
pub const WITNESSES_MAX: usize = 20;
/// The only message when the newer schema is of another language than an earlier one.
const DIFFERENT_TYPE: &str = "Incompatible because of different schema type";

/// One incompatibility as clients get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The reference registry's `errorType`, or one of ours where it has none.
    #[serde(rename = "type")]
    pub kind: String,
    /// `backward`: the new schema cannot read older data; `forward`: an older schema cannot read new data.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub direction: Direction,
    /// The earlier version that was compared.
    pub version: i32,
    /// The place.
    pub path: String,
    /// The reader's part of the schema.
    pub reader: String,
    /// The writer's part of the schema.
    pub writer: String,
    /// What breaks for whom.
    pub explanation: String,
    /// The smallest change that would pass.
    pub cure: String,
    /// A value that proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// Why there is no such value, where one was looked for: then the rule is stricter than the data demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_witness: Option<String>,
}

/// The question that [`check`] answers.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Which versions, in which directions.
    pub level: CompatibilityLevel,
    /// The variant of the rules.
    pub policy: CompatibilityPolicy,
    /// Whether fields that metadata reserves are looked at.
    pub fields: FieldRules<'a>,
    /// How much is said about what was found.
    pub detail: Detail,
}

impl Question<'_> {
    /// The plain question: the default rules, no reserved fields, no witnesses.
    #[must_use]
    pub fn at(level: CompatibilityLevel) -> Self {
        Self {
            level,
            policy: CompatibilityPolicy::Strict,
            fields: FieldRules::Free,
            detail: Detail::Findings,
        }
    }
}

/// How much a verdict says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The messages of the reference registry and what breaks.
    Findings,
    /// A witness beside each of the first [`WITNESSES_MAX`] findings, too. Looking for one costs more than the check.
    Witnesses,
}

/// The schema that is to become the next version.
#[derive(Clone, Copy, Debug)]
pub struct Newer<'a> {
    /// The version it would get.
    pub version: Version,
    /// The schema.
    pub schema: &'a ParsedSchema,
}

/// A version that exists.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// Its number.
    pub version: Version,
    /// Its schema.
    pub schema: &'a ParsedSchema,
}

/// The answer of [`check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    messages: Vec<String>,
    findings: Vec<Finding>,
}

/// Checks a new schema against earlier live versions, newest first, among which the caller has already chosen by
/// compatibility group.
///
/// Levels that are not transitive look at the first only; the others stop at the first that fails. A violation of
/// `fields` makes the schema incompatible at every level.
#[must_use]
pub fn check(question: Question<'_>, newer: Newer<'_>, earlier_newest_first: &[Earlier<'_>]) -> Verdict {
    let Question { level, fields, .. } = question;
    let mut verdict = Verdict::default();
    if let FieldRules::Reserved { newer: newer_reserved, last } = fields {
        let names = newer.schema.top_level_fields();
        let last_version = earlier_newest_first.first().map_or(0, |earlier| earlier.version);
        for violation in reserved_violations(&names, newer_reserved, last) {
            verdict.messages.push(violation.message());
            verdict.findings.push(violation.finding(last_version));
        }
    }
    let directions = directions(level);
    let compared = if level.is_transitive() { earlier_newest_first.len() } else { 1 };
    if !directions.is_empty() {
        for earlier in earlier_newest_first.iter().take(compared) {
            if verdict.compare(question, directions, newer, *earlier) == Outcome::Incompatible {
                break;
            }
        }
    }
    if !verdict.messages.is_empty() {
        let validate_fields = matches!(fields, FieldRules::Reserved { .. });
        verdict
            .messages
            .push(format!("{{validateFields: '{validate_fields}', compatibility: '{}'}}", level.as_str()));
    }
    verdict
}

/// The questions a level asks, in the order of their messages.
fn directions(level: CompatibilityLevel) -> &'static [Direction] {
    match (level.checks_forward(), level.checks_backward()) {
        (true, true) => &[Direction::Forward, Direction::Backward],
        (true, false) => &[Direction::Forward],
        (false, true) => &[Direction::Backward],
        (false, false) => &[],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Compatible,
    Incompatible,
}

impl Verdict {
    /// Whether the new schema may become the next version.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.messages.is_empty()
    }

    /// The texts in the order and shape in which clients of the reference registry know them; empty when compatible.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The same facts for people and for tools that need no parsing; empty when compatible.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Messages and findings by value.
    #[must_use]
    pub fn into_parts(self) -> (Vec<String>, Vec<Finding>) {
        (self.messages, self.findings)
    }

    /// The text of the error that refuses to register the schema under `subject`.
    #[must_use]
    pub fn message_409(&self, subject: &str) -> String {
        format!(
            "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
            self.messages.join(", ")
        )
    }

    fn compare(
        &mut self,
        question: Question<'_>,
        directions: &[Direction],
        newer: Newer<'_>,
        earlier: Earlier<'_>,
    ) -> Outcome {
        let mut outcome = Outcome::Compatible;
        for (index, &direction) in directions.iter().enumerate() {
            let (reader, writer) = match direction {
                Direction::Backward => (newer.schema, earlier.schema),
                Direction::Forward => (earlier.schema, newer.schema),
            };
            let Some(incompatibilities) = ParsedSchema::can_read(reader, writer, question.policy) else {
                self.add_different_type(direction, newer, earlier);
                return Outcome::Incompatible;
            };
            if incompatibilities.is_empty() {
                continue;
            }
            outcome = Outcome::Incompatible;
            let proved = match question.detail {
                Detail::Witnesses => WITNESSES_MAX.saturating_sub(self.findings.len()),
                Detail::Findings => 0,
            };
            let proved = incompatibilities.get(..proved).unwrap_or(&incompatibilities);
            let evidence =
                if proved.is_empty() { None } else { ParsedSchema::evidence(reader, writer, proved) };
            let mut evidence = evidence.into_iter().flatten();
            for incompatibility in incompatibilities {
                self.messages.push(reader.message(&incompatibility, direction));
                let mut finding = finding(incompatibility, direction, newer.version, earlier.version);
                finding.add(evidence.next());
                self.findings.push(finding);
            }
            // The earlier schema is quoted behind the last question only.
            if index + 1 == directions.len() {
                self.messages.push(format!("{{oldSchemaVersion: {}}}", earlier.version));
                self.messages.push(quoted_schema(earlier.schema.canonical()));
            }
        }
        outcome
    }

    fn add_different_type(&mut self, direction: Direction, newer: Newer<'_>, earlier: Earlier<'_>) {
        let (ours, theirs) = (newer.schema.schema_type(), earlier.schema.schema_type());
        self.messages.push(DIFFERENT_TYPE.to_owned());
        self.findings.push(Finding {
            kind: "SCHEMA_TYPE_MISMATCH".to_owned(),
            direction,
            version: earlier.version,
            path: "/".to_owned(),
            reader: String::new(),
            writer: String::new(),
            explanation: format!(
                "{}, because version {} is {theirs} and the new schema is {ours}",
                consequence(direction, newer.version, earlier.version),
                earlier.version
            ),
            cure: format!(
                "Register a schema of type {theirs}, or use a subject of its own for the {ours} schema"
            ),
            witness: None,
            no_witness: None,
        });
    }
}

fn finding(
    incompatibility: Incompatibility,
    direction: Direction,
    newer: Version,
    earlier: Version,
) -> Finding {
    let because = direction.name_sides(&incompatibility.reason);
    Finding {
        direction,
        version: earlier,
        explanation: format!("{}, because {because}", consequence(direction, newer, earlier)),
        cure: incompatibility.cure_for(direction),
        kind: incompatibility.kind.to_owned(),
        path: incompatibility.path,
        reader: incompatibility.reader_fragment,
        writer: incompatibility.writer_fragment,
        witness: None,
        no_witness: None,
    }
}

impl Finding {
    fn add(&mut self, evidence: Option<Evidence>) {
        match evidence {
            Some(Evidence::Witness(mut witness)) => {
                clip::shorten(&mut witness.failure, CLAUSE_LENGTH_MAX);
                self.witness = Some(witness);
            }
            Some(Evidence::Absent(mut reason)) => {
                clip::shorten(&mut reason, CLAUSE_LENGTH_MAX);
                self.no_witness = Some(reason);
            }
            None => {}
        }
    }
}

/// Who can no longer read what.
fn consequence(direction: Direction, newer: Version, earlier: Version) -> String {
    match direction {
        Direction::Backward => {
            format!("a consumer on version {newer} cannot read records written with version {earlier}")
        }
        Direction::Forward => {
            format!("a consumer still on version {earlier} cannot read records written with version {newer}")
        }
    }
}

fn quoted_schema(text: &str) -> String {
    let mut length = 0;
    let cut = text.char_indices().find(|(_, character)| {
        length += character.len_utf16();
        length > SCHEMA_TEXT_LENGTH_MAX
    });
    match cut.and_then(|(at, _)| text.get(..at)) {
        Some(start) => format!("{{oldSchema: <truncated> '{start}...'}}"),
        None => format!("{{oldSchema: '{text}'}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        let limit = "x".repeat(SCHEMA_TEXT_LENGTH_MAX);
        assert_eq!(quoted_schema(&limit), format!("{{oldSchema: '{limit}'}}"));
        assert_eq!(quoted_schema(&format!("{limit}y")), format!("{{oldSchema: <truncated> '{limit}...'}}"));
        let wide = "😀".repeat(SCHEMA_TEXT_LENGTH_MAX / 2);
        assert_eq!(quoted_schema(&wide), format!("{{oldSchema: '{wide}'}}"));
        assert!(quoted_schema(&format!("{wide}y")).starts_with("{oldSchema: <truncated> '😀"));
    }
}
