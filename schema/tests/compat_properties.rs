//! Laws of compatibility on random pairs of schemas, with `apache-avro` as the judge where it is right.
//!
//! It is not right, and pairs are therefore left out or excused, where
//! - a named type of the reader goes by the writer's name only through an alias: its checker ignores them;
//! - a field of the reader is found through an alias: its decoder ignores them (its checker does not).

#![cfg(test)]

mod pairs;
mod parsing;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::schema_compatibility::{Compatibility, SchemaCompatibility};
use apache_avro::writer::datum::GenericDatumWriter;
use pairs::{Changes, Choices, Pair, datum, pair};
use parsing::avro;
use proptest::prelude::*;
use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::model::config::CompatibilityLevel::{
    self, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive,
};
use schema::parsed::ParsedSchema;

fn verdict(level: CompatibilityLevel, newer: &ParsedSchema, earlier: &ParsedSchema) -> Verdict {
    check(
        Question::at(level),
        Newer { version: 2, schema: newer },
        &[Earlier { version: 1, schema: earlier }],
    )
}

fn reads(pair: &Pair) -> bool {
    verdict(Backward, &pair.reader_schema, &pair.writer_schema).is_compatible()
}

const LEVELS: [CompatibilityLevel; 7] = [
    CompatibilityLevel::None,
    Backward,
    BackwardTransitive,
    Forward,
    ForwardTransitive,
    Full,
    FullTransitive,
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_schema_reads_itself_at_every_level(bytes in bytes()) {
        let text = pairs::schema(&mut Choices::new(&bytes)).to_string();
        let schema = avro(&text);
        for level in LEVELS {
            let verdict = verdict(level, &schema, &schema);
            prop_assert!(verdict.is_compatible(), "{text}: {:#?}", verdict.messages());
        }
    }

    #[test]
    fn forward_is_backward_the_other_way_round(bytes in bytes()) {
        let Some(pair) = pair(&bytes, Changes::All) else { return Err(TestCaseError::reject("no schema")) };
        let (reader, writer) = (&pair.reader_schema, &pair.writer_schema);
        let backward = verdict(Backward, reader, writer);
        let forward = verdict(Forward, writer, reader);
        let places = |verdict: &Verdict| -> Vec<(String, String)> {
            verdict.findings().iter().map(|finding| (finding.kind.clone(), finding.path.clone())).collect()
        };
        prop_assert_eq!(places(&backward), places(&forward));
        prop_assert_eq!(
            verdict(Full, reader, writer).is_compatible(),
            backward.is_compatible() && verdict(Forward, reader, writer).is_compatible()
        );
    }

    #[test]
    fn the_oracle_agrees(bytes in bytes()) {
        let Some(pair) = pair(&bytes, Changes::NoTypeAliases) else { return Err(TestCaseError::reject("no schema")) };
        let (reader, writer) = (oracle_schema(&pair.reader)?, oracle_schema(&pair.writer)?);
        let theirs = matches!(SchemaCompatibility::can_read(&writer, &reader), Ok(Compatibility::Full));
        prop_assert_eq!(reads(&pair), theirs, "reader {} writer {}", pair.reader, pair.writer);
    }

    #[test]
    fn what_we_call_compatible_decodes(bytes in bytes()) {
        let Some(pair) = pair(&bytes, Changes::NoTypeAliases) else { return Err(TestCaseError::reject("no schema")) };
        if pair.reader.contains("aliases") || !reads(&pair) {
            return Ok(());
        }
        let (reader, writer) = (oracle_schema(&pair.reader)?, oracle_schema(&pair.writer)?);
        let mut choices = Choices::new(&bytes);
        for _ in 0..4 {
            let datum = datum(&writer, &mut choices);
            let encoded =
                GenericDatumWriter::builder(&writer).build().unwrap().write_value_to_vec(datum.clone()).unwrap();
            let decoded = GenericDatumReader::builder(&writer)
                .reader_schema(&reader)
                .build()
                .unwrap()
                .read_value(&mut encoded.as_slice());
            prop_assert!(
                decoded.is_ok(),
                "reader {} writer {} datum {:?}: {:?}", pair.reader, pair.writer, datum, decoded
            );
        }
    }
}

fn oracle_schema(text: &str) -> Result<apache_avro::Schema, TestCaseError> {
    apache_avro::Schema::parse_str(text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))
}

/// The laws above mean nothing if the pairs are all of one sort.
#[test]
fn the_pairs_are_of_both_sorts() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let (mut compatible, mut incompatible, mut kinds) = (0, 0, std::collections::BTreeSet::new());
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..150).map(|_| random()).collect();
        let Some(pair) = pair(&bytes, Changes::All) else { continue };
        let verdict = verdict(Backward, &pair.reader_schema, &pair.writer_schema);
        if verdict.is_compatible() {
            compatible += 1
        } else {
            incompatible += 1
        }
        kinds.extend(verdict.findings().iter().map(|finding| finding.kind.clone()));
    }
    assert!(compatible > 300 && incompatible > 300, "{compatible} compatible, {incompatible} not");
    let all = [
        "FIXED_SIZE_MISMATCH",
        "MISSING_ENUM_SYMBOLS",
        "MISSING_UNION_BRANCH",
        "NAME_MISMATCH",
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "TYPE_MISMATCH",
    ];
    assert!(all.iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
}
