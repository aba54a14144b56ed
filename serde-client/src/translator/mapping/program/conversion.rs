//! Changes of type that lose nothing.

use std::borrow::Cow;

use schema::model::ids::Guid;

use super::{Fault, Program};
use crate::codec::avro::logical::{Decimal, uuid_bytes};
use crate::translator::mapping::value::Value;

/// How a value of one type becomes the same value of another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Conversion {
    /// Both are held in the same way.
    Copy,
    /// An integer as floating point.
    Double,
    /// An integer below 2^64 as one without a sign.
    Unsigned,
    /// Nothing stays nothing.
    Nullable(Box<Conversion>),
    /// Into a branch of a union.
    Wrap(u32, Box<Conversion>),
    /// By position of the symbol.
    Symbols(Box<[u32]>),
    /// A symbol as its name.
    SymbolText(Box<[String]>),
    /// By field of the target.
    Record(Box<[FieldConversion]>),
    List(Box<Conversion>),
    Map(Box<Conversion>),
    /// By position of the source's branch.
    Union(Box<[(u32, Conversion)]>),
    /// A decimal at another scale, in so many bytes, or in the fewest.
    Decimal {
        from: u32,
        to: u32,
        size: Option<usize>,
        precision: u32,
    },
    /// A point in time in a smaller unit.
    Times(i64),
    /// Sixteen bytes as a UUID's text.
    UuidText,
    /// A UUID's text as sixteen bytes.
    UuidBytes,
    /// A type that contains itself: the conversion with this number.
    Recursive(u32),
}

/// What a field of the target is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldConversion {
    pub(crate) name: String,
    pub(crate) from: FieldFrom,
    /// Whether null means that the field is left out.
    pub(crate) null_is_absent: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FieldFrom {
    Field(usize, Conversion),
    Literal(Value<'static>),
}

impl Program {
    pub(crate) fn convert<'v>(&self, conversion: &Conversion, value: Value<'v>) -> Result<Value<'v>, Fault> {
        Ok(match (conversion, value) {
            (Conversion::Copy, value) => value,
            (Conversion::Nullable(_), value) if value.is_nothing() => value,
            (Conversion::Nullable(inner), value) => self.convert(inner, value)?,
            (Conversion::Wrap(branch, inner), value) => {
                Value::Branch(*branch, Box::new(self.convert(inner, value)?))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "the compiler has called this conversion lossless"
            )]
            (Conversion::Double, Value::Int(value)) => Value::Double(value as f64),
            (Conversion::Unsigned, Value::Int(value)) => {
                Value::Unsigned(u64::try_from(value).map_err(|_| Fault::new("the number is negative"))?)
            }
            (Conversion::Symbols(positions), Value::Symbol(position)) => {
                Value::Symbol(*at(positions, position)?)
            }
            (Conversion::SymbolText(names), Value::Symbol(position)) => {
                Value::String(Cow::Owned(at(names, position)?.clone()))
            }
            (Conversion::Record(fields), Value::Record(values)) => self.record(fields, values)?,
            (Conversion::List(inner), Value::List(items)) => {
                let convert = |(value, at): (Value<'v>, usize)| {
                    self.convert(inner, value).map_err(|fault| fault.within(at))
                };
                Value::List(items.into_iter().zip(0..).map(convert).collect::<Result<_, _>>()?)
            }
            (Conversion::Map(inner), Value::Map(entries)) => {
                let convert = |(key, value): (Cow<'v, str>, Value<'v>)| match self.convert(inner, value) {
                    Ok(value) => Ok((key, value)),
                    Err(fault) => Err(fault.within(key)),
                };
                Value::Map(entries.into_iter().map(convert).collect::<Result<_, _>>()?)
            }
            (Conversion::Union(branches), Value::Branch(position, value)) => {
                let (branch, inner) = at(branches, position)?;
                Value::Branch(*branch, Box::new(self.convert(inner, *value)?))
            }
            (Conversion::Decimal { from, to, size, precision }, Value::Bytes(bytes)) => {
                Value::Bytes(Cow::Owned(rescale(&bytes, *from, *to, *size, *precision)?))
            }
            (Conversion::Times(factor), Value::Int(value)) => {
                Value::Int(value.checked_mul(*factor).ok_or_else(|| Fault::new("the time is out of range"))?)
            }
            (Conversion::UuidText, Value::Bytes(bytes)) => Value::String(Cow::Owned(text_of_uuid(&bytes)?)),
            (Conversion::UuidBytes, Value::String(text)) => Value::Bytes(Cow::Owned(bytes_of_uuid(&text)?)),
            (Conversion::Recursive(number), value) => match self.recursive.get(*number as usize) {
                Some(conversion) => self.convert(conversion, value)?,
                None => return Err(unexpected(&value)),
            },
            (_, value) => return Err(unexpected(&value)),
        })
    }

    fn record<'v>(&self, fields: &[FieldConversion], mut values: Vec<Value<'v>>) -> Result<Value<'v>, Fault> {
        let mut made = Vec::with_capacity(fields.len());
        for field in fields {
            let value = match &field.from {
                // A field of the source may fill several of the target only through rules, which borrow.
                FieldFrom::Field(position, conversion) => {
                    let value = values
                        .get_mut(*position)
                        .map_or(Value::Null, |slot| std::mem::replace(slot, Value::Null));
                    self.convert(conversion, value).map_err(|fault| fault.within(&field.name))?
                }
                FieldFrom::Literal(value) => value.clone(),
            };
            let is_left_out = field.null_is_absent && matches!(value, Value::Null);
            made.push(if is_left_out { Value::Absent } else { value });
        }
        Ok(Value::Record(made))
    }
}

fn at<T>(items: &[T], position: u32) -> Result<&T, Fault> {
    items.get(position as usize).ok_or_else(|| Fault::new("the value's position is out of range"))
}

/// What the types of a compiled mapping do not let happen, as long as values are what their types say.
#[cold]
pub(super) fn unexpected(value: &Value<'_>) -> Fault {
    Fault::new(format!("{} where the type of the source has another value", value.word()))
}

fn rescale(bytes: &[u8], from: u32, to: u32, size: Option<usize>, precision: u32) -> Result<Vec<u8>, Fault> {
    let too_long = || Fault::new(format!("the decimal does not fit decimal({precision},{to})"));
    let decimal = Decimal::read(bytes, from).ok_or_else(too_long)?;
    let decimal = i32::try_from(to).ok().and_then(|to| decimal.at_scale(to)).ok_or_else(too_long)?;
    if !decimal.fits(precision) {
        return Err(too_long());
    }
    decimal.sized(size).ok_or_else(too_long)
}

fn text_of_uuid(bytes: &[u8]) -> Result<String, Fault> {
    let bytes = bytes.try_into().map_err(|_| Fault::new("a UUID has 16 bytes"))?;
    Ok(Guid(bytes).to_string())
}

fn bytes_of_uuid(text: &str) -> Result<Vec<u8>, Fault> {
    uuid_bytes(text).map(Vec::from).ok_or_else(|| Fault::new("the text is no UUID"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_come_back() {
        let text = "123e4567-e89b-12d3-a456-426614174000";
        assert_eq!(text_of_uuid(&bytes_of_uuid(text).unwrap()).unwrap(), text);
        assert!(bytes_of_uuid("123e4567").is_err() && text_of_uuid(&[1]).is_err());
    }
}
