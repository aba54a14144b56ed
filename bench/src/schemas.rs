//! The schemas that are measured with.

use serde_json::{Value, json};

const AD_CLICK: &str = include_str!("../../examples/ad-clicks/v1.avsc");
const AD_CLICK_EVOLVED: &str = include_str!("../../examples/ad-clicks/v2.avsc");
const AD_CLICK_PROTOBUF: &str = include_str!("../../examples/ad-clicks/v1.proto");
const AD_CLICK_JSON: &str = include_str!("../../examples/ad-clicks/v1.json");

/// Fields of [`wide`].
const WIDE_FIELDS: usize = 50;

/// The ad-click record: more than 40 fields.
pub(crate) fn ad_click() -> Value {
    parsed(AD_CLICK)
}

/// The next version of the ad-click record: it differs, and reads what was written with the first.
pub(crate) fn ad_click_evolved() -> Value {
    parsed(AD_CLICK_EVOLVED)
}

fn parsed(text: &str) -> Value {
    // Both are valid: the crate's tests and its first measurement would fail otherwise.
    serde_json::from_str(text).unwrap_or_default()
}

/// The schema with another `doc`, as a text that a request carries. With digits in it, each one is a schema of its own.
pub(crate) fn with_doc(mut schema: Value, doc: &str) -> Value {
    schema["doc"] = json!(doc);
    schema
}

/// The schema with one more field, which has a default.
pub(crate) fn with_optional_field(mut schema: Value, name: &str) -> Value {
    if let Some(fields) = schema["fields"].as_array_mut() {
        fields.push(optional(name, "long"));
    }
    schema
}

/// A record of 50 fields, the last of which is its own.
pub(crate) fn wide(last_field: &str) -> Value {
    let kinds = ["long", "string", "double", "boolean", "bytes"];
    let fields = (1..WIDE_FIELDS).zip(kinds.iter().cycle()).map(|(number, kind)| match number % 3 {
        0 => optional(&format!("field_{number}"), kind),
        _ => json!({"name": format!("field_{number}"), "type": kind}),
    });
    let mut fields: Vec<Value> = fields.collect();
    fields.push(optional(last_field, "string"));
    json!({"type": "record", "name": "Wide", "namespace": "bench", "fields": fields})
}

/// An event of ten fields. Any two with the same name can read each other.
pub(crate) fn event(doc: &str, last_field: &str) -> Value {
    let fields = json!([
        {"name": "id", "type": "string"},
        {"name": "created_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "tenant", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CREATED", "CHANGED", "DELETED"]}},
        {"name": "amount", "type": ["null", "double"], "default": null},
        {"name": "currency", "type": ["null", "string"], "default": null},
        {"name": "attempts", "type": "int", "default": 0},
        {"name": "labels", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "attributes", "type": {"type": "map", "values": "string"}, "default": {}},
        optional(last_field, "string"),
    ]);
    json!({"type": "record", "name": "Event", "namespace": "bench", "doc": doc, "fields": fields})
}

fn optional(name: &str, kind: &str) -> Value {
    json!({"name": name, "type": ["null", kind], "default": null})
}

/// The body of a request that carries a schema.
pub(crate) fn body(schema: &Value) -> Value {
    json!({"schema": schema.to_string()})
}

/// The body of a request that carries the ad-click message in Protobuf.
pub(crate) fn protobuf_body() -> Value {
    json!({"schemaType": "PROTOBUF", "schema": AD_CLICK_PROTOBUF})
}

/// The body of a request that carries the ad-click document in JSON Schema.
pub(crate) fn json_body() -> Value {
    json!({"schemaType": "JSON", "schema": AD_CLICK_JSON})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(schema: &Value) -> usize {
        schema["fields"].as_array().map_or(0, Vec::len)
    }

    #[test]
    fn schemas_have_the_sizes_that_are_promised() {
        assert!(fields(&ad_click()) > 40);
        assert!(fields(&ad_click_evolved()) > 40);
        assert_eq!(fields(&wide("last")), 50);
        assert_eq!(fields(&event("", "last")), 10);
        assert_eq!(fields(&with_optional_field(event("", "last"), "more")), 11);
    }
}
