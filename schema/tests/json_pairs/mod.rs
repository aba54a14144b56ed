//! Pairs of JSON Schemas and documents for them: a random schema, the same after a few changes, and values near both.

use serde_json::{Value, json};

/// A stream of pseudo-random decisions.
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % count.max(1) as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "x1", "x2"];
const TEXTS: [&str; 7] = ["", "a", "b", "ab", "x1", "abcdef", "2026-11-28"];
const NUMBERS: [f64; 9] = [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 0.5, 2.5];
const PATTERNS: [&str; 4] = ["^a", "b$", "^x", "^[a-c]*$"];

/// A schema.
pub(crate) fn schema(choices: &mut Choices, depth: usize) -> Value {
    if depth == 0 || choices.one_in(8) {
        return leaf(choices);
    }
    match choices.below(12) {
        0..=4 => object(choices, depth),
        5 | 6 => array(choices, depth),
        7 => json!({"anyOf": branches(choices, depth)}),
        8 => json!({"oneOf": branches(choices, depth)}),
        9 => json!({"allOf": branches(choices, depth)}),
        10 => special(choices, depth),
        _ => leaf(choices),
    }
}

fn branches(choices: &mut Choices, depth: usize) -> Vec<Value> {
    (0..=choices.below(3)).map(|_| schema(choices, depth - 1)).collect()
}

fn special(choices: &mut Choices, depth: usize) -> Value {
    match choices.below(4) {
        0 => json!({"not": schema(choices, depth - 1)}),
        1 => {
            json!({"if": schema(choices, depth - 1), "then": schema(choices, depth - 1), "else": leaf(choices)})
        }
        2 => json!({"$ref": "#/definitions/d"}),
        _ => json!({"type": ["string", "null"], "enum": ["a", null, 1]}),
    }
}

fn leaf(choices: &mut Choices) -> Value {
    let mut schema = match choices.below(9) {
        0 | 1 => json!({"type": "string"}),
        2 => json!({"type": "integer"}),
        3 => json!({"type": "number"}),
        4 => json!({"type": "boolean"}),
        5 => json!({"type": "null"}),
        6 => return json!({"enum": values(choices)}),
        7 => {
            return [json!({}), json!(true), json!(false), json!({"const": value(choices, 1)})]
                [choices.below(4)]
            .clone();
        }
        _ => json!({"type": ["string", "number"]}),
    };
    for _ in 0..choices.below(3) {
        let (keyword, value) = limit(choices);
        schema[keyword] = value;
    }
    schema
}

fn limit(choices: &mut Choices) -> (&'static str, Value) {
    let count = choices.below(4);
    match choices.below(9) {
        0 => ("minLength", json!(count)),
        1 => ("maxLength", json!(count)),
        2 => ("pattern", json!(choices.pick(&PATTERNS))),
        3 => ("format", json!("date")),
        4 => ("minimum", json!(choices.pick(&NUMBERS))),
        5 => ("maximum", json!(choices.pick(&NUMBERS))),
        6 => ("exclusiveMinimum", json!(choices.pick(&NUMBERS))),
        7 => ("exclusiveMaximum", json!(choices.pick(&NUMBERS))),
        _ => ("multipleOf", json!([1.0, 2.0, 0.5, 3.0][count])),
    }
}

