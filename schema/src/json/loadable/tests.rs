use crate::format::{ParseError, SchemaFormat, Strictness};
use crate::json::JsonSchema;
use crate::references::{ResolvedReference, ResolvedReferences};

fn parse_with(text: &str, name: &str, referenced: &str) -> Result<JsonSchema, ParseError> {
    let reference = ResolvedReference { name: name.to_owned(), text: referenced.to_owned() };
    JsonSchema::parse(text, &ResolvedReferences { in_order: vec![reference] }, Strictness::New)
}

fn parse(text: &str) -> Result<JsonSchema, ParseError> {
    JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New)
}

/// Which of the editions 4, 6, 7, 2019-09 and 2020-12 take `members`.
fn taken_by(members: &str) -> String {
    let editions = [
        "draft-04/schema#",
        "draft-06/schema#",
        "draft-07/schema#",
        "draft/2019-09/schema",
        "draft/2020-12/schema",
    ];
    let taken = editions.map(|edition| {
        parse(&format!(r#"{{"$schema":"http://json-schema.org/{edition}",{members}}}"#)).is_ok()
    });
    ["4", "6", "7", "19", "20"]
        .iter()
        .zip(taken)
        .filter(|(_, taken)| *taken)
        .map(|(name, _)| format!("{name} "))
        .collect()
}

#[test]
fn keywords_want_values_of_their_kind() {
    for (members, taken) in [
        (r#""type":"any""#, ""),
        (r#""type":1"#, ""),
        (r#""type":["string","x"]"#, ""),
        (r#""type":["string","null"]"#, "4 6 7 19 20 "),
        (r#""type":[]"#, "4 6 7 19 20 "),
        (r#""minLength":"x""#, ""),
        (r#""minLength":5.0"#, "19 20 "),
        (r#""minLength":2147483648"#, "19 20 "),
        (r#""minLength":-1"#, "4 6 7 19 20 "),
        (r#""minItems":null"#, ""),
        (r#""required":"a""#, ""),
        (r#""required":true"#, ""),
        (r#""required":["a",1]"#, ""),
        (r#""enum":{}"#, ""),
        (r#""enum":[]"#, "4 6 7 19 20 "),
        (r#""title":1"#, ""),
        (r#""description":null"#, ""),
        (r#""format":1"#, ""),
        (r#""format":"x""#, "4 6 7 19 20 "),
        (r#""pattern":"[""#, ""),
        (r#""pattern":1"#, ""),
        (r#""patternProperties":{"(":{}}"#, ""),
        (r#""multipleOf":0"#, "19 20 "),
        (r#""exclusiveMinimum":true"#, "4 "),
        (r#""exclusiveMinimum":1"#, "6 7 19 20 "),
        (r#""properties":{"a":1}"#, ""),
        (r#""properties":{"a":true}"#, "4 6 7 19 20 "),
        (r#""properties":{"$id":1}"#, "6 7 "),
        (r#""properties":{"id":1}"#, "4 "),
        (r#""properties":[]"#, ""),
        (r#""additionalProperties":"x""#, ""),
        (r#""items":true"#, "6 7 19 20 "),
        (r#""items":[{}]"#, "4 6 7 "),
        (r#""items":[1]"#, ""),
        (r#""contains":1"#, "4 "),
        (r#""propertyNames":1"#, "4 "),
        (r#""if":1"#, "4 6 "),
        (r#""then":1"#, "4 6 19 20 "),
        (r#""readOnly":1"#, "4 6 "),
        (r#""dependencies":{"a":true}"#, "6 7 19 20 "),
        (r#""dependencies":{"a":[1]}"#, "19 20 "),
        (r#""dependentRequired":1"#, "4 6 7 "),
        (r#""$defs":{"a":1}"#, "4 6 7 "),
        (r#""definitions":{"a":1}"#, "4 6 7 "),
        (r#""definitions":1"#, "4 6 7 19 20 "),
        (r#""definitions":{"a":{"type":"x"}}"#, "4 6 7 "),
        (r#""$id":1"#, "4 19 20 "),
        (r#""$id":"a b""#, "4 "),
        (r#""id":1"#, "6 7 19 20 "),
        (r#""allOf":{}"#, ""),
        (r#""allOf":[]"#, "4 6 7 19 20 "),
        (r#""not":[]"#, ""),
        (r#""zzz":{"type":1}"#, "4 6 7 19 20 "),
        (r##""$ref":"#/zzz","zzz":{},"minLength":"x""##, "4 6 7 "),
        (r##""$ref":"#/zzz","zzz":{"type":1}"##, ""),
        (r##""$ref":"#/zzz","zzz":"text""##, ""),
        (r##""$ref":"#/nothing""##, ""),
        (r##""$ref":"#nothing""##, ""),
        (r##""$ref":"#""##, "4 6 7 19 20 "),
        (r##""$ref":1"##, ""),
        (r##""$ref":"#/a b","a b":{}"##, ""),
        (r##""$ref":"#/a%20b","a b":{}"##, "4 6 7 19 20 "),
        (r##""$dynamicRef":"#nothing""##, "4 6 7 "),
        (r#""$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}"#, "4 6 7 "),
    ] {
        assert_eq!(taken_by(members), taken, "{members}");
    }
}

#[test]
fn roots_are_objects_or_booleans() {
    for text in ["true", "false", "{}", r#"{"$schema":"urn:unknown"}"#] {
        assert!(parse(text).is_ok(), "{text}");
    }
    for text in ["", "[]", "\"x\"", "1", "null", r#"{"$schema":1}"#] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn faults_say_where_and_what_to_do() {
    for (text, expected) in [
        (
            r#"{"properties":{"a/b":{"items":[{},{"minLength":"x"}]}}}"#,
            "expected a number, found a text at `/properties/a~1b/items/1/minLength`",
        ),
        (
            r#"{"properties":{"a":{"$ref":"b.json#/x"}}}"#,
            "the reference `b.json#/x` leads nowhere; register that schema and list it in `references` under the \
             name `b.json` at `/properties/a/$ref`",
        ),
        (
            r##"{"properties":{"a":{"$ref":"#/definitions/b"}}}"##,
            "the reference `#/definitions/b` leads nowhere; this schema has nothing at `#/definitions/b` at \
             `/properties/a/$ref`",
        ),
        (
            r##"{"$ref":"#/definitions/b","definitions":{"b":{"not":{"type":"any"}}}}"##,
            "`any` is no type; use one of string, integer, number, boolean, null, array, object at \
             `/definitions/b/not/type`",
        ),
    ] {
        assert_eq!(parse(text).expect_err(text).to_string(), expected);
    }
    let error = parse_with(r#"{"$ref":"b.json#/x"}"#, "b.json", r#"{"x":{"items":{"title":1}}}"#);
    let error = error.expect_err("a fault").to_string();
    assert_eq!(error, "expected a text, found a number at `b.json#/x/items/title`");
    let error = parse_with(r#"{"$ref":"b.json#/y"}"#, "b.json", "{}").expect_err("a fault").to_string();
    assert!(error.contains("`b.json` has nothing at `#/y`"), "{error}");
    let error = parse_with("{}", "b.json", "syntax = \"proto3\";").expect_err("a fault").to_string();
    assert!(error.contains("`b.json` is no JSON document"), "{error}");
}

#[test]
fn stored_schemas_load_whatever_is_wrong_with_them() {
    let none = ResolvedReferences::none();
    for text in [r#"{"type":"any"}"#, r#"{"$ref":"b.json"}"#, "[]", "1"] {
        let schema = JsonSchema::parse(text, &none, Strictness::Stored).expect(text);
        assert_eq!(schema.canonical(), text);
        assert!(schema.linked().is_err() && schema.normalized().is_err());
    }
}

#[test]
fn circles_of_references_end() {
    for text in [
        r##"{"$ref":"#"}"##,
        r##"{"$ref":"#/a","a":{"$ref":"#/b"},"b":{"$ref":"#/a"}}"##,
        r##"{"properties":{"next":{"$ref":"#"}}}"##,
    ] {
        assert!(parse(text).is_ok(), "{text}");
    }
    let schema = parse_with(r#"{"$id":"a.json","$ref":"b.json"}"#, "b.json", r#"{"not":{"$ref":"a.json"}}"#);
    assert!(schema.is_ok_and(|schema| schema.linked().is_ok()));
}
