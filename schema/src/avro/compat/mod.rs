//! Whether data written with one Avro schema can be read with another.
//!
//! Two passes: [`decide`] answers yes or no and builds no text; only after a no does [`report`] walk both schemas again
//! and write findings. Both are bounded: by pairs of named types, by [`WORK_MAX`], and the report also by
//! [`FINDINGS_MAX`] and [`FINDINGS_LENGTH_MAX`].
//!
//! Cost of a yes: one step per field of the reader, looked up by position first and through a hash map where the order
//! of fields differs. Unions compare through an index by kind and name, so the size of two unions adds up instead of
//! multiplying.
//!
//! Not compared, as in the reference registry: logical types, documentation, sort order, custom properties and the
//! values of defaults.

mod branches;
pub(super) mod decide;
pub(super) mod fragment;
pub(super) mod place;
mod report;
pub(super) mod rules;

use super::explain;
use super::schema::AvroSchema;
use crate::incompatibility::Incompatibility;
use decide::{Decider, Doubt, Fault};
use report::Report;

/// A report ends after this many findings.
pub(crate) const FINDINGS_MAX: usize = 1_000;
/// A report ends once its findings hold this many bytes of text: paths into deep schemas are long.
pub(crate) const FINDINGS_LENGTH_MAX: usize = 4 << 20;
/// Fields, symbols and branches that one check compares before it gives up; some tenths of a second.
pub(crate) const WORK_MAX: u64 = 20_000_000;
/// Everything that keeps `reader` from reading what `writer` wrote, in the order of the reader's fields; empty when
/// compatible.
pub(crate) fn can_read(reader: &AvroSchema, writer: &AvroSchema) -> Vec<Incompatibility> {
    can_read_within(reader, writer, WORK_MAX)
}

fn can_read_within(reader: &AvroSchema, writer: &AvroSchema, work_max: u64) -> Vec<Incompatibility> {
    let mut decider = Decider::new(reader, writer, Doubt::Withdraw, work_max);
    if decider.reads(reader.root, writer.root) {
        return Vec::new();
    }
    if let Some(fault) = decider.fault() {
        return vec![explain::fault(fault)];
    }
    // The reference registry's report first; it is empty in the rare cases in which its answer is a wrong yes.
    for doubt in [Doubt::Keep, Doubt::Withdraw] {
        let mut decider = Decider::new(reader, writer, doubt, work_max);
        let mut findings = Vec::new();
        Report::new(&mut decider, &mut findings).walk(reader.root, writer.root);
        match decider.fault() {
            Some(fault @ Fault::Ambiguous { .. }) => return vec![explain::fault(fault)],
            Some(fault) if findings.is_empty() => return vec![explain::fault(fault)],
            _ if findings.is_empty() => {}
            _ => return findings,
        }
    }
    debug_assert!(false, "a no without a finding");
    Vec::new()
}
