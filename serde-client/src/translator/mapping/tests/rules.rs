use serde_json::json;

use super::*;

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "namespace": "com.x", "fields": [{fields}]}}"#)
}

const CARD: &str = r#"{"type": "record", "name": "Card", "fields": [{"name": "number", "type": "string"}]}"#;
const CASH: &str = r#"{"type": "record", "name": "Cash", "fields": [{"name": "till", "type": "int"}]}"#;
const PAN: &str = r#"{"type": "record", "name": "CardPayment", "namespace": "com.y", "fields": [{"name": "pan", "type": "string"}]}"#;

#[test]
fn what_is_equal_or_wider_needs_no_rule() {
    let source = record(
        r#"{"name": "id", "type": "int"}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
           {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}},
           {"name": "inner", "type": {"type": "record", "name": "I", "fields": [{"name": "a", "type": "float"}, {"name": "b", "type": "string"}]}},
           {"name": "tags", "type": {"type": "array", "items": "int"}}"#,
    );
    let target = record(
        r#"{"name": "id", "type": ["null", "long"]}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
           {"name": "price", "type": {"type": "fixed", "name": "F", "size": 8, "logicalType": "decimal", "precision": 12, "scale": 4}},
           {"name": "inner", "type": {"type": "record", "name": "I", "fields": [{"name": "b", "type": "string"}, {"name": "a", "type": "double"}]}},
           {"name": "tags", "type": {"type": "array", "items": "long"}}, {"name": "more", "type": "string", "default": "d"}"#,
    );
    let mapped = avro(&source, &target, "    {}");
    let out = mapped
        .run(json!({"id": 7, "at": 1000, "price": "12.50", "inner": {"a": 1.5, "b": "x"}, "tags": [1, 2]}))
        .unwrap();
    assert_eq!(
        out,
        json!({"id": 7, "at": 1_000_000, "price": "12.5000", "inner": {"b": "x", "a": 1.5}, "tags": [1, 2], "more": "d"})
    );
    assert_eq!(mapped.class("inner.b"), Class::Exact);
    assert_eq!(mapped.class("inner.a"), Class::Widened);
    assert_eq!(mapped.class("more"), Class::Defaulted);
    assert!(mapped.compiled.unmapped.sources.is_empty(), "{:?}", mapped.compiled.unmapped);
}

#[test]
fn what_nobody_fills_and_what_gets_lost_is_said() {
    let source = record(
        r#"{"name": "id", "type": "long"}, {"name": "loyalty", "type": "int"}, {"name": "note", "type": ["null", "string"]}"#,
    );
    let target = record(
        r#"{"name": "id", "type": "int"}, {"name": "zip", "type": "string"}, {"name": "note", "type": "string"}"#,
    );
    let mapped = avro(&source, &target, "    {}");
    let problems = mapped.problems();
    for part in ["`id` (int) is unmapped", "use `cast`", "`zip` (string) is unmapped", "`$.note` can be null"]
    {
        assert!(problems.contains(part), "{part}: {problems}");
    }
    assert!(mapped.compiled.value.is_none());
    let open: Vec<&str> = mapped.compiled.unmapped.targets.iter().map(|open| open.path.as_str()).collect();
    assert_eq!(open, ["id", "zip", "note"]);
    let rules = "    value: {id: {cast: $.id, to: int, overflow: saturate}, zip: {const: '0'}, note: {default: $.note, value: ''}}
    drop: [{path: $.loyalty, reason: r}]";
    let mapped = avro(&source, &target, rules);
    assert_eq!(
        mapped.run(json!({"id": 1_i64 << 40, "loyalty": 1})).unwrap(),
        json!({"id": i32::MAX, "zip": "0", "note": ""})
    );
    assert!(mapped.compiled.unmapped.sources.is_empty());
    assert_eq!(mapped.class("id"), Class::Lossy);
}

