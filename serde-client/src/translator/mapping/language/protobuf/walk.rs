//! From descriptors to a plan.

use std::collections::HashMap;

use prost_reflect::{
    Cardinality, EnumDescriptor, FieldDescriptor, Kind as Declared, MapKey, MessageDescriptor,
    OneofDescriptor,
};

use super::plan::{Form, Item, Member, Message, Plan, Scalar};
use crate::codec::PrepareError;
use crate::codec::avro::LogicalType;
use crate::translator::mapping::shape::{
    Branch, EnumType, Field, Integer, Kind, Model, RecordType, Symbol, TypeId, UnionType,
};
use crate::translator::mapping::value::Value;

impl Plan {
    /// The plan of a message and all that it holds.
    pub(super) fn of(descriptor: &MessageDescriptor) -> Result<Self, PrepareError> {
        let mut walk = Walk {
            plan: Self { model: Model::empty(), messages: Vec::new() },
            known: HashMap::new(),
            enums: HashMap::new(),
            scalars: HashMap::new(),
            pending: Vec::new(),
        };
        walk.plan.model.root = walk.message(descriptor).0;
        // A list of work instead of recursion: messages may nest in each other as long as they like.
        while let Some((descriptor, id, at)) = walk.pending.pop() {
            walk.fields(&descriptor, id, at)?;
        }
        Ok(walk.plan)
    }
}

struct Walk {
    plan: Plan,
    known: HashMap<String, (TypeId, usize)>,
    enums: HashMap<String, TypeId>,
    scalars: HashMap<&'static str, TypeId>,
    /// Messages whose fields nobody has looked at.
    pending: Vec<(MessageDescriptor, TypeId, usize)>,
}

/// A field of the record in the making.
struct Seat {
    field: Field,
    empty: Value<'static>,
}

impl Walk {
    fn message(&mut self, descriptor: &MessageDescriptor) -> (TypeId, usize) {
        if let Some(known) = self.known.get(descriptor.full_name()) {
            return *known;
        }
        let place = (self.plan.model.push(Kind::Null, None), self.plan.messages.len());
        self.plan.messages.push(Message::default());
        self.known.insert(descriptor.full_name().to_owned(), place);
        self.pending.push((descriptor.clone(), place.0, place.1));
        place
    }

    fn fields(&mut self, descriptor: &MessageDescriptor, id: TypeId, at: usize) -> Result<(), PrepareError> {
        let mut declared: Vec<_> = descriptor.fields().collect();
        declared.sort_by(|one, other| one.path().cmp(other.path()));
        let mut message = Message { name: descriptor.full_name().to_owned(), ..Message::default() };
        let mut seats: Vec<Seat> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for field in declared {
            match field.containing_oneof().filter(|oneof| !oneof.is_synthetic()) {
                Some(oneof) if seen.iter().any(|name| name == oneof.name()) => {}
                Some(oneof) => {
                    seen.push(oneof.name().to_owned());
                    seats.push(self.oneof(&oneof, seats.len(), &mut message)?);
                }
                None => seats.push(self.field(&field, seats.len(), &mut message)?),
            }
        }
        message.members.sort_by_key(|member| member.number);
        let (fields, empty) = seats.into_iter().map(|seat| (seat.field, seat.empty)).unzip();
        message.empty = empty;
        let record = RecordType { name: message.name.clone(), fields };
        self.plan.model.replace(id, Kind::Record(record), None);
        self.plan.messages[at] = message;
        Ok(())
    }

