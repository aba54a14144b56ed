//! DocumentValidator that prove a finding: valid for the writer, invalid for the reader, and tried before they are shown.
//!
//! The search starts from what the writer's schema says of its documents and breaks, at the place of the finding, one
//! keyword of the reader's schema after the other that does not follow from it. Validators judge what comes out.

mod aim;
mod bounds;
mod instance;
mod refute;
mod search;
mod texts;

use aim::Aim;
use search::Search;

use super::JsonSchema;
use super::precise::facts::Facts;
use super::precise::matching::Matching;
use super::precise::place::{Place, Targets};
use super::precise::prover::Prover;
use super::validate::{DocumentValidator, Verdict, serde_value};
use crate::document::Json;
use crate::evidence::{DOCUMENT_LENGTH_MAX, Evidence, Witness};
use crate::incompatibility::Incompatibility;

/// DocumentValidator that are tried for one finding, at most.
const TRIALS_MAX: usize = 600;

/// DocumentValidator that prove `findings`, or why there are none.
pub(super) fn evidence(
    reader: &JsonSchema,
    writer: &JsonSchema,
    findings: &[Incompatibility],
) -> Vec<Evidence> {
    let absent = |reason: String| vec![Evidence::Absent(reason); findings.len()];
    let judges = match (DocumentValidator::of(reader), DocumentValidator::of(writer)) {
        (Ok(readers), Ok(writers)) => Judges { readers, writers },
        (Err(reason), _) => return absent(format!("no document was tried with the reader: {reason}")),
        (_, Err(reason)) => return absent(format!("no document was tried with the writer: {reason}")),
    };
    let (reader_targets, writer_targets) = (Targets::of(reader), Targets::of(writer));
    let (goal, start) = (reader_targets.root(reader), writer_targets.root(writer));
    let facts = Facts::of([start]);
    findings.iter().map(|finding| search(&judges, &facts, goal, &finding.path)).collect()
}

/// The validators of both schemas.
struct Judges {
    readers: DocumentValidator,
    writers: DocumentValidator,
}

/// A document that proves the finding at `path`, or why there is none.
fn search<'s>(judges: &Judges, facts: &Facts<'s>, goal: Place<'s>, path: &str) -> Evidence {
    let matching = Matching::default();
    let candidates = Search::new(&matching).refute(facts, goal, Aim::at(path));
    let mut tried = 0;
    for candidate in candidates.into_iter().take(TRIALS_MAX) {
        tried += 1;
        if let Some(witness) = judges.witness(&candidate) {
            return Evidence::Witness(witness);
        }
    }
    if Prover::new(&matching).implies(facts, goal) {
        return Evidence::Absent(
            "there is none: every document that is valid for the writer is valid for the reader, and the rule is \
             stricter than documents demand"
                .to_owned(),
        );
    }
    Evidence::Absent(match tried {
        0 => "no document could be made that shows it at this place".to_owned(),
        1 => "the one document that was tried does not show it".to_owned(),
        tried => format!("none of the {tried} documents that were tried shows it"),
    })
}

impl Judges {
    /// The document as a witness, if it is one.
    fn witness(&self, candidate: &Json) -> Option<Witness> {
        let mut document = String::new();
        candidate.write_compact(&mut document);
        if document.chars().count() > DOCUMENT_LENGTH_MAX {
            return None;
        }
        let value = serde_value(candidate)?;
        match (self.writers.judge(&value), self.readers.judge(&value)) {
            (Verdict::Valid, Verdict::Invalid(reason)) => {
                Some(Witness { document, encoded: None, failure: format!("the reader refuses it: {reason}") })
            }
            _ => None,
        }
    }
}
