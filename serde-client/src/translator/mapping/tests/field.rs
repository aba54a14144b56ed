//! The value that decides a record's partition.

use crate::codec::Limits;
use crate::framing::Body;
use crate::translator::mapping::compile::Sides;
use crate::translator::mapping::field::{FieldPath, FieldProgram, unwrap_text};
use crate::translator::mapping::json_form;
use crate::translator::mapping::language::{Pinned, RecordReader, RecordWriter};
use crate::translator::mapping::problem::Place;
use crate::translator::mapping::program::Env;
use crate::translator::mapping::rule::path;

const SOURCE: &str = r#"{"type": "record", "name": "Order", "fields": [
    {"name": "note", "type": "string"},
    {"name": "id", "type": "long"},
    {"name": "customer", "type": ["null", {"type": "record", "name": "Customer", "fields": [
        {"name": "name", "type": ["null", "string"]},
        {"name": "vip", "type": "boolean"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["SHOP", "PERSON"]}}]}]},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "blob", "type": "bytes"}]}"#;

fn source() -> Pinned {
    super::pinned(super::SchemaType::Avro, SOURCE)
}

fn program(path_text: &str, source: &Pinned) -> Result<FieldProgram, String> {
    let field = FieldPath { at: Place { line: 7, column: 24 }, path: path::source(path_text).unwrap() };
    let sides = Sides { value: (&source.model, &source.model), key: None };
    FieldProgram::new(&field, sides).map_err(|problem| problem.to_string())
}

/// The text by the quick way and by the general one, which must agree.
fn text(path_text: &str, record: &str) -> Option<String> {
    let source = source();
    let field = program(path_text, &source).unwrap();
    let value =
        json_form::from_json(&source.model, source.model.root, &serde_json::from_str(record).unwrap());
    let mut bytes = Vec::new();
    RecordWriter::new(&source).unwrap().write(&value.unwrap(), &mut bytes).unwrap();
    let reader = RecordReader::new(&source.schema, &source, Limits::default()).unwrap();
    let read = reader.read(Body::bare(&bytes)).unwrap();
    let (mut general, mut quick) = (Vec::new(), Vec::new());
    field.run(Env::of(&read), &mut general).unwrap();
    let flat = field.flat(&source.schema, &source).expect("a quick way");
    flat.run(&bytes, Env::of(&read), &mut quick).expect("it takes the record");
    assert_eq!(general, quick);
    unwrap_text(&mut quick).then(|| String::from_utf8(quick).unwrap())
}

#[test]
fn values_become_texts() {
    let long = "x".repeat(300);
    let record = format!(
        r#"{{"note": "{long}", "id": -17, "tags": [], "blob": "", "customer": {{"name": "Ada", "vip": true, "kind": "PERSON"}}}}"#
    );
    for (path, wanted) in [
        ("$.note", long.as_str()),
        ("$.id", "-17"),
        ("$$.customer.name", "Ada"),
        ("$.customer.kind", "PERSON"),
    ] {
        assert_eq!(text(path, &record).as_deref(), Some(wanted), "{path}");
    }
}

#[test]
fn null_and_nothing_have_no_text_but_an_empty_one_is_one() {
    let record = |customer: &str| {
        format!(r#"{{"note": "", "id": 1, "tags": [], "blob": "", "customer": {customer}}}"#)
    };
    assert_eq!(text("$.customer.name", &record("null")), None);
    let unnamed = r#"{"name": null, "vip": true, "kind": "SHOP"}"#;
    assert_eq!(text("$.customer.name", &record(unnamed)), None);
    assert_eq!(text("$.note", &record("null")).as_deref(), Some(""));
}

#[test]
fn what_is_no_value_of_its_own_is_refused_where_it_is_written() {
    let source = source();
    for (path, part) in [
        ("$.custmer", "custmer"),
        ("$.tags", "list of string"),
        ("$.tags[]", "list"),
        ("$.customer", "cannot be cast"),
        ("$.blob", "cannot be cast"),
        ("@key.id", "no `key` schemas"),
        ("@partition", "a path of the value"),
    ] {
        let problem = program(path, &source).expect_err(path);
        assert!(problem.starts_with("line 7, column 24: ") && problem.contains(part), "{path}: {problem}");
    }
}
