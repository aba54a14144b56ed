//! Between the documents of the translator and the values of the interpreter.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cel::Value;
use cel::objects::{Key, Map, OptionalValue};
use serde_json::Value as Json;

use super::super::ExpressionError;

pub(super) fn to_cel(document: &Json) -> Value {
    match document {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Value::Int(value),
            (None, Some(value)) => Value::UInt(value),
            (None, None) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(Arc::new(text.clone())),
        Json::Array(items) => Value::List(Arc::new(items.iter().map(to_cel).collect())),
        Json::Object(members) => {
            let entries = members.iter().map(|(name, value)| (Key::from(name.as_str()), to_cel(value)));
            Value::Map(Map { map: Arc::new(entries.collect::<HashMap<_, _>>()) })
        }
    }
}

pub(super) fn to_json(value: &Value) -> Result<Json, ExpressionError> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::UInt(value) => Json::from(*value),
        Value::Float(value) if value.is_finite() => Json::from(*value),
        Value::Float(value) if value.is_nan() => Json::from("NaN"),
        Value::Float(value) => Json::from(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
        Value::String(text) => Json::from(text.as_str()),
        Value::Bytes(bytes) => Json::from(STANDARD.encode(bytes.as_slice())),
        Value::Timestamp(time) => Json::from(time.to_rfc3339().replace("+00:00", "Z")),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Map(map) => {
            // The interpreter keeps maps in no order.
            let mut entries: Vec<_> = map.map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let members = entries.into_iter().map(|(key, value)| Ok((key.to_string(), to_json(value)?)));
            Json::Object(members.collect::<Result<_, ExpressionError>>()?)
        }
        other => match <&OptionalValue>::try_from(other) {
            Ok(optional) => optional.value().map_or(Ok(Json::Null), to_json)?,
            Err(_) => {
                let reason =
                    format!("the result is of the type {}, which records do not have", other.type_of());
                return Err(ExpressionError::new(reason));
            }
        },
    })
}
