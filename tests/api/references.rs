//! What schemas refer to: across formats, contexts and versions.

use registry_tests::{Answer, Registry};
use serde_json::{Value, json};

const MONEY: &str = "syntax = \"proto3\";\npackage ads;\n\nmessage Money {\n  int64 micros = 1;\n}\n";
const BID: &str =
    "syntax = \"proto3\";\npackage ads;\n\nimport \"money.proto\";\n\nmessage Bid {\n  Money price = 1;\n}\n";

fn register(
    registry: &Registry,
    subject: &str,
    schema_type: &str,
    schema: &str,
    references: &Value,
) -> Answer {
    let body = json!({ "schemaType": schema_type, "schema": schema, "references": references });
    registry.post(&format!("/subjects/{subject}/versions"), &body)
}

#[track_caller]
fn registered(
    registry: &Registry,
    subject: &str,
    schema_type: &str,
    schema: &str,
    references: &Value,
) -> Value {
    let answer = register(registry, subject, schema_type, schema, references);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn to(name: &str, subject: &str, version: i32) -> Value {
    json!({ "name": name, "subject": subject, "version": version })
}

#[test]
fn a_bundle_has_everything_dependencies_first() {
    let registry = Registry::start();
    registered(&registry, "money", "PROTOBUF", MONEY, &json!([]));
    let bid = registered(&registry, "bid", "PROTOBUF", BID, &json!([to("money.proto", "money", -1)]));
    let auction = "syntax = \"proto3\";\npackage ads;\nimport \"bid.proto\";\nimport \"money.proto\";\nmessage Auction { repeated Bid bids = 1; Money floor = 2; }\n";
    let references = json!([to("bid.proto", "bid", 1), to("money.proto", "money", 1)]);
    let auction = registered(&registry, "auction", "PROTOBUF", auction, &references);

    let bundle = registry.get("/subjects/auction/versions/latest/bundle");
    assert_eq!(bundle.status, 200, "{}", bundle.text());
    let bundle = bundle.json();
    assert_eq!(
        (&bundle["subject"], &bundle["id"], &bundle["version"]),
        (&json!("auction"), &auction["id"], &json!(1))
    );
    assert_eq!(bundle["references"], references);
    let resolved = bundle["resolved"].as_array().expect("a list");
    let names: Vec<&Value> = resolved.iter().map(|schema| &schema["name"]).collect();
    assert_eq!(names, ["money.proto", "bid.proto"]);
    assert_eq!(resolved[0]["schema"], MONEY);
    assert_eq!(resolved[1]["schema"], BID);
    assert_eq!((&resolved[1]["subject"], &resolved[1]["id"]), (&json!("bid"), &bid["id"]));
    assert_eq!(resolved[1]["references"], json!([to("money.proto", "money", 1)]));

    let by_id = registry.get(&format!("/schemas/ids/{}/bundle", auction["id"])).json();
    assert_eq!((&by_id["resolved"], &by_id["schema"]), (&bundle["resolved"], &bundle["schema"]));
    registry.get("/subjects/auction/versions/2/bundle").assert_refused(404, 40402);
    registry.get("/schemas/ids/99/bundle").assert_refused(404, 40403);
}

#[test]
fn a_bundle_of_a_schema_without_references_is_the_schema() {
    let registry = Registry::start();
    registry.register("s", "\"string\"");
    let bundle = registry.get("/subjects/s/versions/1/bundle").json();
    assert_eq!((&bundle["schema"], &bundle["resolved"]), (&json!("\"string\""), &json!([])));
}

#[test]
fn references_reach_into_other_contexts_by_qualified_subjects() {
    let registry = Registry::start();
    registered(&registry, "%3A.shared%3Amoney", "PROTOBUF", MONEY, &json!([]));
    register(&registry, "bid", "PROTOBUF", BID, &json!([to("money.proto", "money", 1)]))
        .assert_refused(422, 42201);
    let references = json!([to("money.proto", ":.shared:money", -1)]);
    let bid = registered(&registry, "bid", "PROTOBUF", BID, &references);
    assert_eq!(bid["references"], json!([to("money.proto", ":.shared:money", 1)]));
    let bundle = registry.get("/subjects/bid/versions/1/bundle").json();
    assert_eq!(bundle["resolved"][0]["subject"], ":.shared:money");
    let refused = registry.delete("/subjects/%3A.shared%3Amoney/versions/1");
    refused.assert_refused(422, 42206);
    assert_eq!(refused.json()["referencedBy"], json!([{ "subject": "bid", "version": 1, "id": bid["id"] }]));
    // A schema of the other context finds its neighbour without saying where.
    registered(&registry, "%3A.shared%3Abid", "PROTOBUF", BID, &json!([to("money.proto", "money", 1)]));
}

#[test]
fn the_name_of_a_reference_is_an_import_a_ref_or_a_type() {
    let registry = Registry::start();
    registered(&registry, "a", "AVRO", r#"{"type":"record","name":"A","fields":[]}"#, &json!([]));
    let holder = r#"{"type":"record","name":"B","fields":[{"name":"a","type":"A"}]}"#;
    registered(&registry, "b", "AVRO", holder, &json!([to("A", "a", 1)]));

    let money = r#"{"type":"object","properties":{"micros":{"type":"integer"}}}"#;
    registered(&registry, "money", "JSON", money, &json!([]));
    let bid = r#"{"type":"object","properties":{"price":{"$ref":"money.json"}}}"#;
    register(&registry, "bid", "JSON", bid, &json!([])).assert_refused(422, 42201);
    register(&registry, "bid", "JSON", bid, &json!([to("coin.json", "money", 1)])).assert_refused(422, 42201);
    registered(&registry, "bid", "JSON", bid, &json!([to("money.json", "money", 1)]));

    registered(&registry, "money-proto", "PROTOBUF", MONEY, &json!([]));
    let missing = register(&registry, "bid-proto", "PROTOBUF", BID, &json!([]));
    missing.assert_refused(422, 42201);
    assert!(missing.text().contains("money.proto"), "{}", missing.text());
    registered(&registry, "bid-proto", "PROTOBUF", BID, &json!([to("money.proto", "money-proto", 1)]));
}

#[test]
fn a_reference_to_a_schema_of_another_type_is_named() {
    let registry = Registry::start();
    registry.register("a", r#"{"type":"record","name":"A","fields":[]}"#);
    let refused = register(&registry, "bid", "PROTOBUF", BID, &json!([to("money.proto", "a", 1)]));
    refused.assert_refused(422, 42201);
    let message = refused.json()["message"].to_string();
    assert!(message.contains("AVRO") && message.contains("money.proto"), "{message}");
}

#[test]
fn a_change_of_an_imported_type_is_compared() {
    let registry = Registry::start();
    registered(&registry, "money", "PROTOBUF", MONEY, &json!([]));
    registry.put("/config/money", &json!({ "compatibility": "NONE" }));
    registered(&registry, "money", "PROTOBUF", &MONEY.replace("int64", "string"), &json!([]));
    registered(&registry, "bid", "PROTOBUF", BID, &json!([to("money.proto", "money", 1)]));
    let changed = register(&registry, "bid", "PROTOBUF", BID, &json!([to("money.proto", "money", 2)]));
    changed.assert_refused(409, 40901);
    let kinds: Vec<Value> = changed.json()["incompatibilities"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|found| found["type"].clone())
        .collect();
    assert!(kinds.contains(&json!("FIELD_NAMED_TYPE_CHANGED")), "{kinds:?}");
}

#[test]
fn protobuf_editions_are_taken_where_the_operator_admits_them() {
    let edition = "edition = \"2023\";\npackage ads;\n\nmessage Bid {\n  int64 micros = 1;\n}\n";
    let refused = register(&Registry::start(), "bid", "PROTOBUF", edition, &json!([]));
    refused.assert_refused(422, 42201);
    assert!(refused.text().contains("protobuf-editions"), "{}", refused.text());

    let registry = Registry::start_with(&["--protobuf-editions", "true"]);
    registered(&registry, "bid", "PROTOBUF", edition, &json!([]));
    let changed = register(&registry, "bid", "PROTOBUF", &edition.replace("int64", "string"), &json!([]));
    changed.assert_refused(409, 40901);
}

#[test]
fn a_lookup_of_a_json_schema_that_cannot_be_loaded_says_why() {
    let registry = Registry::start();
    registered(&registry, "s", "JSON", r#"{"type":"object"}"#, &json!([]));
    let lookup =
        |schema: &str| registry.post("/subjects/s", &json!({ "schemaType": "JSON", "schema": schema }));
    lookup(r#"{"type":"array"}"#).assert_refused(404, 40403);
    lookup(r#"{"properties":{"a":{"$ref":"nowhere.json"}}}"#).assert_refused(422, 42201);
}
