//! The `PRECISE` policy: what the documents themselves demand.
//!
//! A reader is compatible when a proof is found that every document that is valid for the writer is valid for the
//! reader. Where none is found it is not, so that "compatible" can be relied on; a proof may be missed, but not for
//! schemas that say the same. Validation is that of JSON Schema, with `format` asserted up to draft 7.

mod containers;
pub(super) mod decimal;
pub(super) mod evaluate;
mod explain;
pub(super) mod facts;
mod findings;
pub(super) mod gather;
mod implies;
pub(super) mod matching;
pub(super) mod place;
pub(super) mod prover;
mod same;
pub(super) mod types;

use explain::Explanation;
use facts::Facts;
use matching::Matching;
use place::Targets;
use prover::Prover;

use super::JsonSchema;
use crate::incompatibility::Incompatibility;

/// Everything for which it is not proven that `reader` takes what is valid for `writer`.
pub(super) fn compare(reader: &JsonSchema, writer: &JsonSchema) -> Vec<Incompatibility> {
    if is_copy(reader, writer) {
        return Vec::new();
    }
    let (reader_targets, writer_targets) = (Targets::of(reader), Targets::of(writer));
    let (goal, start) = (reader_targets.root(reader), writer_targets.root(writer));
    let facts = Facts::of([start]);
    let matching = Matching::default();
    let mut prover = Prover::new(&matching);
    let mut explanation = Explanation::new(&mut prover);
    explanation.explain(&facts, goal, "#/");
    explanation.findings
}

/// Whether both have the same text and the same references.
fn is_copy(one: &JsonSchema, other: &JsonSchema) -> bool {
    let references = |schema: &JsonSchema| {
        schema
            .references()
            .iter()
            .map(|document| (document.name.clone(), document.root.clone()))
            .collect::<Vec<_>>()
    };
    one.root() == other.root() && references(one) == references(other)
}
