//! Reading any `serde` type by a plan.

mod choice;
mod entries;
mod fields;
mod layout;
mod node;
mod record;
mod seats;
pub(super) mod skip;

use serde::de::Deserialize;

use super::input::Input;
use super::plan::{Node, Plan};
use crate::codec::{DecodeError, Limits};

pub(super) use choice::Symbol;
pub(super) use entries::ByteItems;
pub(super) use layout::Layouts;
use node::NodeReader;

/// Reads `record` as a new value.
#[inline]
pub(super) fn decode<'de, T: Deserialize<'de>>(
    plan: &Plan,
    limits: Limits,
    record: &'de [u8],
) -> Result<T, DecodeError> {
    decode_with(plan, limits, record, |reader| T::deserialize(reader))
}

/// Reads `record` into a value that exists, whose memory is used again as far as the type can.
#[inline]
pub(super) fn decode_into<'de, T: Deserialize<'de>>(
    plan: &Plan,
    limits: Limits,
    record: &'de [u8],
    place: &mut T,
) -> Result<(), DecodeError> {
    decode_with(plan, limits, record, |reader| T::deserialize_in_place(reader, place))
}

#[inline(always)]
fn decode_with<'de, T>(
    plan: &Plan,
    limits: Limits,
    record: &'de [u8],
    mut read: impl FnMut(NodeReader<'_, '_, 'de>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(plan, limits, record);
    // The result is looked at where it lies and given as it is, so that a large value is not copied.
    let mut result = decoder.run(&mut read);
    if result.is_err() || decoder.suspect.is_some() {
        result = again(&decoder, limits, record, result.err(), &mut read);
    }
    result
}

/// Reads a record once more after the short ways of naming fields were part of a failure: a visitor written by hand may
/// know fields by their names alone.
#[cold]
#[inline(never)]
fn again<'de, T>(
    failed: &Decoder<'_, 'de>,
    limits: Limits,
    record: &'de [u8],
    first: Option<DecodeError>,
    read: &mut impl FnMut(NodeReader<'_, '_, 'de>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let suspect = match (failed.suspect, first) {
        (None, Some(fault)) => return Err(fault.at(failed.input.offset())),
        (suspect, _) => suspect,
    };
    let mut decoder = Decoder { naming: Naming::ByName, ..Decoder::new(failed.plan, limits, record) };
    let second = decoder.run(read);
    if second.is_ok()
        && let Some(suspect) = suspect
    {
        failed.plan.record(suspect.record).layouts.distrust(suspect.slot);
    }
    second.map_err(|fault| fault.at(decoder.input.offset()))
}

/// A record being read.
#[derive(Debug)]
pub(super) struct Decoder<'p, 'de> {
    pub(super) plan: &'p Plan,
    pub(super) input: Input<'de>,
    naming: Naming,
    /// The innermost layout in whose use something failed.
    suspect: Option<Suspect>,
}

/// How visitors of records are told which field comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// In the shortest way that the type was seen to understand.
    Learned,
    ByName,
}

#[derive(Clone, Copy, Debug)]
struct Suspect {
    record: u32,
    slot: usize,
}

impl<'p, 'de> Decoder<'p, 'de> {
    #[inline]
    pub(super) fn new(plan: &'p Plan, limits: Limits, record: &'de [u8]) -> Self {
        Self { plan, input: Input::new(record, limits), naming: Naming::Learned, suspect: None }
    }

    #[inline(always)]
    fn run<T>(
        &mut self,
        read: &mut impl FnMut(NodeReader<'_, '_, 'de>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let node = &self.plan.root;
        let mut result = read(NodeReader { decoder: self, node });
        if result.is_ok()
            && let Err(fault) = self.input.finish()
        {
            result = Err(fault);
        }
        result
    }

    /// Remembers in whose use something failed.
    #[cold]
    fn suspect(&mut self, record: u32, slot: usize) {
        self.suspect.get_or_insert(Suspect { record, slot });
    }

    /// What cannot be read as the reader wants it.
    #[cold]
    #[inline(never)]
    pub(super) fn refused(&self, failure: u32) -> DecodeError {
        self.input.fault(self.plan.failure(failure))
    }

    /// The branch that comes next.
    #[inline]
    pub(super) fn branch<'n>(&mut self, node: &'n Node) -> Result<&'n Node, DecodeError>
    where
        'p: 'n,
    {
        self.plan.branch(node, &mut self.input)
    }

    /// The symbol that comes next, by its name.
    #[inline]
    pub(super) fn symbol_name(&mut self, index: u32) -> Result<&'p str, DecodeError> {
        let number = self.symbol(index)?;
        Ok(self.plan.enumeration(index).shape.symbol(number))
    }

    /// The symbol that comes next, as a number of the reader's.
    #[inline]
    pub(super) fn symbol(&mut self, index: u32) -> Result<u32, DecodeError> {
        self.plan.symbol(index, &mut self.input)
    }
}
