//! From documents to values.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::translator::mapping::json_form::{Misfit, from_json};
use crate::translator::mapping::shape::{Kind, Model, RecordType, TypeId, UnionType};
use crate::translator::mapping::value::Value;

/// The value of a document.
pub(super) fn value(model: &Model, id: TypeId, document: Json) -> Result<Value<'static>, Misfit> {
    let within = |misfit: Misfit, name: &dyn std::fmt::Display| Misfit {
        path: if misfit.path.is_empty() { name.to_string() } else { format!("{name}.{}", misfit.path) },
        reason: misfit.reason,
    };
    Ok(match (model.kind(id), document) {
        (Kind::Nullable(_), Json::Null) => Value::Null,
        (Kind::Nullable(inner), document) => value(model, *inner, document)?,
        (Kind::Any, document) => Value::Json(Cow::Owned(document)),
        (Kind::String, Json::String(text)) => Value::String(Cow::Owned(text)),
        (Kind::List(item), Json::Array(items)) => {
            let items = items.into_iter().zip(0_usize..);
            let read = items
                .map(|(document, at)| value(model, *item, document).map_err(|misfit| within(misfit, &at)));
            Value::List(read.collect::<Result<_, _>>()?)
        }
        (Kind::Map(item), Json::Object(members)) => {
            let read = members.into_iter().map(|(key, document)| {
                let value = value(model, *item, document).map_err(|misfit| within(misfit, &key))?;
                Ok((Cow::Owned(key), value))
            });
            Value::Map(read.collect::<Result<_, Misfit>>()?)
        }
        (Kind::Record(record), Json::Object(mut members)) => {
            let fields = record.fields.iter().map(|field| match members.remove(&field.name) {
                Some(document) => {
                    value(model, field.ty, document).map_err(|misfit| within(misfit, &field.name))
                }
                None if field.optional => Ok(Value::Absent),
                None => Err(Misfit {
                    path: field.name.clone(),
                    reason: "the member is required and missing".to_owned(),
                }),
            });
            Value::Record(fields.collect::<Result<_, _>>()?)
        }
        (Kind::Union(union), document) => branch(model, union, document)?,
        (_, document) => from_json(model, id, &document)?,
    })
}

/// The first branch that fits.
fn branch(model: &Model, union: &UnionType, document: Json) -> Result<Value<'static>, Misfit> {
    let mut branches = union.branches.iter().zip(0..);
    match branches.find(|(branch, _)| fits(model, branch.ty, &document)) {
        Some((branch, position)) => Ok(Value::Branch(position, Box::new(value(model, branch.ty, document)?))),
        None => {
            let labels: Vec<&str> = union.branches.iter().map(|branch| branch.label.as_str()).collect();
            let reason = format!("the value is of none of the branches `{}`", labels.join("`, `"));
            Err(Misfit { path: String::new(), reason })
        }
    }
}

/// Whether a document is meant for a type: its kind, and for records what is required and the symbols of enums.
fn fits(model: &Model, id: TypeId, document: &Json) -> bool {
    match (model.kind(id), document) {
        (Kind::Any, _) => true,
        (Kind::Nullable(inner), document) => document.is_null() || fits(model, *inner, document),
        (Kind::Union(union), document) => {
            union.branches.iter().any(|branch| fits(model, branch.ty, document))
        }
        (Kind::List(_), document) => document.is_array(),
        (Kind::Map(_), document) => document.is_object(),
        (Kind::Record(record), Json::Object(members)) => record_fits(model, record, members),
        (_, document) => from_json(model, id, document).is_ok(),
    }
}

fn record_fits(model: &Model, record: &RecordType, members: &Map<String, Json>) -> bool {
    let discriminates = |id: TypeId| matches!(model.kind(model.non_null(id).0), Kind::Enum(_));
    record.fields.iter().all(|field| match members.get(&field.name) {
        None => field.optional,
        Some(member) => !discriminates(field.ty) || fits(model, field.ty, member),
    })
}
