use crate::format::{SchemaFormat, Strictness};
use crate::json::JsonSchema;
use crate::model::api::{SchemaEntity, SchemaTags};
use crate::references::ResolvedReferences;

fn parse(text: &str) -> JsonSchema {
    JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap()
}

fn tag(path: &str, entity_type: &str, tags: &[&str]) -> SchemaTags {
    SchemaTags {
        schema_entity: SchemaEntity { entity_path: path.to_owned(), entity_type: entity_type.to_owned() },
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

fn told(schema: &JsonSchema) -> Vec<String> {
    let told = |tags: &SchemaTags| {
        let entity = &tags.schema_entity;
        format!("{} {} {}", entity.entity_type, entity.entity_path, tags.tags.join(","))
    };
    schema.tags().iter().map(told).collect()
}

const RICH: &str = r##"{
    "type":"object","confluent:tags":["R"],
    "properties":{
        "a":{"type":"string","confluent:tags":["A","A",1]},
        "b":{"type":"object","confluent:tags":["B"],"properties":{"c":{"confluent:tags":["C"]}}},
        "l":{"type":"array","items":{"type":"object","confluent:tags":["I"],"properties":{"x":{"confluent:tags":["X"]}}}},
        "o":{"oneOf":[{"type":"string"},{"type":"object","properties":{"p":{"confluent:tags":["P"]}}},{"type":"null"}]},
        "n":{"type":["null","object"],"properties":{"q":{"confluent:tags":["Q"]}}},
        "r":{"$ref":"#/definitions/D","confluent:tags":["F"]},
        "t":{"not":{"type":"object","properties":{"s":{"confluent:tags":["S"]}}}},
        "i":{"if":{"properties":{"u":{"confluent:tags":["U"]}}}},
        "w.v":{"type":"integer","confluent:tags":["W"]}
    },
    "definitions":{"D":{"type":"object","confluent:tags":["D"],"properties":{"e":{"confluent:tags":["E"]}}}}
}"##;

#[test]
fn tags_have_places() {
    assert_eq!(
        told(&parse(RICH)),
        [
            "sr_record object R",
            "sr_field object.a A,1",
            "sr_field object.b B",
            "sr_field object.b.object.c C",
            "sr_record object.l.array.object I",
            "sr_field object.l.array.object.x X",
            "sr_field object.o.oneof.1.object.p P",
            "sr_field object.n.anyof.1.object.q Q",
            "sr_field object.r F",
            "sr_field object.t.not.object.s S",
            "sr_field object.i.conditional.if.object.u U",
            "sr_field object.w.v W",
            "sr_record object.definitions.D.object D",
            "sr_field object.definitions.D.object.e E",
        ]
    );
    assert!(parse("true").tags().is_empty());
}

#[test]
fn definitions_of_modern_schemas_have_two_places() {
    let schema = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
        "$defs":{"D":{"type":"object","confluent:tags":["D"]}},
        "definitions":{"E":{"type":"object","confluent:tags":["E"]}}}"#;
    assert_eq!(
        told(&parse(schema)),
        [
            "sr_record object.definitions.E.object E",
            "sr_record object.$defs.D.object D",
            "sr_record object.$defs.E.object E",
        ]
    );
}

#[test]
fn tags_are_added_and_removed_where_they_belong() {
    let schema = parse(RICH);
    for tags in schema.tags() {
        let bare = schema.retagged(&[], std::slice::from_ref(&tags)).unwrap();
        let left: Vec<_> =
            schema.tags().into_iter().filter(|other| other.schema_entity != tags.schema_entity).collect();
        assert_eq!(bare.tags(), left, "{tags:?}");
        let again = bare.retagged(std::slice::from_ref(&tags), &[]).unwrap();
        assert_eq!(again.tags().len(), schema.tags().len(), "{tags:?}");
    }
}

#[test]
fn adding_comes_before_removing() {
    let schema = parse(r#"{"type":"object","properties":{"id":{"type":"integer"}},"title":"T"}"#);
    let add = [tag("object.id", "sr_field", &["A", "B"]), tag("object", "sr_record", &["R"])];
    let tagged = schema.retagged(&add, &[tag("object.id", "sr_field", &["B", "C"])]).unwrap();
    assert_eq!(
        tagged.canonical(),
        r#"{"type":"object","properties":{"id":{"type":"integer","confluent:tags":["A"]}},"title":"T","confluent:tags":["R"]}"#
    );
    assert_eq!(schema.retagged(&[], &[]).unwrap().canonical(), schema.canonical());
}

#[test]
fn unknown_places_are_told() {
    let schema = parse(r#"{"type":"object","properties":{"a":true,"b":{"oneOf":[{}]}}}"#);
    for path in [
        "",
        "x",
        "object.c",
        "object",
        "object.a",
        "object.b.oneof.1.object",
        "object.b.oneof.x",
        "array.object.a",
    ] {
        let error = schema.retagged(&[tag(path, "sr_field", &["T"])], &[]).expect_err(path);
        assert_eq!(error.0, path);
    }
}

#[test]
fn parts_are_numbered_in_their_order() {
    let one = r#"{"type":"object","properties":{"x":{"confluent:tags":["X"]}}}"#;
    let many = [
        r#"{"type":"string"}"#,
        "true",
        "false",
        r#"{"type":"null"}"#,
        r#"{"type":"boolean"}"#,
        r#"{"enum":[1]}"#,
        r#"{"const":1}"#,
        r#"{"not":{}}"#,
        r#"{"type":"array"}"#,
        r#"{"type":"integer"}"#,
        "{}",
        r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#,
        r##"{"$ref":"#/definitions/d"}"##,
        r#"{"type":"object","properties":{"y":{},"z":{}}}"#,
        r#"{"type":"object","title":"t","properties":{"x":{}}}"#,
    ];
    let text = format!(r#"{{"definitions":{{"d":{{}}}},"anyOf":[{},{one}]}}"#, many.join(","));
    assert_eq!(told(&parse(&text)), ["sr_field anyof.10.object.x X"]);
}

#[test]
fn wide_and_deep_schemas_are_no_danger() {
    let parts: Vec<String> =
        (0..2000).map(|at| format!(r#"{{"title":"{}","not":{{}}}}"#, 5000 - at)).collect();
    let schema = parse(&format!(r#"{{"confluent:tags":["x"],"oneOf":[{}]}}"#, parts.join(",")));
    assert!(schema.tags().is_empty());
    let deep = r#"{"properties":{"a":"#.repeat(400) + r#"{"confluent:tags":["x"]}"# + &"}}".repeat(400);
    assert_eq!(parse(&deep).tags().len(), 1);
    let nested = r#"{"anyOf":[{},"#.repeat(300) + r#"{"confluent:tags":["x"]}"# + &"]}".repeat(300);
    assert!(parse(&nested).tags().is_empty());
}
