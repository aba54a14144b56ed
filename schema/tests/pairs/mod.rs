//! Pairs of Avro schemas: a random one, and the same after a few changes of the kind that people make.
//!
//! Everything is decided by a list of bytes, so that proptest can shrink a failing pair.

#[path = "../choices/mod.rs"]
mod choices;
mod drawn;

pub(crate) use choices::Choices;
pub(crate) use drawn::{Pair, datum, pair};
use serde_json::{Value, json};

const PRIMITIVES: [&str; 8] = ["int", "string", "long", "null", "boolean", "float", "double", "bytes"];

/// A schema whose root is a record.
pub(crate) fn schema(choices: &mut Choices<'_>) -> Value {
    record(choices, 3)
}

fn record(choices: &mut Choices<'_>, depth: usize) -> Value {
    let name = choices.name("R");
    let count = choices.below(5);
    let fields: Vec<Value> = (0..count).map(|_| field(choices, depth)).collect();
    json!({"type": "record", "name": name, "fields": fields})
}

fn field(choices: &mut Choices<'_>, depth: usize) -> Value {
    let name = choices.name("f");
    let field_type = any_type(choices, depth.saturating_sub(1));
    let default = default_value(&field_type);
    let mut field = json!({"name": name, "type": field_type});
    if let Some(default) = default
        && choices.yes()
    {
        field["default"] = default;
    }
    field
}

fn any_type(choices: &mut Choices<'_>, depth: usize) -> Value {
    match choices.below(if depth == 0 { 6 } else { 12 }) {
        0..=3 => json!(PRIMITIVES[choices.below(PRIMITIVES.len())]),
        4 => enumeration(choices),
        5 => json!({"type": "fixed", "name": choices.name("F"), "size": 1 + choices.below(3)}),
        6 => json!({"type": "array", "items": any_type(choices, depth - 1)}),
        7 => json!({"type": "map", "values": any_type(choices, depth - 1)}),
        8 => record(choices, depth),
        _ => union(choices, depth - 1),
    }
}

fn enumeration(choices: &mut Choices<'_>) -> Value {
    let symbols: Vec<String> = (0..=choices.below(4)).map(|index| format!("S{index}")).collect();
    let mut enumeration = json!({"type": "enum", "name": choices.name("E"), "symbols": symbols});
    if choices.below(4) == 1 {
        enumeration["default"] = json!("S0");
    }
    enumeration
}

fn union(choices: &mut Choices<'_>, depth: usize) -> Value {
    let mut branches: Vec<Value> = Vec::new();
    for _ in 0..=choices.below(3) {
        let branch = any_type(choices, depth);
        let taken = branches.iter().any(|other| {
            other.get("type").is_some() == branch.get("type").is_some()
                && (kind(other) == kind(&branch))
                && branch.get("name").is_none()
        });
        if !branch.is_array() && !taken {
            branches.push(branch);
        }
    }
    if branches.is_empty() {
        branches.push(json!("null"));
    }
    Value::Array(branches)
}

fn kind(schema: &Value) -> &str {
    match schema {
        Value::Object(_) => schema["type"].as_str().unwrap(),
        Value::Array(_) => "union",
        other => other.as_str().unwrap(),
    }
}

/// A default value that fits the type, where there is a simple one.
fn default_value(schema: &Value) -> Option<Value> {
    Some(match kind(schema) {
        "null" => Value::Null,
        "boolean" => json!(true),
        "int" | "long" => json!(7),
        "float" | "double" => json!(1.5),
        "bytes" | "string" => json!("x"),
        "array" => json!([]),
        "map" => json!({}),
        "enum" => schema["symbols"][0].clone(),
        "fixed" => json!("x".repeat(usize::try_from(schema["size"].as_u64()?).ok()?)),
        // The oracle's parser knows no default for a union that begins with an enum or a fixed.
        "union" if !matches!(kind(&schema[0]), "enum" | "fixed") => default_value(&schema[0])?,
        _ => return None,
    })
}

/// Which changes [`mutated`] may make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    All,
    /// Without new aliases of named types, which the oracle ignores.
    NoTypeAliases,
}

/// The schema after one to three changes. The result may be no schema at all (a name twice, a union in a union).
pub(crate) fn mutated(original: &Value, choices: &mut Choices<'_>, changes: Changes) -> Value {
    choices.names += 100;
    let mut schema = original.clone();
    for _ in 0..=choices.below(3) {
        let mut count = 0;
        visit(&mut schema, &mut |_| count += 1);
        let chosen = choices.below(count);
        let mut index = 0;
        visit(&mut schema, &mut |node| {
            if index == chosen {
                change(node, choices, changes);
            }
            index += 1;
        });
    }
    visit(&mut schema, &mut fit_defaults);
    schema
}

