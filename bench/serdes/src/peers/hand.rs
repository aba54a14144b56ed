//! The hand-written code.

use crate::failure::Failure;
use crate::pass::{decoding, decoding_into, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// The yardstick.
pub(crate) struct Hand;

const MALFORMED: &str = "malformed";

impl<S: Shape> Peer<S> for Hand {
    fn name(&self) -> &'static str {
        "hand-written"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let encode = |value: &&S::Owned, out: &mut Vec<u8>| {
            S::write(value, out);
            Ok::<_, &str>(())
        };
        Ok(vec![
            (Operation::Encode, encoding(values.iter(), data.bodies(), encode, <[u8]>::ne)),
            (
                Operation::Owned,
                decoding(
                    data.bodies(),
                    |bytes| S::read(bytes).ok_or(MALFORMED),
                    |at, value| unless(value == values[at]),
                ),
            ),
            (
                Operation::Borrowed,
                decoding(
                    data.bodies(),
                    |bytes| S::read_borrowed(bytes).ok_or(MALFORMED),
                    |at, value| unless(value == S::borrowed(&values[at])),
                ),
            ),
            (
                Operation::Into,
                decoding_into(
                    data.bodies(),
                    |bytes, value| S::read_into(bytes, value).ok_or(MALFORMED),
                    |at, value| unless(*value == values[at]),
                ),
            ),
            (
                Operation::Reader,
                decoding(
                    data.bodies(),
                    |bytes| S::read_reader(bytes).ok_or(MALFORMED),
                    |at, value| unless(value == S::reader(&values[at])),
                ),
            ),
            (
                Operation::ReaderBorrowed,
                decoding(
                    data.bodies(),
                    |bytes| S::read_reader_borrowed(bytes).ok_or(MALFORMED),
                    |at, value| unless(value == S::reader_borrowed(&values[at])),
                ),
            ),
        ])
    }
}
