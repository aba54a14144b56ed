//! Schemas that are too deep, too wide or too clever.

use registry_tests::Answer;
use serde_json::{Value, json};

use crate::{MIB, Victim, record};

/// The largest schema text that is accepted.
const SCHEMA_BYTES_MAX: usize = 5 * MIB;

/// The longest name of a JSON member that is read, as in the reference.
const PROPERTY_NAME_LENGTH_MAX: usize = 50_000;

#[test]
fn deep_schemas_are_refused() {
    let victim = Victim::start();
    for levels in [10_000, 100_000] {
        for (open, close) in [
            (r#"{"type":"array","items":"#, "}"),
            (r#"{"type":"map","values":"#, "}"),
            (r#"{"type":"#, "}"),
            ("[", "]"),
        ] {
            let schema = format!("{}\"int\"{}", open.repeat(levels), close.repeat(levels));
            victim.register("s", &schema).assert_refused(422, 42201);
            victim.register("s", &open.repeat(levels)).assert_refused(422, 42201);
            let property = format!(r#"{{"type":"int","x":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
            victim.register("s", &property).assert_refused(422, 42201);
        }
        let levels = levels / 2;
        let records: String = (0..levels).map(nested_record).collect();
        let schema = format!(r#"{records}"int"{}"#, "}]}".repeat(levels));
        victim.register("s", &schema).assert_refused(422, 42201);
    }
}

fn nested_record(level: usize) -> String {
    format!(r#"{{"type":"record","name":"R{level}","fields":[{{"name":"f","type":"#)
}

#[test]
fn broken_schemas_are_refused() {
    let victim = Victim::start();
    let named = |name: &str| format!(r#"{{"type":"record","name":{name},"fields":[]}}"#);
    for schema in [
        "{".to_owned(),
        "nonsense".to_owned(),
        "\u{0}".to_owned(),
        "[]x".to_owned(),
        "17".to_owned(),
        "{}".to_owned(),
        "\"none\"".to_owned(),
        named(r#""a\u0000b""#),
        named(r#""a\nb""#),
        named(r#""a b""#),
        named(r#""""#),
        named("7"),
        named("null"),
        r#"{"type":"record","name":"R"}"#.to_owned(),
        r#"{"type":"record","name":"R","fields":{}}"#.to_owned(),
        r#"{"type":"fixed","name":"F","size":-1}"#.to_owned(),
        r#"{"type":"fixed","name":"F","size":2147483648}"#.to_owned(),
        r#"{"type":"fixed","name":"F","size":1e99}"#.to_owned(),
        r#"{"type":"enum","name":"E","symbols":["A","A"]}"#.to_owned(),
        r#"["int","int"]"#.to_owned(),
        r#"{"type":"record","name":"R","fields":[],"x":99999999999999999999}"#.to_owned(),
        format!(r#"{{"type":"int","x":{}}}"#, "9".repeat(MIB)),
        record(&[r#"{"name":"a","type":"int"}"#.to_owned(), r#"{"name":"a","type":"int"}"#.to_owned()]),
        record(&[r#"{"name":"a","type":"int","default":"x"}"#.to_owned()]),
    ] {
        let answer = victim.register("s", &schema);
        assert_eq!(
            (answer.status, answer.error_code()),
            (422, Some(42201)),
            "{}: {}",
            &schema[..schema.len().min(80)],
            answer.text()
        );
        let probe =
            victim.post("/compatibility/subjects/s/versions?verbose=true", &json!({ "schema": schema }));
        assert_eq!((probe.status, &probe.json()["is_compatible"]), (200, &json!(false)));
    }
}

#[test]
fn long_names_are_names() {
    let victim = Victim::start();
    let long = "x".repeat(MIB);
    for (index, schema) in [
        format!(r#"{{"type":"record","name":"{long}","fields":[]}}"#),
        format!(r#"{{"type":"record","name":"R","namespace":"{long}","fields":[]}}"#),
        format!(r#"{{"type":"record","name":"R","doc":"{long}","fields":[]}}"#),
        format!(r#"{{"type":"record","name":"R","fields":[],"aliases":["{long}"]}}"#),
        format!(r#"{{"type":"enum","name":"E","symbols":["{long}"]}}"#),
        record(&[format!(r#"{{"name":"{long}","type":"int"}}"#)]),
        record(&[format!(r#"{{"name":"a","type":"string","default":"{long}"}}"#)]),
        format!(r#"{{"type":"int","x":"{long}"}}"#),
    ]
    .iter()
    .enumerate()
    {
        let subject = format!("s{index}");
        assert_eq!(victim.register(&subject, schema).status, 200, "{}", &schema[..60]);
        assert_eq!(&victim.0.get(&format!("/subjects/{subject}/versions/1/schema")).text(), schema);
        assert_eq!(victim.register(&subject, "\"string\"").error_code(), Some(40901));
    }
}

#[test]
fn a_schema_may_be_as_large_as_the_limit() {
    let victim = Victim::start();
    let of_size = |size: usize| {
        let frame = r#"{"type":"int","x":""}"#;
        format!(r#"{{"type":"int","x":"{}"}}"#, "x".repeat(size - frame.len()))
    };
    assert_eq!(victim.register("s", &of_size(SCHEMA_BYTES_MAX)).status, 200);
    victim.register("s", &of_size(SCHEMA_BYTES_MAX + 1)).assert_refused(422, 42209);
}

#[test]
fn a_property_name_may_be_as_long_as_the_limit() {
    let victim = Victim::start();
    let with_name = |length: usize| format!(r#"{{"type":"int","{}":1}}"#, "x".repeat(length));
    assert_eq!(victim.register("s", &with_name(PROPERTY_NAME_LENGTH_MAX)).status, 200);
    victim.register("s", &with_name(PROPERTY_NAME_LENGTH_MAX + 1)).assert_refused(422, 42201);
}

/// Registers a schema and its successors, the last of which is incompatible; the refusal must stay small.
fn evolve(victim: &Victim, compatible: &[String], incompatible: &str) {
    for (index, schema) in compatible.iter().enumerate() {
        let answer = victim.register("s", schema);
        assert_eq!(
            (answer.status, &answer.json()["version"]),
            (200, &json!(index + 1)),
            "{}",
            shown(&answer)
        );
    }
    let refused = victim.0.register("s", incompatible);
    assert_eq!((refused.status, refused.error_code()), (409, Some(40901)), "{}", shown(&refused));
    let path = "/compatibility/subjects/s/versions?verbose=true&explain=true";
    let probe = victim.0.post(path, &json!({ "schema": incompatible }));
    assert_eq!((probe.status, &probe.json()["is_compatible"]), (200, &json!(false)), "{}", shown(&probe));
    for answer in [refused, probe] {
        let largest = 8 * MIB;
        assert!(answer.body.len() <= largest, "an answer of {} bytes", answer.body.len());
    }
    victim.is_well();
}

fn shown(answer: &Answer) -> String {
    answer.text().chars().take(400).collect()
}

#[test]
fn a_record_may_have_a_hundred_thousand_fields() {
    let victim = Victim::start();
    let field = |kind: &'static str| move |index: usize| format!(r#"{{"name":"f{index}","type":"{kind}"}}"#);
    let first: Vec<String> = (0..100_000).map(field("int")).collect();
    let mut second = first.clone();
    second.reverse();
    let third: Vec<String> = (0..100_000).map(field("string")).collect();
    evolve(&victim, &[record(&first), record(&second)], &record(&third));
    let twice = [&first[..50_000], &second[50_000..]].concat();
    victim.register("t", &record(&twice)).assert_refused(422, 42201);
}

#[test]
fn an_enum_may_have_a_hundred_thousand_symbols() {
    let victim = Victim::start();
    let with = |range: std::ops::Range<usize>| {
        let symbols: Vec<String> = range.map(|index| format!("S{index}")).collect();
        json!({ "type": "enum", "name": "E", "symbols": symbols }).to_string()
    };
    evolve(&victim, &[with(0..100_000), with(0..100_001)], &with(50_000..100_001));
}

#[test]
fn a_union_may_have_ten_thousand_branches() {
    let victim = Victim::start();
    let with = |range: std::ops::Range<usize>| {
        let branches: Vec<Value> = range
            .map(|index| json!({ "type": "record", "name": format!("B{index}"), "fields": [{ "name": "a", "type": "int" }] }))
            .collect();
        Value::Array(branches).to_string()
    };
    evolve(&victim, &[with(0..10_000), with(0..10_001)], &with(5_000..10_001));
}

/// Each level's record has two fields of the next level's type: as many paths as 2 to the power of the levels.
fn doubling(levels: usize, last: &str) -> String {
    let mut schema = format!(r#"{{"type":"record","name":"D0","fields":[{last}]}}"#);
    for level in 1..=levels {
        let below = format!("D{}", level - 1);
        schema = format!(
            r#"{{"type":"record","name":"D{level}","fields":[{{"name":"x","type":{schema}}},{{"name":"y","type":"{below}"}}]}}"#
        );
    }
    schema
}

#[test]
fn many_paths_to_one_type_are_compared_once() {
    let victim = Victim::start();
    let first = doubling(60, r#"{"name":"a","type":"int"}"#);
    let second = doubling(60, r#"{"name":"a","type":"long"}"#);
    evolve(&victim, &[first, second], &doubling(60, r#"{"name":"a","type":"boolean"}"#));
}

/// Each level is a union of three records, each of which holds the next level: a naive comparison tries 9 to the
/// power of the levels pairs.
fn forking(levels: usize, last: &str, order: [usize; 3]) -> String {
    let mut below = last.to_owned();
    for level in 0..levels {
        let names: Vec<String> = order.iter().map(|branch| format!("U{level}b{branch}")).collect();
        let mut branches = Vec::new();
        for (index, name) in names.iter().enumerate() {
            // The first branch defines the level below; the others name it.
            let inner = if index == 0 || level == 0 { below.clone() } else { names_below(level, order) };
            branches.push(format!(
                r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":{inner}}}]}}"#
            ));
        }
        below = format!("[{}]", branches.join(","));
    }
    below
}

fn names_below(level: usize, order: [usize; 3]) -> String {
    let names: Vec<String> = order.iter().map(|branch| format!(r#""U{}b{branch}""#, level - 1)).collect();
    format!("[{}]", names.join(","))
}

#[test]
fn forking_unions_are_compared_in_bounded_time() {
    let victim = Victim::start();
    let first = forking(40, "\"int\"", [0, 1, 2]);
    let second = forking(40, "\"long\"", [2, 1, 0]);
    evolve(&victim, &[first, second], &forking(40, "\"boolean\"", [1, 2, 0]));
}

#[test]
fn types_that_hold_themselves_are_compared_to_their_end() {
    let victim = Victim::start();
    let tree = |value: &str| {
        format!(
            r#"{{"type":"record","name":"T","fields":[{{"name":"v","type":"{value}"}},{{"name":"l","type":["null","T"]}},{{"name":"r","type":{{"type":"array","items":["T","null"]}}}}]}}"#
        )
    };
    evolve(&victim, &[tree("int"), tree("long")], &tree("boolean"));
}