#[test]
fn moves_and_texts() {
    let source = record(
        r#"{"name": "id", "type": "long"},
           {"name": "shipTo", "type": {"type": "record", "name": "S", "fields": [{"name": "code", "type": "string"}, {"name": "city", "type": "string"}]}},
           {"name": "fullName", "type": "string"}, {"name": "brand", "type": "string"}, {"name": "sku", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}}"#,
    );
    let target = record(
        r#"{"name": "orderId", "type": "long"},
           {"name": "address", "type": {"type": "record", "name": "Address", "fields": [{"name": "zip", "type": "string"}, {"name": "city", "type": "string"}]}},
           {"name": "firstName", "type": "string"}, {"name": "lastName", "type": "string"}, {"name": "label", "type": "string"},
           {"name": "label2", "type": "string"}, {"name": "low", "type": "string"}"#,
    );
    let rules = "    value:
      orderId: $.id
      address.zip: $.shipTo.code
      address.city: upper($.shipTo.city)
      firstName: {split: $.fullName, on: ' ', limit: 2, index: 0}
      lastName: {split: $.fullName, on: ' ', limit: 2, index: 1, else: '?'}
      label: {concat: [$.brand, ' / ', $.sku]}
      label2: {template: '${brand}-${lower($.sku)}'}
      low: substring(replace($.brand, 'c', 'x'), 1, 2)";
    let mapped = avro(&source, &target, rules);
    let input = json!({"id": 1, "shipTo": {"code": "123", "city": "köln"}, "fullName": "Ada Lovelace King", "brand": "acme", "sku": "B"});
    assert_eq!(
        mapped.run(input).unwrap(),
        json!({"orderId": 1, "address": {"zip": "123", "city": "KÖLN"}, "firstName": "Ada", "lastName": "Lovelace King",
            "label": "acme / B", "label2": "acme-b", "low": "xm"})
    );
    let input =
        json!({"id": 1, "shipTo": {"code": "123", "city": ""}, "fullName": "Ada", "brand": "b", "sku": "A"});
    assert_eq!(mapped.run(input).unwrap()["lastName"], json!("?"));
}

#[test]
fn enums_unions_lists_and_maps() {
    let source = record(&format!(
        r#"{{"name": "state", "type": {{"type": "enum", "name": "St", "symbols": ["OPEN", "PAID", "VOID"]}}}},
           {{"name": "payment", "type": ["null", {CARD}, {CASH}]}},
           {{"name": "items", "type": {{"type": "array", "items": {{"type": "record", "name": "It", "fields": [
              {{"name": "sku", "type": "string"}}, {{"name": "unit", "type": {{"type": "record", "name": "U", "fields": [{{"name": "price", "type": "double"}}]}}}}]}}}}}},
           {{"name": "attrs", "type": {{"type": "map", "values": "int"}}}}, {{"name": "country", "type": "string"}}"#
    ));
    let target = record(&format!(
        r#"{{"name": "status", "type": {{"type": "enum", "name": "T", "symbols": ["NEW", "PAID", "CANCELLED"]}}}},
           {{"name": "payment", "type": ["null", {PAN}, "string"]}},
           {{"name": "lines", "type": {{"type": "array", "items": {{"type": "record", "name": "L", "fields": [
              {{"name": "sku", "type": "string"}}, {{"name": "price", "type": "double"}}]}}}}}},
           {{"name": "skus", "type": {{"type": "array", "items": "string"}}}},
           {{"name": "tags", "type": {{"type": "map", "values": "long"}}}},
           {{"name": "pairs", "type": {{"type": "array", "items": {{"type": "record", "name": "P", "fields": [
              {{"name": "value", "type": "long"}}, {{"name": "key", "type": "string"}}]}}}}}},
           {{"name": "region", "type": "string"}}"#
    ));
    let rules = "    value:
      status: {enum: $.state, map: {OPEN: NEW, PAID: PAID, VOID: CANCELLED}}
      payment: {union: $.payment, branches: {com.x.Card: {to: com.y.CardPayment, map: {pan: $.number}}, null: null, '*': dlq}}
      lines: {each: $.items, map: {price: $.unit.price}}
      skus: $.items[].sku
      tags: {entries: $.attrs, key: lower($k), value: $v}
      pairs: {to_entries: $.attrs}
      region: {lookup: $.country, file: regions.csv, else: ROW}";
    let mapped = avro(&source, &target, rules);
    let input = |payment: Json| {
        json!({"state": "VOID", "payment": payment, "items": [{"sku": "a", "unit": {"price": 1.5}}],
            "attrs": {"X": 1}, "country": "DE"})
    };
    assert_eq!(
        mapped.run(input(json!({"com.x.Card": {"number": "42"}}))).unwrap(),
        json!({"status": "CANCELLED", "payment": {"com.y.CardPayment": {"pan": "42"}}, "lines": [{"sku": "a", "price": 1.5}],
            "skus": ["a"], "tags": {"x": 1}, "pairs": [{"value": 1, "key": "X"}], "region": "EMEA"})
    );
    assert_eq!(mapped.run(input(Json::Null)).unwrap()["payment"], Json::Null);
    let fault = mapped.run(input(json!({"com.x.Cash": {"till": 1}}))).unwrap_err();
    assert_eq!(fault, "payment: the branch `com.x.Cash` is not translated");
    let mut twice = input(Json::Null);
    twice["attrs"] = json!({"X": 1, "x": 2});
    assert!(mapped.run(twice).unwrap_err().contains("two entries"));
    let mut elsewhere = input(Json::Null);
    elsewhere["country"] = json!("FR");
    assert_eq!(mapped.run(elsewhere).unwrap()["region"], json!("ROW"));
}

