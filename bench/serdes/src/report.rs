//! The figures as Markdown.

use std::fmt::Write;
use std::path::Path;

use crate::failure::Failure;
use crate::peer::Operation;
use crate::runner::Figures;

const BEGIN: &str = "<!-- serdes: begin -->";
const END: &str = "<!-- serdes: end -->";

/// One table for a shape: peers by operations. A cell holds the median and, in brackets, the fastest sample in
/// nanoseconds per record, the ratio to hand-written code, and the allocations per record.
pub(crate) fn table(title: &str, figures: &[Figures]) -> String {
    let measured = |operation: &Operation| figures.iter().any(|found| found.operation == *operation);
    let operations: Vec<_> = Operation::ALL.into_iter().filter(measured).collect();
    let mut out = format!("### {title}\n\n| peer |");
    operations.iter().for_each(|operation| out.push_str(&format!(" {} |", operation.name())));
    out.push_str("\n| --- |");
    out.push_str(&" ---: |".repeat(operations.len()));
    let mut peers: Vec<&str> = figures.iter().map(|found| found.peer.as_str()).collect();
    peers.dedup();
    for peer in peers {
        let _infallible = write!(out, "\n| {peer} |");
        for operation in &operations {
            let found = figures.iter().find(|found| found.peer == peer && found.operation == *operation);
            let cell = found.map_or_else(String::new, |found| cell(found, figures));
            let _infallible = write!(out, " {cell} |");
        }
    }
    out.push('\n');
    out
}

fn cell(found: &Figures, all: &[Figures]) -> String {
    let fastest = found.samples.iter().copied().fold(f64::INFINITY, f64::min);
    let mut out = format!("{:.0} ({fastest:.0})", median(&found.samples));
    let yardstick = all.first().map(|first| first.peer.as_str());
    let yardstick = all.iter().find(|other| {
        Some(other.peer.as_str()) == yardstick && other.operation == found.operation.yardstick()
    });
    if let Some(yardstick) = yardstick {
        // Of each round by itself: both were measured within the same few seconds.
        let pairs = found.samples.iter().zip(&yardstick.samples);
        let ratios: Vec<f64> = pairs.map(|(own, other)| own / other).collect();
        let _infallible = write!(out, " **{:.2}×**", median(&ratios));
    }
    if let Some(allocations) = found.allocations {
        let _infallible = write!(out, " {allocations:.1} a");
    }
    out
}

/// The middle one.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Puts the figures between the two markers of a document.
pub(crate) fn update(path: &Path, figures: &str) -> Result<(), Failure> {
    let file = |source| Failure::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    let no_markers = || Failure::NoMarkers { path: path.to_owned(), begin: BEGIN, end: END };
    let (before, rest) = text.split_once(BEGIN).ok_or_else(no_markers)?;
    let (_, after) = rest.split_once(END).ok_or_else(no_markers)?;
    let text = format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim());
    std::fs::write(path, text).map_err(file)
}
