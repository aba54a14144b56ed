//! Writing any `serde` type by a plan.

mod branch;
mod compound;
mod node;
mod place;
mod record;
mod runs;

use serde::ser::Serialize;

use super::output::Output;
use super::plan::{Node, Plan};
use crate::codec::EncodeError;

use place::NodeWriter;
use runs::Runs;

/// Appends `value` to `out`. `expected` is the usual size of a record in bytes.
#[inline]
pub(super) fn encode<T: Serialize + ?Sized>(
    plan: &Plan,
    value: &T,
    out: &mut Vec<u8>,
    expected: usize,
) -> Result<usize, EncodeError> {
    let mut encoder = Encoder { plan, out: Output::new(out, expected), runs: Runs::default() };
    let start = encoder.out.position();
    value.serialize(NodeWriter { encoder: &mut encoder, place: &plan.places.root })?;
    Ok(encoder.out.position() - start)
}

/// A record being written.
#[derive(Debug)]
pub(super) struct Encoder<'p, 'o> {
    pub(super) plan: &'p Plan,
    pub(super) out: Output<'o>,
    /// What was written of records out of their order.
    runs: Runs,
}

impl Encoder<'_, '_> {
    /// A value that the schema has no place for.
    #[cold]
    #[inline(never)]
    pub(super) fn misfit(&self, what: &str, node: Node) -> EncodeError {
        EncodeError::new(format!("{what} where the schema has {}", self.plan.expected(node)))
    }
}
