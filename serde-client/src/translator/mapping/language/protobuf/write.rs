//! Records onto the wire, by field number.

use std::borrow::Cow;

use prost::encoding::encode_varint;

use super::plan::{Form, Item, Member, Message, Plan, Scalar};
use super::read::SECOND;
use super::wire::Wire;
use crate::codec::EncodeError;
use crate::translator::mapping::language::avro::narrow;
use crate::translator::mapping::value::Value;

/// Appends a record of the plan's message.
pub(super) fn record(plan: &Plan, value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Sink { plan, out }.message(plan.root(), value)
}

struct Sink<'p, 'o> {
    plan: &'p Plan,
    out: &'o mut Vec<u8>,
}

impl Sink<'_, '_> {
    fn message(&mut self, message: &Message, value: &Value<'_>) -> Result<(), EncodeError> {
        let Value::Record(values) = value else { return Err(unfit(&message.name, value)) };
        if values.len() != message.empty.len() {
            return Err(EncodeError::new(format!("a record of other fields than `{}` has", message.name)));
        }
        for member in &message.members {
            if let Some(value) = values.get(member.position) {
                self.member(member, value).map_err(|misfit| misfit.within(&member.name))?;
            }
        }
        Ok(())
    }

    fn member(&mut self, member: &Member, value: &Value<'_>) -> Result<(), EncodeError> {
        match (member.form, value) {
            (Form::Required, Value::Null | Value::Absent) => Err(unfit("a required field", value)),
            (_, Value::Null | Value::Absent) => Ok(()),
            (Form::Branch { position, count }, Value::Branch(set, value)) if *set < count => {
                if *set == position { self.field(member, value) } else { Ok(()) }
            }
            (Form::Branch { .. }, value) => Err(unfit("a oneof", value)),
            (Form::Implicit, value) if is_default(&member.item, value) => Ok(()),
            (Form::List { packed: true }, Value::List(items)) if member.item.is_packable() => {
                if items.is_empty() {
                    return Ok(());
                }
                self.key(member.number, Wire::LENGTH);
                self.delimited(|sink| {
                    let mut items = items.iter().zip(0_usize..);
                    items.try_for_each(|(value, at)| {
                        sink.item(&member.item, value).map_err(|misfit| misfit.within(at))
                    })
                })
            }
            (Form::List { .. }, Value::List(items)) => {
                let mut items = items.iter().zip(0_usize..);
                items
                    .try_for_each(|(value, at)| self.field(member, value).map_err(|misfit| misfit.within(at)))
            }
            (Form::List { .. }, value) => Err(unfit("a repeated field", value)),
            (Form::Map(key), Value::Map(entries)) => entries.iter().try_for_each(|(name, value)| {
                self.key(member.number, Wire::LENGTH);
                let entry = self.delimited(|sink| sink.entry(key, name, &member.item, value));
                entry.map_err(|misfit| misfit.within(name))
            }),
            (Form::Map(_), value) => Err(unfit("a map", value)),
            (Form::Implicit | Form::Explicit | Form::Required, value) => self.field(member, value),
        }
    }

    fn entry(&mut self, key: Scalar, name: &str, item: &Item, value: &Value<'_>) -> Result<(), EncodeError> {
        let parsed = match key {
            Scalar::String => Some(Value::String(Cow::Borrowed(name))),
            Scalar::Bool => name.parse().ok().map(Value::Boolean),
            Scalar::Uint64 | Scalar::Fixed64 => name.parse().ok().map(Value::Unsigned),
            _ => name.parse().ok().map(Value::Int),
        };
        let parsed = parsed.ok_or_else(|| EncodeError::new("the key is none of the map's type"))?;
        self.key(1, key.wire());
        self.scalar(key, &parsed)?;
        self.key(2, item.wire());
        self.item(item, value)
    }

    fn field(&mut self, member: &Member, value: &Value<'_>) -> Result<(), EncodeError> {
        self.key(member.number, member.item.wire());
        self.item(&member.item, value)
    }

    /// A value behind its key.
    fn item(&mut self, item: &Item, value: &Value<'_>) -> Result<(), EncodeError> {
        match (item, value) {
            (Item::Scalar(scalar), value) => self.scalar(*scalar, value),
            (Item::Enum(numbers), Value::Symbol(position)) => {
                let number = numbers.get(*position as usize);
                let number = number.ok_or_else(|| EncodeError::new("a symbol that the enum lacks"))?;
                self.int((*number).into());
                Ok(())
            }
            (Item::Message { at, group: Some(number) }, value) => {
                let message = &self.plan.messages[*at];
                self.message(message, value)?;
                self.key(*number, Wire::GROUP_END);
                Ok(())
            }
            (Item::Message { at, group: None }, value) => {
                let message = &self.plan.messages[*at];
                self.delimited(|sink| sink.message(message, value))
            }
            (Item::Wrapper(scalar), value) => self.delimited(|sink| {
                if is_default(item, value) {
                    return Ok(());
                }
                sink.key(1, scalar.wire());
                sink.scalar(*scalar, value)
            }),
            (Item::Timestamp, Value::Int(nanos)) => self.delimited(|sink| {
                sink.number(1, nanos.div_euclid(SECOND));
                sink.number(2, nanos.rem_euclid(SECOND));
                Ok(())
            }),
            (Item::Decimal { precision, scale }, Value::Bytes(unscaled)) => self.delimited(|sink| {
                sink.key(1, Wire::LENGTH);
                sink.chunk(unscaled);
                sink.number(2, (*precision).into());
                sink.number(3, (*scale).into());
                Ok(())
            }),
            (Item::Enum(_), value) => Err(unfit("an enum", value)),
            (Item::Timestamp, value) => Err(unfit("a timestamp", value)),
            (Item::Decimal { .. }, value) => Err(unfit("a decimal", value)),
        }
    }

