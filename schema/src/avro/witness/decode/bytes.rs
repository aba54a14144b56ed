//! The bytes of a value, and stepping over what nobody wants.

use super::{Broken, STEPS_MAX};
use crate::avro::schema::{AvroSchema, Kind, Primitive, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};

/// Bytes of a writer, and how much work may still be spent on them.
pub(super) struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
    steps_left: usize,
}

impl<'b> Bytes<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, steps_left: STEPS_MAX }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// Accounts for work.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Broken> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Broken::TooMuchWork)?;
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], Broken> {
        let end = self.at.checked_add(length).ok_or(Broken::NotOfTheWriter)?;
        let taken = self.bytes.get(self.at..end).ok_or(Broken::NotOfTheWriter)?;
        self.at = end;
        Ok(taken)
    }

    pub(super) fn long(&mut self) -> Result<i64, Broken> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take(1)? else { return Err(Broken::NotOfTheWriter) };
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(Broken::NotOfTheWriter)
    }

    /// A position in a list of `count`.
    pub(super) fn position(&mut self, count: usize) -> Result<usize, Broken> {
        let position = usize::try_from(self.long()?).ok().filter(|&position| position < count);
        position.ok_or(Broken::NotOfTheWriter)
    }

    pub(super) fn text(&mut self) -> Result<&'b [u8], Broken> {
        let length = usize::try_from(self.long()?).map_err(|_| Broken::NotOfTheWriter)?;
        self.take(length)
    }

    /// Items in the next block of an array or a map; 0 at its end.
    pub(super) fn block(&mut self) -> Result<u64, Broken> {
        let count = self.long()?;
        if count < 0 {
            // Such a block says how many bytes it has.
            self.long()?;
        }
        Ok(count.unsigned_abs())
    }

    /// Steps over a value of the type `id`.
    pub(super) fn skip(&mut self, schema: &AvroSchema, id: TypeId) -> Result<(), Broken> {
        self.spend(1)?;
        match &schema.get(id).kind {
            Kind::Primitive(primitive) => self.skip_primitive(*primitive),
            Kind::Enum(symbols) => self.position(symbols.symbols.len()).map(drop),
            Kind::Fixed(fixed) => {
                self.take(usize::try_from(fixed.size).map_err(|_| Broken::NotOfTheWriter)?).map(drop)
            }
            Kind::Union(branches) => {
                let at = self.position(branches.len())?;
                let branch = branches.get(at).copied().ok_or(Broken::NotOfTheWriter)?;
                self.skip(schema, branch)
            }
            kind => stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || match kind {
                Kind::Record(record) => {
                    record.fields.iter().try_for_each(|field| self.skip(schema, field.field_type))
                }
                Kind::Array(inner) => self.skip_blocks(schema, *inner, false),
                Kind::Map(inner) => self.skip_blocks(schema, *inner, true),
                _ => Ok(()),
            }),
        }
    }

    fn skip_blocks(&mut self, schema: &AvroSchema, inner: TypeId, has_keys: bool) -> Result<(), Broken> {
        loop {
            let count = self.block()?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                if has_keys {
                    self.text()?;
                }
                self.skip(schema, inner)?;
            }
        }
    }

    fn skip_primitive(&mut self, primitive: Primitive) -> Result<(), Broken> {
        match primitive {
            Primitive::Null => Ok(()),
            Primitive::Boolean => self.take(1).map(drop),
            Primitive::Int | Primitive::Long => self.long().map(drop),
            Primitive::Float => self.take(4).map(drop),
            Primitive::Double => self.take(8).map(drop),
            Primitive::Bytes | Primitive::String => self.text().map(drop),
        }
    }
}
