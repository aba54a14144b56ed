//! Schemas that refer to themselves and to each other.

use schema::model::config::CompatibilityPolicy::Strict;

use crate::schemas::findings;

fn list(item: &str) -> String {
    format!(
        r##"{{"$ref":"#/definitions/List","definitions":{{"List":{{"type":"object","properties":{{
            "value":{{"type":"{item}"}},"next":{{"$ref":"#/definitions/List"}}}}}}}}}}"##
    )
}

#[test]
fn a_list_is_compatible_with_itself() {
    assert!(findings(&list("string"), &list("string"), Strict).is_empty());
    assert!(findings(&list("number"), &list("integer"), Strict).is_empty());
}

#[test]
fn a_fault_in_a_list_is_found_where_it_recurs() {
    let found = findings(&list("string"), &list("integer"), Strict);
    assert_eq!(found, ["TYPE_CHANGED #/properties/value", "TYPE_CHANGED #/properties/next/properties/value"]);
}

#[test]
fn the_root_may_be_referred_to() {
    let tree = |kind: &str| {
        format!(
            r##"{{"type":"object","properties":{{"value":{{"type":"{kind}"}},
                "children":{{"type":"array","items":{{"$ref":"#"}}}}}}}}"##
        )
    };
    assert!(findings(&tree("string"), &tree("string"), Strict).is_empty());
    let found = findings(&tree("string"), &tree("null"), Strict);
    assert_eq!(found.first().map(String::as_str), Some("TYPE_CHANGED #/properties/value"));
    assert_eq!(found.len(), 3);
}

/// What a part of a union assumed about the whole must not hide a fault: T0 leads to T2, which leads back to T0.
#[test]
fn assumptions_are_withdrawn() {
    let schema = |zero: &str, one: &str| {
        let object = |kind: &str, next: &str| {
            format!(
                r##"{{"type":"object","properties":{{"id":{{"type":"{kind}"}},
                    "ref":{{"oneOf":[{{"$ref":"#/definitions/{next}"}}]}}}}}}"##
            )
        };
        let (t0, t1, t2) = (object(zero, "T2"), object(one, "T2"), object("string", "T0"));
        format!(
            r##"{{"definitions":{{"T0":{t0},"T1":{t1},"T2":{t2}}},
                "oneOf":[{{"$ref":"#/definitions/T0"}},{{"$ref":"#/definitions/T1"}}]}}"##
        )
    };
    let (old, new) = (schema("integer", "boolean"), schema("boolean", "number"));
    assert_eq!(findings(&new, &old, Strict), ["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"]);
    assert!(findings(&old, &old, Strict).is_empty());
}

#[test]
fn references_to_references_are_followed_to_the_end() {
    let chain = r##"{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"string"}}}"##;
    assert!(findings(r#"{"type":"string"}"#, chain, Strict).is_empty());
    assert_eq!(findings(chain, r#"{"type":"null"}"#, Strict), ["TYPE_CHANGED #/"]);
}

#[test]
fn modern_references_stand_beside_keywords() {
    let with = |length: u32| {
        format!(
            r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/name","maxLength":{length},
                "$defs":{{"name":{{"type":"string"}}}}}}"##
        )
    };
    assert!(findings(&with(5), &with(4), Strict).is_empty());
    assert_eq!(findings(&with(4), &with(5), Strict), ["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"]);
}
