//! Findings in words: what is wrong, and the smallest change that cures it.
//!
//! `description` keeps the shape in which clients of the reference registry know it; `reason`, `cure` and `writer_cure`
//! are for people.

mod case;
mod words;

use super::pairs::{Fault, Pairs, Side};
use crate::format::ParseError;
use crate::incompatibility::{CHECK_FAILED, FRAGMENT_LENGTH_MAX, Incompatibility};
use crate::json::model::Kind;
pub(super) use case::Case;
use words::Words;

/// Writes one finding. `inner` says what keeps a part of a combined schema from the part that was meant to take it.
pub(super) fn finding(case: &Case<'_, '_>, inner: Option<&Incompatibility>) -> Incompatibility {
    let path = case.path();
    let Words { reason, cure, writer_cure } = match inner {
        Some(inner) => Words {
            reason: format!("{}: {}", words::lonely(case), inner.reason),
            cure: inner.cure.clone(),
            writer_cure: inner.writer_cure.clone(),
        },
        None => words::words(case),
    };
    let description = case.difference().description(&path);
    let [reader_fragment, writer_fragment] = case.fragments(FRAGMENT_LENGTH_MAX);
    Incompatibility {
        kind: case.difference().as_str(),
        path,
        description,
        detail: String::new(),
        reader_fragment,
        writer_fragment,
        reason,
        cure,
        writer_cure,
    }
}

/// The parts of a combined schema, also behind references.
pub(super) fn parts<'m>(pairs: &Pairs<'m>, side: Side) -> impl Iterator<Item = Side> + use<'m> {
    let parts: &'m [_] = match &pairs.node(side).kind {
        Kind::Combined(_, parts) => parts,
        _ => &[],
    };
    parts.iter().map(move |&id| Side { id, ..side })
}

/// A question without an answer.
pub(super) fn fault(pairs: &Pairs<'_>, fault: &Fault) -> Incompatibility {
    let (reason, cure) = match fault {
        Fault::TooMuchWork => (
            "the two schemas are too large to be compared".to_owned(),
            "Split the {reader} schema, or make its `allOf`, `anyOf` and `oneOf` shorter".to_owned(),
        ),
        Fault::Dangling(side) => {
            let name = if side.of_reader { "reader" } else { "writer" };
            let text = match &pairs.node(*side).kind {
                Kind::Reference(reference) => &*reference.text,
                _ => "",
            };
            (
                format!("the {name}'s `\"$ref\": \"{text}\"` leads to no schema"),
                format!("Register the {{{name}}} schema again with a reference under the name in its `$ref`"),
            )
        }
    };
    failed(reason, cure)
}

/// One of the schemas cannot be read at all.
pub(super) fn unreadable(side: &str, fault: &ParseError) -> Incompatibility {
    failed(
        format!("the {side} is no schema that can be compared: {fault}"),
        format!("Correct the {{{side}}} schema and register it again"),
    )
}

fn failed(reason: String, cure: String) -> Incompatibility {
    Incompatibility {
        kind: CHECK_FAILED,
        path: "#/".to_owned(),
        description: reason.clone(),
        detail: String::new(),
        reader_fragment: String::new(),
        writer_fragment: String::new(),
        reason,
        writer_cure: cure.clone(),
        cure,
    }
}
