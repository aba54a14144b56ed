//! Large, deep and twisted JSON Schemas: time and memory stay in proportion to the text.

#![cfg(test)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use schema::format::{SchemaFormat, Strictness};
use schema::json::JsonSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

/// Far above what is needed, even without optimisation on a busy machine: only growth faster than the text fails.
const PATIENCE: Duration = Duration::from_secs(40);

/// The full size takes long without optimisation.
const SCALE: usize = if cfg!(debug_assertions) { 1 } else { 10 };

fn timed(text: &str, references: &ResolvedReferences) -> (Result<JsonSchema, String>, Duration) {
    let started = Instant::now();
    let parsed = JsonSchema::parse(text, references, Strictness::New).map_err(|error| error.to_string());
    (parsed, started.elapsed())
}

fn check(name: &str, text: &str, is_taken: bool) -> Option<JsonSchema> {
    let (parsed, elapsed) = timed(text, &ResolvedReferences::none());
    println!("{name}: {} bytes, {elapsed:?}", text.len());
    assert_eq!(parsed.is_ok(), is_taken, "{name}: {parsed:?}");
    assert!(elapsed < PATIENCE, "{name}: {elapsed:?}");
    parsed.ok()
}

fn properties(count: usize, definition: impl Fn(usize) -> String) -> String {
    let mut text = String::from(r#"{"type":"object","properties":{"#);
    for at in 0..count {
        let comma = if at > 0 { "," } else { "" };
        write!(text, r#"{comma}"property_{at}":{}"#, definition(at)).expect("a text");
    }
    text + "}}"
}

#[test]
fn large_schemas() {
    let plain = |at: usize| format!(r#"{{"type":"string","maxLength":{at},"description":"property {at}"}}"#);
    check("1,000 properties", &properties(1000, plain), true);
    let text = properties(11_000 * SCALE, plain);
    let schema = check("many properties", &text, true).expect("a schema");
    let started = Instant::now();
    assert!(schema.tags().is_empty());
    assert_eq!(schema.top_level_fields().len(), 11_000 * SCALE);
    assert_ne!(schema.definition_hash(), 0);
    println!("tags, fields, hash: {:?}", started.elapsed());
    let started = Instant::now();
    let normal = schema.normalized().expect("a normal form");
    println!("normalised: {:?}", started.elapsed());
    assert_eq!(normal.canonical().len(), schema.canonical().len());
    assert!(schema.memory_size() < 64 * 1024 * 1024, "{}", schema.memory_size());
    assert!(started.elapsed() < PATIENCE);
    check("one long text", &format!(r#"{{"description":"{}"}}"#, "é\\n".repeat(250_000 * SCALE)), true);
    check("many numbers", &format!(r#"{{"enum":[{}1]}}"#, "1.5e3,".repeat(170_000 * SCALE)), true);
}

const REFERENCES: usize = 6000 * SCALE;

#[test]
fn many_references() {
    let mut definitions = String::new();
    for at in 0..REFERENCES {
        let comma = if at > 0 { "," } else { "" };
        write!(definitions, r#"{comma}"d{at}":{{"type":"string"}}"#).expect("a text");
    }
    let refs = properties(REFERENCES, |at| format!(r##"{{"$ref":"#/definitions/d{at}"}}"##));
    let refs = refs.strip_suffix('}').expect("an object");
    check("references to definitions", &format!(r#"{refs},"definitions":{{{definitions}}}}}"#), true);
    let modern =
        refs.replace("\"type\"", "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\"");
    check(
        "the same, modern",
        &format!(r#"{modern},"$defs":{{{definitions}}}}}"#).replace("definitions", "$defs"),
        true,
    );
    let chain: Vec<String> =
        (0..REFERENCES).map(|at| format!(r##""d{at}":{{"$ref":"#/x/d{}"}}"##, at + 1)).collect();
    check(
        "a chain",
        &format!(r##"{{"$ref":"#/x/d0","x":{{{},"d{REFERENCES}":{{}}}}}}"##, chain.join(",")),
        true,
    );
    let circle = chain.join(",").replace(&format!("d{REFERENCES}"), "d0");
    check("a circle", &format!(r##"{{"$ref":"#/x/d0","x":{{{circle}}}}}"##), true);
    let anchors: Vec<String> =
        (0..REFERENCES).map(|at| format!(r##"{{"$id":"#a{at}"}},{{"$ref":"#a{at}"}}"##)).collect();
    check("anchors", &format!(r#"{{"anyOf":[{}]}}"#, anchors.join(",")), true);
    let meta = properties(REFERENCES, |_| {
        r#"{"$ref":"https://json-schema.org/draft-07/schema#/definitions/simpleTypes"}"#.to_owned()
    });
    check("meta-schema", &meta, true);
    let ids: Vec<String> = (0..REFERENCES)
        .map(|at| format!(r#"{{"$id":"http://x/{at}.json","$ref":"{}.json"}}"#, REFERENCES - 1 - at))
        .collect();
    check("ids", &format!(r#"{{"anyOf":[{}]}}"#, ids.join(",")), true);
}

#[test]
fn long_pointers() {
    let deep = r#"{"not":"#.repeat(900) + "{}" + &"}".repeat(900);
    let pointer = "/not".repeat(890);
    let refs: Vec<String> = (0..200 * SCALE).map(|_| format!(r##"{{"$ref":"#/d{pointer}"}}"##)).collect();
    check("long pointers", &format!(r#"{{"anyOf":[{}],"d":{deep}}}"#, refs.join(",")), true);
}

#[test]
fn deep_schemas() {
    for (name, open, close) in [
        ("not", r#"{"not":"#, "}"),
        ("properties", r#"{"properties":{"a":"#, "}}"),
        ("allOf", r#"{"allOf":["#, "]}"),
        ("unknown", r#"{"zzz":"#, "}"),
    ] {
        let levels = 990 / open.matches(['{', '[']).count();
        let text = open.repeat(levels) + "{}" + &close.repeat(levels);
        let schema = check(name, &text, true).expect("a schema");
        assert_eq!(schema.normalized().expect("a normal form").canonical(), text);
        assert!(schema.fields_valid().is_ok() && schema.linked().is_ok() && schema.tags().is_empty());
        check(name, &(open.repeat(50_000) + "{}" + &close.repeat(50_000)), false);
    }
}

#[test]
fn many_registered_references() {
    const COUNT: usize = 500 * SCALE;
    let in_order = (0..COUNT).map(|at| ResolvedReference {
        name: format!("r{at}.json"),
        text: format!(
            r#"{{"$id":"http://x/r{at}.json","properties":{{"next":{{"$ref":"r{}.json"}}}}}}"#,
            at + 1
        ),
    });
    let references = ResolvedReferences { in_order: in_order.collect() };
    let (parsed, elapsed) = timed(r#"{"$ref":"r0.json"}"#, &references);
    let error = parsed.expect_err("the last one is missing");
    assert!(error.contains(&format!("under the name `r{COUNT}.json`")), "{error}");
    assert!(elapsed < PATIENCE, "{elapsed:?}");
}
