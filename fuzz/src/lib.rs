//! What must hold for every input. The fuzz targets call these functions with inputs they invent, a test of the
//! `schema` crate calls them with the inputs that are kept in `seeds` and `regressions`.
//!
//! Avro targets read lines: all but the last are texts of references (`avro_compat`: the first is the reader, the
//! second the writer).

use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::fingerprint::guid;
use schema::format::Strictness;
use schema::incompatibility::{CHECK_FAILED, FRAGMENT_LENGTH_MAX};
use schema::model::api::{RegisterSchemaRequest, TagSchemaRequest};
use schema::model::config::{CompatibilityLevel, Config, ConfigUpdate};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::schema::SchemaType;
use schema::model::subject::{Context, Purpose, Subject};
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

/// A check that all targets of this crate share a signature for.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const CHECKS: [(&str, Check); 5] = [
    ("avro_parse", avro_parse),
    ("avro_canonical", avro_canonical),
    ("avro_compat", avro_compat),
    ("subject_name", subject_name),
    ("request_body", request_body),
];

const BOTH: [Strictness; 2] = [Strictness::New, Strictness::Stored];

fn avro(text: &str, references: &ResolvedReferences, strictness: Strictness) -> Option<ParsedSchema> {
    match ParsedSchema::parse(SchemaType::Avro, text, references, strictness) {
        Ok(schema) => Some(schema),
        Err(error) => {
            assert!(!error.message.is_empty(), "an error without a message for {text}");
            None
        }
    }
}

/// The last line, and the lines before it as references.
fn with_references(data: &[u8]) -> Option<(&str, ResolvedReferences)> {
    let text = std::str::from_utf8(data).ok()?;
    let mut lines = text.rsplit('\n');
    let main = lines.next()?;
    let mut in_order: Vec<ResolvedReference> = lines
        .enumerate()
        .map(|(index, text)| ResolvedReference { name: format!("r{index}"), text: text.to_owned() })
        .collect();
    in_order.reverse();
    Some((main, ResolvedReferences { in_order }))
}

/// No text makes the parser panic, and what may be registered may also be loaded.
pub fn avro_parse(data: &[u8]) {
    let Some((text, references)) = with_references(data) else { return };
    let [new, stored] = BOTH.map(|strictness| avro(text, &references, strictness));
    if new.is_some() {
        assert!(stored.is_some(), "what is accepted as new must load: {text}");
    }
    for schema in new.iter().chain(&stored) {
        let tags = schema.tags();
        assert!(schema.memory_size() >= schema.canonical().len(), "memory of {text}");
        assert!(schema.top_level_fields().len() <= text.len().max(1) + references.in_order.len() * 1_000_000);
        if let Ok(tagged) = schema.retagged(&tags, &[]) {
            assert_eq!(tagged.tags(), tags, "adding its own tags changes nothing: {text}");
        }
    }
}

