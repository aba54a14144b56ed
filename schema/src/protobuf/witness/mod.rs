//! A message that proves a finding: encoded with the writer's schema, decoded with the reader's, and refused or misread.
//!
//! Both schemas are compiled, the message of the finding's path is filled with a few values each, and the first trial
//! that goes wrong at the fields of the finding is shown. Findings about names alone have no witness: names are no part
//! of the data.
//!
//! Bounds: schemas of 1 MiB with their references, and [`samples::SAMPLES_MAX`] trials.

mod locate;
mod reading;
mod samples;
mod trial;

use std::cell::LazyCell;

use super::{ProtobufSchema, compile};
use crate::evidence::Evidence;
use crate::incompatibility::{CHECK_FAILED, Incompatibility};
use locate::{Located, locate};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use reading::Scope;
use trial::Trial;

/// Messages that prove `findings`, tried before they are returned, or why there are none.
pub(super) fn evidence(
    reader: &ProtobufSchema,
    writer: &ProtobufSchema,
    findings: &[Incompatibility],
) -> Vec<Evidence> {
    // Not compiled at all where no finding needs it.
    let pools = LazyCell::new(|| (pool("reader", reader), pool("writer", writer)));
    let evidence = |finding: &Incompatibility| {
        if let Some(reason) = harmless(finding.kind) {
            return Evidence::Absent(reason.to_owned());
        }
        match &*pools {
            (Ok(reader), Ok(writer)) => search(reader, writer, finding),
            (Err(reason), _) | (_, Err(reason)) => Evidence::Absent(reason.clone()),
        }
    };
    findings.iter().map(evidence).collect()
}

/// Why no message can prove a finding of this kind.
fn harmless(kind: &str) -> Option<&'static str> {
    match kind {
        CHECK_FAILED => Some("the two schemas were not compared to the end"),
        "PACKAGE_CHANGED" => {
            Some("the package is no part of the data: only programs that look types up by name notice")
        }
        "REQUIRED_FIELD_REMOVED" => Some(
            "who does not know a field skips it, whether it was required or not: its value is lost as that of any \
             field that is removed, which is allowed",
        ),
        _ => None,
    }
}

fn pool(side: &str, schema: &ProtobufSchema) -> Result<DescriptorPool, String> {
    compile::pool(schema).map_err(|error| format!("no message can be made with the {side}'s schema: {error}"))
}

/// Tries messages at every place that the path of the finding may mean.
fn search(reader: &DescriptorPool, writer: &DescriptorPool, finding: &Incompatibility) -> Evidence {
    let mut reason = "the place of the finding is not found in the compiled schemas".to_owned();
    for located in locate(reader, writer, finding) {
        match attempt(&located) {
            Evidence::Absent(other) => reason = other,
            witness @ Evidence::Witness(_) => return witness,
        }
    }
    Evidence::Absent(reason)
}

fn attempt(located: &Located) -> Evidence {
    match located {
        Located::Removed { writer, namesakes } => removed(writer, namesakes),
        Located::Field { reader, writer, tag } => {
            let scope = Scope::Fields(vec![*tag]);
            let trial = Trial { reader: reader.clone(), scope };
            let field = writer.get_field(*tag);
            let nothing = std::iter::once(samples::least(writer));
            let something = field.iter().flat_map(|field| samples::with_field(writer, field));
            first(&trial, nothing.chain(something)).unwrap_or_else(|| {
                Evidence::Absent(
                    "everything that was tried is read as it was written: the rule is stricter than the data demand"
                        .to_owned(),
                )
            })
        }
        Located::OneOf { reader, writer, tags } => {
            let trial = Trial { reader: reader.clone(), scope: Scope::Fields(tags.clone()) };
            first(&trial, samples::pairs(writer, tags).into_iter()).unwrap_or_else(|| {
                Evidence::Absent("no two fields that exclude each other could be set together".to_owned())
            })
        }
    }
}

/// Tries a message that the reader lacks with the messages that only the reader has.
fn removed(writer: &MessageDescriptor, namesakes: &[MessageDescriptor]) -> Evidence {
    let all: Vec<_> = samples::messages(writer).collect();
    for candidate in namesakes {
        let trial = Trial { reader: candidate.clone(), scope: Scope::All };
        if all.iter().all(|message| trial.misread(message).is_none()) {
            return Evidence::Absent(format!(
                "the message was renamed: `{}` of the reader reads it as it was written",
                candidate.full_name()
            ));
        }
    }
    let failure = format!("the reader has no message `{}` to decode it with", writer.full_name());
    let shown = all.iter().rev().find_map(|message| trial::witness(message, failure.clone()));
    shown.map_or_else(|| Evidence::Absent("no short message could be made".to_owned()), Evidence::Witness)
}

fn first(trial: &Trial, messages: impl Iterator<Item = DynamicMessage>) -> Option<Evidence> {
    messages.take(samples::SAMPLES_MAX).find_map(|message| {
        let failure = trial.misread(&message)?;
        trial::witness(&message, failure).map(Evidence::Witness)
    })
}
