//! Documents that prove findings between JSON Schemas, and what the precise policy says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use schema::evidence::Evidence;
use schema::format::Strictness;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

fn parse(text: &str, references: &[(&str, &str)]) -> ParsedSchema {
    let in_order = references
        .iter()
        .map(|(name, text)| ResolvedReference { name: (*name).to_owned(), text: (*text).to_owned() });
    let references = ResolvedReferences { in_order: in_order.collect() };
    ParsedSchema::parse(SchemaType::Json, text, &references, Strictness::Stored).unwrap()
}

fn finding(path: &str) -> Incompatibility {
    Incompatibility {
        kind: "TYPE_CHANGED",
        path: path.to_owned(),
        description: String::new(),
        detail: String::new(),
        reader_fragment: String::new(),
        writer_fragment: String::new(),
        reason: String::new(),
        cure: String::new(),
        writer_cure: String::new(),
    }
}

/// The document that proves the finding at `path`, or why there is none.
fn evidence(writer: &str, reader: &str, path: &str) -> String {
    let (writer, reader) = (parse(writer, &[]), parse(reader, &[]));
    match ParsedSchema::evidence(&reader, &writer, &[finding(path)])
        .and_then(|found| found.into_iter().next())
    {
        Some(Evidence::Witness(witness)) => witness.document,
        Some(Evidence::Absent(reason)) => reason,
        None => "different languages".to_owned(),
    }
}

fn precise(writer: &str, reader: &str) -> Vec<String> {
    let (writer, reader) = (parse(writer, &[]), parse(reader, &[]));
    let findings = ParsedSchema::can_read(&reader, &writer, CompatibilityPolicy::Precise).unwrap();
    findings.into_iter().map(|finding| format!("{} {}", finding.kind, finding.path)).collect()
}