/// A canonical text is its own canonical text, a normal form its own normal form, and equal schemas have equal guids.
pub fn avro_canonical(data: &[u8]) {
    let Some((text, references)) = with_references(data) else { return };
    for strictness in BOTH {
        let Some(schema) = avro(text, &references, strictness) else { continue };
        let canonical = schema.canonical();
        let again = avro(canonical, &references, strictness);
        let again =
            again.unwrap_or_else(|| panic!("{strictness:?}: canonical text does not parse: {canonical}"));
        assert_eq!(again.canonical(), canonical, "{strictness:?}: canonical text of {text}");
        assert_eq!(guid(again.canonical(), &[], None, None), guid(canonical, &[], None, None));
        assert!(schema.is_same_definition(&again), "{strictness:?}: {text}");
        if let Ok(normalized) = schema.normalized() {
            let twice = normalized.normalized();
            let twice =
                twice.unwrap_or_else(|error| panic!("{error}: normal form {}", normalized.canonical()));
            assert_eq!(twice.canonical(), normalized.canonical(), "{strictness:?}: normal form of {text}");
        }
        // References are read more leniently than a main text, and become part of one here.
        let sound = references.in_order.iter().all(|reference| {
            avro(&reference.text, &ResolvedReferences::none(), Strictness::Stored).is_some()
        });
        if let Ok(resolved) = schema.formatted("resolved")
            && sound
        {
            let alone = avro(&resolved, &ResolvedReferences::none(), Strictness::Stored);
            assert!(alone.is_some(), "{strictness:?}: resolved text does not parse: {resolved}");
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

fn verdict(level: CompatibilityLevel, newer: &ParsedSchema, earlier: &ParsedSchema) -> Verdict {
    let newer = Newer { version: 2, schema: newer };
    check(Question::at(level), newer, &[Earlier { version: 1, schema: earlier }])
}

/// Comparisons end, are bounded, do not depend on who is newer, and find nothing between a schema and itself.
pub fn avro_compat(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (reader, writer) = text.split_once('\n').unwrap_or((text, text));
    let parse = |text: &str| avro(text, &ResolvedReferences::none(), Strictness::Stored);
    let Some(reader) = parse(reader) else { return };
    check_self(&reader);
    let Some(writer) = parse(writer) else { return };
    let backward = verdict(CompatibilityLevel::Backward, &reader, &writer);
    let forward = verdict(CompatibilityLevel::Forward, &writer, &reader);
    let full = verdict(CompatibilityLevel::Full, &reader, &writer);
    assert_eq!(backward.findings().len(), forward.findings().len(), "{text}");
    assert!(full.is_compatible() <= backward.is_compatible(), "{text}");
    for finding in backward.findings().iter().chain(full.findings()) {
        let longest = finding.reader.chars().count().max(finding.writer.chars().count());
        assert!(longest <= FRAGMENT_LENGTH_MAX + 1, "{finding:?}");
        assert!(!finding.explanation.is_empty() && !finding.cure.is_empty(), "{finding:?}");
    }
    assert!(full.findings().len() <= 2_000, "{text}");
}

fn check_self(schema: &ParsedSchema) {
    for level in LEVELS {
        let verdict = verdict(level, schema, schema);
        // A field whose alias is the name of another field cannot be told from it.
        let ambiguous = verdict.findings().iter().all(|finding| finding.kind == CHECK_FAILED);
        assert!(verdict.is_compatible() || ambiguous, "{}: {:#?}", schema.canonical(), verdict.messages());
    }
}

/// A printed subject is read back as the same subject.
pub fn subject_name(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let subject = Subject::parse(text);
    assert_eq!(Subject::parse(&subject.to_string()), subject, "{text:?}");
    if subject.is_valid_for(Purpose::Register) {
        assert!(subject.is_valid_for(Purpose::Settings), "{text:?}");
    }
    if let Ok(context) = Context::parse(text) {
        assert_eq!(Context::parse(context.as_str()).as_ref(), Ok(&context), "{text:?}");
        let moved = subject.in_context(&context);
        assert_eq!((moved.context(), moved.name()), (&context, subject.name()), "{text:?}");
        assert_eq!(Subject::parse_in(&subject.to_string(), subject.context()), subject, "{text:?}");
        assert_eq!(context.subject().context(), &context);
    }
}

/// No body makes the models panic; what was read is written and read again without loss.
pub fn request_body(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<RegisterSchemaRequest>(data) {
        contract(request.metadata.as_ref(), request.rule_set.as_ref());
        let references = request.references.unwrap_or_default();
        let text = request.schema.unwrap_or_default();
        let print = || guid(&text, &references, request.metadata.as_ref(), request.rule_set.as_ref());
        assert_eq!(print(), print());
    }
    if let Ok(request) = serde_json::from_slice::<TagSchemaRequest>(data) {
        contract(request.metadata.as_ref(), request.rule_set.as_ref());
        let older = request.rule_set.as_ref();
        let mut merged = RuleSet::merge(older, request.rules_to_merge.as_ref()).unwrap_or_default();
        merged.remove(&request.rules_to_remove.unwrap_or_default());
        let _ = merged.validate();
    }
    if let Ok(update) = serde_json::from_slice::<ConfigUpdate>(data)
        && let Ok(config) = update.apply_to(Config::default())
    {
        contract(config.default_metadata.as_ref(), config.default_rule_set.as_ref());
        contract(config.override_metadata.as_ref(), config.override_rule_set.as_ref());
        let _ = serde_json::to_string(&config);
    }
}

fn contract(metadata: Option<&Metadata>, rule_set: Option<&RuleSet>) {
    if let Some(metadata) = metadata {
        let written = serde_json::to_string(metadata).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Metadata>(&written).ok().as_ref(), Some(metadata), "{written}");
        assert_eq!(Metadata::merge(Some(metadata), Some(metadata)).as_ref(), Some(metadata), "{written}");
    }
    if let Some(rule_set) = rule_set {
        let written = serde_json::to_string(rule_set).unwrap_or_default();
        let read = serde_json::from_str::<RuleSet>(&written);
        let read = read.unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(serde_json::to_string(&read).ok().as_ref(), Some(&written));
        assert_eq!(guid("", &[], None, Some(&read)), guid("", &[], None, Some(rule_set)), "{written}");
        // As in the reference registry an empty type counts as a type, but is not written.
        if rule_set.rules().all(|rule| rule.rule_type.as_deref() != Some("")) {
            assert_eq!(read.validate().is_ok(), rule_set.validate().is_ok(), "{written}");
        }
    }
}
