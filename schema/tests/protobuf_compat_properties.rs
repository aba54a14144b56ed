//! Laws of Protobuf compatibility on random pairs of schemas.
//!
//! If the checker finds nothing, then what the writer writes is read by the reader as what it was, with exceptions that
//! the rules of the reference registry leave:
//! - a field that is gone, and a oneof that is gone as a whole, are lost;
//! - a number is read with the reader's width: `int64` as `int32`, any integer as `bool`;
//! - bytes that are no UTF-8 are no `string`;
//! - a field that was repeated and is not any more, or the other way round, where no label was written for a number,
//!   and always for texts and messages;
//! - a field that has become required where its label is not compared.
//!
//! `PROTOBUF_PAIRS` sets how many pairs are tried.

#![cfg(test)]

mod protobuf_files;
mod protobuf_pairs;

use proptest::prelude::*;
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage, Value,
};
use protobuf_files::Choices;
use protobuf_pairs::{Sources, changed, sources};
use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::evidence::Evidence;
use schema::model::config::CompatibilityLevel::{self, Backward, Forward, Full};
use schema::model::config::CompatibilityPolicy;
use schema::parsed::ParsedSchema;

/// Pairs that each law is tried on, unless the environment says otherwise.
const PAIRS: u32 = 500;

fn pairs() -> ProptestConfig {
    let cases = std::env::var("PROTOBUF_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(PAIRS);
    ProptestConfig { cases, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}

fn verdict(level: CompatibilityLevel, newer: &ParsedSchema, earlier: &ParsedSchema) -> Verdict {
    let earlier = [Earlier { version: 1, schema: earlier }];
    check(Question::at(level), Newer { version: 2, schema: newer }, &earlier)
}

proptest! {
    #![proptest_config(pairs())]

    #[test]
    fn a_schema_is_compatible_with_itself(bytes in bytes()) {
        let schema = sources(&mut Choices::new(&bytes)).parsed();
        for level in [Backward, Forward, Full] {
            let verdict = verdict(level, &schema, &schema);
            prop_assert!(verdict.is_compatible(), "{:?}", verdict.messages());
        }
    }

    #[test]
    fn forward_is_backward_from_the_other_side(bytes in bytes()) {
        let mut choices = Choices::new(&bytes);
        let one = sources(&mut choices);
        let other = changed(&one, &mut choices).parsed();
        let one = one.parsed();
        let (backward, forward) = (verdict(Backward, &one, &other), verdict(Forward, &other, &one));
        prop_assert_eq!(backward.is_compatible(), forward.is_compatible());
        let paths = |verdict: &Verdict| -> Vec<(String, String)> {
            verdict.findings().iter().map(|found| (found.kind.clone(), found.path.clone())).collect()
        };
        prop_assert_eq!(paths(&backward), paths(&forward));
        let full = verdict(Full, &one, &other).is_compatible();
        prop_assert_eq!(full, backward.is_compatible() && verdict(Forward, &one, &other).is_compatible());
    }

    #[test]
    fn every_finding_has_a_witness_or_a_reason(bytes in bytes()) {
        let mut choices = Choices::new(&bytes);
        let writer = sources(&mut choices);
        let reader = changed(&writer, &mut choices).parsed();
        let writer = writer.parsed();
        for finding in ParsedSchema::can_read(&reader, &writer, CompatibilityPolicy::Strict).unwrap() {
            let evidence = ParsedSchema::evidence(&reader, &writer, std::slice::from_ref(&finding));
            match evidence.unwrap().remove(0) {
                Evidence::Witness(witness) => {
                    prop_assert!(witness.encoded.is_some() && !witness.failure.is_empty(), "{:?}", witness);
                }
                Evidence::Absent(reason) => prop_assert!(!reason.is_empty()),
            }
        }
    }

    #[test]
    fn what_passes_is_read_as_it_was_written(bytes in bytes(), data in bytes()) {
        let mut choices = Choices::new(&bytes);
        let (one, mut other);
        one = sources(&mut choices);
        other = changed(&one, &mut choices);
        let mut writer = one;
        if choices.yes() {
            std::mem::swap(&mut writer, &mut other);
        }
        if let Err(error) = reads(&other, &writer, &data) {
            let (reader, writer) = (other.texts(), writer.texts());
            prop_assert!(false, "{error}\nreader {}\n{}\nwriter {}\n{}", reader.0, reader.1.unwrap_or_default(), writer.0, writer.1.unwrap_or_default());
        }
    }
}

/// The pairs that a judge is tried on: what random bytes make of a file.
fn pair(seed: u64) -> (Sources, Sources) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let bytes: Vec<u8> = (0..400).map(|_| next()).collect();
    let mut choices = Choices::new(&bytes);
    let writer = sources(&mut choices);
    let reader = changed(&writer, &mut choices);
    (writer, reader)
}

#[test]
fn the_judge_can_say_no_and_has_work_to_do() {
    let (mut passed, mut refused, mut proved) = (0, 0, 0);
    for seed in 0..400 {
        let (writer, reader) = pair(seed);
        if writer.texts() == reader.texts() || writer.compiled().is_none() || reader.compiled().is_none() {
            continue;
        }
        let bytes = seed.to_be_bytes().map(|byte| byte.wrapping_mul(31)).repeat(50);
        let judged = judge(&reader, &writer, &bytes);
        if verdict(Backward, &reader.parsed(), &writer.parsed()).is_compatible() {
            assert_eq!(judged, Ok(()), "{seed}");
            passed += 1;
        } else {
            refused += 1;
            proved += usize::from(judged.is_err());
        }
    }
    println!("{passed} passed, {refused} refused, {proved} of them read wrongly");
    assert!(passed > 80 && refused > 80 && proved > 20, "{passed} {refused} {proved}");
}

/// Writes data of every message of `writer` and reads them with `reader`, if the checker lets the pair pass.
fn reads(reader: &Sources, writer: &Sources, data: &[u8]) -> Result<(), String> {
    if verdict(Backward, &reader.parsed(), &writer.parsed()).is_compatible() {
        return judge(reader, writer, data);
    }
    Ok(())
}

fn judge(reader: &Sources, writer: &Sources, data: &[u8]) -> Result<(), String> {
    let (Some(ours), Some(theirs)) = (reader.compiled(), writer.compiled()) else { return Ok(()) };
    let mut choices = Choices::new(data);
    let package = if writer.package().is_empty() { String::new() } else { format!("{}.", writer.package()) };
    for message in theirs.all_messages().filter(|each| each.parent_file().name() == "root.proto") {
        if message.is_map_entry() {
            continue;
        }
        let name = message.full_name();
        let Some(read_as) = ours.get_message_by_name(name) else {
            return Err(format!("{name} of package {package} is not there"));
        };
        let written = make(&message, &read_as, &mut choices, 3);
        let read = DynamicMessage::decode(read_as, written.encode_to_vec().as_slice())
            .map_err(|error| format!("{error}: {written}"))?;
        same_message(&written, &read).map_err(|error| format!("{error}: {written} is read as {read}"))?;
    }
    Ok(())
}

/// A message with fields at random, but for the exceptions.
fn make(
    writer: &MessageDescriptor,
    reader: &MessageDescriptor,
    choices: &mut Choices<'_>,
    depth: usize,
) -> DynamicMessage {
    let mut made = DynamicMessage::new(writer.clone());
    for field in writer.fields() {
        let known = reader.get_field(field.number());
        let is_same_shape = known
            .as_ref()
            .is_none_or(|known| known.is_list() == field.is_list() && known.is_map() == field.is_map());
        if !is_same_shape || choices.below(4) == 0 {
            continue;
        }
        let value = if field.is_map() {
            let entry = field.kind().as_message().cloned().expect("an entry");
            let known = known.as_ref().and_then(|known| known.kind().as_message().cloned());
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            let key = single(&key, None, choices, 0).and_then(Value::into_map_key);
            let known = known.map(|known| known.map_entry_value_field());
            let value = single(&value, known.as_ref(), choices, depth);
            key.zip(value).map(|entry| Value::Map([entry].into()))
        } else if field.is_list() {
            let count = choices.below(3);
            let values = (0..count).map(|_| single(&field, known.as_ref(), choices, depth));
            values.collect::<Option<Vec<Value>>>().map(Value::List)
        } else {
            single(&field, known.as_ref(), choices, depth)
        };
        if let Some(value) = value {
            made.set_field(&field, value);
        }
    }
    made
}

fn single(
    field: &FieldDescriptor,
    known: Option<&FieldDescriptor>,
    choices: &mut Choices<'_>,
    depth: usize,
) -> Option<Value> {
    let wide = [0, 1, -1, 127, 300, i64::from(i32::MIN), i64::MAX, i64::MIN][choices.below(8)];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any bits will do")]
    let (narrow, unsigned) = (wide as i32, wide as u64);
    Some(match field.kind() {
        Kind::Double => Value::F64([0.0, 1.5, -1e300][choices.below(3)]),
        Kind::Float => Value::F32([0.0, 1.5, -1e30][choices.below(3)]),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(narrow),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(wide),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(narrow.cast_unsigned()),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(unsigned),
        Kind::Bool => Value::Bool(wide != 0),
        Kind::String => Value::String(["", "a", "é\u{0}"][choices.below(3)].to_owned()),
        Kind::Bytes => {
            let is_text = known.is_some_and(|known| matches!(known.kind(), Kind::String));
            let bytes: [&[u8]; 3] = [b"", b"a", if is_text { b"b" } else { b"\xff\x00" }];
            Value::Bytes(bytes[choices.below(3)].to_vec().into())
        }
        Kind::Enum(declared) => {
            let numbers: Vec<i32> = declared.values().map(|value| value.number()).collect();
            Value::EnumNumber(numbers[choices.below(numbers.len())])
        }
        Kind::Message(inner) => {
            let depth = depth.checked_sub(1)?;
            let known = known.and_then(|known| known.kind().as_message().cloned());
            Value::Message(make(&inner, known.as_ref().unwrap_or(&inner), choices, depth))
        }
    })
}

fn same_message(written: &DynamicMessage, read: &DynamicMessage) -> Result<(), String> {
    for field in written.descriptor().fields().filter(|field| written.has_field(field)) {
        // A field that is gone is one of the exceptions.
        let Some(known) = read.descriptor().get_field(field.number()) else { continue };
        let (theirs, ours) = (written.get_field(&field), read.get_field(&known));
        same(&theirs, &ours, &known.kind()).map_err(|error| format!("field {}: {error}", field.number()))?;
    }
    Ok(())
}

fn same(written: &Value, read: &Value, kind: &Kind) -> Result<(), String> {
    match (written, read) {
        (Value::Message(written), Value::Message(read)) => same_message(written, read),
        (Value::List(written), Value::List(read)) if written.len() == read.len() => {
            written.iter().zip(read).try_for_each(|(written, read)| same(written, read, kind))
        }
        (Value::Map(written), Value::Map(read)) if written.len() == read.len() => {
            let entry = kind.as_message().ok_or("no map")?;
            let (key_kind, value_kind) =
                (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
            written.iter().zip(read).try_for_each(|((key, value), (read_key, read_value))| {
                same(&from_key(key), &from_key(read_key), &key_kind)?;
                same(value, read_value, &value_kind)
            })
        }
        (written, read) if same_scalar(written, read, kind) => Ok(()),
        _ => Err(format!("{written:?} is not {read:?}")),
    }
}

fn from_key(key: &MapKey) -> Value {
    key.clone().into()
}

/// Whether a scalar is read as what it is in the width of the reader.
#[expect(clippy::cast_possible_truncation, reason = "that is what a narrower reader does")]
fn same_scalar(written: &Value, read: &Value, kind: &Kind) -> bool {
    let bits = |value: &Value| match value {
        Value::Bool(value) => Some(u64::from(*value)),
        Value::I32(value) | Value::EnumNumber(value) => Some(i64::from(*value).cast_unsigned()),
        Value::I64(value) => Some(value.cast_unsigned()),
        Value::U32(value) => Some(u64::from(*value)),
        Value::U64(value) => Some(*value),
        _ => None,
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    match (bits(written), bits(read)) {
        (Some(written), Some(read)) => match kind {
            Kind::Bool => (written != 0) == (read != 0),
            Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => {
                written == read || is_wrapped(written, read)
            }
            // A narrower reader cuts what is on the wire: the number in zig-zag.
            Kind::Sint32 => zig_zag(written) as u32 == zig_zag(read) as u32,
            _ => written as u32 == read as u32,
        },
        (None, None) => text(written) == text(read) && (text(written).is_some() || written == read),
        _ => false,
    }
}

/// The bits of a signed number as `sint32` and `sint64` put them on the wire.
fn zig_zag(bits: u64) -> u64 {
    (bits << 1) ^ (bits.cast_signed() >> 63).cast_unsigned()
}

/// Whether a number of 32 bits was widened without its sign, as from `uint32` to `int64` and back.
#[expect(clippy::cast_possible_truncation, reason = "only the lower half is compared")]
fn is_wrapped(written: u64, read: u64) -> bool {
    written as u32 == read as u32 && (read >> 32 == 0 || read >> 31 == 0x1_ffff_ffff)
}
