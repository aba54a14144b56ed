//! What the client aims at, in figures of one and the same run.

use std::fmt::Write;

use crate::peer::Operation::{self, Borrowed, Encode, Generic, Into, Owned, Reader, ReaderBorrowed};
use crate::report::median;
use crate::runner::Figures;

const HAND: &str = "hand-written";
const PLAIN: &str = "serde-client, serde";
const DERIVED: &str = "serde-client, derived";
const WHOLE_PLAIN: &str = "serde-client, serde, whole";
const WHOLE_DERIVED: &str = "serde-client, derived, whole";
const WHOLE_PROTOBUF: &str = "serde-client, Protobuf, whole";

/// How two figures are to relate.
#[derive(Clone, Copy)]
enum Limit {
    /// At most so many times the other's time.
    Times(f64),
    /// At least so many times faster than the other.
    Faster(f64),
    /// At most so many nanoseconds above the other.
    Above(f64),
}

impl Limit {
    fn measure(self, own: f64, other: f64) -> f64 {
        match self {
            Self::Times(_) => own / other,
            Self::Faster(_) => other / own,
            Self::Above(_) => own - other,
        }
    }

    /// The goal and what was measured, as text, and whether the goal is met.
    fn judged(self, measured: f64) -> (String, String, bool) {
        match self {
            Self::Times(limit) => (format!("≤ {limit}×"), format!("{measured:.2}×"), measured <= limit),
            Self::Faster(limit) => {
                (format!("≥ {limit} times faster"), format!("{measured:.1} times"), measured >= limit)
            }
            Self::Above(limit) => {
                (format!("≤ {limit} ns more"), format!("{measured:+.0} ns"), measured <= limit)
            }
        }
    }
}

type Place = (&'static str, Operation);

/// Which figure is compared with which, and the goal.
const GOALS: &[(Place, Place, Limit)] = &[
    ((PLAIN, Encode), (HAND, Encode), Limit::Times(1.6)),
    ((PLAIN, Owned), (HAND, Owned), Limit::Times(1.2)),
    ((PLAIN, Borrowed), (HAND, Borrowed), Limit::Times(1.5)),
    ((DERIVED, Encode), (HAND, Encode), Limit::Times(1.25)),
    ((DERIVED, Owned), (HAND, Owned), Limit::Times(1.15)),
    ((DERIVED, Borrowed), (HAND, Borrowed), Limit::Times(1.15)),
    ((DERIVED, Into), (HAND, Into), Limit::Times(1.15)),
    ((PLAIN, Reader), (PLAIN, Owned), Limit::Times(1.15)),
    ((PLAIN, ReaderBorrowed), (PLAIN, Borrowed), Limit::Times(1.15)),
    ((DERIVED, Reader), (DERIVED, Owned), Limit::Times(1.15)),
    ((DERIVED, ReaderBorrowed), (DERIVED, Borrowed), Limit::Times(1.15)),
    ((PLAIN, Generic), (HAND, Owned), Limit::Times(1.3)),
    ((PLAIN, Generic), ("Java, Apache Avro", Generic), Limit::Times(1.0)),
    ((WHOLE_PLAIN, Encode), (PLAIN, Encode), Limit::Above(25.0)),
    ((WHOLE_PLAIN, Owned), (PLAIN, Owned), Limit::Above(25.0)),
    ((WHOLE_PLAIN, Borrowed), (PLAIN, Borrowed), Limit::Above(25.0)),
    ((WHOLE_DERIVED, Encode), (DERIVED, Encode), Limit::Above(25.0)),
    ((WHOLE_DERIVED, Owned), (DERIVED, Owned), Limit::Above(25.0)),
    ((WHOLE_DERIVED, Borrowed), (DERIVED, Borrowed), Limit::Above(25.0)),
    ((WHOLE_PROTOBUF, Encode), ("prost", Encode), Limit::Times(1.05)),
    ((WHOLE_PROTOBUF, Owned), ("prost", Owned), Limit::Times(1.05)),
    ((PLAIN, Encode), ("serde_avro_fast", Encode), Limit::Faster(2.5)),
    ((PLAIN, Borrowed), ("serde_avro_fast", Borrowed), Limit::Faster(3.0)),
    ((PLAIN, Encode), ("Go, twmb/avro", Encode), Limit::Faster(2.5)),
    ((PLAIN, Encode), ("Java, Apache Avro", Encode), Limit::Faster(2.5)),
    ((WHOLE_PLAIN, Encode), ("schema_registry_converter", Encode), Limit::Faster(8.0)),
    ((WHOLE_PLAIN, Owned), ("schema_registry_converter", Owned), Limit::Faster(5.0)),
    ((WHOLE_PLAIN, Encode), ("schema-registry-client", Encode), Limit::Faster(70.0)),
    ((WHOLE_PLAIN, Owned), ("schema-registry-client", Owned), Limit::Faster(35.0)),
    ((WHOLE_DERIVED, Encode), ("schema_registry_converter", Encode), Limit::Faster(8.0)),
    ((WHOLE_DERIVED, Owned), ("schema_registry_converter", Owned), Limit::Faster(5.0)),
    ((WHOLE_DERIVED, Encode), ("schema-registry-client", Encode), Limit::Faster(70.0)),
    ((WHOLE_DERIVED, Owned), ("schema-registry-client", Owned), Limit::Faster(35.0)),
];

/// A table of all goals whose two figures were measured, for each shape by its name.
pub(crate) fn table(shapes: &[(&str, Vec<Figures>)]) -> String {
    let mut out = "| what | beside | goal |".to_owned();
    shapes.iter().for_each(|(name, _)| out.push_str(&format!(" {name} | met |")));
    out.push_str("\n| --- | --- | --- |");
    out.push_str(&" ---: | --- |".repeat(shapes.len()));
    for &(own, other, limit) in GOALS {
        let measured: Vec<Option<f64>> =
            shapes.iter().map(|(_, figures)| compared(figures, own, other, limit)).collect();
        if measured.iter().all(Option::is_none) {
            continue;
        }
        let (goal, ..) = limit.judged(0.0);
        let _infallible = write!(out, "\n| {} | {} | {goal} |", label(own), label(other));
        for measured in measured {
            let (_, text, met) = limit.judged(measured.unwrap_or(f64::NAN));
            let met = if met { "yes" } else { "**no**" };
            let cells = measured.map_or_else(|| " | |".to_owned(), |_| format!(" {text} | {met} |"));
            out.push_str(&cells);
        }
    }
    out.push('\n');
    out
}

fn label((peer, operation): Place) -> String {
    format!("{peer}: {}", operation.name())
}

/// The median over all rounds of what each round by itself says.
fn compared(figures: &[Figures], own: Place, other: Place, limit: Limit) -> Option<f64> {
    let find = |(peer, operation): Place| {
        figures.iter().find(|found| found.peer == peer && found.operation == operation)
    };
    let pairs = find(own)?.samples.iter().zip(&find(other)?.samples);
    let measured: Vec<f64> = pairs.map(|(own, other)| limit.measure(*own, *other)).collect();
    Some(median(&measured))
}
