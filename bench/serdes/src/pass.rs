//! One operation on all records.

use std::hint::black_box;

/// An operation of a peer on all records, timed as a whole.
pub(crate) trait Pass {
    /// Does the operation on each record once.
    fn run(&mut self);
    /// Does it once more and compares each result with the reference; says which record differs and how.
    fn check(&mut self) -> Result<(), Wrong>;
}

/// A record that a peer gets wrong.
pub(crate) struct Wrong {
    /// Its number.
    pub(crate) record: usize,
    /// What is wrong with it.
    pub(crate) reason: String,
}

fn wrong(record: usize, reason: impl ToString) -> Wrong {
    Wrong { record, reason: reason.to_string() }
}

/// Whether a result differs from the reference; `None` when it is the same.
type Difference = Option<String>;

/// Says that a result differs, without what: the peers' own types need not have a text form.
pub(crate) fn unless(same: bool) -> Difference {
    (!same).then(|| "the result differs from the reference".to_owned())
}

struct Encoding<'d, V, E, D> {
    values: Vec<V>,
    out: Vec<u8>,
    encode: E,
    differs: D,
    expected: Vec<&'d [u8]>,
}

/// Writes each value into one buffer that is used over and over. `differs` compares what was written with the
/// reference bytes.
pub(crate) fn encoding<'d, V: 'd, X: ToString>(
    values: impl Iterator<Item = V>,
    expected: impl Iterator<Item = &'d [u8]>,
    encode: impl FnMut(&V, &mut Vec<u8>) -> Result<(), X> + 'd,
    differs: impl Fn(&[u8], &[u8]) -> bool + 'd,
) -> Box<dyn Pass + 'd> {
    let (values, expected) = (values.collect(), expected.collect());
    Box::new(Encoding { values, out: Vec::new(), encode, differs, expected })
}

impl<V, X, E, D> Pass for Encoding<'_, V, E, D>
where
    X: ToString,
    E: FnMut(&V, &mut Vec<u8>) -> Result<(), X>,
    D: Fn(&[u8], &[u8]) -> bool,
{
    fn run(&mut self) {
        for value in &self.values {
            self.out.clear();
            // What a peer says is looked at by the check, on the same records.
            let _outcome = black_box((self.encode)(value, &mut self.out));
            black_box(&self.out);
        }
    }

    fn check(&mut self) -> Result<(), Wrong> {
        for (record, (value, expected)) in self.values.iter().zip(&self.expected).enumerate() {
            self.out.clear();
            (self.encode)(value, &mut self.out).map_err(|error| wrong(record, error))?;
            if (self.differs)(&self.out, expected) {
                return Err(wrong(record, format!("{:02x?} instead of {expected:02x?}", self.out)));
            }
        }
        Ok(())
    }
}

struct Decoding<'d, F, D> {
    records: Vec<&'d [u8]>,
    decode: F,
    differs: D,
}

/// Reads each record into a new value. `differs` is given the number of a record and what was read.
pub(crate) fn decoding<'d, T: 'd, X: ToString>(
    records: impl Iterator<Item = &'d [u8]>,
    decode: impl FnMut(&'d [u8]) -> Result<T, X> + 'd,
    differs: impl Fn(usize, T) -> Difference + 'd,
) -> Box<dyn Pass + 'd> {
    Box::new(Decoding { records: records.collect(), decode, differs })
}

impl<'d, T, X, F, D> Pass for Decoding<'d, F, D>
where
    X: ToString,
    F: FnMut(&'d [u8]) -> Result<T, X>,
    D: Fn(usize, T) -> Difference,
{
    fn run(&mut self) {
        for record in &self.records {
            let _outcome = black_box((self.decode)(record));
        }
    }

    fn check(&mut self) -> Result<(), Wrong> {
        for (record, bytes) in self.records.iter().enumerate() {
            let value = (self.decode)(bytes).map_err(|error| wrong(record, error))?;
            if let Some(difference) = (self.differs)(record, value) {
                return Err(wrong(record, difference));
            }
        }
        Ok(())
    }
}

struct DecodingInto<'d, T, F, D> {
    records: Vec<&'d [u8]>,
    value: T,
    decode: F,
    differs: D,
}

/// Reads each record into the same value.
pub(crate) fn decoding_into<'d, T: Default + 'd, X: ToString>(
    records: impl Iterator<Item = &'d [u8]>,
    decode: impl FnMut(&'d [u8], &mut T) -> Result<(), X> + 'd,
    differs: impl Fn(usize, &T) -> Difference + 'd,
) -> Box<dyn Pass + 'd> {
    Box::new(DecodingInto { records: records.collect(), value: T::default(), decode, differs })
}

impl<'d, T, X, F, D> Pass for DecodingInto<'d, T, F, D>
where
    X: ToString,
    F: FnMut(&'d [u8], &mut T) -> Result<(), X>,
    D: Fn(usize, &T) -> Difference,
{
    fn run(&mut self) {
        for record in &self.records {
            let _outcome = black_box((self.decode)(record, &mut self.value));
            black_box(&self.value);
        }
    }

    fn check(&mut self) -> Result<(), Wrong> {
        for (record, bytes) in self.records.iter().enumerate() {
            (self.decode)(bytes, &mut self.value).map_err(|error| wrong(record, error))?;
            if let Some(difference) = (self.differs)(record, &self.value) {
                return Err(wrong(record, difference));
            }
        }
        Ok(())
    }
}
