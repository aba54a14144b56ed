//! Values with parts: sequences, tuples, maps and structs.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::Encoder;
use super::place::NodeWriter;
use super::record::Fields;
use crate::codec::avro::input::Input;
use crate::codec::avro::plan::Place;
use crate::codec::{EncodeError, Limits};

/// Items of an array, or bytes that a type gives as a sequence of numbers.
#[derive(Debug)]
pub(super) struct Items<'a, 'p, 'o> {
    pub(super) encoder: &'a mut Encoder<'p, 'o>,
    pub(super) place: &'p Place,
    /// What was said to come; written in front.
    pub(super) announced: Option<usize>,
    /// Where the first item starts.
    pub(super) start: usize,
    pub(super) written: usize,
    /// Where the last key of a map starts.
    pub(super) key: usize,
}

/// What a sequence or tuple is written as.
#[derive(Debug)]
pub(super) enum Sequence<'a, 'p, 'o> {
    /// An array: a count in front and a zero behind.
    Array(Items<'a, 'p, 'o>),
    /// `bytes`: a length in front.
    Bytes(Items<'a, 'p, 'o>),
    /// A `fixed`, or bytes at the root; as many as were announced, if any were.
    Raw(Items<'a, 'p, 'o>),
    /// A record by the order of its fields.
    Record(Fields<'a, 'p, 'o>),
}

impl<'a, 'p, 'o> Items<'a, 'p, 'o> {
    /// Writes `announced` in front.
    #[inline]
    pub(super) fn new(encoder: &'a mut Encoder<'p, 'o>, place: &'p Place, announced: Option<usize>) -> Self {
        if let Some(count) = announced
            && count > 0
        {
            encoder.out.count(count);
        }
        let start = encoder.out.position();
        Self { encoder, place, announced, start, written: 0, key: start }
    }

    #[inline]
    fn write<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.written += 1;
        match value.serialize(NodeWriter { encoder: self.encoder, place: self.place }) {
            Ok(()) => Ok(()),
            Err(misfit) => Err(misfit.within(self.written - 1)),
        }
    }

    /// Writes the value of the last key.
    #[inline]
    fn write_entry<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.written += 1;
        match value.serialize(NodeWriter { encoder: self.encoder, place: self.place }) {
            Ok(()) => Ok(()),
            Err(misfit) => Err(self.within_key(misfit)),
        }
    }

    #[inline(never)]
    fn named<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), EncodeError> {
        self.key = self.encoder.out.position();
        self.encoder.out.string(name);
        self.write_entry(value)
    }

    #[cold]
    #[inline(never)]
    fn within_key(&self, misfit: EncodeError) -> EncodeError {
        match Input::new(self.encoder.out.written(self.key), Limits::default()).string() {
            Ok(key) => misfit.within(key),
            Err(_) => misfit,
        }
    }

    /// Checks the count, or writes it in front if it was not known.
    #[inline]
    fn end(&mut self) -> Result<(), EncodeError> {
        match self.announced {
            Some(announced) if announced != self.written => Err(self.miscounted(announced)),
            None if self.written > 0 => {
                let behind = self.encoder.out.position();
                self.encoder.out.count(self.written);
                self.encoder.out.bring_forward(self.start, behind);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The same for what has a zero behind it.
    #[inline]
    fn end_array(&mut self) -> Result<(), EncodeError> {
        self.end()?;
        self.encoder.out.byte(0);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn miscounted(&self, announced: usize) -> EncodeError {
        let written = self.written;
        EncodeError::new(format!("{written} items where {announced} were to come"))
    }
}

impl Sequence<'_, '_, '_> {
    #[inline]
    fn write<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        match self {
            Self::Array(items) | Self::Bytes(items) | Self::Raw(items) => items.write(value),
            Self::Record(fields) => fields.write(value),
        }
    }

    #[inline]
    fn finish(&mut self) -> Result<(), EncodeError> {
        match self {
            Self::Array(items) => items.end_array(),
            Self::Bytes(items) => {
                items.end()?;
                if items.written == 0 {
                    items.encoder.out.byte(0);
                }
                Ok(())
            }
            Self::Raw(items) => match items.announced {
                Some(announced) if announced != items.written => Err(items.miscounted(announced)),
                _ => Ok(()),
            },
            Self::Record(fields) => fields.end(),
        }
    }
}

macro_rules! sequences {
    ($($as:ident: $method:ident)*) => {$(
        impl $as for Sequence<'_, '_, '_> {
            type Ok = ();
            type Error = EncodeError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.write(value)
            }

            #[inline]
            fn end(mut self) -> Result<(), EncodeError> {
                self.finish()
            }
        }
    )*};
}

sequences! {
    SerializeSeq: serialize_element
    SerializeTuple: serialize_element
    SerializeTupleStruct: serialize_field
    SerializeTupleVariant: serialize_field
}

/// What a map or a struct is written as.
#[derive(Debug)]
pub(super) enum Entries<'a, 'p, 'o> {
    Map(Items<'a, 'p, 'o>),
    Record(Fields<'a, 'p, 'o>),
}

impl Entries<'_, '_, '_> {
    #[inline]
    fn finish(&mut self) -> Result<(), EncodeError> {
        match self {
            Self::Map(items) => items.end_array(),
            Self::Record(fields) => fields.end(),
        }
    }

    #[inline(always)]
    fn named<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), EncodeError> {
        match self {
            Self::Record(fields) => fields.named(name, value),
            Self::Map(items) => items.named(name, value),
        }
    }
}

impl SerializeMap for Entries<'_, '_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        match self {
            Self::Map(items) => {
                items.key = items.encoder.out.position();
                key.serialize(NodeWriter { encoder: items.encoder, place: &Place::STRING })
            }
            Self::Record(fields) => {
                let start = fields.encoder.out.position();
                key.serialize(NodeWriter { encoder: fields.encoder, place: &Place::RAW_TEXT })?;
                let name = String::from_utf8_lossy(fields.encoder.out.written(start)).into_owned();
                fields.encoder.out.rewind(start);
                fields.find(&name)
            }
        }
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        match self {
            Self::Map(items) => items.write_entry(value),
            Self::Record(fields) => fields.write(value),
        }
    }

    #[inline]
    fn end(mut self) -> Result<(), EncodeError> {
        self.finish()
    }
}

macro_rules! structs {
    ($($as:ident)*) => {$(
        impl $as for Entries<'_, '_, '_> {
            type Ok = ();
            type Error = EncodeError;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                self.named(name, value)
            }

            #[inline]
            fn skip_field(&mut self, name: &'static str) -> Result<(), EncodeError> {
                match self {
                    Self::Record(fields) => fields.leave_out(name),
                    // A struct's length counts the fields that are written.
                    Self::Map(_) => Ok(()),
                }
            }

            #[inline]
            fn end(mut self) -> Result<(), EncodeError> {
                self.finish()
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }
