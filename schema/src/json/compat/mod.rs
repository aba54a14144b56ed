//! Whether data written with one JSON Schema can be read with another.
//!
//! [`pairs`] decides, keeping of each pair of schemas only what makes it incompatible; [`report`] then writes findings.
//! Both are bounded: by [`WORK_MAX`] steps, [`FINDINGS_MAX`] findings and [`FINDINGS_LENGTH_MAX`] bytes of text.
//!
//! The rules are those of the reference registry, which compares texts of schemas, not sets of documents: see the module
//! `precise` for the latter. Known slips of the reference registry that are not repeated: a reference to a reference is
//! followed to its end, and `exclusiveMaximum` is compared with `exclusiveMaximum`.
//!
//! Not compared: `format`, the schema of `contains`, `propertyNames`, the schemas of `patternProperties` and those of
//! `if`, `then` and `else`.

mod arrays;
mod combined;
mod compare;
pub(in crate::json) mod difference;
mod explain;
mod matching;
mod objects;
mod pairs;
mod report;
mod rest;
mod source;

use super::JsonSchema;
use crate::incompatibility::Incompatibility;
use crate::model::config::CompatibilityPolicy;
use pairs::Pairs;
use report::Report;

/// A report ends after this many findings.
pub(in crate::json) const FINDINGS_MAX: usize = 1_000;
/// A report ends once its findings hold this many bytes of text: paths into deep schemas are long.
const FINDINGS_LENGTH_MAX: usize = 4 << 20;
/// Steps that one check takes before it gives up, within about a second.
pub(in crate::json) const WORK_MAX: u64 = 5_000_000;

/// Everything that keeps `reader` from reading what `writer` wrote; empty when compatible.
pub(in crate::json) fn can_read(
    reader: &JsonSchema,
    writer: &JsonSchema,
    policy: CompatibilityPolicy,
) -> Vec<Incompatibility> {
    can_read_within(reader, writer, policy, WORK_MAX)
}

fn can_read_within(
    reader: &JsonSchema,
    writer: &JsonSchema,
    policy: CompatibilityPolicy,
    work_max: u64,
) -> Vec<Incompatibility> {
    for (side, schema) in [("reader", reader), ("writer", writer)] {
        if let Some(fault) = schema.fault() {
            return vec![explain::unreadable(side, fault)];
        }
    }
    let mut pairs = Pairs::new(writer.model(), reader.model(), policy, work_max);
    match pairs.run() {
        Ok(None) => Vec::new(),
        Ok(Some(outcome)) => Report::new(&pairs, reader, writer).findings(outcome),
        Err(fault) => vec![explain::fault(&pairs, &fault)],
    }
}

#[cfg(test)]
mod tests;
