//! In which shortest way a Rust type takes the fields of a record, learned from the type itself.
//!
//! Derived types take a field by its number as well as by its name, and all fields in turn without either. But numbers
//! leave aliases out where the list of names has them, and a visitor written by hand may know names alone. So:
//!
//! 1. The first record is told by names. What a visitor makes of each name is an enum without content, the number of
//!    whose variant is noted ([`Layout::learned`]).
//! 2. The second is told by those numbers, and what the visitor makes of each must be the same variant.
//! 3. The third, if the names of the type are in the order of these numbers, is told as a sequence, of which the visitor
//!    must take exactly as many items as there are fields.
//!
//! A failure in the second, the third or any later record makes that record be read by names once more; if that goes
//! well, names it is from then on.

use std::any::type_name;
use std::hash::{Hash, Hasher};
use std::mem::{discriminant, size_of};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::seats::{self, Seats};
use crate::codec::avro::plan::RecordPlan;

/// Types that learn how to take one record, at most; the others are told by names.
const TYPES_MAX: usize = 6;
/// What a visitor makes of a name is at most this large if it is an enum without content, in bytes.
const IDENTIFIER_SIZE_MAX: usize = 2;

/// The layouts of one record, by type.
#[derive(Debug, Default)]
pub(in crate::codec::avro) struct Layouts {
    slots: [OnceLock<Box<Layout>>; TYPES_MAX],
}

/// Which type: its list of names, its visitor and its size. Each alone can be the same for two types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    fields: (usize, usize),
    visitor: usize,
    size: usize,
}

/// How a type takes a record.
#[derive(Debug)]
pub(super) struct Layout {
    key: Key,
    mode: AtomicU8,
    /// By field of the record the number that the type knows it by; of fields it does not have, the number for those.
    numbers: Box<[u64]>,
    pub(super) seats: Option<Seats>,
}

/// How far a type has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    ByName,
    TryNumbers,
    TrySequence,
    ByNumber,
    Sequence,
}

/// What is known of a type.
pub(super) enum Found<'p> {
    Layout(usize, &'p Layout),
    /// Nothing: it can be learned into this slot.
    Vacant(usize),
    Full,
}

impl Key {
    #[inline]
    pub(super) fn of<V, T>(fields: &'static [&'static str]) -> Self {
        Self {
            fields: (fields.as_ptr().addr(), fields.len()),
            visitor: type_name::<V>().as_ptr().addr(),
            size: size_of::<T>(),
        }
    }
}

impl Layouts {
    /// What is known of the type that was met first, if it is this one: the usual case, with less to look at.
    #[inline(always)]
    pub(super) fn first(&self, key: Key) -> Option<&Layout> {
        let [first, ..] = &self.slots;
        first.get().map(|layout| &**layout).filter(|layout| layout.key == key)
    }

    #[inline(never)]
    pub(super) fn find(&self, key: Key) -> Found<'_> {
        for (slot, layout) in self.slots.iter().enumerate() {
            match layout.get() {
                Some(layout) if layout.key == key => return Found::Layout(slot, layout),
                Some(_) => {}
                None => return Found::Vacant(slot),
            }
        }
        Found::Full
    }

    pub(super) fn learn(&self, slot: usize, layout: Layout) {
        if let Some(slot) = self.slots.get(slot) {
            // Another thread that learned first has learned the same, or something about another type.
            let _ = slot.set(Box::new(layout));
        }
    }

    /// From now on the type is told by names.
    pub(super) fn distrust(&self, slot: usize) {
        if let Some(layout) = self.slots.get(slot).and_then(OnceLock::get) {
            layout.set_mode(Mode::ByName);
        }
    }
}

impl Layout {
    /// What the first record has shown: `identified` holds, by field of the record, what the visitor made of its name.
    pub(super) fn learned(
        key: Key,
        fields: &'static [&'static str],
        record: &RecordPlan,
        identified: Option<Vec<u64>>,
    ) -> Self {
        let numbers = identified.filter(|numbers| is_consistent(fields, record, numbers)).unwrap_or_default();
        let mode = if numbers.is_empty() { Mode::ByName } else { Mode::TryNumbers };
        let seats = seats::assign(fields, record, &numbers);
        Self { key, mode: AtomicU8::new(mode as u8), numbers: numbers.into_boxed_slice(), seats }
    }

    #[inline]
    pub(super) fn mode(&self) -> Mode {
        match self.mode.load(Ordering::Relaxed) {
            4 => Mode::Sequence,
            3 => Mode::ByNumber,
            2 => Mode::TrySequence,
            1 => Mode::TryNumbers,
            _ => Mode::ByName,
        }
    }

    /// The seats, if the type was seen to take its fields in turn.
    #[inline]
    pub(super) fn in_sequence(&self) -> Option<&Seats> {
        if self.mode.load(Ordering::Relaxed) == Mode::Sequence as u8 { self.seats.as_ref() } else { None }
    }

    fn set_mode(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::Relaxed);
    }

    /// After a record went well in a mode that was being tried.
    #[cold]
    pub(super) fn promote(&self) {
        let (tried, mode) = match (self.mode(), &self.seats) {
            (Mode::TryNumbers, Some(_)) => (Mode::TryNumbers, Mode::TrySequence),
            (Mode::TryNumbers, None) => (Mode::TryNumbers, Mode::ByNumber),
            (Mode::TrySequence, _) => (Mode::TrySequence, Mode::Sequence),
            _ => return,
        };
        // Not if another thread has found a fault meanwhile.
        let _ = self.mode.compare_exchange(tried as u8, mode as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The number of a field.
    #[inline]
    pub(super) fn number(&self, field: u32) -> u64 {
        self.numbers.get(field as usize).copied().unwrap_or(u64::MAX)
    }
}

/// Whether different names of the type were told apart, and other names were not.
fn is_consistent(fields: &[&str], record: &RecordPlan, numbers: &[u64]) -> bool {
    let is_known =
        |at: usize| record.shape.fields.get(at).is_some_and(|field| fields.contains(&&*field.name));
    let mut known: Vec<u64> = Vec::new();
    let mut unknown = None;
    for (at, number) in numbers.iter().enumerate() {
        if is_known(at) {
            known.push(*number);
        } else if *unknown.get_or_insert(*number) != *number {
            return false;
        }
    }
    known.sort_unstable();
    known.windows(2).all(|pair| pair[0] != pair[1]) && !unknown.is_some_and(|number| known.contains(&number))
}

/// The number of the variant that a visitor made of a name; `None` if it is no enum without content.
#[inline]
pub(super) fn identified<T>(identifier: &T) -> Option<u64> {
    if size_of::<T>() > IDENTIFIER_SIZE_MAX {
        return None;
    }
    let mut number = Number(0);
    discriminant(identifier).hash(&mut number);
    Some(number.0)
}

/// Takes the one number that is hashed as it is.
struct Number(u64);

impl Hasher for Number {
    fn write(&mut self, bytes: &[u8]) {
        for (byte, at) in bytes.iter().zip(0..8) {
            self.0 |= u64::from(*byte) << (8 * at);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