/// Writer, reader, and where they differ.
const LIMITS: &[(&str, &str, &str)] = &[
    (r#"{"type":"string"}"#, r#"{"type":"string","maxLength":3}"#, "#/maxLength"),
    (r#"{"type":"string"}"#, r#"{"type":"string","minLength":3}"#, "#/minLength"),
    (r#"{"type":"string","pattern":"^[a-z]+$"}"#, r#"{"type":"string","pattern":"^[a-c]+$"}"#, "#/pattern"),
    (r#"{"type":"string"}"#, r#"{"type":"string","format":"date"}"#, "#/format"),
    (r#"{"type":"number"}"#, r#"{"type":"integer"}"#, "#/"),
    (r#"{"type":"number","minimum":0}"#, r#"{"type":"number","minimum":2.5}"#, "#/minimum"),
    (r#"{"type":"integer","maximum":9}"#, r#"{"type":"integer","exclusiveMaximum":9}"#, "#/exclusiveMaximum"),
    (r#"{"type":"integer","multipleOf":2}"#, r#"{"type":"integer","multipleOf":4}"#, "#/multipleOf"),
    (r#"{"type":["string","null"]}"#, r#"{"type":"string"}"#, "#/"),
    (r#"{"enum":["a","b"]}"#, r#"{"enum":["a"]}"#, "#/enum"),
    (r#"{"type":"array"}"#, r#"{"type":"array","maxItems":1}"#, "#/maxItems"),
    (r#"{"type":"array"}"#, r#"{"type":"array","uniqueItems":true}"#, "#/uniqueItems"),
    (
        r#"{"type":"array","items":{"type":"number"}}"#,
        r#"{"type":"array","items":{"type":"integer"}}"#,
        "#/items",
    ),
    (r#"{"type":"array"}"#, r#"{"type":"array","contains":{"type":"null"}}"#, "#/contains"),
    (r#"{"type":"object"}"#, r#"{"type":"object","maxProperties":1}"#, "#/maxProperties"),
    (r#"{"type":"object"}"#, r#"{"type":"object","minProperties":1}"#, "#/minProperties"),
    (r#"{"type":"object"}"#, r#"{"type":"object","propertyNames":{"maxLength":3}}"#, "#/"),
    (r#"{"type":"object"}"#, r#"{"type":"object","additionalProperties":false}"#, "#/additionalProperties"),
    (
        r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
        r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#,
        "#/required/a",
    ),
    (
        r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
        r#"{"type":"object","additionalProperties":false}"#,
        "#/properties/a",
    ),
    (r#"{"type":"object"}"#, r#"{"type":"object","properties":{"b":{"type":"string"}}}"#, "#/properties/b"),
    (r#"{"type":"object"}"#, r#"{"type":"object","patternProperties":{"^x":{"type":"string"}}}"#, "#/"),
    (r#"{"type":"object"}"#, r#"{"type":"object","dependencies":{"a":["b"]}}"#, "#/dependencies/a"),
    (r#"{"type":"integer"}"#, r#"{"oneOf":[{"minimum":0},{"maximum":5}]}"#, "#/"),
    (r#"{}"#, r#"{"not":{"type":"string"}}"#, "#/not"),
    (r#"{"type":"integer"}"#, r#"{"if":{"minimum":0},"then":{"maximum":10}}"#, "#/"),
];

#[test]
fn every_kind_of_limit_has_a_witness() {
    for (writer, reader, path) in LIMITS {
        let found = evidence(writer, reader, path);
        let document: Result<serde_json::Value, _> = serde_json::from_str(&found);
        let document = document.unwrap_or_else(|_| panic!("{writer} {reader}: {found}"));
        let valid = |schema: &str| {
            jsonschema::draft7::options()
                .build(&serde_json::from_str(schema).unwrap())
                .unwrap()
                .is_valid(&document)
        };
        assert!(valid(writer) && !valid(reader), "{writer} {reader}: {document}");
        assert!(!precise(writer, reader).is_empty(), "{writer} {reader}");
    }
}

#[test]
fn the_witness_is_about_the_place_of_the_finding() {
    let writer = r#"{"type":"object","required":["a","b"],"properties":{
        "a":{"type":"string"},"b":{"type":"array","items":{"type":"object"}}}}"#;
    let reader = r#"{"type":"object","required":["a","b"],"properties":{
        "a":{"type":"integer"},"b":{"type":"array","items":{"type":"object","required":["c"]}}}}"#;
    let found = evidence(writer, reader, "#/properties/b/items/required/c");
    assert!(found.contains(r#""b":[{}]"#), "{found}");
}

#[test]
fn references_are_followed_in_both_directions() {
    let tree = |leaf: &str| {
        format!(
            r##"{{"$ref":"#/definitions/n","definitions":{{"n":{{"type":"object","properties":{{
            "next":{{"$ref":"#/definitions/n"}},"leaf":{leaf}}},"additionalProperties":false}}}}}}"##
        )
    };
    let (wide, narrow) = (tree(r#"{"type":"number"}"#), tree(r#"{"type":"integer"}"#));
    assert_eq!(precise(&narrow, &wide), [""; 0]);
    let findings = precise(&wide, &narrow);
    assert!(
        matches!(&findings[..], [one] if one.starts_with("TYPE_NARROWED #/") && one.ends_with("/leaf")),
        "{findings:?}"
    );
    assert!(evidence(&wide, &narrow, "#/properties/leaf").contains("\"leaf\":"));
    let text = r#"{"type":"object","properties":{"a":{"$ref":"a.json"}}}"#;
    let (writer, reader) = (
        parse(text, &[("a.json", r#"{"type":"string"}"#)]),
        parse(text, &[("a.json", r#"{"type":"null"}"#)]),
    );
    assert_eq!(ParsedSchema::can_read(&reader, &writer, CompatibilityPolicy::Precise).unwrap().len(), 1);
    let found = ParsedSchema::evidence(&reader, &writer, &[finding("#/properties/a")]);
    assert!(
        matches!(found.as_deref(), Some([Evidence::Witness(witness)]) if witness.document.contains("\"a\"")),
        "{found:?}"
    );
}

#[test]
fn where_documents_demand_less_the_answer_says_so() {
    let pairs = [
        (r#"{"not":{"type":"string"}}"#, r#"{"not":{"type":"string"}}"#),
        (r#"{"enum":["a"]}"#, r#"{"type":"string","enum":["a","b"]}"#),
        (r#"{"type":["string","null"]}"#, r#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#),
    ];
    for (writer, reader) in pairs {
        let found = evidence(writer, reader, "#/");
        assert!(found.starts_with("there is none"), "{writer} {reader}: {found}");
        assert_eq!(precise(writer, reader), [""; 0], "{writer} {reader}");
    }
}

#[test]
fn the_precise_policy_takes_what_no_document_breaks() {
    let pairs = [
        (r#"{"type":"string","enum":["a"]}"#, r#"{"type":"string"}"#),
        (r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, r#"{"type":["null","string"]}"#),
        (r#"{"anyOf":[{"type":"string","maxLength":3}]}"#, r#"{"type":"string","maxLength":5}"#),
        (r#"{"type":"string"}"#, r#"{"allOf":[{"type":"string"},{"minLength":0}]}"#),
        (r#"{"type":"boolean"}"#, r#"{"enum":[true,false]}"#),
        (r#"{"type":"integer","minimum":1}"#, r#"{"type":"number","exclusiveMinimum":0}"#),
        (
            r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":false}"#,
        ),
        (
            r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"b":{"type":"string"}}}"#,
        ),
        (
            r#"{"type":"object","properties":{"x1":{"type":"string"}},"additionalProperties":false}"#,
            r#"{"type":"object","patternProperties":{"^x":{"type":"string"}},"additionalProperties":false}"#,
        ),
        (
            r#"{"oneOf":[{"type":"object","required":["k"],"properties":{"k":{"const":"a"}}},{"type":"object","required":["k"],"properties":{"k":{"const":"b"}}}]}"#,
            r#"{"oneOf":[{"type":"object","required":["k"],"properties":{"k":{"const":"b"}}},{"type":"object","required":["k"],"properties":{"k":{"const":"a"}}},{"type":"null"}]}"#,
        ),
        (
            r#"{"type":"array","items":[{"type":"string"}],"additionalItems":false}"#,
            r#"{"type":"array","items":{"type":"string"},"maxItems":1}"#,
        ),
    ];
    // The last pair needs a count that no keyword states.
    for (writer, reader) in &pairs[..pairs.len() - 1] {
        assert_eq!(precise(writer, reader), [""; 0], "{writer} {reader}");
    }
}

/// Writer and reader that `STRICT` calls compatible, although documents break.
const BREAKING: &[(&str, &str)] = &[
    (
        r#"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
        r#"{"oneOf":[{"type":"integer"},{"type":"string"},{"type":"number"}]}"#,
    ),
    (r#"{"type":"object"}"#, r#"{"type":"object","required":["a"]}"#),
    (r#"{"type":"string"}"#, r#"{"type":"string","format":"ipv4"}"#),
    (r#"{"type":"array","contains":{"type":"number"}}"#, r#"{"type":"array","contains":{"type":"string"}}"#),
    (r#"{"propertyNames":{"maxLength":5}}"#, r#"{"propertyNames":{"maxLength":2}}"#),
    (r#"{"patternProperties":{"^a":{"type":"string"}}}"#, r#"{"patternProperties":{"^a":{"type":"null"}}}"#),
    (
        r#"{"patternProperties":{"^a":{"type":"string"}}}"#,
        r#"{"patternProperties":{"^a":{"type":"string"}},"properties":{"b":{"type":"string"}}}"#,
    ),
    (
        r#"{"if":{"type":"string"},"then":{"maxLength":5}}"#,
        r#"{"if":{"type":"string"},"then":{"maxLength":2}}"#,
    ),
];

#[test]
fn the_precise_policy_refuses_what_breaks() {
    for (writer, reader) in BREAKING {
        let findings = precise(writer, reader);
        assert!(!findings.is_empty(), "{writer} {reader}");
        let found = evidence(writer, reader, "#/");
        assert!(serde_json::from_str::<serde_json::Value>(&found).is_ok(), "{writer} {reader}: {found}");
    }
}

/// The tables of `docs/compatibility.md`.
#[test]
fn the_documented_differences_are_there() {
    let strict = |writer: &str, reader: &str| {
        let (writer, reader) = (parse(writer, &[]), parse(reader, &[]));
        ParsedSchema::can_read(&reader, &writer, CompatibilityPolicy::Strict).unwrap().is_empty()
    };
    let harmless = [
        (r#"{"enum":["a"]}"#, r#"{"type":"string"}"#),
        (r#"{"enum":["a"]}"#, r#"{"type":"string","enum":["a","b"]}"#),
        (r#"{"type":"string"}"#, r#"{"allOf":[{"type":"string"},{"minLength":0}]}"#),
        (r#"{"type":["string","null"]}"#, r#"{"oneOf":[{"type":"null"},{"type":"string"}]}"#),
        (r#"{"type":"integer","minimum":1}"#, r#"{"type":"number","exclusiveMinimum":0}"#),
        (r#"{"type":"boolean"}"#, r#"{"enum":[true,false]}"#),
    ];
    let mut wrong = Vec::new();
    for (pairs, expected) in [(BREAKING, true), (&harmless[..], false)] {
        for (writer, reader) in pairs {
            if strict(writer, reader) != expected || precise(writer, reader).is_empty() == expected {
                wrong.push(format!("{writer} {reader}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn strange_schemas_end_in_time() {
    let deep = format!("{}{{}}{}", r#"{"allOf":["#.repeat(150), "]}".repeat(150));
    let wide: Vec<String> =
        (0..40).map(|at| format!(r#"{{"anyOf":[{{"minimum":{at}}},{{"maxLength":{at}}}]}}"#)).collect();
    let wide = format!(r#"{{"allOf":[{}]}}"#, wide.join(","));
    let nested =
        r##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}},"not":{"not":{"$ref":"#"}}}"##;
    let cycle = r##"{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}"##;
    let either = r##"{"anyOf":[{"$ref":"#"},{"not":{"$ref":"#"}}]}"##;
    let slow = r#"{"type":"string","pattern":"^(a+)+(?=b)$"}"#;
    let texts = [deep.as_str(), &wide, nested, cycle, either, slow, "{}", "false"];
    let started = std::time::Instant::now();
    for (at, writer) in texts.into_iter().enumerate() {
        for reader in [writer, texts[(at + 1) % texts.len()], texts[(at + 5) % texts.len()]] {
            precise(writer, reader);
            evidence(writer, reader, "#/");
        }
    }
    assert!(started.elapsed().as_secs() < 240, "{:?}", started.elapsed());
}
