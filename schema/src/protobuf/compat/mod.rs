//! Whether data written with one Protobuf schema can be read with another.
//!
//! Messages are paired by name, their fields by number. Types of the file itself are compared where they are declared;
//! a field whose type another file declares is followed there, since the two schemas may import different versions of
//! that file. A path then starts at that type: `#/Outer/Inner/3`.
//!
//! The rules are those of the reference registry, with its blind spots: names, reserved ranges, defaults, options,
//! extensions, groups and services are not compared.
//!
//! Bounds: [`STEPS_MAX`] fields and messages, [`FINDINGS_MAX`] findings, [`FINDINGS_LENGTH_MAX`] bytes of text. Chains
//! of types may have any length: the walk grows its stack. A difference that is met on several ways is listed once.

mod difference;
mod explain;
mod fields;
mod fragment;
mod kinds;
mod members;
mod messages;
mod oneofs;
mod place;
mod side;
mod walk;

use super::ProtobufSchema;
use crate::incompatibility::Incompatibility;
use side::Side;
use walk::{Recall, Walk};

/// A report ends after this many findings.
const FINDINGS_MAX: usize = 1_000;
/// A report ends once its findings hold this many bytes of text.
const FINDINGS_LENGTH_MAX: usize = 4 << 20;
/// Fields and messages that one check compares before it gives up, within about a second.
const STEPS_MAX: u64 = 5_000_000;
/// Steps within which imported types that refer to each other are compared along every way between them. Their number
/// may grow exponentially: beyond that each pair is compared once. That finds the same differences inside the types;
/// only fields that lead to them may go unlisted.
const EVERY_WAY_STEPS_MAX: u64 = 300_000;

/// Everything that keeps `reader` from reading what `writer` wrote: the oneofs of a message, then its fields by number,
/// then its nested messages; empty when compatible.
pub(super) fn can_read(reader: &ProtobufSchema, writer: &ProtobufSchema) -> Vec<Incompatibility> {
    can_read_within(&Side::new(reader), &Side::new(writer), [EVERY_WAY_STEPS_MAX, STEPS_MAX])
}

fn can_read_within(reader: &Side<'_>, writer: &Side<'_>, steps_max: [u64; 2]) -> Vec<Incompatibility> {
    let recalls = [Recall::Exact, Recall::Always];
    for (recall, steps_max) in recalls.into_iter().zip(steps_max) {
        if let Some(findings) = Walk::new(reader, writer, recall, steps_max).findings() {
            return findings;
        }
    }
    vec![explain::too_large()]
}

#[cfg(test)]
mod tests;
