//! Arrays, maps, and bytes that a type takes as a sequence.

use std::mem::size_of;

use serde::de::value::U8Deserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::Decoder;
use super::node::NodeReader;
use crate::codec::DecodeError;
use crate::codec::avro::plan::{ItemPlan, Node};

/// Where reading is among the blocks of an array or a map.
#[derive(Debug)]
struct Blocks<'a> {
    plan: &'a ItemPlan,
    /// Items left in the block.
    left: usize,
    is_done: bool,
    /// Items read, for messages.
    read: usize,
}

impl<'a> Blocks<'a> {
    #[inline]
    fn open(decoder: &mut Decoder<'_, '_>, plan: &'a ItemPlan) -> Result<Self, DecodeError> {
        decoder.input.enter()?;
        let left = decoder.input.block(plan.size_min)?.count;
        Ok(Self { plan, left, is_done: left == 0, read: 0 })
    }

    /// Whether another item comes.
    #[inline]
    fn next(&mut self, decoder: &mut Decoder<'_, '_>, item_size: usize) -> Result<bool, DecodeError> {
        if self.left == 0 {
            if self.is_done {
                return Ok(false);
            }
            self.left = decoder.input.block(self.plan.size_min)?.count;
            if self.left == 0 {
                self.is_done = true;
                return Ok(false);
            }
        }
        if self.plan.size_min == 0 {
            decoder.input.charge(1, item_size)?;
        }
        self.left -= 1;
        self.read += 1;
        Ok(true)
    }

    fn hint(&self) -> Option<usize> {
        (self.plan.size_min > 0).then_some(self.left)
    }

    /// Ends reading: a type may take no more items than it wants, but then there must be no more.
    #[inline]
    fn close(mut self, decoder: &mut Decoder<'_, '_>) -> Result<(), DecodeError> {
        if self.next(decoder, 0)? {
            let taken = self.read - 1;
            return Err(decoder.input.fault(format!("more than the {taken} items that the type takes")));
        }
        decoder.input.leave();
        Ok(())
    }
}

/// The items of an array.
#[derive(Debug)]
pub(super) struct Items<'a, 'p, 'de> {
    decoder: &'a mut Decoder<'p, 'de>,
    blocks: Blocks<'a>,
}

impl<'a, 'p, 'de> Items<'a, 'p, 'de> {
    #[inline]
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &'a mut Decoder<'p, 'de>,
        plan: &'a ItemPlan,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let blocks = Blocks::open(decoder, plan)?;
        let mut items = Items { decoder, blocks };
        let mut read = visitor.visit_seq(&mut items);
        if read.is_ok()
            && let Err(fault) = items.blocks.close(items.decoder)
        {
            read = Err(fault);
        }
        read
    }

    #[cold]
    #[inline(never)]
    fn misread(&self, fault: DecodeError) -> DecodeError {
        fault.at(self.decoder.input.offset()).within(self.blocks.read - 1)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, '_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        if !self.blocks.next(self.decoder, size_of::<T::Value>())? {
            return Ok(None);
        }
        let node = &self.blocks.plan.node;
        match seed.deserialize(NodeReader { decoder: self.decoder, node }) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(self.misread(fault)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.blocks.hint()
    }
}

/// The entries of a map.
#[derive(Debug)]
pub(super) struct Entries<'a, 'p, 'de> {
    decoder: &'a mut Decoder<'p, 'de>,
    blocks: Blocks<'a>,
    /// Where the key stands, for messages.
    key: usize,
}

impl<'a, 'p, 'de> Entries<'a, 'p, 'de> {
    #[inline]
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &'a mut Decoder<'p, 'de>,
        plan: &'a ItemPlan,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let blocks = Blocks::open(decoder, plan)?;
        let mut entries = Entries { decoder, blocks, key: 0 };
        let value = visitor.visit_map(&mut entries)?;
        entries.blocks.close(entries.decoder)?;
        Ok(value)
    }

    #[cold]
    #[inline(never)]
    fn misread(&mut self, fault: DecodeError) -> DecodeError {
        let fault = fault.at(self.decoder.input.offset());
        self.decoder.input.seek(self.key);
        match self.decoder.input.string() {
            Ok(key) => fault.within(key),
            Err(_) => fault,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, '_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        if !self.blocks.next(self.decoder, size_of::<K::Value>())? {
            return Ok(None);
        }
        self.key = self.decoder.input.offset();
        seed.deserialize(NodeReader { decoder: self.decoder, node: &Node::String }).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let node = &self.blocks.plan.node;
        match seed.deserialize(NodeReader { decoder: self.decoder, node }) {
            Ok(value) => Ok(value),
            Err(fault) => Err(self.misread(fault)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.blocks.hint()
    }
}

/// Bytes as numbers.
#[derive(Debug)]
pub(in crate::codec::avro) struct ByteItems<'b>(std::slice::Iter<'b, u8>);

impl<'b> ByteItems<'b> {
    pub(in crate::codec::avro) fn read<'de, V: Visitor<'de>>(
        bytes: &'b [u8],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let mut items = ByteItems(bytes.iter());
        let value = visitor.visit_seq(&mut items)?;
        match items.0.len() {
            0 => Ok(value),
            left => Err(DecodeError::new(format!("{left} bytes more than the type takes"))),
        }
    }
}

impl<'de> SeqAccess<'de> for ByteItems<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Some(byte) = self.0.next() else { return Ok(None) };
        let byte: U8Deserializer<DecodeError> = byte.into_deserializer();
        seed.deserialize(byte).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
