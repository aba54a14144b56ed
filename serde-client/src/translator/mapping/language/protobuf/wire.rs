//! The encoding of single values (`protobuf.dev`, "Encoding").

use std::borrow::Cow;

use prost::encoding::decode_varint;

use super::plan::{Item, Scalar};
use crate::codec::DecodeError;
use crate::translator::mapping::value::Value;

/// How a field is delimited: the lowest three bits of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire(pub(super) u32);

impl Wire {
    pub(super) const VARINT: Self = Self(0);
    pub(super) const FIXED64: Self = Self(1);
    pub(super) const LENGTH: Self = Self(2);
    pub(super) const GROUP_START: Self = Self(3);
    pub(super) const GROUP_END: Self = Self(4);
    pub(super) const FIXED32: Self = Self(5);
}

impl Scalar {
    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Fixed32 | Self::Sfixed32 | Self::Float => Wire::FIXED32,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => Wire::FIXED64,
            Self::String | Self::Bytes => Wire::LENGTH,
            _ => Wire::VARINT,
        }
    }
}

impl Item {
    pub(super) fn wire(&self) -> Wire {
        match self {
            Self::Scalar(scalar) => scalar.wire(),
            Self::Enum(_) => Wire::VARINT,
            Self::Message { group: Some(_), .. } => Wire::GROUP_START,
            _ => Wire::LENGTH,
        }
    }

    /// Whether a list of these may stand behind one key.
    pub(super) fn is_packable(&self) -> bool {
        !matches!(self.wire(), Wire::LENGTH | Wire::GROUP_START)
    }
}

/// A position in a record. Every step is given the end that it must not pass.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn scalar(
        &mut self,
        scalar: Scalar,
        wire: Wire,
        end: usize,
    ) -> Result<Value<'a>, DecodeError> {
        self.expect(wire, scalar.wire())?;
        Ok(match scalar {
            Scalar::Bool => Value::Boolean(self.varint(end)? != 0),
            Scalar::Int32 => Value::Int(low(self.varint(end)?).cast_signed().into()),
            Scalar::Int64 => Value::Int(self.varint(end)?.cast_signed()),
            Scalar::Uint32 => Value::Int(low(self.varint(end)?).into()),
            Scalar::Uint64 => Value::Unsigned(self.varint(end)?),
            Scalar::Sint32 => {
                let value = low(self.varint(end)?);
                Value::Int(((value >> 1).cast_signed() ^ -(value & 1).cast_signed()).into())
            }
            Scalar::Sint64 => {
                let value = self.varint(end)?;
                Value::Int((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
            }
            Scalar::Fixed32 => Value::Int(u32::from_le_bytes(self.array(end)?).into()),
            Scalar::Fixed64 => Value::Unsigned(u64::from_le_bytes(self.array(end)?)),
            Scalar::Sfixed32 => Value::Int(i32::from_le_bytes(self.array(end)?).into()),
            Scalar::Sfixed64 => Value::Int(i64::from_le_bytes(self.array(end)?)),
            Scalar::Float => Value::Double(f32::from_le_bytes(self.array(end)?).into()),
            Scalar::Double => Value::Double(f64::from_le_bytes(self.array(end)?)),
            Scalar::String => {
                let bytes = self.chunk(end)?;
                let text = std::str::from_utf8(bytes);
                Value::String(Cow::Borrowed(text.map_err(|_| DecodeError::new("the text is not UTF-8"))?))
            }
            Scalar::Bytes => Value::Bytes(Cow::Borrowed(self.chunk(end)?)),
        })
    }

    pub(super) fn expect(&self, found: Wire, wanted: Wire) -> Result<(), DecodeError> {
        if found == wanted {
            return Ok(());
        }
        Err(DecodeError::new(format!(
            "the field has wire type {}, where the schema has {}",
            found.0, wanted.0
        )))
    }

    pub(super) fn key(&mut self, end: usize) -> Result<(u32, Wire), DecodeError> {
        let start = self.at;
        let key = u32::try_from(self.varint(end)?).ok().filter(|key| key >> 3 != 0);
        let key = key.ok_or_else(|| DecodeError::new("the number of a field is out of range").at(start))?;
        Ok((key >> 3, Wire(key & 7)))
    }

    pub(super) fn varint(&mut self, end: usize) -> Result<u64, DecodeError> {
        let mut rest = self.bytes.get(self.at..end).unwrap_or_default();
        let value = decode_varint(&mut rest);
        let value = value.map_err(|_| DecodeError::new("a number is cut off or too long").at(self.at))?;
        self.at = end - rest.len();
        Ok(value)
    }

    /// The end of what a length announces.
    pub(super) fn length(&mut self, end: usize) -> Result<usize, DecodeError> {
        let start = self.at;
        let length = usize::try_from(self.varint(end)?).ok();
        let stop = length.and_then(|length| self.at.checked_add(length)).filter(|stop| *stop <= end);
        stop.ok_or_else(|| DecodeError::new("a length reaches beyond what is there").at(start))
    }

    pub(super) fn chunk(&mut self, end: usize) -> Result<&'a [u8], DecodeError> {
        let stop = self.length(end)?;
        let chunk = self.bytes.get(self.at..stop).unwrap_or_default();
        self.at = stop;
        Ok(chunk)
    }

    pub(super) fn array<const N: usize>(&mut self, end: usize) -> Result<[u8; N], DecodeError> {
        let rest = self.bytes.get(self.at..end).unwrap_or_default();
        let array = rest.first_chunk().ok_or_else(|| DecodeError::new("a number is cut off").at(self.at))?;
        self.at += N;
        Ok(*array)
    }

    /// A field that nobody asked for, unless it is a group.
    pub(super) fn skip(&mut self, number: u32, wire: Wire, end: usize) -> Result<(), DecodeError> {
        match wire {
            Wire::VARINT => self.varint(end).map(drop),
            Wire::FIXED64 => self.array::<8>(end).map(drop),
            Wire::FIXED32 => self.array::<4>(end).map(drop),
            Wire::LENGTH => self.chunk(end).map(drop),
            Wire(other) => {
                Err(DecodeError::new(format!("field {number} has the unknown wire type {other}")).at(self.at))
            }
        }
    }
}

/// The lower half: what a number of 32 bits is of one that was written with more.
pub(super) fn low(value: u64) -> u32 {
    let [first, second, third, fourth, ..] = value.to_le_bytes();
    u32::from_le_bytes([first, second, third, fourth])
}
