//! The rules of Avro compatibility, one pair of schemas at a time: kind, place and library message of every finding,
//! and the words that people read.

#![cfg(test)]

mod parsing;

use parsing::avro;
use schema::incompatibility::Incompatibility;
use schema::parsed::ParsedSchema;

fn findings(reader: &str, writer: &str) -> Vec<Incompatibility> {
    ParsedSchema::can_read(&avro(reader), &avro(writer)).expect("both are Avro")
}

/// Compares `KIND path: detail` of every finding.
fn check(reader: &str, writer: &str, expected: &[&str]) {
    let found: Vec<String> = findings(reader, writer)
        .iter()
        .map(|finding| format!("{} {}: {}", finding.kind, finding.path, finding.detail))
        .collect();
    assert_eq!(found, expected, "reader {reader}, writer {writer}");
}

/// Compares the words of the only finding.
fn check_words(reader: &str, writer: &str, [reason, cure, writer_cure]: [&str; 3]) {
    let found = findings(reader, writer);
    assert_eq!(found.len(), 1, "{found:#?}");
    let words = [&found[0].reason, &found[0].cure, &found[0].writer_cure];
    assert_eq!(words, [reason, cure, writer_cure], "reader {reader}, writer {writer}");
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
fn an_enum_default_is_no_field_default() {
    let reader = field(r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#);
    check(
        &reader,
        &record("R", ""),
        &["TYPE_MISMATCH /fields/0/type: reader type: ENUM not compatible with writer type: RECORD"],
    );
    check_words(
        &reader,
        &record("R", ""),
        [
            "the reader's field `x` has no default of its own (the default symbol of its enum is none) and the writer does \
         not write it",
            "In the {reader} schema, add `\"default\": \"A\"` to field `x` of record `R`; where no value stands for an \
         unknown one, make its type `[\"null\",\"E\"]` with `\"default\": null`",
            "In the {writer} schema, keep field `x` (`\"E\"`) in record `R`",
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
fn missing_fields_come_with_the_text_to_add() {
    let empty = record("ns.R", "");
    let check = |field_type: &str, cure: &str| {
        let reader = record("ns.R", &format!(r#"{{"name":"x","type":{field_type}}}"#));
        assert_eq!(findings(&reader, &empty)[0].cure, format!("In the {{reader}} schema, {cure}"));
    };
    let or_null = |default: &str, nullable: &str| {
        format!(
            "add `\"default\": {default}` to field `x` of record `ns.R`; where no value stands for an unknown one, make \
             its type `{nullable}` with `\"default\": null`"
        )
    };
    check("\"long\"", &or_null("0", r#"["null","long"]"#));
    check("\"double\"", &or_null("0.0", r#"["null","double"]"#));
    check("\"string\"", &or_null("\"\"", r#"["null","string"]"#));
    check(r#"{"type":"array","items":"int"}"#, &or_null("[]", r#"["null",{"type":"array","items":"int"}]"#));
    check(r#"["string","int"]"#, &or_null("\"\"", r#"["null","string","int"]"#));
    check(r#"["null","int"]"#, "add `\"default\": null` to field `x` of record `ns.R`");
    check(r#"["int","null"]"#, "add `\"default\": 0` to field `x` of record `ns.R`");
    check(
        r#"{"type":"fixed","name":"F","size":2}"#,
        "make the type of field `x` of record `ns.R` `[\"null\",\"ns.F\"]` and add `\"default\": null`",
    );
}

#[test]
fn a_field_that_was_probably_renamed_is_recognised() {
    check_words(
        &record(
            "R",
            r#"{"name":"id","type":"int"},{"name":"amount","type":"long","default":0},{"name":"b","type":"string"}"#,
        ),
        &record(
            "R",
            r#"{"name":"id","type":"int"},{"name":"note","type":"string"},{"name":"c","type":"long"}"#,
        ),
        [
            "the reader's field `b` has no default and the writer does not write it",
            "In the {reader} schema, add `\"default\": \"\"` to field `b` of record `R`; where no value stands for an \
             unknown one, make its type `[\"null\",\"string\"]` with `\"default\": null`; if it is the {writer} field \
             `note` under another name, add `\"aliases\": [\"note\"]` instead",
            "In the {writer} schema, keep field `b` (`\"string\"`) in record `R`",
        ],
    );
}

#[test]
fn mismatched_types_come_with_a_type_that_takes_both() {
    check_words(
        &field("\"int\""),
        &field("\"long\""),
        [
            "field `x` of record `R` is `\"int\"` in the reader, which cannot take the writer's `\"long\"`",
            "In the {reader} schema, make field `x` of record `R` `\"long\"`, which also takes `\"int\"`",
            "In the {writer} schema, keep field `x` of record `R` `\"int\"`",
        ],
    );
    check_words(
        &field("\"int\""),
        &field("\"string\""),
        [
            "field `x` of record `R` is `\"int\"` in the reader, which cannot take the writer's `\"string\"`",
            "In the {reader} schema, keep field `x` of record `R` `\"string\"`, or make it a union of both: \
         `[\"int\",\"string\"]`",
            "In the {writer} schema, keep field `x` of record `R` `\"int\"`",
        ],
    );
    check_words(
        &field("\"long\""),
        &field(r#"["null","long"]"#),
        [
            "field `x` of record `R` is `\"long\"` in the reader, which cannot take the writer's `\"null\"`",
            "In the {reader} schema, make field `x` of record `R` a union that also has `\"null\"`: `[\"null\",\"long\"]`",
            "In the {writer} schema, leave `\"null\"` out of the union of field `x` of record `R`",
        ],
    );
    check_words(
        &field(r#"{"type":"array","items":{"type":"map","values":"int"}}"#),
        &field(r#"{"type":"array","items":{"type":"map","values":"boolean"}}"#),
        [
            "each value of each item of field `x` of record `R` is `\"int\"` in the reader, which cannot take the \
             writer's `\"boolean\"`",
            "In the {reader} schema, keep each value of each item of field `x` of record `R` `\"boolean\"`, or make it \
             a union of both: `[\"int\",\"boolean\"]`",
            "In the {writer} schema, keep each value of each item of field `x` of record `R` `\"int\"`",
        ],
    );
}

#[test]
fn missing_branches_come_with_the_whole_union() {
    check_words(
        &field(r#"["null","int"]"#),
        &field(r#"["null","string"]"#),
        [
            "field `x` of record `R` is the union `[\"null\",\"int\"]` in the reader, and no branch of it takes the writer's \
         `\"string\"`",
            "In the {reader} schema, add `\"string\"` to the union of field `x` of record `R`: `[\"null\",\"int\",\"string\"]`",
            "In the {writer} schema, leave `\"string\"` out of the union of field `x` of record `R`",
        ],
    );
}

#[test]
fn a_branch_that_fails_inside_says_what_is_wrong_there() {
    let union = |fields: &str| field(&format!(r#"["null",{}]"#, record("ns.K", fields)));
    let reader = union(r#"{"name":"z","type":"int"},{"name":"w","type":"int"}"#);
    check_words(
        &reader,
        &union(r#"{"name":"z","type":"int"}"#),
        [
            "the reader's branch `\"ns.K\"` cannot take the writer's: the reader's field `w` has no default and the writer \
         does not write it",
            "In the {reader} schema, add `\"default\": 0` to field `w` of record `ns.K`; where no value stands for an unknown \
         one, make its type `[\"null\",\"int\"]` with `\"default\": null`",
            "In the {writer} schema, keep field `w` (`\"int\"`) in record `ns.K`",
        ],
    );
}

#[test]
fn names_sizes_and_symbols_come_with_their_cures() {
    check_words(
        &record("n.S", ""),
        &record("n.R", ""),
        [
            "the reader's `n.S` goes neither by the writer's name `n.R` nor by an alias of it",
            "In the {reader} schema, keep the name `n.R`, or add `\"aliases\": [\"n.R\"]` to `n.S`",
            "In the {writer} schema, keep the name `n.S`: only aliases of a reader count, and the {reader} schema has none \
         for `n.R`",
        ],
    );
    check_words(
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
        [
            "the reader's enum `E` lacks the symbol `B` that the writer may write",
            "In the {reader} schema, add the symbol `B` to enum `E`, or give the enum a symbol that stands for unknown \
             ones, e.g. `\"default\": \"A\"`",
            "In the {writer} schema, leave the symbol `B` out of enum `E` until all readers know them",
        ],
    );
    check_words(
        r#"{"type":"fixed","name":"F","size":8}"#,
        r#"{"type":"fixed","name":"F","size":4}"#,
        [
            "fixed `F` has 8 bytes in the reader and 4 in the writer",
            "In the {reader} schema, keep `\"size\": 4` of fixed `F`, and give the other size a type and a field of its \
             own",
            "In the {writer} schema, keep `\"size\": 8` of fixed `F`, and give the other size a type and a field of its \
             own",
        ],
    );
}

#[test]
fn fragments_show_both_sides_and_are_cut() {
    let found = &findings(&field("\"int\""), &field(r#"{"type":"string","logicalType":"uuid"}"#))[0];
    assert_eq!(found.reader_fragment, "\"int\"");
    assert_eq!(found.writer_fragment, r#"{"type":"string","logicalType":"uuid"}"#);

    let symbols: Vec<String> = (0..200).map(|number| format!("\"S{number}\"")).collect();
    let writer = format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, symbols.join(","));
    let found = &findings("\"int\"", &writer)[0];
    assert_eq!(found.writer_fragment.chars().count(), schema::incompatibility::FRAGMENT_LENGTH_MAX + 1);
    assert!(found.writer_fragment.ends_with('…'), "{}", found.writer_fragment);
    assert!(found.writer_fragment.starts_with(r#"{"type":"enum","name":"E","symbols":["S0","S1""#));

    let list = record("L", r#"{"name":"next","type":["null","L"],"default":null,"aliases":["a\"b"]}"#);
    assert_eq!(
        findings("\"int\"", &list.replace("a\\\"b", "ab"))[0].writer_fragment,
        r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"],"default":null,"aliases":["ab"]}]}"#
    );
}