    fn field(
        &mut self,
        field: &FieldDescriptor,
        position: usize,
        message: &mut Message,
    ) -> Result<Seat, PrepareError> {
        let (form, item, ty, default) = match field.kind() {
            Declared::Message(entry) if field.is_map() => {
                let key = scalar(&entry.map_entry_key_field().kind());
                let key = key.ok_or_else(|| PrepareError(format!("`{}` has no key", field.full_name())))?;
                let (item, value) = self.item(&entry.map_entry_value_field(), None);
                message.has_maps = true;
                (Form::Map(key), item, self.plan.model.push(Kind::Map(value), None), Value::Map(Vec::new()))
            }
            _ => {
                let (item, ty) = self.item(field, Some(field));
                if field.is_list() {
                    let list = self.plan.model.push(Kind::List(ty), None);
                    (Form::List { packed: field.is_packed() }, item, list, Value::List(Vec::new()))
                } else if field.cardinality() == Cardinality::Required {
                    (Form::Required, item, ty, Value::Absent)
                } else if field.supports_presence() {
                    (Form::Explicit, item, self.plan.model.push(Kind::Nullable(ty), None), Value::Null)
                } else {
                    let zero = item.zero();
                    (Form::Implicit, item, ty, zero)
                }
            }
        };
        let (name, number) = (field.name().to_owned(), field.number());
        message.members.push(Member { number, name: name.clone(), position, form, item });
        let shown = (!matches!(form, Form::Required)).then(|| default.clone());
        let field =
            Field { name, aliases: Vec::new(), number: Some(number), ty, optional: false, default: shown };
        Ok(Seat { field, empty: default })
    }

    fn oneof(
        &mut self,
        oneof: &OneofDescriptor,
        position: usize,
        message: &mut Message,
    ) -> Result<Seat, PrepareError> {
        let mut branches = Vec::new();
        let count = u32::try_from(oneof.fields().len()).map_err(|error| PrepareError(error.to_string()))?;
        for (field, branch) in oneof.fields().zip(0..) {
            let (item, ty) = self.item(&field, Some(&field));
            let (name, number) = (field.name().to_owned(), field.number());
            branches.push(Branch { label: name.clone(), ty, number });
            let form = Form::Branch { position: branch, count };
            message.members.push(Member { number, name, position, form, item });
        }
        let union = self.plan.model.push(Kind::Union(UnionType { branches }), None);
        let ty = self.plan.model.push(Kind::Nullable(union), None);
        let name = oneof.name().to_owned();
        let default = Some(Value::Null);
        let field = Field { name, aliases: Vec::new(), number: None, ty, optional: false, default };
        Ok(Seat { field, empty: Value::Null })
    }

    /// What one value of a field is. Options stand at `options`: entries of maps have none.
    fn item(&mut self, field: &FieldDescriptor, options: Option<&FieldDescriptor>) -> (Item, TypeId) {
        match field.kind() {
            Declared::Message(message) => match special(&message, options) {
                Some(Item::Wrapper(inner)) => (Item::Wrapper(inner), self.scalar(inner)),
                Some(item) => {
                    let (kind, meaning) = match &item {
                        Item::Decimal { precision, scale } => {
                            (Kind::Bytes, LogicalType::Decimal { precision: *precision, scale: *scale })
                        }
                        _ => (Kind::Integer(Integer::I64), LogicalType::TimestampNanos),
                    };
                    (item, self.plan.model.push(kind, Some(meaning)))
                }
                None => {
                    let (id, at) = self.message(&message);
                    (Item::Message { at, group: field.is_group().then(|| field.number()) }, id)
                }
            },
            Declared::Enum(symbols) => self.enumeration(&symbols),
            // All that is left are scalars.
            kind => {
                let scalar = scalar(&kind).unwrap_or(Scalar::Bytes);
                (Item::Scalar(scalar), self.scalar(scalar))
            }
        }
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) -> (Item, TypeId) {
        let mut declared: Vec<_> = descriptor.values().collect();
        declared.sort_by(|one, other| one.path().cmp(other.path()));
        let mut symbols: Vec<Symbol> = Vec::new();
        for value in declared {
            // An alias is the symbol that has the number first.
            if symbols.iter().all(|symbol| symbol.number != value.number()) {
                symbols.push(Symbol { name: value.name().to_owned(), number: value.number() });
            }
        }
        let item = Item::Enum(symbols.iter().map(|symbol| symbol.number).collect());
        let name = descriptor.full_name().to_owned();
        let id = match self.enums.get(&name) {
            Some(known) => *known,
            None => {
                let id = self.plan.model.push(Kind::Enum(EnumType { name: name.clone(), symbols }), None);
                self.enums.insert(name, id);
                id
            }
        };
        (item, id)
    }

