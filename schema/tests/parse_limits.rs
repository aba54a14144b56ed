//! Large and hostile texts: refused or read, in bounded work and without running out of stack.
//!
//! Tests run on threads with 2 MiB of stack.

#![cfg(test)]

use std::fmt::Write;

use schema::avro::AvroSchema;
use schema::format::{ParseError, SchemaFormat, Strictness};
use schema::references::{ResolvedReference, ResolvedReferences};

const MANY: usize = 100_000;

fn parse(text: &str) -> Result<AvroSchema, ParseError> {
    AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New)
}

/// Uses everything that walks a schema.
fn exercise(schema: &AvroSchema) {
    assert!(schema.is_same_definition(&schema.clone()));
    assert!(schema.tags().is_empty());
    assert!(schema.memory_size() > schema.canonical().len());
    let normalized = schema.normalized().expect("a normalised form");
    assert!(!normalized.canonical().is_empty());
}

fn joined(count: usize, item: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        let _ = write!(out, "{}", item(index));
    }
    out
}

fn refused(text: &str, part: &str) {
    let error = parse(text).expect_err(part);
    assert!(error.message.contains(part), "{error}");
    assert!(error.message.len() < 1000, "{}", error.message.len());
}

#[test]
fn deep_nesting_is_refused() {
    refused(&"[".repeat(MANY), "deeper");
    refused(&"{\"type\":\"array\",\"items\":".repeat(MANY), "deeper");
    refused(&format!("{{\"type\":\"int\",\"x\":{}", "[".repeat(MANY)), "deeper");
}

#[test]
fn the_deepest_schema_that_is_read_can_be_used() {
    let depth = 1000;
    let text = format!("{}\"int\"{}", "{\"type\":\"array\",\"items\":".repeat(depth), "}".repeat(depth));
    let schema = parse(&text).expect("a schema");
    assert_eq!(schema.canonical(), text);
    exercise(&schema);
    let value = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let schema = parse(&format!("{{\"type\":\"int\",\"x\":{value}}}")).expect("a schema");
    exercise(&schema);
}

#[test]
fn a_default_may_nest_as_deep_as_the_text() {
    let name = |level: usize| format!("{{\"type\":\"record\",\"name\":\"R{level}\",\"fields\":[");
    let levels = 300;
    let mut text = String::from("[");
    text.push_str(&format!("{}]}}", name(0)));
    for level in 1..levels {
        let default = format!("{}{{}}{}", "{\"f\":".repeat(level - 1), "}".repeat(level - 1));
        let _ = write!(
            text,
            ",{}{{\"name\":\"f\",\"type\":\"R{}\",\"default\":{default}}}]}}",
            name(level),
            level - 1
        );
    }
    text.push(']');
    exercise(&parse(&text).expect("a schema"));
}

