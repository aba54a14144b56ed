//! The rules, one by one: what is found, and where.

use schema::model::config::CompatibilityPolicy::{self, Lenient, Strict};

use crate::schemas::findings;

/// Compares two schemas both ways under a policy; `expected` holds what keeps the new one from reading the old one.
fn check_under(policy: CompatibilityPolicy, old: &str, new: &str, expected: &[&str]) {
    let mut found = findings(new, old, policy);
    found.sort_unstable();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{old} -> {new}");
}

fn check(old: &str, new: &str, expected: &[&str]) {
    check_under(Strict, old, new, expected);
}

/// A schema of 2020-12 with more keywords.
fn modern(keywords: &str) -> String {
    format!(r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema",{keywords}}}"#)
}

fn check_modern(old: &str, new: &str, expected: &[&str]) {
    check(&modern(old), &modern(new), expected);
}

#[test]
fn kinds() {
    check(r#"{"type":"string"}"#, r#"{"type":["string","null"]}"#, &[]);
    check(r#"{"type":["string","null"]}"#, r#"{"type":"string"}"#, &["TYPE_CHANGED #/"]);
    check(r#"{"type":"number"}"#, r#"{"type":"integer"}"#, &["TYPE_NARROWED #/"]);
    check(r#"{"type":"integer"}"#, r#"{"type":"number"}"#, &[]);
    check("{}", r#"{"type":"string"}"#, &["TYPE_CHANGED #/"]);
    check(r#"{"type":"string"}"#, "{}", &[]);
    check(r#"{"type":"string"}"#, "true", &[]);
    check(r#"{"type":"string"}"#, "false", &["TYPE_CHANGED #/"]);
    check("false", r#"{"type":"string"}"#, &[]);
    check(r#"{"type":"string","format":"date"}"#, r#"{"type":"string","format":"email"}"#, &[]);
    check(r#"{"type":"string","connect.type":"bytes"}"#, r#"{"type":"number","connect.type":"bytes"}"#, &[]);
    check(r#"{"type":"string","connect.type":"bytes"}"#, r#"{"type":"number"}"#, &["TYPE_CHANGED #/"]);
}

#[test]
fn limits() {
    check(r#"{"maxLength":5}"#, r#"{"maxLength":4}"#, &["MAX_LENGTH_DECREASED #/maxLength"]);
    check(r#"{"minLength":5}"#, r#"{"minLength":6}"#, &["MIN_LENGTH_INCREASED #/minLength"]);
    check(r#"{"minLength":5}"#, r#"{"minLength":4}"#, &[]);
    check(r#"{"type":"string"}"#, r#"{"type":"string","pattern":"a"}"#, &["PATTERN_ADDED #/pattern"]);
    check(r#"{"maximum":5}"#, r#"{"maximum":5.0}"#, &[]);
    check(
        r#"{"exclusiveMaximum":5}"#,
        r#"{"exclusiveMaximum":4}"#,
        &["EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum"],
    );
    check(r#"{"exclusiveMaximum":4}"#, r#"{"exclusiveMaximum":5,"maximum":3}"#, &["MAXIMUM_ADDED #/maximum"]);
    check(r#"{"multipleOf":0.5}"#, r#"{"multipleOf":0.50}"#, &[]);
    check(r#"{"multipleOf":0.5}"#, r#"{"multipleOf":10}"#, &["MULTIPLE_OF_EXPANDED #/multipleOf"]);
    check(r#"{"multipleOf":4}"#, r#"{"multipleOf":6}"#, &["MULTIPLE_OF_CHANGED #/multipleOf"]);
    check(r#"{"uniqueItems":false}"#, r#"{"uniqueItems":true}"#, &["UNIQUE_ITEMS_ADDED #/uniqueItems"]);
    check(
        r#"{"type":"array"}"#,
        r#"{"type":"array","maxContains":3}"#,
        &["MAX_CONTAINS_ADDED #/maxContains"],
    );
}

#[test]
fn values() {
    check(r#"{"enum":["a","b"]}"#, r#"{"enum":["a"]}"#, &["ENUM_ARRAY_NARROWED #/enum"]);
    check(r#"{"enum":["a","b"]}"#, r#"{"enum":["b","c","a"]}"#, &[]);
    check(r#"{"enum":["a","b"]}"#, r#"{"enum":["b","c"]}"#, &["ENUM_ARRAY_CHANGED #/enum"]);
    check(r#"{"enum":[1]}"#, r#"{"enum":[1.0]}"#, &["ENUM_ARRAY_CHANGED #/enum"]);
    check(r#"{"const":{"a":1,"b":2}}"#, r#"{"const":{"b":2,"a":1}}"#, &[]);
    check(r#"{"const":1}"#, r#"{"const":2}"#, &["ENUM_ARRAY_CHANGED #/const"]);
    check(r#"{"const":null}"#, r#"{"const":2}"#, &["ENUM_ARRAY_CHANGED #/const"]);
    let old = r#"{"type":"string","enum":["a","b"]}"#;
    check(old, r#"{"type":"string","enum":["a"]}"#, &["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"]);
}

#[test]
fn properties_by_content_model() {
    let open = r#"{"type":"object"}"#;
    let closed = r#"{"type":"object","additionalProperties":false}"#;
    let texts = r#"{"type":"object","additionalProperties":{"type":"string"}}"#;
    let a = |rest: &str| format!(r#"{{"type":"object","properties":{{"a":{{"type":"string"}}}}{rest}}}"#);
    check(open, &a(""), &["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"]);
    check(&a(""), open, &[]);
    let closed_a = a(r#","additionalProperties":false"#);
    check(closed, &closed_a, &[]);
    check(&closed_a, closed, &["PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a"]);
    let text_a = a(r#","additionalProperties":{"type":"string"}"#);
    check(texts, &text_a, &[]);
    check(&text_a, texts, &[]);
    let number_a = text_a.replace(r#""a":{"type":"string"}"#, r#""a":{"type":"number"}"#);
    check(
        texts,
        &number_a,
        &[
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "TYPE_CHANGED #/properties/a",
        ],
    );
    check(open, closed, &["ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties"]);
    check(open, texts, &["ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties"]);
    check(closed, open, &[]);
}

#[test]
fn the_lenient_policy_takes_more() {
    let open = r#"{"type":"object"}"#;
    let closed = r#"{"type":"object","additionalProperties":false}"#;
    let optional = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let required = r#"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#;
    check_under(Lenient, open, optional, &[]);
    check_under(Lenient, open, closed, &[]);
    check_under(Lenient, open, required, &["REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"]);
    check_under(Lenient, r#"{"type":"string"}"#, r#"{"type":"number"}"#, &["TYPE_CHANGED #/"]);
}

#[test]
fn required_properties() {
    let old = r#"{"type":"object","properties":{"a/b":{}}}"#;
    check(
        old,
        r#"{"type":"object","required":["a/b"],"properties":{"a/b":{}}}"#,
        &["REQUIRED_ATTRIBUTE_ADDED #/required/a/b"],
    );
    check(old, r#"{"type":"object","required":["a/b"],"properties":{"a/b":{"default":1}}}"#, &[]);
    check(old, r#"{"type":"object","required":["a/b"],"properties":{"a/b":{"default":null}}}"#, &[]);
}

#[test]
fn patterns_cover_names_that_they_match() {
    let old =
        r#"{"type":"object","additionalProperties":false,"patternProperties":{"^x":{"type":"string"}}}"#;
    let new =
        old.replace(r#""type":"object","#, r#""type":"object","properties":{"x1":{"type":"integer"}},"#);
    check(
        old,
        &new,
        &[
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/x1",
            "TYPE_CHANGED #/properties/x1",
        ],
    );
    check(old, &new.replace("x1", "y1"), &[]);
}

#[test]
fn dependencies() {
    let old = r#"{"dependencies":{"a":["b"]}}"#;
    check(old, r#"{"dependencies":{"a":["b","c"]}}"#, &["DEPENDENCY_ARRAY_EXTENDED #/dependencies/a"]);
    check(old, r#"{"dependencies":{"a":["c"]}}"#, &["DEPENDENCY_ARRAY_CHANGED #/dependencies/a"]);
    check(r#"{"dependencies":{"a":["b","c"]}}"#, old, &[]);
    check(
        r#"{"type":"object"}"#,
        r#"{"type":"object","dependencies":{"a":["b"],"c":{}}}"#,
        &["DEPENDENCY_ARRAY_ADDED #/dependencies/a", "DEPENDENCY_SCHEMA_ADDED #/dependencies/c"],
    );
    check_modern(
        r#""dependentRequired":{"a":["b"]}"#,
        r#""dependentRequired":{"a":["b","c"]}"#,
        &["DEPENDENCY_ARRAY_EXTENDED #/dependencies/a"],
    );
}

#[test]
fn arrays() {
    check(r#"{"type":"array"}"#, r#"{"type":"array","items":{"type":"string"}}"#, &["SCHEMA_ADDED #/items"]);
    check(r#"{"type":"array","items":{"type":"string"}}"#, r#"{"type":"array"}"#, &[]);
    check(
        r#"{"items":[{}]}"#,
        r#"{"items":[{},{"type":"string"}]}"#,
        &["ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1"],
    );
    check(
        r#"{"items":[{}],"additionalItems":false}"#,
        r#"{"items":[{},{"type":"string"}],"additionalItems":false}"#,
        &[],
    );
    check(
        r#"{"items":[{},{}],"additionalItems":false}"#,
        r#"{"items":[{}],"additionalItems":false}"#,
        &["ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"],
    );
    let item = r#"{"type":"integer"}"#;
    check_modern(
        &format!(r#""prefixItems":[{item}],"items":false"#),
        &format!(r#""prefixItems":[{item},{item}],"items":false"#),
        &[],
    );
    check_modern(
        &format!(r#""prefixItems":[{item}]"#),
        &format!(r#""prefixItems":[{item},{item}]"#),
        &["ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1"],
    );
}

#[test]
fn unevaluated() {
    let old = r#""type":"object""#;
    let path = "#/unevaluatedProperties";
    let closed = r#""type":"object","unevaluatedProperties":false"#;
    let texts = r#""type":"object","unevaluatedProperties":{"type":"string"}"#;
    check_modern(old, closed, &[&format!("UNEVALUATED_PROPERTIES_REMOVED {path}")]);
    check_modern(old, texts, &[&format!("UNEVALUATED_PROPERTIES_NARROWED {path}")]);
    check_modern(texts, closed, &[&format!("UNEVALUATED_PROPERTIES_REMOVED {path}")]);
    check_modern(closed, texts, &[]);
    check_modern(closed, old, &[]);
    // Kept from the reference registry: lost beside unknown keywords.
    check_modern(r#""type":"object","x":1"#, &format!(r#"{closed},"x":1"#), &[]);
}

#[test]
fn not_swaps_the_sides() {
    let old = r#"{"not":{"type":"string","maxLength":5}}"#;
    check(old, r#"{"not":{"type":"string","maxLength":4}}"#, &[]);
    check(old, r#"{"not":{"type":"string","maxLength":6}}"#, &["NOT_TYPE_EXTENDED #/not"]);
    check(old, old, &[]);
}

#[test]
fn combined() {
    let string = r#"{"type":"string"}"#;
    let null = r#"{"type":"null"}"#;
    let integer = r#"{"type":"integer"}"#;
    let of = |keyword: &str, parts: &[&str]| format!(r#"{{"{keyword}":[{}]}}"#, parts.join(","));
    let old = of("oneOf", &[string, null]);
    check(&old, &of("oneOf", &[null, string, integer]), &[]);
    check(&old, &of("oneOf", &[string]), &["SUM_TYPE_NARROWED #/"]);
    check(&old, &of("oneOf", &[string, integer]), &["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"]);
    check(&old, &of("anyOf", &[string, null]), &[]);
    check(&of("anyOf", &[string, null]), &old, &["COMBINED_TYPE_CHANGED #/"]);
    check(&of("allOf", &[string]), &of("allOf", &[string, "{}"]), &["PRODUCT_TYPE_EXTENDED #/"]);
    check(&of("allOf", &[string, "{}"]), &of("allOf", &[string]), &[]);
    check(string, &of("oneOf", &[integer, string]), &[]);
    check(&of("allOf", &[string, r#"{"minLength":1}"#]), string, &[]);
    check(&of("anyOf", &[string, null]), string, &["TYPE_CHANGED #/"]);
}

#[test]
fn repeated_parts_count_once() {
    let twice = r#"{"oneOf":[{"type":"string","title":"t"},{"title":"t","type":"string"},{"type":"null"}]}"#;
    check(twice, r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, &[]);
    let different = twice.replacen(r#""title":"t""#, r#""title":"u""#, 1);
    check(&different, r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, &["SUM_TYPE_NARROWED #/"]);
    // An unknown format is no difference.
    let formats =
        r#"{"oneOf":[{"type":"string","format":"x"},{"type":"string","format":"y"},{"type":"null"}]}"#;
    check(formats, r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, &[]);
}

#[test]
fn draft_4_limits_may_be_flags() {
    let four = r#""$schema":"http://json-schema.org/draft-04/schema#""#;
    let old = format!(r#"{{{four},"maximum":5}}"#);
    check(&old, &format!(r#"{{{four},"maximum":5,"exclusiveMaximum":true}}"#), &[]);
    check(&old, &format!(r#"{{{four},"maximum":5,"const":1}}"#), &[]);
}

#[test]
fn lists_of_types_take_keywords_of_their_types() {
    check_modern(
        r#""type":["string","null"]"#,
        r#""type":["string","null"],"maxLength":3"#,
        &["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"],
    );
    check_modern(
        r#""type":["string","null"],"maxLength":3"#,
        r#""type":["null","string"],"maxLength":4"#,
        &[],
    );
}
