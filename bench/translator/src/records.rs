//! Records from a fixed seed.

use std::borrow::Cow;

use fastrand::Rng;
use schema::model::ids::SchemaId;
use serde_client::translator::mapping::language::{Pinned, RecordWriter};
use serde_client::translator::mapping::value::Value;

use crate::failure::{Failure, wrong};

/// So many records of a schema, each behind a zero and the schema id.
pub(crate) fn framed(
    schema: &Pinned,
    id: SchemaId,
    record: fn(&mut Rng) -> Value<'static>,
    count: usize,
) -> Result<Vec<Vec<u8>>, Failure> {
    let encoder = RecordWriter::new(schema).map_err(wrong)?;
    let mut random = Rng::with_seed(7);
    let one = |_| {
        let mut bytes = vec![0];
        bytes.extend_from_slice(&id.to_be_bytes());
        encoder.write(&record(&mut random), &mut bytes).map_err(wrong)?;
        Ok(bytes)
    };
    (0..count).map(one).collect()
}

fn text(random: &mut Rng, length: std::ops::Range<usize>) -> Value<'static> {
    let length = random.usize(length);
    Value::String(Cow::Owned(std::iter::repeat_with(|| random.alphanumeric()).take(length).collect()))
}

/// An order of ten fields and some 300 bytes.
pub(crate) fn order(random: &mut Rng) -> Value<'static> {
    let note = if random.bool() { Value::Null } else { text(random, 40..80) };
    Value::Record(vec![
        text(random, 36..37),
        text(random, 12..24),
        Value::Int(random.i64(100..10_000_000)),
        text(random, 3..4),
        Value::Int(random.i64(1..100)),
        Value::Int(random.i64(1_700_000_000_000..1_800_000_000_000)),
        text(random, 70..110),
        note,
        text(random, 60..90),
        Value::Boolean(random.bool()),
    ])
}

/// The same of the earlier version: with a channel and without a note.
pub(crate) fn earlier_order(random: &mut Rng) -> Value<'static> {
    let Value::Record(mut fields) = order(random) else { return Value::Null };
    fields.remove(7);
    fields.insert(1, text(random, 3..8));
    Value::Record(fields)
}

/// A click on an advertisement. Counts are small as a rule and categories are eight digits; a quarter of them is null.
pub(crate) fn click(random: &mut Rng) -> Value<'static> {
    let bytes = std::iter::repeat_with(|| random.u8(..)).take(16).collect();
    let tags = (0..random.usize(0..3)).map(|_| text(random, 4..12)).collect();
    let device = vec![
        Value::Symbol(random.u32(0..5)),
        text(random, 5..10),
        text(random, 3..9),
        Value::Bytes(Cow::Owned(bytes)),
    ];
    let mut fields = vec![
        Value::Record(device),
        Value::List(tags),
        Value::Record(vec![text(random, 12..20)]),
        Value::String(Cow::Owned(random.u32(1..1_000_000).to_string())),
        text(random, 6..14),
        Value::Int(random.i64(1_700_000_000_000..1_800_000_000_000)),
        Value::Int(random.i64(1..5_000_000)),
        Value::Int(random.i64(0..2)),
    ];
    for _ in 0..13 {
        let bound = 10_i64.pow(random.u32(1..5));
        fields.push(if random.u8(0..4) == 0 { Value::Null } else { Value::Int(random.i64(0..bound)) });
    }
    for _ in 0..25 {
        let category = Value::String(Cow::Owned(format!("{:08x}", random.u32(..))));
        fields.push(if random.u8(0..4) == 0 { Value::Null } else { category });
    }
    let score = |name: &'static str, random: &mut Rng| (Cow::Borrowed(name), Value::Double(random.f64()));
    fields.push(Value::Map(vec![score("ctr", random), score("cvr", random)]));
    Value::Record(fields)
}