/// Replaces defaults that no longer fit their types.
fn fit_defaults(schema: &mut Value) {
    for field in schema.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        if field.get("default").is_some() {
            match default_value(&field["type"]) {
                Some(default) => field["default"] = default,
                None => drop(field.as_object_mut().unwrap().remove("default")),
            }
        }
    }
}

/// Calls `on_type` for each type, outer types last.
fn visit(schema: &mut Value, on_type: &mut impl FnMut(&mut Value)) {
    match schema {
        Value::Array(branches) => branches.iter_mut().for_each(|branch| visit(branch, on_type)),
        Value::Object(members) => {
            for key in ["items", "values"] {
                if let Some(inner) = members.get_mut(key) {
                    visit(inner, on_type);
                }
            }
            for field in members.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
                visit(&mut field["type"], on_type);
            }
        }
        _ => {}
    }
    on_type(schema);
}

fn change(schema: &mut Value, choices: &mut Choices<'_>, changes: Changes) {
    match kind(schema) {
        "record" if choices.below(4) > 0 => change_record(schema, choices),
        "record" | "enum" | "fixed" if choices.below(3) == 1 => change_name(schema, choices, changes),
        "enum" => change_enum(schema, choices),
        "fixed" => schema["size"] = json!(1 + choices.below(3)),
        "union" => change_union(schema, choices),
        _ => change_type(schema, choices),
    }
}

fn change_type(schema: &mut Value, choices: &mut Choices<'_>) {
    *schema = match (choices.below(4), kind(schema)) {
        (0, "int") => json!("long"),
        (0, "long" | "float") => json!("double"),
        (0, "string") => json!("bytes"),
        (0, "bytes") => json!("string"),
        (1, _) => json!(["null", schema.clone()]),
        (2, _) => json!([schema.clone()]),
        _ => json!(PRIMITIVES[choices.below(PRIMITIVES.len())]),
    };
}

fn change_union(schema: &mut Value, choices: &mut Choices<'_>) {
    let branches = schema.as_array_mut().unwrap();
    let at = choices.below(branches.len());
    match choices.below(4) {
        0 => branches.push(json!(PRIMITIVES[choices.below(PRIMITIVES.len())])),
        1 if branches.len() > 1 => drop(branches.remove(at)),
        2 => branches.rotate_left(at),
        _ => *schema = schema[at].clone(),
    }
}

fn change_enum(schema: &mut Value, choices: &mut Choices<'_>) {
    let symbols = schema["symbols"].as_array_mut().unwrap();
    let at = choices.below(symbols.len());
    match choices.below(4) {
        0 => symbols.push(json!("S9")),
        1 if symbols.len() > 1 => drop(symbols.remove(at)),
        2 => symbols.rotate_left(at),
        _ => schema["default"] = schema["symbols"][at].clone(),
    }
    let default = schema["default"].clone();
    if !schema["symbols"].as_array().unwrap().contains(&default) {
        schema.as_object_mut().unwrap().remove("default");
    }
}

fn change_name(schema: &mut Value, choices: &mut Choices<'_>, changes: Changes) {
    let old = schema["name"].clone();
    match choices.below(3) {
        0 => schema["namespace"] = json!("elsewhere"),
        1 => schema["name"] = json!(choices.name("X")),
        _ => {
            schema["name"] = json!(choices.name("X"));
            if changes == Changes::All {
                schema["aliases"] = json!([old]);
            }
        }
    }
}

fn change_record(schema: &mut Value, choices: &mut Choices<'_>) {
    let fields = schema["fields"].as_array_mut().unwrap();
    let at = choices.below(fields.len());
    match choices.below(7) {
        0 => {
            let added = field(choices, 2);
            fields.insert(at, added);
        }
        _ if fields.is_empty() => {}
        1 => drop(fields.remove(at)),
        2 => fields[at]["name"] = json!(choices.name("g")),
        3 => {
            let old = fields[at]["name"].clone();
            fields[at]["name"] = json!(choices.name("g"));
            fields[at]["aliases"] = json!([old]);
        }
        4 => fields.rotate_left(at),
        5 => drop(fields[at].as_object_mut().unwrap().remove("default")),
        _ => {
            if let Some(default) = default_value(&fields[at]["type"]) {
                fields[at]["default"] = default;
            }
        }
    }
}
