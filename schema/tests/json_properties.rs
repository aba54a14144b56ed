//! What holds for every JSON Schema: printing is stable, and neither printing nor normalising changes what validates.

#![cfg(test)]

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use schema::format::{SchemaFormat, Strictness};
use schema::json::JsonSchema;
use schema::references::ResolvedReferences;
use serde_json::{Value, json};

fn parse(text: &str) -> Result<JsonSchema, String> {
    JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New).map_err(|error| error.to_string())
}

/// Names that sort differently by bytes and by UTF-16 units are among them.
fn name() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "B", "a b", "é", "😀", "\u{ffff}", "$x", "10", "9", ""]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Value> {
    select(vec![
        json!(0),
        json!(1),
        json!(-2),
        json!(1.5),
        json!(1e3),
        json!(2.5e-7),
        json!(1_000_000_000_000_u64),
    ])
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        select(vec!["", "a", "ab", "é\u{7f}\"\\/\n"]).prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(name(), inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn keyword(schema: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let types = ["string", "integer", "number", "boolean", "null", "array", "object"];
    let count = (0..4_i32).prop_map(|count| json!(count));
    let by_name = btree_map(name(), schema.clone(), 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect()));
    let schemas = vec(schema.clone(), 1..4).prop_map(Value::Array);
    prop_oneof![
        (Just("type"), select(types.to_vec()).prop_map(|name| json!(name))),
        (Just("type"), vec(select(types.to_vec()), 1..3).prop_map(|names| json!(names))),
        (
            select(vec!["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]),
            count
        ),
        (select(vec!["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), number()),
        (Just("multipleOf"), select(vec![json!(2), json!(0.5)])),
        (Just("pattern"), select(vec![json!("^a"), json!("b$"), json!("é")])),
        (Just("enum"), vec(value(), 1..4).prop_map(Value::Array)),
        (Just("const"), value()),
        (select(vec!["properties", "$defs", "definitions"]), by_name),
        (Just("required"), vec(name(), 0..3).prop_map(|names| json!(names))),
        (select(vec!["allOf", "anyOf", "oneOf"]), schemas),
        (
            select(vec!["not", "items", "contains", "additionalProperties", "propertyNames", "if", "then"]),
            schema
        ),
        (select(vec!["default", "zzz", "examples"]), value()),
        (select(vec!["title", "description"]), select(vec![json!("t"), json!("é")])),
        (
            Just("$ref"),
            select(vec![json!("#"), json!("#/$defs")]).prop_filter("leads somewhere", |at| at == "#")
        ),
    ]
    .prop_map(|(keyword, value)| (keyword.to_owned(), value))
}

fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::Bool), Just(json!({}))];
    let schema = leaf.prop_recursive(4, 24, 4, |inner| {
        vec(keyword(inner.boxed()), 0..4).prop_map(|members| Value::Object(members.into_iter().collect()))
    });
    let edition = select(vec![
        None,
        Some("http://json-schema.org/draft-07/schema#"),
        Some("https://json-schema.org/draft/2020-12/schema"),
    ]);
    (schema, edition).prop_map(|(mut schema, edition)| {
        if let (Value::Object(members), Some(edition)) = (&mut schema, edition) {
            members.insert("$schema".to_owned(), json!(edition));
        }
        schema
    })
}

fn validator(text: &str) -> Option<jsonschema::Validator> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::options().build(&value).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn printing_is_stable(schema in any_schema()) {
        let once = parse(&schema.to_string()).expect("a schema");
        let twice = parse(once.canonical()).expect("a canonical schema");
        prop_assert_eq!(once.canonical(), twice.canonical());
        prop_assert_eq!(once.definition_hash(), twice.definition_hash());
        let read: Value = serde_json::from_str(once.canonical()).expect("JSON");
        prop_assert_eq!(read, schema);
        let normal = once.normalized().expect("a normal form");
        let again = normal.normalized().expect("a normal form");
        prop_assert_eq!(normal.canonical(), again.canonical());
        prop_assert!(parse(normal.canonical()).is_ok());
    }

    #[test]
    fn printing_and_normalising_keep_what_validates(schema in any_schema(), instances in vec(value(), 8)) {
        // A `$ref` to the root may go round in circles without end, which no validator follows.
        prop_assume!(!schema.to_string().contains("$ref"));
        let parsed = parse(&schema.to_string()).expect("a schema");
        let normal = parsed.normalized().expect("a normal form");
        let validators = [&schema.to_string(), parsed.canonical(), normal.canonical()].map(validator);
        if let [Some(original), Some(printed), Some(normal)] = &validators {
            for instance in &instances {
                let expected = original.is_valid(instance);
                prop_assert_eq!(printed.is_valid(instance), expected);
                prop_assert_eq!(normal.is_valid(instance), expected);
            }
        } else {
            prop_assert!(validators.iter().all(Option::is_none));
        }
    }

    #[test]
    fn tags_come_and_go(schema in any_schema()) {
        let parsed = parse(&schema.to_string()).expect("a schema");
        for tags in parsed.tags() {
            let bare = parsed.retagged(&[], std::slice::from_ref(&tags));
            prop_assert!(bare.is_ok(), "{:?}", tags);
        }
    }

    #[test]
    fn no_text_is_a_danger(text in r#"[\[\]{}:,"\\a-z0-9.eE+\-#$/~% \u{0}-\u{20}é😀]{0,60}"#) {
        for strictness in [Strictness::New, Strictness::Stored] {
            if let Ok(schema) = JsonSchema::parse(&text, &ResolvedReferences::none(), strictness) {
                let _ = (schema.linked(), schema.normalized(), schema.tags(), schema.fields_valid());
            }
        }
    }

    #[test]
    fn no_reference_is_a_danger(reference in r#"[a#/~%$.:?&+0-9é -]{0,20}"#, id in r#"[a#/~%$.:?+0-9é -]{0,20}"#) {
        for edition in ["draft-04/schema#", "draft-07/schema#", "draft/2020-12/schema"] {
            let schema = json!({
                "$schema": format!("http://json-schema.org/{edition}"),
                "$id": id, "id": id, "$anchor": id, "$ref": reference,
                "definitions": {"a": {"$id": reference, "id": reference, "$ref": id}},
            });
            for strictness in [Strictness::New, Strictness::Stored] {
                let _ = JsonSchema::parse(&schema.to_string(), &ResolvedReferences::none(), strictness);
            }
        }
    }
}
