//! Schemas made to be hard: every comparison ends, within bounded memory, with the right answer.

#![cfg(test)]

mod parsing;

use std::fmt::Write;

use parsing::avro;
use schema::compat::WITNESSES_MAX;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::parsed::ParsedSchema;

/// The findings; the first of them have a witness or say why not.
fn can_read(reader: &str, writer: &str) -> Vec<Incompatibility> {
    let (reader, writer) = (avro(reader), avro(writer));
    let found = ParsedSchema::can_read(&reader, &writer, CompatibilityPolicy::Strict).expect("both are Avro");
    let first = found.get(..WITNESSES_MAX).unwrap_or(&found);
    assert_eq!(
        ParsedSchema::evidence(&reader, &writer, first).map(|evidence| evidence.len()),
        Some(first.len())
    );
    found
}

/// Compares the kinds and the number of findings.
fn check(reader: &str, writer: &str, kind: &str, count: usize) {
    let found = can_read(reader, writer);
    assert_eq!(found.len(), count, "{:#?}", found.first());
    assert!(found.iter().all(|finding| finding.kind == kind), "{:#?}", found.first());
}

fn check_compatible(reader: &str, writer: &str) {
    let found = can_read(reader, writer);
    assert_eq!(found.first(), None);
}

/// Records `R0` to `Rn`, each of which holds the next; the last one holds `last`. They are defined one behind the
/// other, from the last to the first, as branches of a union.
fn chain(length: usize, last: &str) -> String {
    let mut text = String::from("[");
    for number in (0..length).rev() {
        let next = if number + 1 == length { last.to_owned() } else { format!("\"R{}\"", number + 1) };
        let comma = if number == 0 { "" } else { "," };
        write!(
            text,
            r#"{{"type":"record","name":"R{number}","fields":[{{"name":"n","type":{next}}}]}}{comma}"#
        )
        .unwrap();
    }
    text + "]"
}

#[test]
fn chains_of_a_hundred_thousand_records() {
    let length = 100_000;
    check_compatible(&chain(length, "\"long\""), &chain(length, "\"int\""));
    let (reader, writer) = (chain(length, "\"int\""), chain(length, "\"long\""));
    // Every branch of the writer's union leads to the last record; the report ends at its limit.
    check(&reader, &writer, "MISSING_UNION_BRANCH", 1_000);
}

#[test]
fn a_deep_fault_has_its_full_path() {
    let length = 100_000;
    // The chain is defined in a field that the other side does not look at.
    let top = |definitions: &str, last: &str| {
        let chain = chain(length, last).replacen('[', "[\"null\",", 1);
        format!(
            r#"{{"type":"record","name":"Top","fields":[
                {{"name":"{definitions}","type":{chain},"default":null}},{{"name":"first","type":"R0"}}]}}"#
        )
    };
    let found = can_read(&top("ours", "\"int\""), &top("theirs", "\"long\""));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, format!("/fields/1/type{}", "/fields/0/type".repeat(length)));
    assert_eq!(found[0].reader_fragment, "\"int\"");
}

#[test]
fn unions_of_a_hundred_thousand_branches() {
    let union = |prefix: &str, field: &str| {
        let mut text = String::from("[\"null\"");
        for number in 0..100_000 {
            write!(
                text,
                r#",{{"type":"record","name":"{prefix}.R{number}","fields":[{{"name":"x","type":"{field}"}}]}}"#
            )
            .unwrap();
        }
        text + "]"
    };
    check_compatible(&union("a", "long"), &union("b", "int"));
    check(&union("a", "int"), &union("b", "long"), "MISSING_UNION_BRANCH", 1_000);
}

