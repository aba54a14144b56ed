//! What must hold for Avro beyond what holds for every language: its texts are read as lines, all but the last of which
//! are references.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schema::avro::witness::resolve;
use schema::compat::{Detail, WITNESSES_MAX};
use schema::evidence::{DOCUMENT_LENGTH_MAX, Witness};
use schema::fingerprint::guid;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

use super::schemas::{BOTH, backward, check_pair, check_self, parse};

fn avro(text: &str, references: &ResolvedReferences, strictness: Strictness) -> Option<ParsedSchema> {
    parse(SchemaType::Avro, text, references, strictness)
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

/// The first line as reader, the second as writer.
fn pair(data: &[u8]) -> Option<(ParsedSchema, Option<ParsedSchema>)> {
    let text = std::str::from_utf8(data).ok()?;
    let (reader, writer) = text.split_once('\n').unwrap_or((text, text));
    let parse = |text: &str| avro(text, &ResolvedReferences::none(), Strictness::Stored);
    Some((parse(reader)?, parse(writer)))
}

/// Comparisons end, are bounded, do not depend on who is newer, and find nothing between a schema and itself.
pub fn avro_compat(data: &[u8]) {
    let Some((reader, writer)) = pair(data) else { return };
    check_self(&reader);
    if let Some(writer) = writer {
        check_pair(&reader, &writer, Detail::Findings);
    }
}

/// Each of the first findings has a proof that holds, or says why it has none.
pub fn avro_witness(data: &[u8]) {
    let Some((reader, Some(writer))) = pair(data) else { return };
    for (index, finding) in backward(&reader, &writer, Detail::Witnesses).findings().iter().enumerate() {
        match (&finding.witness, &finding.no_witness) {
            (Some(witness), None) => check_witness(&reader, &writer, &finding.path, witness),
            (None, Some(reason)) => assert!(!reason.is_empty(), "{finding:?}"),
            _ => assert!(index >= WITNESSES_MAX, "{finding:?}"),
        }
    }
}

fn check_witness(reader: &ParsedSchema, writer: &ParsedSchema, path: &str, witness: &Witness) {
    let (ParsedSchema::Avro(reader), ParsedSchema::Avro(writer)) = (reader, writer) else { return };
    let document = serde_json::from_str::<serde_json::Value>(&witness.document);
    assert!(document.is_ok(), "{witness:?}");
    assert!(witness.document.chars().count() <= DOCUMENT_LENGTH_MAX, "{witness:?}");
    let encoded = witness.encoded.as_ref().and_then(|encoded| STANDARD.decode(encoded).ok());
    let encoded = encoded.unwrap_or_else(|| panic!("a witness without bytes: {witness:?}"));
    assert_eq!(resolve(writer, writer, &encoded), Ok(Vec::new()), "{witness:?}");
    let refusals =
        resolve(reader, writer, &encoded).unwrap_or_else(|broken| panic!("{broken:?}: {witness:?}"));
    assert!(refusals.iter().any(|refusal| refusal.path == path), "{refusals:?}: {witness:?}");
}
