//! What holds for all schemas.

use proptest::prelude::*;
use schema::model::config::CompatibilityLevel::{Backward, Forward, Full};
use schema::model::config::CompatibilityPolicy::{self, Lenient, Strict};
use serde_json::{Map, Value, json};

use crate::schemas::{compare, json as parse};

/// Schemas without `not`, which the reference registry reports even where nothing changed if its inside is not
/// compatible with itself.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!(true)),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": ["string", "null"]})),
        (0..5_u32, any::<bool>()).prop_map(|(length, is_lower)| {
            let keyword = if is_lower { "minLength" } else { "maxLength" };
            json!({"type": "string", keyword: length})
        }),
        (0..5_i32).prop_map(|limit| json!({"type": "integer", "maximum": limit, "multipleOf": 2})),
        prop::collection::vec("[a-c]", 1..4).prop_map(|values| json!({"enum": values})),
        Just(json!({"$ref": "#/definitions/d"})),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            (prop::collection::btree_map("[a-d]", inner.clone(), 0..4), 0..3_u8).prop_map(
                |(properties, content)| {
                    let required: Vec<&String> = properties.keys().take(1).collect();
                    let mut object = json!({"type": "object", "required": required});
                    object["properties"] = properties
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect::<Map<_, _>>()
                        .into();
                    match content {
                        0 => object["additionalProperties"] = json!(false),
                        1 => object["additionalProperties"] = json!({"type": "string"}),
                        _ => {}
                    }
                    object
                }
            ),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|items| json!({"items": items})),
            (prop::collection::vec(inner, 1..4), 0..3_usize)
                .prop_map(|(parts, keyword)| json!({["allOf", "anyOf", "oneOf"][keyword]: parts})),
        ]
    })
}

fn text(mut root: Value, draft: u8) -> String {
    if let Some(members) = root.as_object_mut() {
        let definition = json!({"type": "object", "properties": {"again": {"$ref": "#/definitions/d"}}});
        members.insert("definitions".into(), json!({"d": definition}));
        let draft = match draft {
            0 => "http://json-schema.org/draft-06/schema#",
            1 => "http://json-schema.org/draft-07/schema#",
            _ => "https://json-schema.org/draft/2020-12/schema",
        };
        let has_tuple = draft.contains("2020") && root.to_string().contains(r#""items":["#);
        if !has_tuple {
            root["$schema"] = json!(draft);
        }
    }
    root.to_string()
}

fn is_compatible(
    level: schema::model::config::CompatibilityLevel,
    policy: CompatibilityPolicy,
    new: &str,
    old: &str,
) -> bool {
    compare(level, policy, &parse(new), &parse(old)).is_compatible()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_schema_is_compatible_with_itself(root in schema(), draft in 0..3_u8) {
        let text = text(root, draft);
        let verdict = compare(Full, Strict, &parse(&text), &parse(&text));
        prop_assert!(verdict.is_compatible(), "{text}: {:?}", verdict.messages());
    }

    #[test]
    fn forward_is_backward_the_other_way_round(one in schema(), other in schema(), draft in 0..3_u8) {
        let (one, other) = (text(one, draft), text(other, draft));
        let backward = is_compatible(Backward, Strict, &one, &other);
        let forward = is_compatible(Forward, Strict, &other, &one);
        prop_assert_eq!(backward, forward);
        let full = is_compatible(Full, Strict, &one, &other);
        prop_assert_eq!(full, backward && is_compatible(Forward, Strict, &one, &other));
    }

    #[test]
    fn the_order_of_members_does_not_count(one in schema(), other in schema()) {
        let (one, other) = (text(one, 1), text(other, 1));
        let sorted = |text: &str| {
            let value: std::collections::BTreeMap<String, Value> = serde_json::from_str(text).unwrap_or_default();
            if value.is_empty() { text.to_owned() } else { serde_json::to_string(&value).unwrap() }
        };
        let verdict = |new: &str, old: &str| compare(Backward, Strict, &parse(new), &parse(old));
        prop_assert_eq!(verdict(&one, &other).messages().len(), verdict(&sorted(&one), &sorted(&other)).messages().len());
    }

    #[test]
    fn what_is_strictly_compatible_is_leniently_so(one in schema(), other in schema()) {
        let (one, other) = (text(one, 1), text(other, 1));
        if is_compatible(Backward, Strict, &one, &other) {
            prop_assert!(is_compatible(Backward, Lenient, &one, &other), "{one} {other}");
        }
    }
}
