//! Avro records as values of the model.

use std::collections::HashMap;

use schema::avro::AvroSchema;
use schema::avro::schema as avro;
use schema::avro::schema::Primitive;
use schema::parsed::ParsedSchema;

use super::Pinned;
use crate::codec::avro::{AvroValue, Output, Reader, Value as Read, field_default, logical_type};
use crate::codec::{Codec, Decode, DecodeError, EncodeError, Limits, PrepareError};
use crate::framing::Body;
use crate::translator::mapping::shape::{
    Branch, EnumType, Field, Integer, Kind, Model, RecordType, Symbol, TypeId, UnionType,
};
use crate::translator::mapping::value::Value;

/// What records of a schema look like.
pub(super) fn model(schema: &AvroSchema) -> Result<Model, PrepareError> {
    let mut shapes = Shapes { schema, model: Model::empty(), known: HashMap::new() };
    shapes.model.root = shapes.shape(schema.root());
    shapes.fill_defaults()?;
    Ok(shapes.model)
}

struct Shapes<'s> {
    schema: &'s AvroSchema,
    model: Model,
    /// Named types by their first definition; unnamed types by their place.
    known: HashMap<avro::TypeId, TypeId>,
}

impl Shapes<'_> {
    fn shape(&mut self, id: avro::TypeId) -> TypeId {
        let id = self.schema.first_definition(id);
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let schema = self.schema;
        let meaning = logical_type(schema, id);
        // A record may contain itself, so it is known before its fields are.
        let place = self.model.push(Kind::Null, meaning);
        self.known.insert(id, place);
        let kind = match &schema.get(id).kind {
            avro::Kind::Primitive(primitive) => primitive_kind(*primitive),
            avro::Kind::Fixed(fixed) => Kind::Fixed(fixed.size as usize),
            avro::Kind::Enum(symbols) => {
                let symbol = |(name, number): (&String, i32)| Symbol { name: name.clone(), number };
                Kind::Enum(EnumType {
                    name: symbols.named.name.to_string(),
                    symbols: symbols.symbols.iter().zip(0..).map(symbol).collect(),
                })
            }
            avro::Kind::Array(item) => Kind::List(self.shape(*item)),
            avro::Kind::Map(value) => Kind::Map(self.shape(*value)),
            avro::Kind::Record(record) => {
                let fields = record.fields.iter().map(|field| Field {
                    name: field.name.clone(),
                    aliases: field.aliases.clone(),
                    number: None,
                    ty: self.shape(field.field_type),
                    optional: false,
                    default: None,
                });
                let fields = fields.collect();
                Kind::Record(RecordType { name: record.named.name.to_string(), fields })
            }
            avro::Kind::Union(branches) => return self.union(id, place, branches),
        };
        self.model.replace(place, kind, meaning);
        place
    }

    fn union(&mut self, id: avro::TypeId, place: TypeId, branches: &[avro::TypeId]) -> TypeId {
        let schema = self.schema;
        let is_null =
            |branch: avro::TypeId| matches!(schema.get(branch).kind, avro::Kind::Primitive(Primitive::Null));
        let nullable = branches.iter().any(|branch| is_null(*branch));
        let others = branches.iter().zip(0..).filter(|(branch, _)| !is_null(**branch));
        let others: Vec<Branch> = others
            .map(|(branch, number)| Branch { label: label(schema, *branch), ty: self.shape(*branch), number })
            .collect();
        // A union of one branch is that branch, in values as on the wire but for its number.
        let (kind, single) = match others.as_slice() {
            [] => (Kind::Null, None),
            [only] => (Kind::Nullable(only.ty), Some(only.ty)),
            _ => (Kind::Union(UnionType { branches: others.clone() }), None),
        };
        match (nullable, single) {
            (true, None) if !others.is_empty() => {
                let union = self.model.push(kind, None);
                self.model.replace(place, Kind::Nullable(union), None);
            }
            (false, Some(only)) => {
                self.known.insert(id, only);
                return only;
            }
            _ => self.model.replace(place, kind, None),
        }
        place
    }

    /// Defaults need the shapes of all types.
    fn fill_defaults(&mut self) -> Result<(), PrepareError> {
        let mut ids: Vec<_> = self.known.iter().map(|(id, place)| (*id, *place)).collect();
        ids.sort_unstable();
        for (id, place) in ids {
            let avro::Kind::Record(record) = &self.schema.get(id).kind else { continue };
            let Kind::Record(mut shape) = self.model.kind(place).clone() else { continue };
            for (field, shape) in record.fields.iter().zip(&mut shape.fields) {
                if field.default.is_some() {
                    let value = field_default(self.schema, field).map_err(PrepareError)?;
                    shape.default = Some(convert(&self.model, shape.ty, value));
                }
            }
            self.model.replace(place, Kind::Record(shape), None);
        }
        Ok(())
    }
}

