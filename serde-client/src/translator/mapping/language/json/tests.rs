use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::references::{ResolvedReference, ResolvedReferences};

use super::*;
use crate::translator::mapping::shape::{Kind, TypeId};

fn pinned(text: &str) -> Pinned {
    let schema =
        ParsedSchema::parse(SchemaType::Json, text, &ResolvedReferences::none(), Strictness::New).unwrap();
    Pinned::new(schema, None).unwrap()
}

fn shapes(model: &Model, id: TypeId) -> Vec<String> {
    let Kind::Record(record) = model.kind(id) else { panic!("no record: {:?}", model.kind(id)) };
    let shown = record.fields.iter().map(|field| {
        let mark = if field.optional { "?" } else { "" };
        format!("{}{mark}: {}", field.name, model.describe(field.ty))
    });
    shown.collect()
}

fn read<'a>(pinned: &Pinned, text: &'a str) -> Result<Value<'a>, DecodeError> {
    let reader = JsonReader::new(&pinned.schema, pinned, Limits::default()).unwrap();
    reader.read(Body::bare(text.as_bytes()))
}

fn write(pinned: &Pinned, value: &Value<'_>) -> Result<String, EncodeError> {
    let mut out = Vec::new();
    JsonWriter::new(pinned).unwrap().write(value, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

const ORDER: &str = r##"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["id", "state", "payment"],
  "properties": {
    "id": {"type": "integer"},
    "state": {"enum": ["NEW", "PAID"]},
    "note": {"type": ["string", "null"], "default": null},
    "count": {"type": "integer", "default": 7},
    "wrong": {"type": "integer", "default": "x"},
    "price": {"oneOf": [{"type": "null"}, {"type": "number"}]},
    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
    "free": {"type": "object"},
    "any": {},
    "words": {"type": "array", "items": {"type": "string", "format": "date-time"}},
    "pair": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
    "raw": {"type": "string", "connect.type": "bytes"},
    "mixed": {"type": ["string", "integer", "null"]},
    "payment": {"oneOf": [
      {"$ref": "#/definitions/Card"},
      {"title": "Cash", "type": "object", "required": ["kind"],
       "properties": {"kind": {"const": "cash"}, "amount": {"type": "number"}}},
      {"type": "string"}]},
    "next": {"oneOf": [{"type": "null"}, {"$ref": "#"}]},
    "both": {"allOf": [{"$ref": "#/definitions/Card"}, {"properties": {"extra": {"type": "boolean"}}, "required": ["extra"]}]},
    "flag": {"const": true},
    "level": {"enum": [1, 2, 3]}
  },
  "definitions": {
    "Card": {"type": "object", "required": ["kind", "pan"],
      "properties": {"kind": {"const": "card"}, "pan": {"type": "string", "maxLength": 4}}}
  }
}"##;

#[test]
fn documents_look_like_this() {
    let pinned = pinned(ORDER);
    let model = &pinned.model;
    let expected = [
        "id: long",
        "state: enum",
        "note?: string or null",
        "count?: long",
        "wrong?: long",
        "price?: double or null",
        "tags?: map of string",
        "free?: map of any JSON",
        "any?: any JSON",
        "words?: list of string",
        "pair?: any JSON",
        "raw?: bytes",
        "mixed?: union of string, integer or null",
        "payment: union of Card, Cash, string",
        "next?: record or null",
        "both?: record",
        "flag?: boolean",
        "level?: long",
    ];
    assert_eq!(shapes(model, model.root), expected);
    let Kind::Record(record) = model.kind(model.root) else { panic!("no record") };
    let field = |name: &str| &record.fields[record.position(name).unwrap()];
    assert_eq!(field("count").default, Some(Value::Int(7)));
    assert_eq!(field("note").default, Some(Value::Null));
    assert_eq!(field("wrong").default, None);
    assert_eq!(
        *model.kind(field("next").ty),
        Kind::Nullable(model.root),
        "recursion ends at the record itself"
    );
    assert_eq!(shapes(model, field("both").ty), ["kind: enum", "pan: string", "extra: boolean"]);
}

#[test]
fn documents_come_back() {
    let pinned = pinned(ORDER);
    for text in [
        r#"{"id":1,"state":"NEW","payment":"iou"}"#,
        r#"{"id":-9223372036854775808,"state":"PAID","note":null,"payment":{"kind":"card","pan":"1"}}"#,
        r#"{"id":1,"state":"PAID","count":0,"price":1.5,"tags":{"b":"1","a":"2"},"free":{"x":[1]},"any":[null],"words":["2020-01-01T00:00:00Z"],"pair":["a",1],"raw":"AP8=","mixed":3,"payment":{"kind":"cash","amount":2.0},"next":{"id":2,"state":"NEW","payment":"","next":null},"both":{"kind":"card","pan":"2","extra":true},"flag":true,"level":2}"#,
    ] {
        let value = read(&pinned, text).unwrap();
        assert_eq!(write(&pinned, &value).unwrap(), text);
    }
}

#[test]
fn branches_are_found_by_what_they_require() {
    let pinned = pinned(ORDER);
    let branch = |payment: &str| {
        let text = format!(r#"{{"id":1,"state":"NEW","payment":{payment}}}"#);
        let Value::Record(fields) = read(&pinned, &text)? else { panic!("no record") };
        let Value::Branch(position, _) = fields[13] else { panic!("{:?}", fields[13]) };
        Ok::<_, DecodeError>(position)
    };
    assert_eq!(branch(r#"{"kind":"card","pan":"1"}"#), Ok(0));
    assert_eq!(branch(r#"{"kind":"cash","pan":"1"}"#), Ok(1));
    assert_eq!(branch(r#""x""#), Ok(2));
    assert_eq!(branch(r#"{"kind":"gift"}"#).unwrap_err().path(), "payment");
}

#[test]
fn what_does_not_fit_says_where() {
    let pinned = pinned(ORDER);
    for (text, path) in [
        (r#"{"id":1,"state":"NEW"}"#, "payment"),
        (r#"{"id":1.5,"state":"NEW","payment":""}"#, "id"),
        (r#"{"id":18446744073709551615,"state":"NEW","payment":""}"#, "id"),
        (r#"{"id":1,"state":"OLD","payment":""}"#, "state"),
        (r#"{"id":1,"state":"NEW","payment":"","words":["a",1]}"#, "words.1"),
        (r#"{"id":1,"state":"NEW","payment":"","tags":{"k":1}}"#, "tags.k"),
        (r#"{"id":1,"state":"NEW","payment":"","raw":"%"}"#, "raw"),
        ("[]", ""),
        ("{", ""),
    ] {
        assert_eq!(read(&pinned, text).unwrap_err().path(), path, "{text}");
    }
    let value = read(&pinned, r#"{"id":1,"state":"NEW","payment":""}"#).unwrap();
    let Value::Record(fields) = value else { panic!("no record") };
    let card = Value::Record(vec![Value::Symbol(0), Value::String("12345".into())]);
    for (position, value, path) in [
        (0, Value::String("x".into()), "id"),
        (5, Value::Double(f64::NAN), "price"),
        (13, Value::Branch(0, Box::new(card)), "payment"),
        (13, Value::Absent, "payment"),
        (13, Value::Branch(3, Box::new(Value::Null)), "payment"),
    ] {
        let mut fields = fields.clone();
        fields[position] = value;
        let error = write(&pinned, &Value::Record(fields)).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
    }
}

#[test]
fn registered_references_are_followed() {
    let reference = ResolvedReference {
        name: "item.json".to_owned(),
        text: r#"{"type": "object", "properties": {"sku": {"type": "string"}}}"#.to_owned(),
    };
    let references = ResolvedReferences { in_order: vec![reference] };
    let text = r#"{"type": "array", "items": {"$ref": "item.json"}}"#;
    let schema = ParsedSchema::parse(SchemaType::Json, text, &references, Strictness::New).unwrap();
    let model = Pinned::new(schema, None).unwrap().model;
    let Kind::List(item) = model.kind(model.root) else { panic!("no list") };
    assert_eq!(shapes(&model, *item), ["sku?: string"]);
}

#[test]
fn unions_hold_neither_null_nor_unions() {
    let text = r##"{"anyOf": [{"type": ["string", "null"]}, {"oneOf": [{"type": "integer"}, {"type": "string"}]}, {"const": null}]}"##;
    let model = pinned(text).model;
    assert_eq!(model.describe(model.root), "union of string, integer, string2 or null");
    let endless = r##"{"definitions": {"A": {"anyOf": [{"$ref": "#/definitions/A"}, {"type": "string"}, {"type": "integer"}]}}, "$ref": "#/definitions/A"}"##;
    let model = pinned(endless).model;
    assert!(model.describe(model.root).contains("string, integer"), "{}", model.describe(model.root));
    for text in ["true", "{}", r#"{"anyOf": [{}, {"type": "string"}, {"type": "null"}]}"#] {
        let model = pinned(text).model;
        assert_eq!(*model.kind(model.root), Kind::Any, "{text}");
    }
}
