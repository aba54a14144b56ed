//! The rules of Avro compatibility, one pair of schemas at a time: kind, place and library message of every finding.

#![cfg(test)]

mod parsing;

use parsing::avro;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::parsed::ParsedSchema;

fn findings(reader: &str, writer: &str) -> Vec<Incompatibility> {
    ParsedSchema::can_read(&avro(reader), &avro(writer), CompatibilityPolicy::Strict).expect("both are Avro")
}

/// Compares `KIND path: detail` of every finding.
fn check(reader: &str, writer: &str, expected: &[&str]) {
    let found: Vec<String> = findings(reader, writer)
        .iter()
        .map(|finding| format!("{} {}: {}", finding.kind, finding.path, finding.detail))
        .collect();
    assert_eq!(found, expected, "reader {reader}, writer {writer}");
}

/// A record `R` with one field `x`.
fn field(field_type: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{{"name":"x","type":{field_type}}}]}}"#)
}

fn record(name: &str, fields: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#)
}

#[test]
fn primitives_widen_and_nothing_else() {
    let all = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    let widens = [
        ("int", "long"),
        ("int", "float"),
        ("int", "double"),
        ("long", "float"),
        ("long", "double"),
        ("float", "double"),
        ("string", "bytes"),
        ("bytes", "string"),
    ];
    for writer in all {
        for reader in all {
            let passes = writer == reader || widens.contains(&(writer, reader));
            let detail = format!(
                "TYPE_MISMATCH /: reader type: {} not compatible with writer type: {}",
                reader.to_uppercase(),
                writer.to_uppercase()
            );
            let expected: &[&str] = if passes { &[] } else { &[&detail] };
            check(&format!("\"{reader}\""), &format!("\"{writer}\""), expected);
        }
    }
}

#[test]
fn containers_compare_their_elements() {
    let nested = |inner: &str| {
        field(&format!(
            r#"{{"type":"array","items":{{"type":"map","values":{{"type":"array","items":{inner}}}}}}}"#
        ))
    };
    check(&nested("\"long\""), &nested("\"int\""), &[]);
    check(
        &nested("\"int\""),
        &nested("\"long\""),
        &[
            "TYPE_MISMATCH /fields/0/type/items/values/items: reader type: INT not compatible with writer type: LONG",
        ],
    );
    check(
        r#"{"type":"array","items":"int"}"#,
        r#"{"type":"map","values":"int"}"#,
        &["TYPE_MISMATCH /: reader type: ARRAY not compatible with writer type: MAP"],
    );
}

