//! The evidence as a page that every browser shows, without a server. Pure.

use std::fmt::Write as _;

use super::super::pause::time_text;
use super::brownout::Ending;
use super::coverage::duration;
use super::evidence::EvidenceReport;
use super::gate::GateReport;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}\
.open{color:#176b2c}.closed{color:#a31515}.unknown{color:#8a5a00}code{overflow-wrap:anywhere}";

/// The page of a report.
#[must_use]
pub fn html(report: &EvidenceReport) -> String {
    let mut page = String::new();
    let title = escaped(&format!("{}: {} of {}", report.migration, report.step.word(), report.old_topic));
    push(
        &mut page,
        format_args!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>"),
    );
    push(&mut page, format_args!("<style>{STYLE}</style><h1>{title}</h1>"));
    push(
        &mut page,
        format_args!(
            "<p>Written {}. The topic <code>{}</code> goes, <code>{}</code> stays. Gates must have held for {}.</p>",
            time_text(report.at),
            escaped(&report.old_topic),
            escaped(&report.new_topic),
            duration(report.window)
        ),
    );
    let gates = report.gates.iter().map(gate);
    table(&mut page, "Gates", &["gate", "verdict", "reason", "what would open it", "waived"], gates);
    let passages = report.passages.iter();
    let passages = passages.map(|passage| {
        [passage.step.word().to_owned(), time_text(passage.at), escaped(&passage.by)].map(cell).concat()
    });
    table(&mut page, "Steps", &["step", "when", "who"], passages);
    cutover(&mut page, report);
    let looks = match (report.first_look, report.last_look) {
        (Some(first), Some(last)) => {
            format!("{} looks from {} to {}.", report.looks, time_text(first), time_text(last))
        }
        _ => "There are no samples.".to_owned(),
    };
    push(&mut page, format_args!("<h2>Samples</h2><p>{looks}</p>"));
    let groups = report.groups.iter().map(|group| {
        let members = group.members.map_or_else(|| "not told".to_owned(), |members| members.to_string());
        let most = group.members_max.map_or_else(|| "not told".to_owned(), |members| members.to_string());
        let clients = escaped(&group.clients.join(", "));
        let progress = group.progress_at.map_or_else(|| "never".to_owned(), time_text);
        let (name, side, state) = (escaped(&group.group), group.side.word(), group.state.word());
        [name, side.to_owned(), state.to_owned(), members, most, group.left.to_string(), progress, clients]
            .map(cell)
            .concat()
    });
    let head = ["group", "topic", "state", "members", "at most", "records left", "last progress", "clients"];
    table(&mut page, "Groups", &head, groups);
    proofs(&mut page, report);
    let offsets = report.offsets.iter().flat_map(|(group, offsets)| {
        offsets.iter().map(|(partition, offset)| {
            [escaped(group), partition.to_string(), offset.to_string()].map(cell).concat()
        })
    });
    table(&mut page, "Offsets when it was stopped", &["group", "partition", "offset"], offsets);
    page.push_str("</html>\n");
    page
}

fn cutover(page: &mut String, report: &EvidenceReport) {
    let Some(cutover) = &report.cutover else { return };
    let passages = cutover.passages.iter();
    let passages = passages.map(|passage| {
        [passage.step.word().to_owned(), time_text(passage.at), escaped(&passage.by)].map(cell).concat()
    });
    table(page, "Cutover", &["step", "when", "who"], passages);
    let sides = [(&report.old_topic, &cutover.old), (&report.new_topic, &cutover.new)];
    let offsets = sides.into_iter().flat_map(|(topic, offsets)| {
        offsets.iter().map(|(partition, offset)| {
            [escaped(topic), partition.to_string(), offset.to_string()].map(cell).concat()
        })
    });
    table(page, "Offsets of the cutover", &["topic", "partition", "offset"], offsets);
}

fn gate(report: &GateReport) -> String {
    let verdict = report.verdict.word();
    let waiver = report.waiver.as_ref().map_or_else(String::new, |waiver| {
        format!("{}, {}: {}", escaped(&waiver.by), time_text(waiver.at), escaped(&waiver.reason))
    });
    let name = format!("{}. {}", report.gate.number(), report.gate.demand());
    let mut row = cell(escaped(&name));
    push(&mut row, format_args!("<td class=\"{verdict}\">{verdict}</td>"));
    row.push_str(&[escaped(&report.reason), escaped(&report.opens), waiver].map(cell).concat());
    row
}

fn proofs(page: &mut String, report: &EvidenceReport) {
    let rows = report.mappings.iter().map(|(direction, mapping)| {
        let proof = report.proofs.get(direction).map_or_else(
            || "not verified".to_owned(),
            |proof| {
                let result = if proof.passed { "passed" } else { "FAILED" };
                format!(
                    "{result} {}: {} records, {} differences",
                    time_text(proof.at),
                    proof.records,
                    proof.differences
                )
            },
        );
        [escaped(direction), format!("<code>{}</code>", escaped(mapping)), proof].map(cell).concat()
    });
    table(page, "Mapping and proof", &["direction", "mapping", "verify"], rows);
    if let Some(brownout) = &report.brownout {
        let ending = match &brownout.ending {
            None => "was not watched to its end".to_owned(),
            Some(Ending::Passed) => "passed".to_owned(),
            Some(Ending::RolledBack(reason)) => format!("was rolled back: {}", escaped(reason)),
        };
        let (from, by) = (time_text(brownout.from), escaped(&brownout.by));
        let length = duration(brownout.length);
        push(page, format_args!("<h2>Brownout</h2><p>{length} from {from}, by {by}: it {ending}.</p>"));
    }
}

fn table(page: &mut String, title: &str, head: &[&str], rows: impl Iterator<Item = String>) {
    push(page, format_args!("<h2>{title}</h2><table><tr>"));
    for name in head {
        push(page, format_args!("<th>{name}</th>"));
    }
    page.push_str("</tr>");
    for row in rows {
        push(page, format_args!("<tr>{row}</tr>\n"));
    }
    page.push_str("</table>");
}

fn cell(text: String) -> String {
    format!("<td>{text}</td>")
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string does not fail.
    let _always = page.write_fmt(text);
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::super::cutover::{Cutover, CutoverStep};
    use super::super::gate::{Gate, Verdict, Waiver};
    use super::super::step::Step;
    use super::*;

    #[test]
    fn what_people_have_written_is_no_markup() {
        let waiver = Waiver { by: "<script>".to_owned(), reason: "a & b".to_owned(), at: 0 };
        let gate = GateReport {
            gate: Gate::Readers,
            verdict: Verdict::Unknown,
            reason: "not seen".to_owned(),
            opens: "a look".to_owned(),
            waiver: Some(waiver),
        };
        let (passages, mappings, proofs, offsets, groups) = Default::default();
        let mut cutover = Cutover::beginning(0);
        cutover.pass(CutoverStep::Flipped, 0, "ada & eva");
        cutover.old.insert(3, 41);
        let page = html(&EvidenceReport {
            migration: "orders".to_owned(),
            old_topic: "old".to_owned(),
            new_topic: "new".to_owned(),
            at: 0,
            step: Step::Ready,
            passages,
            cutover: Some(cutover),
            window: 604_800_000,
            gates: vec![gate],
            mappings,
            proofs,
            brownout: None,
            offsets,
            looks: 0,
            first_look: None,
            last_look: None,
            groups,
        });
        assert!(
            page.contains("<td class=\"unknown\">unknown</td><td>not seen</td><td>a look</td>"),
            "{page}"
        );
        assert!(
            page.contains("&lt;script&gt;, 1970-01-01T00:00:00Z: a &amp; b") && !page.contains("<script>"),
            "{page}"
        );
        assert!(page.contains("held for 7 days"), "{page}");
        assert!(page.contains("FLIPPED</td><td>1970-01-01T00:00:00Z</td><td>ada &amp; eva"), "{page}");
        assert!(page.contains("<td>old</td><td>3</td><td>41</td>"), "{page}");
    }
}