    fn scalar(&mut self, scalar: Scalar) -> TypeId {
        let (word, kind) = match scalar {
            Scalar::Bool => ("bool", Kind::Boolean),
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => ("int32", Kind::Integer(Integer::I32)),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => ("int64", Kind::Integer(Integer::I64)),
            Scalar::Uint32 | Scalar::Fixed32 => ("uint32", Kind::Integer(Integer::U32)),
            Scalar::Uint64 | Scalar::Fixed64 => ("uint64", Kind::Integer(Integer::U64)),
            Scalar::Float => ("float", Kind::Float),
            Scalar::Double => ("double", Kind::Double),
            Scalar::String => ("string", Kind::String),
            Scalar::Bytes => ("bytes", Kind::Bytes),
        };
        *self.scalars.entry(word).or_insert_with(|| self.plan.model.push(kind, None))
    }
}

/// The messages that stand for a single value.
fn special(message: &MessageDescriptor, options: Option<&FieldDescriptor>) -> Option<Item> {
    let wrapped = match message.full_name() {
        "google.protobuf.Timestamp" => return Some(Item::Timestamp),
        "confluent.type.Decimal" => return decimal(options?),
        "google.protobuf.DoubleValue" => Scalar::Double,
        "google.protobuf.FloatValue" => Scalar::Float,
        "google.protobuf.Int64Value" => Scalar::Int64,
        "google.protobuf.UInt64Value" => Scalar::Uint64,
        "google.protobuf.Int32Value" => Scalar::Int32,
        "google.protobuf.UInt32Value" => Scalar::Uint32,
        "google.protobuf.BoolValue" => Scalar::Bool,
        "google.protobuf.StringValue" => Scalar::String,
        "google.protobuf.BytesValue" => Scalar::Bytes,
        _ => return None,
    };
    Some(Item::Wrapper(wrapped))
}

/// The decimal of a field whose options fix precision and scale, as Connect's converter writes them.
fn decimal(field: &FieldDescriptor) -> Option<Item> {
    let extension = field.parent_pool().get_extension_by_name("confluent.field_meta")?;
    let options = field.options();
    let meta = options.get_extension(&extension);
    let params = meta.as_message()?.get_field_by_name("params")?;
    let parameter = |name: &str| {
        let value = params.as_map()?.get(&MapKey::String(name.to_owned()))?;
        value.as_str()?.parse::<u32>().ok()
    };
    let (precision, scale) = (parameter("precision")?, parameter("scale")?);
    (precision > 0 && scale <= precision).then_some(Item::Decimal { precision, scale })
}

fn scalar(kind: &Declared) -> Option<Scalar> {
    Some(match kind {
        Declared::Double => Scalar::Double,
        Declared::Float => Scalar::Float,
        Declared::Int32 => Scalar::Int32,
        Declared::Int64 => Scalar::Int64,
        Declared::Uint32 => Scalar::Uint32,
        Declared::Uint64 => Scalar::Uint64,
        Declared::Sint32 => Scalar::Sint32,
        Declared::Sint64 => Scalar::Sint64,
        Declared::Fixed32 => Scalar::Fixed32,
        Declared::Fixed64 => Scalar::Fixed64,
        Declared::Sfixed32 => Scalar::Sfixed32,
        Declared::Sfixed64 => Scalar::Sfixed64,
        Declared::Bool => Scalar::Bool,
        Declared::String => Scalar::String,
        Declared::Bytes => Scalar::Bytes,
        Declared::Message(_) | Declared::Enum(_) => return None,
    })
}