fn values(choices: &mut Choices) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for _ in 0..=choices.below(3) {
        let value = value(choices, 1);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn object(choices: &mut Choices, depth: usize) -> Value {
    let mut schema = json!({"type": "object"});
    for _ in 0..choices.below(4) {
        let name = *choices.pick(&NAMES);
        schema["properties"][name] = self::schema(choices, depth - 1);
    }
    if choices.one_in(2) {
        schema["required"] = json!([choices.pick(&NAMES)]);
    }
    if choices.one_in(3) {
        let rest = self::schema(choices, depth - 1);
        schema["additionalProperties"] = if choices.one_in(2) { json!(false) } else { rest };
    }
    if choices.one_in(5) {
        let pattern = *choices.pick(&PATTERNS);
        schema["patternProperties"][pattern] = self::schema(choices, depth - 1);
    }
    match choices.below(14) {
        0 => schema["maxProperties"] = json!(choices.below(4)),
        1 => schema["minProperties"] = json!(choices.below(3)),
        2 => schema["propertyNames"] = leaf(choices),
        3 => schema["dependencies"] = json!({"a": ["b"]}),
        4 => schema["dependencies"] = json!({"a": self::schema(choices, depth - 1)}),
        _ => {}
    }
    schema
}

fn array(choices: &mut Choices, depth: usize) -> Value {
    let mut schema = json!({"type": "array"});
    match choices.below(3) {
        0 => schema["items"] = self::schema(choices, depth - 1),
        1 => {
            schema["items"] = Value::Array(branches(choices, depth));
            if choices.one_in(2) {
                let rest = self::schema(choices, depth - 1);
                schema["additionalItems"] = if choices.one_in(2) { json!(false) } else { rest };
            }
        }
        _ => {}
    }
    match choices.below(8) {
        0 => schema["minItems"] = json!(choices.below(3)),
        1 => schema["maxItems"] = json!(choices.below(3)),
        2 => schema["uniqueItems"] = json!(true),
        3 => schema["contains"] = self::schema(choices, depth - 1),
        _ => {}
    }
    schema
}

/// The schema after one change somewhere.
pub(crate) fn changed(choices: &mut Choices, schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(members) = schema.as_object_mut() else { return self::schema(choices, 1) };
    let inner: Vec<String> =
        members.keys().filter(|key| *key != "enum" && *key != "const").cloned().collect();
    if !inner.is_empty() && !choices.one_in(4) {
        let key = choices.pick(&inner).clone();
        let value = members[&key].clone();
        members[&key] = match (&value, key.as_str()) {
            (Value::Object(map), "properties" | "patternProperties" | "definitions") if !map.is_empty() => {
                let mut map = map.clone();
                let names: Vec<String> = map.keys().cloned().collect();
                let name = choices.pick(&names).clone();
                if choices.one_in(3) {
                    map.remove(&name);
                } else {
                    map[&name] = changed(choices, &map[&name]);
                }
                Value::Object(map)
            }
            (Value::Array(items), "anyOf" | "oneOf" | "allOf" | "items") if !items.is_empty() => {
                let mut items = items.clone();
                let at = choices.below(items.len());
                match choices.below(4) {
                    0 if items.len() > 1 => drop(items.remove(at)),
                    1 => items.push(leaf(choices)),
                    _ => items[at] = changed(choices, &items[at]),
                }
                Value::Array(items)
            }
            (
                Value::Object(_),
                "additionalProperties" | "additionalItems" | "items" | "not" | "if" | "then",
            ) => changed(choices, &value),
            _ => value,
        };
        return schema;
    }
    match choices.below(5) {
        0 if !inner.is_empty() => {
            let key = choices.pick(&inner).clone();
            members.remove(&key);
        }
        1 => {
            let (keyword, value) = limit(choices);
            members.insert(keyword.to_owned(), value);
        }
        2 => {
            let added = schema_for_property(choices);
            members.entry("properties").or_insert_with(|| json!({}))[*choices.pick(&NAMES)] = added;
        }
        3 => {
            members.insert("required".to_owned(), json!([choices.pick(&NAMES)]));
        }
        _ => return json!({"anyOf": [schema, leaf(choices)]}),
    }
    schema
}

fn schema_for_property(choices: &mut Choices) -> Value {
    schema(choices, 1)
}

/// Any value.
pub(crate) fn value(choices: &mut Choices, depth: usize) -> Value {
    match choices.below(if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(choices.one_in(2)),
        2 => number(*choices.pick(&NUMBERS)),
        3 | 4 => json!(choices.pick(&TEXTS)),
        5 => Value::Array((0..choices.below(4)).map(|_| value(choices, depth - 1)).collect()),
        _ => {
            let mut object = json!({});
            for _ in 0..choices.below(4) {
                object[*choices.pick(&NAMES)] = value(choices, depth - 1);
            }
            object
        }
    }
}

fn number(number: f64) -> Value {
    serde_json::from_str(&number.to_string()).unwrap()
}

/// A value that is probably valid for the schema.
pub(crate) fn near(choices: &mut Choices, root: &Value, schema: &Value, depth: usize) -> Value {
    if depth == 0 || choices.one_in(12) {
        return value(choices, 1);
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if let Some(branches) = schema[keyword].as_array().filter(|branches| !branches.is_empty()) {
            let branch = choices.pick(branches);
            return near(choices, root, branch, depth - 1);
        }
    }
    if schema.get("$ref").is_some() {
        return near(choices, root, &root["definitions"]["d"], depth - 1);
    }
    if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
        return choices.pick(values).clone();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    for keyword in ["then", "else"] {
        if schema.get(keyword).is_some() && choices.one_in(2) {
            return near(choices, root, &schema[keyword], depth - 1);
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match types.get(choices.below(types.len())).copied() {
        Some("string") => json!(choices.pick(&TEXTS)),
        Some("integer" | "number") => number(*choices.pick(&NUMBERS)),
        Some("boolean") => json!(choices.one_in(2)),
        Some("null") => Value::Null,
        Some("array") => near_array(choices, root, schema, depth),
        Some("object") => near_object(choices, root, schema, depth),
        _ => value(choices, 2),
    }
}

fn near_array(choices: &mut Choices, root: &Value, schema: &Value, depth: usize) -> Value {
    let items = (0..choices.below(4)).map(|index| {
        let item = match &schema["items"] {
            Value::Array(list) => list.get(index).unwrap_or(&schema["additionalItems"]),
            other => other,
        };
        near(choices, root, item, depth - 1)
    });
    Value::Array(items.collect())
}

fn near_object(choices: &mut Choices, root: &Value, schema: &Value, depth: usize) -> Value {
    let mut object = json!({});
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let declared = schema["properties"].as_object();
    for name in NAMES {
        let is_declared = declared.is_some_and(|declared| declared.contains_key(name));
        let odds = if is_declared { 2 } else { 5 };
        if required.contains(&name) || choices.one_in(odds) {
            let inner = if is_declared {
                &schema["properties"][name]
            } else if let Some(patterns) =
                schema["patternProperties"].as_object().filter(|patterns| !patterns.is_empty())
            {
                patterns.values().next().unwrap()
            } else {
                &schema["additionalProperties"]
            };
            if is_declared || schema["additionalProperties"] != json!(false) || choices.one_in(6) {
                object[name] = near(choices, root, inner, depth - 1);
            }
        }
    }
    object
}