fn primitive_kind(primitive: Primitive) -> Kind {
    match primitive {
        Primitive::Null => Kind::Null,
        Primitive::Boolean => Kind::Boolean,
        Primitive::Int => Kind::Integer(Integer::I32),
        Primitive::Long => Kind::Integer(Integer::I64),
        Primitive::Float => Kind::Float,
        Primitive::Double => Kind::Double,
        Primitive::Bytes => Kind::Bytes,
        Primitive::String => Kind::String,
    }
}

fn label(schema: &AvroSchema, id: avro::TypeId) -> String {
    let kind = &schema.get(id).kind;
    kind.named().map_or_else(|| kind.word().to_owned(), |named| named.name.to_string())
}

/// Reads records of one schema as values of another.
#[derive(Debug)]
pub(super) struct AvroReader {
    reader: Reader,
    model: Model,
}

impl AvroReader {
    pub(super) fn new(writer: &ParsedSchema, pinned: &Pinned, limits: Limits) -> Result<Self, PrepareError> {
        let reader = <AvroValue as Codec>::reader(writer, Some(&pinned.schema), None, limits)?;
        Ok(Self { reader, model: pinned.model.clone() })
    }

    pub(super) fn read<'a>(&self, body: Body<'a>) -> Result<Value<'a>, DecodeError> {
        let value = <Read<'a> as Decode<'a, AvroValue>>::decode(&self.reader, body)?;
        Ok(convert(&self.model, self.model.root, value))
    }
}

/// A value of the codec as one of the model. The codec's values have the pinned schema's types already.
fn convert<'a>(model: &Model, id: TypeId, value: Read<'a>) -> Value<'a> {
    match model.kind(id) {
        Kind::Nullable(inner) => {
            return if matches!(value, Read::Null) { Value::Null } else { convert(model, *inner, value) };
        }
        Kind::Union(union) => {
            let label = label_of(&value);
            let branch = union.branches.iter().zip(0..).find(|(branch, _)| branch.label == label);
            if let Some((branch, position)) = branch {
                return Value::Branch(position, Box::new(convert(model, branch.ty, value)));
            }
        }
        _ => {}
    }
    match value {
        Read::Null => Value::Null,
        Read::Boolean(value) => Value::Boolean(value),
        Read::Int(value) => Value::Int(value.into()),
        Read::Long(value) => Value::Int(value),
        Read::Float(value) => Value::Double(value.into()),
        Read::Double(value) => Value::Double(value),
        Read::Bytes(value) | Read::Fixed(_, value) => Value::Bytes(value),
        Read::String(value) => Value::String(value),
        Read::Enum(_, number) => Value::Symbol(number),
        Read::Array(items) => match model.kind(id) {
            Kind::List(item) => {
                Value::List(items.into_iter().map(|value| convert(model, *item, value)).collect())
            }
            _ => Value::Null,
        },
        Read::Map(entries) => match model.kind(id) {
            Kind::Map(item) => Value::Map(
                entries.into_iter().map(|(key, value)| (key, convert(model, *item, value))).collect(),
            ),
            _ => Value::Null,
        },
        Read::Record(record) => match model.kind(id) {
            Kind::Record(shape) => {
                let fields = record.into_values().into_iter().zip(&shape.fields);
                Value::Record(fields.map(|(value, field)| convert(model, field.ty, value)).collect())
            }
            _ => Value::Null,
        },
    }
}

fn label_of<'v>(value: &'v Read<'_>) -> &'v str {
    match value {
        Read::Null => "null",
        Read::Boolean(_) => "boolean",
        Read::Int(_) => "int",
        Read::Long(_) => "long",
        Read::Float(_) => "float",
        Read::Double(_) => "double",
        Read::Bytes(_) => "bytes",
        Read::String(_) => "string",
        Read::Fixed(shape, _) => shape.name.full(),
        Read::Enum(shape, _) => shape.name.full(),
        Read::Array(_) => "array",
        Read::Map(_) => "map",
        Read::Record(record) => record.shape().name.full(),
    }
}

/// Writes records of a schema.
#[derive(Debug)]
pub(in crate::translator::mapping) struct AvroWriter {
    schema: AvroSchema,
}

impl AvroWriter {
    pub(in crate::translator::mapping) fn new(schema: &AvroSchema) -> Self {
        Self { schema: schema.clone() }
    }

