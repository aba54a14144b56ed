//! What the checker says is true of data: what it calls compatible is read, and what it calls incompatible comes with a
//! record that is not. `AVRO_PAIRS` says how many pairs of schemas are drawn.
//!
//! Judges are the resolving decoder that witnesses are tried with and, where it is right, `apache-avro`. It is not right
//! where a field of the reader is found through an alias; it compares no names; and it converts values where the
//! specification compares types (a text becomes a fixed of any size, a double a float).

#![cfg(test)]

mod pairs;
mod parsing;

use std::collections::BTreeMap;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Datum;
use apache_avro::writer::datum::GenericDatumWriter;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pairs::{Changes, Choices, Pair, datum, pair};
use parsing::avro;
use schema::avro::witness::resolve;
use schema::compat::{Detail, Earlier, Finding, Newer, Question, WITNESSES_MAX, check};
use schema::evidence::{DOCUMENT_LENGTH_MAX, Witness};
use schema::model::config::CompatibilityLevel::Backward;
use schema::parsed::ParsedSchema;
use serde_json::{Map, Value, json};

const PAIRS: usize = 300;
/// Kinds of finding about which `apache-avro` is right.
const JUDGED: [&str; 2] = ["READER_FIELD_MISSING_DEFAULT_VALUE", "MISSING_ENUM_SYMBOLS"];
/// Records of the writer that are tried for each compatible pair.
const RECORDS: usize = 4;

fn pairs_wanted() -> usize {
    std::env::var("AVRO_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(PAIRS)
}

/// Pairs of schemas with the bytes that decided them, always the same ones.
fn drawn() -> impl Iterator<Item = (Vec<u8>, Pair)> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(move || {
        let length = 20 + usize::from(random()) / 2;
        let bytes: Vec<u8> = (0..length).map(|_| random()).collect();
        // Without aliases of types there is a second judge.
        let changes = if length.is_multiple_of(4) { Changes::NoTypeAliases } else { Changes::All };
        pair(&bytes, changes).map(|pair| (bytes, pair))
    })
    .flatten()
}

#[test]
fn only_the_first_findings_get_a_witness() {
    let record = |field_type: &str| {
        let fields: Vec<Value> =
            (0..30).map(|number| json!({"name": format!("f{number}"), "type": field_type})).collect();
        json!({"type": "record", "name": "R", "fields": fields}).to_string()
    };
    let (reader, writer) = (record("int"), record("long"));
    let (reader_schema, writer_schema) = (avro(&reader), avro(&writer));
    let findings = findings(&Pair { reader, writer, reader_schema, writer_schema });
    let witnesses = findings.iter().take_while(|finding| finding.witness.is_some()).count();
    assert_eq!((findings.len(), witnesses), (30, WITNESSES_MAX));
    assert!(findings[WITNESSES_MAX..].iter().all(|finding| finding.no_witness.is_none()));
}

#[test]
fn verdicts_hold_for_data() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (bytes, pair) in drawn().take(pairs_wanted()) {
        let findings = findings(&pair);
        if findings.is_empty() {
            *counts.entry("compatible".to_owned()).or_default() += 1;
            check_reads(&pair, &mut Choices::new(&bytes));
        }
        for (index, finding) in findings.iter().enumerate() {
            match (&finding.witness, &finding.no_witness) {
                (Some(witness), None) => {
                    *counts.entry(format!("{}: proved", finding.kind)).or_default() += 1;
                    check_proof(&pair, finding, witness);
                }
                (None, Some(reason)) => {
                    assert!(reason.len() > 20, "{reason}");
                    *counts.entry(format!("{}: {reason}", finding.kind)).or_default() += 1;
                }
                _ => assert!(index >= WITNESSES_MAX, "{finding:?}"),
            }
        }
    }
    let proved: usize =
        counts.iter().filter(|(key, _)| key.ends_with(": proved")).map(|(_, count)| count).sum();
    let unproved: usize =
        counts.iter().filter(|(key, _)| key.contains("every record")).map(|(_, count)| count).sum();
    assert!(proved > 100 * unproved.max(1), "{counts:#?}");
    if std::env::var_os("AVRO_PAIRS").is_some() {
        println!("{counts:#?}");
    }
}

fn findings(pair: &Pair) -> Vec<Finding> {
    let question = Question { detail: Detail::Witnesses, ..Question::at(Backward) };
    let newer = Newer { version: 2, schema: &pair.reader_schema };
    let verdict = check(question, newer, &[Earlier { version: 1, schema: &pair.writer_schema }]);
    verdict.into_parts().1
}