/// Records that hold the next one twice, so that there are 2^n ways to the last one.
fn doubling(length: usize, last: &str) -> String {
    let mut text = format!(r#"{{"type":"record","name":"R0","fields":[{{"name":"x","type":"{last}"}}]}}"#);
    for number in 1..length {
        text = format!(
            r#"{{"type":"record","name":"R{number}","fields":[{{"name":"a","type":["null",{text}]}},{{"name":"b","type":["null","R{}"]}}]}}"#,
            number - 1
        );
    }
    text
}

#[test]
fn exponentially_many_ways() {
    check_compatible(&doubling(190, "long"), &doubling(190, "int"));
    let found = can_read(&doubling(190, "int"), &doubling(190, "long"));
    let places: Vec<(&str, &str)> =
        found.iter().map(|finding| (finding.kind, finding.path.as_str())).collect();
    assert_eq!(
        places,
        [("MISSING_UNION_BRANCH", "/fields/0/type/1"), ("MISSING_UNION_BRANCH", "/fields/1/type/1")]
    );
}

/// Records of which each may hold every other.
fn mesh(size: usize, last: &str) -> String {
    let mut text = String::from("[");
    let names: Vec<String> = (0..size).map(|number| format!("R{number}")).collect();
    // The first record defines all others inside its union.
    let mut definitions = String::new();
    for number in 1..size {
        let others: Vec<String> = (0..number).map(|other| format!("\"{}\"", names[other])).collect();
        let field = if number + 1 == size { last } else { "int" };
        write!(
            definitions,
            r#",{{"type":"record","name":"R{number}","fields":[{{"name":"any","type":["null",{}]}},{{"name":"x","type":"{field}"}}]}}"#,
            others.join(",")
        )
        .unwrap();
    }
    write!(
        text,
        r#"{{"type":"record","name":"R0","fields":[{{"name":"any","type":["null"{definitions}]}}]}}]"#
    )
    .unwrap();
    text
}

#[test]
fn records_that_hold_each_other() {
    check_compatible(&mesh(150, "long"), &mesh(150, "int"));
    check(&mesh(150, "int"), &mesh(150, "string"), "MISSING_UNION_BRANCH", 1);
}

/// Records of the same simple name in different namespaces: each may read each.
fn namesakes(count: usize, fields: usize, last: &str) -> String {
    let mut text = String::from("[");
    for number in 0..count {
        let many: String =
            (0..fields).map(|field| format!(r#"{{"name":"f{field}","type":"int"}},"#)).collect();
        let comma = if number == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"type":"record","name":"n{number}.R","fields":[{many}{{"name":"last","type":"{last}"}}]}}"#
        )
        .unwrap();
    }
    text + "]"
}

#[test]
fn records_that_may_all_read_each_other() {
    check_compatible(&namesakes(300, 2, "int"), &namesakes(300, 2, "int"));
    check(&namesakes(100, 2, "int"), &namesakes(100, 2, "string"), "MISSING_UNION_BRANCH", 100);
}

#[test]
fn a_report_has_a_thousand_findings_at_most() {
    let record = |field_type: &str, count: usize| {
        let fields: Vec<String> =
            (0..count).map(|number| format!(r#"{{"name":"f{number}","type":"{field_type}"}}"#)).collect();
        format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
    };
    check(&record("int", 1_000), &record("string", 1_000), "TYPE_MISMATCH", 1_000);
    check(&record("int", 1_001), &record("string", 1_001), "TYPE_MISMATCH", 1_000);
}

#[test]
fn a_report_of_long_texts_ends_earlier() {
    let enumeration = |name: usize, prefix: &str| {
        let symbols: Vec<String> = (0..20_000).map(|number| format!("\"{prefix}{number}\"")).collect();
        format!(
            r#"{{"name":"f{name}","type":{{"type":"enum","name":"E{name}","symbols":[{}]}}}}"#,
            symbols.join(",")
        )
    };
    let record = |prefix: &str| {
        let fields: Vec<String> = (0..16).map(|number| enumeration(number, prefix)).collect();
        format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
    };
    let found = can_read(&record("A"), &record("B"));
    assert!((2..16).contains(&found.len()), "{}", found.len());
}