    pub(in crate::translator::mapping) fn schema(&self) -> &AvroSchema {
        &self.schema
    }

    pub(super) fn write(&self, value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let mut out = Output::new(out, 0);
        match (&self.schema.get(self.schema.root()).kind, value) {
            // The reference client writes `bytes` at the root without a length.
            (avro::Kind::Primitive(Primitive::Bytes), Value::Bytes(bytes)) => {
                out.raw(bytes);
                Ok(())
            }
            _ => self.encode(&mut out, self.schema.root(), value),
        }
    }

    /// Writes a value of one of the schema's types.
    pub(in crate::translator::mapping) fn encode(
        &self,
        out: &mut Output<'_>,
        id: avro::TypeId,
        value: &Value<'_>,
    ) -> Result<(), EncodeError> {
        match (&self.schema.get(id).kind, value) {
            (avro::Kind::Primitive(primitive), value) => return primitive_value(out, *primitive, value),
            (avro::Kind::Fixed(fixed), Value::Bytes(bytes)) if bytes.len() == fixed.size as usize => {
                out.raw(bytes);
            }
            (avro::Kind::Enum(symbols), Value::Symbol(number))
                if (*number as usize) < symbols.symbols.len() =>
            {
                out.long((*number).into());
            }
            (avro::Kind::Array(item), Value::List(items)) => {
                if !items.is_empty() {
                    out.count(items.len());
                }
                for (value, at) in items.iter().zip(0_usize..) {
                    self.encode(out, *item, value).map_err(|misfit| misfit.within(at))?;
                }
                out.byte(0);
            }
            (avro::Kind::Map(item), Value::Map(entries)) => {
                if !entries.is_empty() {
                    out.count(entries.len());
                }
                for (key, value) in entries {
                    out.string(key);
                    self.encode(out, *item, value).map_err(|misfit| misfit.within(key))?;
                }
                out.byte(0);
            }
            (avro::Kind::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
                for (field, value) in record.fields.iter().zip(values) {
                    let written = self.encode(out, field.field_type, value);
                    written.map_err(|misfit| misfit.within(&field.name))?;
                }
            }
            (avro::Kind::Union(branches), value) => return self.branch(out, branches, value),
            (kind, value) => return Err(unfit(kind.word(), value)),
        }
        Ok(())
    }

    fn branch(
        &self,
        out: &mut Output<'_>,
        branches: &[avro::TypeId],
        value: &Value<'_>,
    ) -> Result<(), EncodeError> {
        let is_null = |branch: avro::TypeId| {
            matches!(self.schema.get(branch).kind, avro::Kind::Primitive(Primitive::Null))
        };
        let mut others = branches.iter().zip(0_i64..).filter(|(branch, _)| !is_null(**branch));
        let (chosen, value) = match value {
            Value::Null | Value::Absent => {
                let null = branches.iter().zip(0_i64..).find(|(branch, _)| is_null(**branch));
                return match null {
                    Some((_, number)) => {
                        out.long(number);
                        Ok(())
                    }
                    None => Err(unfit("union without null", value)),
                };
            }
            Value::Branch(position, value) => (others.nth(*position as usize), &**value),
            value => (others.next(), value),
        };
        let (branch, number) = chosen.ok_or_else(|| unfit("union", value))?;
        out.long(number);
        self.encode(out, *branch, value)
    }
}

fn primitive_value(out: &mut Output<'_>, primitive: Primitive, value: &Value<'_>) -> Result<(), EncodeError> {
    match (primitive, value) {
        (Primitive::Null, Value::Null | Value::Absent) => {}
        (Primitive::Boolean, Value::Boolean(value)) => out.boolean(*value),
        (Primitive::Int, Value::Int(value)) if i32::try_from(*value).is_ok() => out.long(*value),
        (Primitive::Long, Value::Int(value)) => out.long(*value),
        (Primitive::Float, Value::Double(value)) => out.float(narrow(*value)),
        (Primitive::Double, Value::Double(value)) => out.double(*value),
        (Primitive::Bytes, Value::Bytes(value)) => out.bytes(value),
        (Primitive::String, Value::String(value)) => out.string(value),
        (primitive, value) => return Err(unfit(primitive.word(), value)),
    }
    Ok(())
}

/// The value of 32 bits: values of the type `float` have no more, wherever they came from.
#[expect(clippy::cast_possible_truncation, reason = "conversions to `float` have rounded already")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}

#[cold]
fn unfit(wanted: &str, value: &Value<'_>) -> EncodeError {
    EncodeError::new(format!("{} where the schema has {wanted}", value.word()))
}