#[test]
fn times_and_alternatives() {
    let source = record(
        r#"{"name": "created", "type": {"type": "long", "logicalType": "timestamp-micros"}}, {"name": "a", "type": ["null", "int"]},
           {"name": "b", "type": ["int", "null"]}, {"name": "day", "type": "string"}"#,
    );
    let target = record(
        r#"{"name": "createdAt", "type": "string"}, {"name": "first", "type": "long"}, {"name": "day", "type": {"type": "int", "logicalType": "date"}},
           {"name": "millis", "type": {"type": "long", "logicalType": "timestamp-millis"}}"#,
    );
    let rules = "    value:
      createdAt: {time: $.created, to: string, format: rfc3339, zone: '+01:00'}
      first: {coalesce: [$.a, $.b, {const: 0}]}
      day: {time: $.day, from: string, format: date}
      millis: {time: $.created}";
    let mapped = avro(&source, &target, rules);
    assert_eq!(
        mapped.run(json!({"created": 1_500_000, "a": null, "b": 4, "day": "1970-01-02"})).unwrap(),
        json!({"createdAt": "1970-01-01T01:00:01.500+01:00", "first": 4, "day": 1, "millis": 1500})
    );
    assert_eq!(mapped.run(json!({"created": 0, "day": "1970-01-01"})).unwrap()["first"], json!(0));
    let fault = mapped.run(json!({"created": 0, "day": "1970-02-30"})).unwrap_err();
    assert_eq!(fault, "day: `1970-02-30` is no date");
}

#[test]
fn records_that_contain_themselves() {
    let node = |value: &str| {
        format!(
            r#"{{"type": "record", "name": "N", "fields": [{{"name": "v", "type": "{value}"}}, {{"name": "next", "type": ["null", "N"]}}]}}"#
        )
    };
    let mapped = avro(&node("int"), &node("long"), "    {}");
    let input = json!({"v": 1, "next": {"v": 2, "next": {"v": 3, "next": null}}});
    assert_eq!(mapped.run(input.clone()).unwrap(), input);
}

#[test]
fn mistakes_name_the_rule_and_the_cure() {
    let source = record(
        r#"{"name": "id", "type": "long"}, {"name": "state", "type": {"type": "enum", "name": "St", "symbols": ["A", "B"]}}"#,
    );
    let target = record(
        r#"{"name": "id", "type": "string"}, {"name": "state", "type": {"type": "enum", "name": "T", "symbols": ["A"]}}"#,
    );
    for (rules, part) in [
        ("{id: $.ID, state: {const: A}}", "did you mean `id`"),
        ("{id: $.id, state: {const: A}}", "use `cast`"),
        (
            "{id: {cast: $.id, to: int}, state: {const: A}}",
            "`to: int` does not fit the target, which is string",
        ),
        ("{idd: $.id, id: {const: x}, state: {const: A}}", "did you mean `id`"),
        ("{id: {const: x}, state: {enum: $.state, map: {A: C}}}", "no symbol `C`"),
        ("{id: {const: x}, state: {enum: $.state, map: {X: A}}}", "no symbol `X`"),
        ("{id: {const: 5}, state: {const: A}}", "a number where string is needed"),
        ("{id: {lookup: $.state, file: none.csv}, state: {const: A}}", "there is no file `none.csv`"),
        ("{id: $k, state: {const: A}}", "inside `entries` only"),
        ("{id: '$.id.x', state: {const: A}}", "has no fields"),
    ] {
        let mapped = avro(&source, &target, &format!("    value: {rules}"));
        let problem = mapped.compiled.problems.iter().find(|problem| problem.at.line > 0);
        let problem = problem.unwrap_or_else(|| panic!("{rules}: {}", mapped.problems()));
        assert!(problem.message.contains(part), "{rules}: {problem}");
    }
}
