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
/// Fields, symbols and branches that one check compares before it gives up, within about a second.
pub(crate) const WORK_MAX: u64 = 5_000_000;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{SchemaFormat, Strictness};
    use crate::incompatibility::CHECK_FAILED;
    use crate::references::ResolvedReferences;

    fn parse(text: &str) -> AvroSchema {
        AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap()
    }

    /// The least work within which `writer` is read by `reader`; checks that every smaller limit refuses.
    fn check_work(reader: &str, writer: &str) -> u64 {
        let (reader, writer) = (parse(reader), parse(writer));
        let enough = (0..10_000).find(|&work| can_read_within(&reader, &writer, work).is_empty()).unwrap();
        for work in 0..enough {
            let kinds: Vec<&str> =
                can_read_within(&reader, &writer, work).iter().map(|finding| finding.kind).collect();
            assert_eq!(kinds, [CHECK_FAILED], "{work} of {enough}");
        }
        assert!(can_read_within(&reader, &writer, enough + 1).is_empty());
        enough
    }

    fn union(count: usize, field_type: &str) -> String {
        let record = |number: usize| {
            format!(
                r#"{{"type":"record","name":"n{number}.R","fields":[{{"name":"x","type":"{field_type}"}}]}}"#
            )
        };
        let records: Vec<String> = (0..count).map(record).collect();
        format!("[{}]", records.join(","))
    }

    #[test]
    fn work_is_bounded() {
        let field = |name: &str| format!(r#"{{"name":"{name}","type":"int"}}"#);
        let record =
            |fields: &[String]| format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","));
        let fields: Vec<String> = (0..50).map(|number| field(&format!("f{number}"))).collect();
        assert_eq!(check_work(&record(&fields), &record(&fields)), 50);
        let reversed: Vec<String> = fields.iter().rev().cloned().collect();
        assert_eq!(check_work(&record(&reversed), &record(&fields)), 100, "one index of 50 names");
        assert!(check_work(&union(30, "long"), &union(30, "int")) < 200);
    }

    #[test]
    fn a_pair_of_namesakes_costs_the_product() {
        let mut reader = union(30, "int");
        reader.insert_str(
            1,
            &format!("{},", union(1, "string").trim_matches(['[', ']']).replace("n0.R", "z.R")),
        );
        // Every branch of the writer is tried against 30 branches of the reader at worst, never more.
        assert!(check_work(&reader, &union(30, "int")) < 30 * 31);
    }
}
