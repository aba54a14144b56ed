//! A record told field by field, by names or by numbers.

use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess};

use super::Decoder;
use super::layout::{Layout, identified};
use super::node::NodeReader;
use super::skip::skip;
use crate::codec::DecodeError;
use crate::codec::avro::plan::{Node, RecordPlan};
use crate::codec::avro::value::ValueReader;

/// A record in the order of the writer, then what gets a default.
#[derive(Debug)]
pub(super) struct Fields<'a, 'p, 'de> {
    decoder: &'a mut Decoder<'p, 'de>,
    record: &'a RecordPlan,
    telling: Telling<'a>,
    step: usize,
    default: usize,
    /// The value that belongs to the last key.
    value: Source<'a>,
    /// The field of the last key, for messages.
    field: u32,
    /// Where the last value that was read stands.
    place: usize,
}

/// How a visitor is told which field comes.
#[derive(Debug)]
pub(super) enum Telling<'p> {
    ByName,
    /// By names; by field, what the visitor made of them. `None` when that says nothing.
    Learning(Option<Vec<u64>>),
    /// By numbers that must mean what the names meant.
    Trying(&'p Layout),
    ByNumber(&'p Layout),
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Read(&'a Node),
    Default(usize),
}

impl<'a, 'p, 'de> Fields<'a, 'p, 'de> {
    #[inline]
    pub(super) fn new(
        decoder: &'a mut Decoder<'p, 'de>,
        record: &'a RecordPlan,
        telling: Telling<'a>,
    ) -> Self {
        let place = decoder.input.offset();
        Self { decoder, record, telling, step: 0, default: 0, value: Source::Default(0), field: 0, place }
    }

    /// What was learned.
    pub(super) fn learned(self) -> Option<Vec<u64>> {
        match self.telling {
            Telling::Learning(numbers) => numbers,
            _ => None,
        }
    }

    /// Passes over what the visitor left.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), DecodeError> {
        while self.next()? {}
        Ok(())
    }

    /// Goes to the next field that the visitor is to have.
    #[inline]
    fn next(&mut self) -> Result<bool, DecodeError> {
        if let Source::Read(_) = self.value {
            // The visitor did not want the value of the last key.
            self.pass_last()?;
        }
        while let Some(step) = self.record.steps.get(self.step) {
            self.step += 1;
            let Some(field) = step.field else {
                skip(self.decoder.plan, &mut self.decoder.input, step.skip)?;
                continue;
            };
            if step.again {
                self.decoder.input.seek(self.place);
            }
            self.place = self.decoder.input.offset();
            (self.field, self.value) = (field, Source::Read(&step.node));
            return Ok(true);
        }
        let Some(default) = self.record.defaults.get(self.default) else { return Ok(false) };
        (self.field, self.value) = (default.field, Source::Default(self.default));
        self.default += 1;
        Ok(true)
    }

    #[cold]
    #[inline(never)]
    fn pass_last(&mut self) -> Result<(), DecodeError> {
        match self.record.steps.get(self.step.wrapping_sub(1)) {
            Some(step) => skip(self.decoder.plan, &mut self.decoder.input, step.skip),
            None => Ok(()),
        }
    }

    fn name(&self) -> &'a str {
        self.record.shape.fields.get(self.field as usize).map_or("", |field| &*field.name)
    }

    #[inline(never)]
    fn told_by_name<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<K::Value, DecodeError> {
        let name: StrDeserializer<'_, DecodeError> = self.name().into_deserializer();
        let identifier = seed.deserialize(name)?;
        if let Telling::Learning(numbers) = &mut self.telling {
            match (identified(&identifier), numbers.as_mut().and_then(|all| all.get_mut(self.field as usize)))
            {
                (Some(number), Some(place)) => *place = number,
                _ => *numbers = None,
            }
        }
        Ok(identifier)
    }

    #[inline]
    fn told_by_number<K: DeserializeSeed<'de>>(
        &mut self,
        number: u64,
        seed: K,
    ) -> Result<K::Value, DecodeError> {
        let number: U64Deserializer<DecodeError> = number.into_deserializer();
        seed.deserialize(number)
    }

    #[cold]
    #[inline(never)]
    fn misread(&self, fault: DecodeError) -> DecodeError {
        fault.at(self.decoder.input.offset()).within(self.name())
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        if !self.next()? {
            return Ok(None);
        }
        let identifier = match self.telling {
            Telling::ByNumber(layout) => self.told_by_number(layout.number(self.field), seed)?,
            Telling::Trying(layout) => {
                let number = layout.number(self.field);
                let identifier = self.told_by_number(number, seed)?;
                if identified(&identifier) != Some(number) {
                    return Err(self.decoder.input.fault("a field has another number than before"));
                }
                identifier
            }
            Telling::ByName | Telling::Learning(_) => self.told_by_name(seed)?,
        };
        Ok(Some(identifier))
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let read = match std::mem::replace(&mut self.value, Source::Default(usize::MAX)) {
            Source::Read(node) => seed.deserialize(NodeReader { decoder: self.decoder, node }),
            Source::Default(at) => match self.record.defaults.get(at) {
                Some(default) => seed.deserialize(ValueReader(&default.value)),
                None => Err(self.decoder.input.fault("a field without a value")),
            },
        };
        match read {
            Ok(value) => Ok(value),
            Err(fault) => Err(self.misread(fault)),
        }
    }
}
