//! From values to documents.

use serde_json::{Number, Value as Json};

use crate::codec::EncodeError;
use crate::translator::mapping::json_form::to_json;
use crate::translator::mapping::shape::{Kind, Model, TypeId};
use crate::translator::mapping::value::Value;

/// The document of a value.
pub(super) fn document(model: &Model, id: TypeId, value: &Value<'_>) -> Result<Json, EncodeError> {
    Ok(match (model.kind(id), value) {
        (Kind::Nullable(_) | Kind::Null, Value::Null | Value::Absent) => Json::Null,
        (Kind::Nullable(inner), value) => document(model, *inner, value)?,
        (Kind::List(item), Value::List(items)) => {
            let items = items.iter().zip(0_usize..);
            let written =
                items.map(|(value, at)| document(model, *item, value).map_err(|misfit| misfit.within(at)));
            Json::Array(written.collect::<Result<_, _>>()?)
        }
        (Kind::Map(item), Value::Map(entries)) => {
            let written = entries.iter().map(|(key, value)| {
                let value = document(model, *item, value).map_err(|misfit| misfit.within(key))?;
                Ok((key.to_string(), value))
            });
            Json::Object(written.collect::<Result<_, EncodeError>>()?)
        }
        (Kind::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
            let mut members = serde_json::Map::with_capacity(values.len());
            for (field, value) in record.fields.iter().zip(values) {
                if matches!(value, Value::Absent) && field.optional {
                    continue;
                }
                let written = document(model, field.ty, value);
                members.insert(field.name.clone(), written.map_err(|misfit| misfit.within(&field.name))?);
            }
            Json::Object(members)
        }
        (Kind::Union(union), Value::Branch(position, value)) => {
            let branch = union.branches.get(*position as usize);
            let branch = branch.ok_or_else(|| EncodeError::new("a branch that the union lacks"))?;
            document(model, branch.ty, value)?
        }
        (Kind::Double, Value::Double(value)) => {
            let number = Number::from_f64(*value);
            Json::Number(number.ok_or_else(|| EncodeError::new(format!("JSON has no number for {value}")))?)
        }
        (Kind::Enum(symbols), Value::Symbol(position)) => {
            let symbol = symbols.symbols.get(*position as usize);
            Json::from(symbol.ok_or_else(|| EncodeError::new("a symbol that the enum lacks"))?.name.as_str())
        }
        (Kind::Any, Value::Json(_))
        | (Kind::Boolean, Value::Boolean(_))
        | (Kind::Integer(_), Value::Int(_))
        | (Kind::String, Value::String(_))
        | (Kind::Bytes, Value::Bytes(_)) => to_json(model, id, value),
        (_, value) => {
            return Err(EncodeError::new(format!(
                "{} where the schema has {}",
                value.word(),
                model.describe(id)
            )));
        }
    })
}
