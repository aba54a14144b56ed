//! What must hold for schemas of every language.

use schema::compat::{Detail, Earlier, Newer, Question, Verdict, check};
use schema::fingerprint::guid;
use schema::format::Strictness;
use schema::incompatibility::{CHECK_FAILED, FRAGMENT_LENGTH_MAX};
use schema::model::config::{CompatibilityLevel, CompatibilityPolicy};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

/// Stands between the parts of an input.
const BETWEEN: &str = "\n---\n";
/// The output formats of all languages.
const FORMATS: [&str; 5] = ["resolved", "serialized", "ignore_extensions", "no-such-format", ""];

pub(crate) const BOTH: [Strictness; 2] = [Strictness::New, Strictness::Stored];

/// Parses; what is refused is refused with a message.
pub(crate) fn parse(
    schema_type: SchemaType,
    text: &str,
    references: &ResolvedReferences,
    strictness: Strictness,
) -> Option<ParsedSchema> {
    match ParsedSchema::parse(schema_type, text, references, strictness) {
        Ok(schema) => Some(schema),
        Err(error) => {
            assert!(!error.message.is_empty(), "an error without a message for {text}");
            None
        }
    }
}

/// The last part, and the parts before it as references `r0.proto` (or `r0.json`), `r1.proto`, ….
fn with_references(schema_type: SchemaType, data: &[u8]) -> Option<(&str, ResolvedReferences)> {
    let text = std::str::from_utf8(data).ok()?;
    let mut parts: Vec<&str> = text.split(BETWEEN).collect();
    let main = parts.pop()?;
    let ending = if schema_type == SchemaType::Protobuf { "proto" } else { "json" };
    let named = parts
        .into_iter()
        .enumerate()
        .map(|(index, text)| ResolvedReference { name: format!("r{index}.{ending}"), text: text.to_owned() });
    Some((main, ResolvedReferences { in_order: named.collect() }))
}

/// No text makes the parser panic, and what may be registered may also be loaded.
fn check_parse(schema_type: SchemaType, data: &[u8]) {
    let Some((text, references)) = with_references(schema_type, data) else { return };
    let [new, stored] = BOTH.map(|strictness| parse(schema_type, text, &references, strictness));
    if new.is_some() {
        assert!(stored.is_some(), "what is accepted as new must load: {text}");
    }
    for schema in new.iter().chain(&stored) {
        assert!(schema.memory_size() >= schema.canonical().len(), "memory of {text}");
        for outcome in [schema.linked(), schema.fields_valid()] {
            assert!(outcome.map_or_else(|error| !error.message.is_empty(), |()| true), "{text}");
        }
        let _ = (schema.novelty(), schema.top_level_fields(), schema.definition_hash());
        for format in FORMATS {
            let _ = schema.formatted(format);
        }
        let tags = schema.tags();
        if let Ok(tagged) = schema.retagged(&tags, &[]) {
            assert_eq!(tagged.tags(), tags, "adding its own tags changes nothing: {text}");
        }
        if let Ok(untagged) = schema.retagged(&[], &tags) {
            assert!(untagged.tags().is_empty(), "no tags are left: {text}");
        }
    }
}

/// A canonical text is its own canonical text, a normal form its own normal form, and equal schemas have equal guids.
fn check_canonical(schema_type: SchemaType, data: &[u8]) {
    let Some((text, references)) = with_references(schema_type, data) else { return };
    for strictness in BOTH {
        let Some(schema) = parse(schema_type, text, &references, strictness) else { continue };
        let canonical = schema.canonical();
        let again = parse(schema_type, canonical, &references, strictness);
        let again =
            again.unwrap_or_else(|| panic!("{strictness:?}: canonical text does not parse: {canonical}"));
        assert_eq!(again.canonical(), canonical, "{strictness:?}: canonical text of {text}");
        assert_eq!(guid(again.canonical(), &[], None, None), guid(canonical, &[], None, None));
        assert!(schema.is_same_definition(&again), "{strictness:?}: {text}");
        assert_eq!(schema.definition_hash(), again.definition_hash(), "{strictness:?}: {text}");
        if let Ok(normalized) = schema.normalized() {
            let twice = normalized.normalized();
            let twice =
                twice.unwrap_or_else(|error| panic!("{error}: normal form {}", normalized.canonical()));
            assert_eq!(twice.canonical(), normalized.canonical(), "{strictness:?}: normal form of {text}");
        }
    }
}

