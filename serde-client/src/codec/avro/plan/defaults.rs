//! Default values of fields, from JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use schema::avro::schema::{AvroSchema, Field, Kind, Primitive, Record, TypeId};
use schema::document::Json;

use super::names;
use crate::codec::avro::shape::{EnumShape, FixedShape, RecordShape};
use crate::codec::avro::value::{self, Value};

/// Values that the defaults of a schema may have together: defaults in defaults could ask for any number of them.
const VALUES_MAX: usize = 100_000;

/// Makes values of defaults.
pub(in crate::codec::avro) struct Defaults<'s> {
    schema: &'s AvroSchema,
    records: HashMap<TypeId, Arc<RecordShape>>,
    enums: HashMap<TypeId, Arc<EnumShape>>,
    values_left: usize,
}

impl<'s> Defaults<'s> {
    pub(in crate::codec::avro) fn new(schema: &'s AvroSchema) -> Self {
        Self { schema, records: HashMap::new(), enums: HashMap::new(), values_left: VALUES_MAX }
    }

    /// The default of a field, or why it has none that can be used.
    pub(in crate::codec::avro) fn of(&mut self, field: &Field) -> Result<Value<'static>, String> {
        let Some(json) = &field.default else {
            return Err(format!(
                "the reader's field `{}` has no default and the writer does not have the field",
                field.name
            ));
        };
        self.value(field.field_type, json).map_err(|reason| match reason {
            Unusable::Unfit => format!("the default of the field `{}` does not fit its type", field.name),
            Unusable::TooMuch => "the defaults of the schema hold too many values".to_owned(),
        })
    }

    fn value(&mut self, id: TypeId, json: &Json) -> Result<Value<'static>, Unusable> {
        self.values_left = self.values_left.checked_sub(1).ok_or(Unusable::TooMuch)?;
        let schema = self.schema;
        Ok(match (&schema.get(id).kind, json) {
            (Kind::Primitive(primitive), _) => primitive_value(*primitive, json)?,
            (Kind::Enum(symbols), Json::String(text)) => {
                let number = symbols.symbols.iter().zip(0..).find(|(symbol, _)| *symbol == text);
                let shape = self.enums.entry(id).or_insert_with(|| names::enum_shape(symbols));
                Value::Enum(Arc::clone(shape), number.ok_or(Unusable::Unfit)?.1)
            }
            (Kind::Fixed(fixed), Json::String(text)) => {
                let shape = FixedShape {
                    name: names::type_name(&fixed.named.name),
                    size: fixed.size as usize,
                    logical: names::logical(schema, id),
                };
                let bytes = latin(text)?;
                if bytes.len() != shape.size {
                    return Err(Unusable::Unfit);
                }
                Value::Fixed(Arc::new(shape), Cow::Owned(bytes))
            }
            (Kind::Array(item), Json::Array(items)) => {
                Value::Array(items.iter().map(|json| self.value(*item, json)).collect::<Result<_, _>>()?)
            }
            (Kind::Map(item), Json::Object(members)) => {
                let entry =
                    |(key, json): &(String, Json)| Ok((Cow::Owned(key.clone()), self.value(*item, json)?));
                Value::Map(members.iter().map(entry).collect::<Result<_, _>>()?)
            }
            (Kind::Union(branches), _) => self.branch(branches, json)?,
            (Kind::Record(record), Json::Object(_)) => self.record(id, record, json)?,
            _ => return Err(Unusable::Unfit),
        })
    }

    /// The first branch that takes the value.
    fn branch(&mut self, branches: &[TypeId], json: &Json) -> Result<Value<'static>, Unusable> {
        for branch in branches {
            match self.value(*branch, json) {
                Err(Unusable::Unfit) => {}
                other => return other,
            }
        }
        Err(Unusable::Unfit)
    }

    fn record(&mut self, id: TypeId, record: &Record, json: &Json) -> Result<Value<'static>, Unusable> {
        let mut values = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let given = json.get(&field.name).or(field.default.as_ref()).ok_or(Unusable::Unfit)?;
            values.push(self.value(field.field_type, given)?);
        }
        let schema = self.schema;
        let shape = self.records.entry(id).or_insert_with(|| names::record_shape(schema, record));
        value::Record::new(Arc::clone(shape), values).map(Value::Record).ok_or(Unusable::Unfit)
    }
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unusable {
    Unfit,
    TooMuch,
}

fn primitive_value(primitive: Primitive, json: &Json) -> Result<Value<'static>, Unusable> {
    fn number<T: std::str::FromStr>(spelling: &str) -> Result<T, Unusable> {
        spelling.parse().map_err(|_| Unusable::Unfit)
    }
    Ok(match (primitive, json) {
        (Primitive::Null, Json::Null) => Value::Null,
        (Primitive::Boolean, Json::Bool(value)) => Value::Boolean(*value),
        (Primitive::Int, Json::Number(spelling)) => Value::Int(number(spelling)?),
        (Primitive::Long, Json::Number(spelling)) => Value::Long(number(spelling)?),
        (Primitive::Float, Json::Number(spelling)) => Value::Float(number(spelling)?),
        (Primitive::Double, Json::Number(spelling)) => Value::Double(number(spelling)?),
        (Primitive::Float, Json::String(text)) => Value::Float(unwritable(text).ok_or(Unusable::Unfit)?),
        (Primitive::Double, Json::String(text)) => {
            Value::Double(unwritable(text).map(f64::from).ok_or(Unusable::Unfit)?)
        }
        (Primitive::String, Json::String(text)) => Value::String(Cow::Owned(text.clone())),
        (Primitive::Bytes, Json::String(text)) => Value::Bytes(Cow::Owned(latin(text)?)),
        _ => return Err(Unusable::Unfit),
    })
}

/// The numbers that JSON has no spelling for, as the Java library writes them.
fn unwritable(text: &str) -> Option<f32> {
    match text {
        "NaN" => Some(f32::NAN),
        "Infinity" => Some(f32::INFINITY),
        "-Infinity" => Some(f32::NEG_INFINITY),
        _ => None,
    }
}

/// Bytes are spelled as the characters of the same numbers.
fn latin(text: &str) -> Result<Vec<u8>, Unusable> {
    text.chars().map(|character| u8::try_from(character).map_err(|_| Unusable::Unfit)).collect()
}
