//! The one place where the tests of JSON compatibility make schemas and compare them.

use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::format::Strictness;
use schema::model::config::{CompatibilityLevel, CompatibilityPolicy};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

/// Parses a JSON schema.
pub(crate) fn json(text: &str) -> ParsedSchema {
    ParsedSchema::parse(SchemaType::Json, text, &ResolvedReferences::none(), Strictness::New)
        .unwrap_or_else(|error| panic!("{error}: {}", text.chars().take(500).collect::<String>()))
}

/// Asks whether `newer` may follow `earlier`.
pub(crate) fn compare(
    level: CompatibilityLevel,
    policy: CompatibilityPolicy,
    newer: &ParsedSchema,
    earlier: &ParsedSchema,
) -> Verdict {
    let question = Question { policy, ..Question::at(level) };
    check(question, Newer { version: 2, schema: newer }, &[Earlier { version: 1, schema: earlier }])
}

/// The kinds and paths of what keeps `reader` from reading what `writer` wrote, in order of the report.
pub(crate) fn findings(reader: &str, writer: &str, policy: CompatibilityPolicy) -> Vec<String> {
    let verdict = compare(CompatibilityLevel::Backward, policy, &json(reader), &json(writer));
    verdict.findings().iter().map(|finding| format!("{} {}", finding.kind, finding.path)).collect()
}