const LEVELS: [CompatibilityLevel; 7] = [
    CompatibilityLevel::None,
    CompatibilityLevel::Backward,
    CompatibilityLevel::BackwardTransitive,
    CompatibilityLevel::Forward,
    CompatibilityLevel::ForwardTransitive,
    CompatibilityLevel::Full,
    CompatibilityLevel::FullTransitive,
];

fn verdict(question: Question<'_>, newer: &ParsedSchema, earlier: &ParsedSchema) -> Verdict {
    let newer = Newer { version: 2, schema: newer };
    check(question, newer, &[Earlier { version: 1, schema: earlier }])
}

/// Whether `reader` reads what `writer` wrote.
pub(crate) fn backward(reader: &ParsedSchema, writer: &ParsedSchema, detail: Detail) -> Verdict {
    verdict(Question { detail, ..Question::at(CompatibilityLevel::Backward) }, reader, writer)
}

/// Comparisons of two schemas are bounded and do not depend on who is newer.
pub(crate) fn check_pair(reader: &ParsedSchema, writer: &ParsedSchema, detail: Detail) {
    let backward = backward(reader, writer, detail);
    let forward = verdict(Question::at(CompatibilityLevel::Forward), writer, reader);
    let full = verdict(Question::at(CompatibilityLevel::Full), reader, writer);
    let pair = || format!("{}{BETWEEN}{}", reader.canonical(), writer.canonical());
    assert_eq!(backward.findings().len(), forward.findings().len(), "{}", pair());
    assert!(full.is_compatible() <= backward.is_compatible(), "{}", pair());
    for finding in backward.findings().iter().chain(full.findings()) {
        let longest = finding.reader.chars().count().max(finding.writer.chars().count());
        assert!(longest <= FRAGMENT_LENGTH_MAX + 1, "{finding:?}");
        assert!(!finding.explanation.is_empty() && !finding.cure.is_empty(), "{finding:?}");
        assert!(finding.witness.is_none() || finding.no_witness.is_none(), "{finding:?}");
    }
    assert!(full.findings().len() <= 2_000, "{}", pair());
}

/// A schema is compatible with itself at every level.
pub(crate) fn check_self(schema: &ParsedSchema) {
    for level in LEVELS {
        let verdict = verdict(Question::at(level), schema, schema);
        // A field whose alias is the name of another field cannot be told from it.
        let ambiguous = verdict.findings().iter().all(|finding| finding.kind == CHECK_FAILED);
        // What does not compile, such as two fields of one number, may be accepted, but means nothing.
        let means_nothing = ambiguous || schema.fields_valid().is_err();
        assert!(
            verdict.is_compatible() || means_nothing,
            "{}: {:#?}",
            schema.canonical(),
            verdict.messages()
        );
    }
}

/// Comparisons end, are bounded, do not depend on who is newer, and find nothing between a schema and itself.
fn check_compat(schema_type: SchemaType, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (reader, writer) = text.split_once(BETWEEN).unwrap_or((text, text));
    let stored = |text: &str| parse(schema_type, text, &ResolvedReferences::none(), Strictness::Stored);
    let Some(reader) = stored(reader) else { return };
    check_self(&reader);
    let Some(writer) = stored(writer) else { return };
    check_pair(&reader, &writer, Detail::Witnesses);
    for policy in [CompatibilityPolicy::Strict, CompatibilityPolicy::Lenient] {
        let found = ParsedSchema::can_read(&writer, &reader, policy);
        assert!(found.is_some_and(|found| found.len() <= 1_000), "{text}");
    }
}

/// See [`check_parse`].
pub fn protobuf_parse(data: &[u8]) {
    check_parse(SchemaType::Protobuf, data);
}

/// See [`check_canonical`].
pub fn protobuf_canonical(data: &[u8]) {
    check_canonical(SchemaType::Protobuf, data);
}

/// See [`check_compat`].
pub fn protobuf_compat(data: &[u8]) {
    check_compat(SchemaType::Protobuf, data);
}

/// See [`check_parse`].
pub fn json_parse(data: &[u8]) {
    check_parse(SchemaType::Json, data);
}

/// See [`check_canonical`].
pub fn json_canonical(data: &[u8]) {
    check_canonical(SchemaType::Json, data);
}

/// See [`check_compat`].
pub fn json_compat(data: &[u8]) {
    check_compat(SchemaType::Json, data);
}