    fn scalar(&mut self, scalar: Scalar, value: &Value<'_>) -> Result<(), EncodeError> {
        let wrong = || unfit(scalar.word(), value);
        match (scalar, value) {
            (Scalar::Bool, Value::Boolean(value)) => self.out.push((*value).into()),
            (Scalar::Int32, Value::Int(value)) => {
                self.int(i32::try_from(*value).map_err(|_| wrong())?.into());
            }
            (Scalar::Int64, Value::Int(value)) => self.int(*value),
            (Scalar::Uint32, Value::Int(value)) => {
                encode_varint(u32::try_from(*value).map_err(|_| wrong())?.into(), self.out);
            }
            (Scalar::Uint64, value) => encode_varint(unsigned(value).ok_or_else(wrong)?, self.out),
            (Scalar::Sint32, Value::Int(value)) => {
                self.zig_zag(i32::try_from(*value).map_err(|_| wrong())?.into());
            }
            (Scalar::Sint64, Value::Int(value)) => self.zig_zag(*value),
            (Scalar::Fixed32, Value::Int(value)) => {
                let value = u32::try_from(*value).map_err(|_| wrong())?;
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            (Scalar::Fixed64, value) => {
                self.out.extend_from_slice(&unsigned(value).ok_or_else(wrong)?.to_le_bytes());
            }
            (Scalar::Sfixed32, Value::Int(value)) => {
                let value = i32::try_from(*value).map_err(|_| wrong())?;
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            (Scalar::Sfixed64, Value::Int(value)) => self.out.extend_from_slice(&value.to_le_bytes()),
            (Scalar::Float, Value::Double(value)) => {
                self.out.extend_from_slice(&narrow(*value).to_le_bytes());
            }
            (Scalar::Double, Value::Double(value)) => self.out.extend_from_slice(&value.to_le_bytes()),
            (Scalar::String, Value::String(text)) => self.chunk(text.as_bytes()),
            (Scalar::Bytes, Value::Bytes(bytes)) => self.chunk(bytes),
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn key(&mut self, number: u32, wire: Wire) {
        encode_varint((u64::from(number) << 3) | u64::from(wire.0), self.out);
    }

    /// An integer of a built-in message, which has it only where it is not zero.
    fn number(&mut self, number: u32, value: i64) {
        if value != 0 {
            self.key(number, Wire::VARINT);
            self.int(value);
        }
    }

    fn int(&mut self, value: i64) {
        encode_varint(value.cast_unsigned(), self.out);
    }

    fn zig_zag(&mut self, value: i64) {
        encode_varint(((value << 1) ^ (value >> 63)).cast_unsigned(), self.out);
    }

    fn chunk(&mut self, bytes: &[u8]) {
        encode_varint(bytes.len() as u64, self.out);
        self.out.extend_from_slice(bytes);
    }

    /// What `write` appends, behind its length: the length is known afterwards and moved in front.
    fn delimited(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = self.out.len();
        write(self)?;
        let end = self.out.len();
        encode_varint((end - start) as u64, self.out);
        let length = self.out.len() - end;
        if let Some(written) = self.out.get_mut(start..) {
            written.rotate_right(length);
        }
        Ok(())
    }
}

impl Scalar {
    fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int32 | Self::Sint32 | Self::Sfixed32 => "an integer of 32 bits",
            Self::Int64 | Self::Sint64 | Self::Sfixed64 => "an integer of 64 bits",
            Self::Uint32 | Self::Fixed32 => "an integer of 32 bits without a sign",
            Self::Uint64 | Self::Fixed64 => "an integer of 64 bits without a sign",
            Self::Float => "float",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
        }
    }
}

/// Values of other types become integers without a sign from either of the two.
fn unsigned(value: &Value<'_>) -> Option<u64> {
    match value {
        Value::Unsigned(value) => Some(*value),
        Value::Int(value) => u64::try_from(*value).ok(),
        _ => None,
    }
}

/// Whether a field without presence is left out. A zero below zero is another number than zero.
fn is_default(item: &Item, value: &Value<'_>) -> bool {
    match value {
        Value::Double(value) => value.to_bits() == 0,
        Value::Int(0) => matches!(item.zero(), Value::Int(_) | Value::Unsigned(_)),
        value => *value == item.zero(),
    }
}

#[cold]
fn unfit(wanted: &str, value: &Value<'_>) -> EncodeError {
    EncodeError::new(format!("{} where the schema has {wanted}", value.word()))
}