#[test]
fn names_match_without_namespace_or_by_a_full_alias() {
    let named = |name: &str, aliases: &str| {
        format!(r#"{{"type":"fixed","name":"{name}","size":1,"aliases":[{aliases}]}}"#)
    };
    let passes = |reader: &str, writer: &str| check(reader, writer, &[]);
    passes(&named("a.F", ""), &named("b.F", ""));
    passes(&named("a.G", "\"F\""), &named("a.F", ""));
    passes(&named("a.G", "\"b.F\""), &named("b.F", ""));
    check(&named("a.G", "\"F\""), &named("b.F", ""), &["NAME_MISMATCH /name: expected: b.F"]);
    check(&named("F", ""), &named("G", "\"F\""), &["NAME_MISMATCH /name: expected: G"]);
}

#[test]
fn every_difference_of_named_types_is_reported() {
    check(
        r#"{"type":"fixed","name":"F","size":8}"#,
        r#"{"type":"fixed","name":"G","size":4}"#,
        &["NAME_MISMATCH /name: expected: G", "FIXED_SIZE_MISMATCH /size: expected: 4, found: 8"],
    );
    check(
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
        r#"{"type":"enum","name":"n.D","symbols":["C","A","B"]}"#,
        &["NAME_MISMATCH /name: expected: n.D", "MISSING_ENUM_SYMBOLS /symbols: [B, C]"],
    );
    check(
        &record("R", r#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#),
        &record("S", r#"{"name":"a","type":"string"}"#),
        &[
            "NAME_MISMATCH /name: expected: S",
            "TYPE_MISMATCH /fields/0/type: reader type: INT not compatible with writer type: STRING",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1: b",
        ],
    );
}

#[test]
fn an_enum_default_takes_every_symbol() {
    let writer = r#"{"type":"enum","name":"E","symbols":["A","B"]}"#;
    check(r#"{"type":"enum","name":"E","symbols":["C"],"default":"C"}"#, writer, &[]);
    check(r#"{"type":"enum","name":"E","symbols":["B","C","A"]}"#, writer, &[]);
    check(
        r#"{"type":"enum","name":"E","symbols":["C"]}"#,
        writer,
        &["MISSING_ENUM_SYMBOLS /symbols: [A, B]"],
    );
}

#[test]
fn symbols_are_compared_in_large_enums_too() {
    let symbols = |from: usize, to: usize| {
        let list: Vec<String> = (from..to).map(|number| format!("\"S{number:03}\"")).collect();
        format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, list.join(","))
    };
    check(&symbols(0, 100), &symbols(0, 99), &[]);
    check(&symbols(0, 100), &symbols(1, 100), &[]);
    check(&symbols(0, 100), &symbols(50, 102), &["MISSING_ENUM_SYMBOLS /symbols: [S100, S101]"]);
}

#[test]
fn fields_are_found_by_name_and_by_the_aliases_of_the_reader() {
    let writer = record("R", r#"{"name":"a","type":"int"},{"name":"b","type":"string"}"#);
    check(&record("R", r#"{"name":"b","type":"string"},{"name":"a","type":"long"}"#), &writer, &[]);
    check(&record("R", r#"{"name":"z","type":"string","aliases":["y","b"]}"#), &writer, &[]);
    check(
        &record("R", r#"{"name":"z","type":"int","aliases":["b"]}"#),
        &writer,
        &["TYPE_MISMATCH /fields/0/type: reader type: INT not compatible with writer type: STRING"],
    );
    check(
        &record("R", r#"{"name":"z","type":["null","int"]}"#),
        &writer,
        &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0: z"],
    );
    check(&record("R", r#"{"name":"z","type":["null","int"],"default":null}"#), &writer, &[]);
}

#[test]
fn fields_are_found_in_large_records_too() {
    let fields = |numbers: &mut dyn Iterator<Item = usize>| {
        let list: Vec<String> =
            numbers.map(|number| format!(r#"{{"name":"f{number}","type":"int"}}"#)).collect();
        record("R", &list.join(","))
    };
    let writer = fields(&mut (0..50));
    check(&fields(&mut (0..50).rev()), &writer, &[]);
    check(&fields(&mut (0..50).step_by(7)), &writer, &[]);
    check(
        &fields(&mut (48..52)),
        &writer,
        &[
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/2: f50",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/3: f51",
        ],
    );
}

#[test]
fn a_reader_without_union_reads_every_branch() {
    check("\"double\"", r#"["int","long"]"#, &[]);
    check(
        "\"int\"",
        r#"["null","int","string"]"#,
        &[
            "TYPE_MISMATCH /0: reader type: INT not compatible with writer type: NULL",
            "TYPE_MISMATCH /2: reader type: INT not compatible with writer type: STRING",
        ],
    );
    let found = findings(&field("\"int\""), &field(r#"["null","int"]"#));
    assert_eq!(found[0].path, "/fields/0/type/0");
    assert!(found[0].description.contains("path '/0'"), "the reference restarts its location: {found:#?}");
}

#[test]
fn a_union_needs_a_branch_for_every_type() {
    check(r#"["null","long"]"#, "\"int\"", &[]);
    check(r#"["null","long"]"#, r#"["int","null"]"#, &[]);
    check(
        r#"["null","long"]"#,
        "\"string\"",
        &["MISSING_UNION_BRANCH /: reader union lacking writer type: STRING"],
    );
    check(
        &field(r#"["null","int"]"#),
        &field(r#"["null","long",{"type":"map","values":"int"}]"#),
        &[
            "MISSING_UNION_BRANCH /fields/0/type/1: reader union lacking writer type: LONG",
            "MISSING_UNION_BRANCH /fields/0/type/2: reader union lacking writer type: MAP",
        ],
    );
    check("[]", "[]", &[]);
    check("\"int\"", "[]", &[]);
}

#[test]
fn branches_of_large_unions_are_found_by_name_kind_and_alias() {
    let union = |extra: &str| {
        let many: Vec<String> = (0..40)
            .map(|number| format!(r#"{{"type":"fixed","name":"n{number}.F{number}","size":1}}"#))
            .collect();
        format!("[{},{extra}]", many.join(","))
    };
    let long = r#""long",{"type":"array","items":"long"},{"type":"map","values":"long"}"#;
    let int = r#""int",{"type":"array","items":"int"},{"type":"map","values":"int"}"#;
    check(&union(long), &union(int), &[]);
    check(
        &union(int),
        &union(long),
        &[
            "MISSING_UNION_BRANCH /40: reader union lacking writer type: LONG",
            "MISSING_UNION_BRANCH /41: reader union lacking writer type: ARRAY",
            "MISSING_UNION_BRANCH /42: reader union lacking writer type: MAP",
        ],
    );
    let renamed = r#"{"type":"record","name":"Q","aliases":["n.P"],"fields":[]}"#;
    check(&union(renamed), r#"{"type":"record","name":"n.P","fields":[]}"#, &[]);
    check(
        &union(renamed),
        r#"{"type":"record","name":"m.P","fields":[]}"#,
        &["MISSING_UNION_BRANCH /: reader union lacking writer type: RECORD"],
    );
    check(&union(renamed), r#"{"type":"fixed","name":"elsewhere.F7","size":1}"#, &[]);
    check(
        &union(renamed),
        r#"{"type":"enum","name":"F7","symbols":["A"]}"#,
        &["MISSING_UNION_BRANCH /: reader union lacking writer type: ENUM"],
    );
}

#[test]
fn what_has_no_influence_on_data_is_not_compared() {
    let decimal = |scale: u8| {
        field(&format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#))
    };
    check(&decimal(1), &decimal(2), &[]);
    check(
        r#"{"type":"record","name":"R","doc":"d","p":1,"fields":[{"name":"x","type":"int","doc":"","default":1}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"x","type":"int","default":2,"order":"ignore"}]}"#,
        &[],
    );
}

#[test]
fn recursive_types_are_compared_once() {
    let list = |value: &str| {
        record("L", &format!(r#"{{"name":"v","type":"{value}"}},{{"name":"next","type":["null","L"]}}"#))
    };
    check(&list("long"), &list("int"), &[]);
    check(
        &list("int"),
        &list("long"),
        &["TYPE_MISMATCH /fields/0/type: reader type: INT not compatible with writer type: LONG"],
    );
}

#[test]
fn a_type_used_twice_is_reported_where_it_is_met_first() {
    let twice = |size: u8| {
        record(
            "R",
            &format!(
                r#"{{"name":"a","type":{{"type":"fixed","name":"F","size":{size}}}}},{{"name":"b","type":"F"}}"#
            ),
        )
    };
    check(&twice(1), &twice(2), &["FIXED_SIZE_MISMATCH /fields/0/type/size: expected: 2, found: 1"]);
}

/// While `A` is compared, `B` is a yes only because `A` is still open; then `A` fails at its last field. `others` are
/// further branches of the union that holds `A`.
fn assumption(last: &str, others: &str) -> String {
    format!(
        r#"{{"type":"record","name":"Top","fields":[
            {{"name":"first","type":["null",{{"type":"record","name":"A","fields":[
                {{"name":"b","type":{{"type":"record","name":"B","fields":[{{"name":"a","type":["null","A"]}}]}}}},
                {{"name":"last","type":"{last}"}}]}}{others}]}},
            {{"name":"second","type":["null","B"]}}]}}"#
    )
}

#[test]
fn a_yes_that_rested_on_a_wrong_assumption_is_withdrawn() {
    // Here another branch takes what `A` cannot. The reference registry keeps its answer for `B` and calls the pair
    // compatible; but an `A` inside a `B` cannot be read.
    check(
        &assumption("int", r#",{"type":"record","name":"x.A","fields":[]}"#),
        &assumption("string", ""),
        &["MISSING_UNION_BRANCH /fields/1/type/1: reader union lacking writer type: RECORD"],
    );
}

#[test]
fn a_report_mentions_a_recursive_fault_once() {
    check(
        &assumption("int", ""),
        &assumption("string", ""),
        &["MISSING_UNION_BRANCH /fields/0/type/1: reader union lacking writer type: RECORD"],
    );
}

#[test]
fn an_enum_default_is_no_field_default() {
    let reader = field(r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#);
    check(
        &reader,
        &record("R", ""),
        &["TYPE_MISMATCH /fields/0/type: reader type: ENUM not compatible with writer type: RECORD"],
    );
}