#[test]
fn types_may_use_each_other_in_a_long_chain() {
    let record = |index: usize, inner: String| {
        format!(r#"{{"type":"record","name":"R{index}","fields":[{{"name":"f","type":{inner}}}]}}"#)
    };
    let backwards = joined(MANY, |index| {
        record(index, if index == 0 { "\"int\"".to_owned() } else { format!("\"R{}\"", index - 1) })
    });
    let schema = parse(&format!("[{backwards}]")).expect("each type is defined before its use");
    exercise(&schema);
    // Printed where they are first used, these would nest 100,000 levels deep.
    let forwards = joined(MANY, |index| {
        record(index, if index == MANY - 1 { "\"int\"".to_owned() } else { format!("\"R{}\"", index + 1) })
    });
    refused(&format!("[{forwards}]"), "nest deeper");
}

#[test]
fn a_long_chain_of_references_is_read_but_not_inlined() {
    let text = |index: usize| {
        let inner = if index == 0 { "int".to_owned() } else { format!("R{}", index - 1) };
        format!(r#"{{"type":"record","name":"R{index}","fields":[{{"name":"f","type":"{inner}"}}]}}"#)
    };
    let references = ResolvedReferences {
        in_order: (0..2000)
            .map(|index| ResolvedReference { name: format!("R{index}"), text: text(index) })
            .collect(),
    };
    let schema = AvroSchema::parse(&text(2000), &references, Strictness::New).expect("a schema");
    assert_eq!(schema.canonical(), text(2000));
    assert!(schema.formatted("resolved").is_err_and(|error| error.message.contains("deeper")));
    exercise(&schema);
}

#[test]
fn inlining_stops_at_its_size_limit() {
    let symbols = joined(MANY, |index| format!("\"SYMBOL_{index:0>40}\""));
    let reference = |name: &str| ResolvedReference {
        name: name.to_owned(),
        text: format!(r#"{{"type":"enum","name":"{name}","symbols":[{symbols}]}}"#),
    };
    let names = ["A", "B", "C", "D"];
    let references = ResolvedReferences { in_order: names.iter().map(|name| reference(name)).collect() };
    let union = r#"["A","B","C","D"]"#;
    let schema = AvroSchema::parse(union, &references, Strictness::Stored).expect("a schema");
    assert_eq!(schema.canonical(), union);
    assert!(schema.formatted("resolved").is_err_and(|error| error.message.contains("longer than")));
}

#[test]
fn a_record_of_many_fields_is_read() {
    let fields = joined(MANY, |index| format!(r#"{{"name":"f{index}","type":"int","default":{index}}}"#));
    let schema = parse(&format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)).expect("a schema");
    assert_eq!(schema.top_level_fields().len(), MANY);
    exercise(&schema);
}

#[test]
fn wide_types_are_read() {
    let count = MANY / 5;
    let fields = joined(count, |index| format!(r#"{{"name":"f{index}","type":"int"}}"#));
    let values = joined(count, |index| format!("\"f{index}\":1"));
    let outer = format!(
        r#"{{"type":"record","name":"O","fields":[{{"name":"r","type":{{"type":"record","name":"R","fields":[{fields}]}},"default":{{{values}}}}}]}}"#
    );
    exercise(&parse(&outer).expect("a schema"));
    let branches = joined(MANY / 5, |index| format!(r#"{{"type":"fixed","name":"F{index}","size":1}}"#));
    exercise(&parse(&format!("[{branches}]")).expect("a schema"));
    let symbols = joined(MANY / 5, |index| format!("\"S{index}\""));
    exercise(&parse(&format!(r#"{{"type":"enum","name":"E","symbols":[{symbols}]}}"#)).expect("a schema"));
    let properties = joined(MANY / 5, |index| format!("\"p{index}\":{index}"));
    exercise(&parse(&format!(r#"{{"type":"int",{properties}}}"#)).expect("a schema"));
}

#[test]
fn repetitions_in_wide_types_are_found() {
    let fields = joined(MANY, |index| format!(r#"{{"name":"f{}","type":"int"}}"#, index % (MANY - 1)));
    refused(&format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#), "two fields `f0`");
    let branches = joined(MANY, |_| "\"int\"".to_owned());
    refused(&format!("[{branches}]"), "two branches `int`");
    let symbols = joined(MANY, |index| format!("\"S{}\"", index % (MANY - 1)));
    refused(&format!(r#"{{"type":"enum","name":"E","symbols":[{symbols}]}}"#), "two symbols `S0`");
}

#[test]
fn unions_inside_defaults_do_not_multiply_the_work() {
    // Each level of the default could match each of the branches: 20 to the power of the depth.
    let branches = joined(20, |index| {
        format!(
            r#"{{"type":"record","name":"B{index}","fields":[{{"name":"f","type":"U"}},{{"name":"g{index}","type":"int"}}]}}"#
        )
    });
    let reference = ResolvedReference {
        name: "U".to_owned(),
        text: format!(r#"{{"type":"record","name":"U","fields":[{{"name":"u","type":[{branches}]}}]}}"#),
    };
    let references = ResolvedReferences { in_order: vec![reference] };
    let depth = 100;
    let default = format!("{}{{}}{}", "{\"u\":{\"f\":".repeat(depth), "}}".repeat(depth));
    let text =
        format!(r#"{{"type":"record","name":"M","fields":[{{"name":"u","type":"U","default":{default}}}]}}"#);
    let error = AvroSchema::parse(&text, &references, Strictness::New).expect_err("too much or invalid");
    assert!(error.message.contains("default"), "{error}");
}

#[test]
fn long_names_and_texts_do_not_fill_the_messages() {
    let long = "a".repeat(1 << 20);
    let schema = parse(&format!(r#"{{"type":"record","name":"{long}","doc":"{long}","fields":[]}}"#));
    exercise(&schema.expect("a schema"));
    refused(&format!("\"{long}\""), "not defined");
    refused(&format!(r#"{{"type":"record","name":"{long}-","fields":[]}}"#), "no valid name");
    refused(&format!(r#"{{"type":"int","{long}":1}}"#), "more than 50000 characters");
    let field = format!(r#"{{"name":"f","type":"int","default":"{long}"}}"#);
    refused(&format!(r#"{{"type":"record","name":"R","fields":[{field}]}}"#), "does not fit");
    refused(&format!("t{long}"), "no JSON value");
}

#[test]
fn broken_texts_are_refused_with_their_place() {
    for (text, place) in [
        ("{\"type\":\"record\",\n \"name\":\"a\u{1}\"}", " (line 2, column 11)"),
        (r#"{"type":"int","x":1e}"#, " (line 1, column 21)"),
        (r#"{"type":"int","x":0x1}"#, " (line 1, column 20)"),
        (r#"["int","string","int"]"#, " at `/2`"),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"X"}}]}"#,
            " at `/fields/0/type/items`",
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
            " at `/fields/1`",
        ),
        (
            r#"{"type":"map","values":{"type":"enum","name":"E","symbols":["A","B","A"]}}"#,
            " at `/values/symbols/2`",
        ),
        (r#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#, " at `/default`"),
        (r#"{"type":"fixed","name":"F","size":-1}"#, " at `/size`"),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":null}]}"#,
            " at `/fields/0/default`",
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}"#,
            " at `/fields/0/order`",
        ),
        (r#"{"type":"record","name":"R","aliases":["a","b-c"],"fields":[]}"#, " at `/aliases/1`"),
    ] {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.ends_with(place), "{text}: {error}");
    }
}