fn refusals(pair: &Pair, encoded: &[u8]) -> Vec<String> {
    let (ParsedSchema::Avro(reader), ParsedSchema::Avro(writer)) = (&pair.reader_schema, &pair.writer_schema)
    else {
        panic!("Avro schemas")
    };
    let refusals = resolve(reader, writer, encoded);
    let refusals =
        refusals.unwrap_or_else(|broken| panic!("{broken:?}: reader {} writer {}", pair.reader, pair.writer));
    refusals.into_iter().map(|refusal| refusal.path).collect()
}

fn read(writer: &Schema, reader: Option<&Schema>, mut encoded: &[u8]) -> Result<Datum, String> {
    let builder = GenericDatumReader::builder(writer);
    let built = match reader {
        Some(reader) => builder.reader_schema(reader).build(),
        None => builder.build(),
    };
    built.and_then(|built| built.read_value(&mut encoded)).map_err(|error| error.to_string())
}

fn oracle_schemas(pair: &Pair) -> [Schema; 2] {
    [&pair.reader, &pair.writer]
        .map(|text| Schema::parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn check_reads(pair: &Pair, choices: &mut Choices<'_>) {
    let [reader, writer] = oracle_schemas(pair);
    for _ in 0..RECORDS {
        let written = GenericDatumWriter::builder(&writer).build().unwrap();
        let encoded = written.write_value_to_vec(datum(&writer, choices)).unwrap();
        let refusals = refusals(pair, &encoded);
        assert!(refusals.is_empty(), "{refusals:?}: reader {} writer {}", pair.reader, pair.writer);
        if !pair.reader.contains("aliases") {
            let decoded = read(&writer, Some(&reader), &encoded);
            assert!(decoded.is_ok(), "{decoded:?}: reader {} writer {}", pair.reader, pair.writer);
        }
    }
}

fn check_proof(pair: &Pair, finding: &Finding, witness: &Witness) {
    let place = || format!("{finding:#?} reader {} writer {}", pair.reader, pair.writer);
    let encoded = STANDARD.decode(witness.encoded.as_ref().unwrap()).unwrap();
    assert!(
        witness.document.chars().count() <= DOCUMENT_LENGTH_MAX && !witness.failure.is_empty(),
        "{}",
        place()
    );
    assert!(refusals(pair, &encoded).contains(&finding.path), "{}", place());
    let [reader, writer] = oracle_schemas(pair);
    let written = read(&writer, None, &encoded).unwrap_or_else(|error| panic!("{error}: {}", place()));
    let document: Value = serde_json::from_str(&witness.document).unwrap();
    assert_eq!(document, json_encoding(&writer, &written), "{}", place());
    let is_judge = JUDGED.contains(&finding.kind.as_str()) && !pair.reader.contains("aliases");
    if is_judge {
        let decoded = read(&writer, Some(&reader), &encoded);
        assert!(decoded.is_err(), "{decoded:?}: {}", place());
    }
}

/// Avro's JSON encoding, written again from the specification.
fn json_encoding(schema: &Schema, datum: &Datum) -> Value {
    let text = |bytes: &[u8]| Value::String(bytes.iter().map(|&byte| char::from(byte)).collect());
    match (schema, datum) {
        (_, Datum::Null) => Value::Null,
        (_, Datum::Boolean(value)) => json!(value),
        (_, Datum::Int(value)) => json!(value),
        (_, Datum::Long(value)) => json!(value),
        (_, Datum::Float(value)) => json!(value),
        (_, Datum::Double(value)) => json!(value),
        (_, Datum::String(value) | Datum::Enum(_, value)) => json!(value),
        (_, Datum::Bytes(bytes) | Datum::Fixed(_, bytes)) => text(bytes),
        (Schema::Array(array), Datum::Array(items)) => {
            items.iter().map(|item| json_encoding(&array.items, item)).collect()
        }
        (Schema::Map(map), Datum::Map(values)) => {
            let encoded = values.iter().map(|(key, value)| (key.clone(), json_encoding(&map.types, value)));
            Value::Object(encoded.collect::<Map<String, Value>>())
        }
        (Schema::Record(record), Datum::Record(fields)) => {
            let encoded = record.fields.iter().zip(fields);
            let encoded =
                encoded.map(|(field, (name, value))| (name.clone(), json_encoding(&field.schema, value)));
            Value::Object(encoded.collect::<Map<String, Value>>())
        }
        (Schema::Union(union), Datum::Union(at, value)) => {
            let branch = &union.variants()[usize::try_from(*at).unwrap()];
            match branch {
                Schema::Null => Value::Null,
                _ => json!({ branch_name(branch): json_encoding(branch, value) }),
            }
        }
        other => panic!("the generator makes no {other:?}"),
    }
}

fn branch_name(schema: &Schema) -> String {
    match schema.name() {
        Some(name) => name.fullname(None),
        None => serde_json::to_value(schema)
            .map(|value| value.get("type").unwrap_or(&value).as_str().unwrap_or_default().to_owned())
            .unwrap_or_default(),
    }
}
