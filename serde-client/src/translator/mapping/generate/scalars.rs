//! Random scalars, with a liking for edges.

use std::borrow::Cow;

use fastrand::Rng;
use schema::model::ids::Guid;

use crate::codec::avro::LogicalType;
use crate::codec::avro::logical::Decimal;
use crate::translator::mapping::shape::Integer;
use crate::translator::mapping::value::Value;

/// Seconds of the years 1 and 9999.
const SECONDS: (i128, i128) = (-62_135_596_800, 253_402_300_799);
const DAY_MILLIS: i128 = 86_400_000;

const TEXTS: [&str; 12] =
    ["", "a", " ", "é", "naïve café", "日本語", "🦀🏳️‍🌈", "\u{0}", "\"\\\n\t", "null", "0", "-1.5e3"];

pub(super) fn integer(random: &mut Rng, width: Integer, meaning: Option<LogicalType>) -> Value<'static> {
    let (least, greatest) = range(width, meaning);
    let value = match random.u8(0..8) {
        0 => least,
        1 => greatest,
        2 => 0,
        3 => 1,
        4 => -1,
        5 => i128::from(random.i8(..)),
        // Small numbers are as likely as great ones.
        6 => random.i128(..) >> random.u32(64..128),
        _ => random.i128(least..=greatest),
    };
    let value = value.clamp(least, greatest);
    match width {
        Integer::U64 => Value::Unsigned(u64::try_from(value).unwrap_or(0)),
        _ => Value::Int(i64::try_from(value).unwrap_or(0)),
    }
}

fn range(width: Integer, meaning: Option<LogicalType>) -> (i128, i128) {
    let (least, greatest) = width.range();
    let units = |per_second: i128| (SECONDS.0 * per_second, (SECONDS.1 + 1) * per_second - 1);
    let (first, last) = match meaning {
        Some(LogicalType::Date) => (SECONDS.0 / 86_400, SECONDS.1 / 86_400),
        Some(LogicalType::TimeMillis) => (0, DAY_MILLIS - 1),
        Some(LogicalType::TimeMicros) => (0, DAY_MILLIS * 1_000 - 1),
        Some(LogicalType::TimestampMillis | LogicalType::LocalTimestampMillis) => units(1_000),
        Some(LogicalType::TimestampMicros | LogicalType::LocalTimestampMicros) => units(1_000_000),
        Some(LogicalType::TimestampNanos | LogicalType::LocalTimestampNanos) => units(1_000_000_000),
        Some(LogicalType::Decimal { .. } | LogicalType::Uuid | LogicalType::Duration) | None => {
            (least, greatest)
        }
    };
    (first.max(least), last.min(greatest))
}

pub(super) fn double(random: &mut Rng) -> f64 {
    match random.u8(0..12) {
        0 => 0.0,
        1 => -0.0,
        2 => f64::MAX,
        3 => f64::MIN,
        4 => f64::MIN_POSITIVE,
        5 => 0.1,
        6 => 9_007_199_254_740_993.0,
        7..9 => f64::from(random.i32(..)),
        _ => (random.f64() - 0.5) * 10_f64.powi(random.i32(-5..20)),
    }
}

pub(super) fn single(random: &mut Rng) -> f64 {
    let value = match random.u8(0..6) {
        0 => f32::MAX,
        1 => f32::MIN_POSITIVE,
        2 => -0.0,
        3 => f32::from(random.i16(..)),
        _ => (random.f32() - 0.5) * 10_f32.powi(random.i32(-5..20)),
    };
    f64::from(value)
}

pub(super) fn text(random: &mut Rng, meaning: Option<LogicalType>) -> String {
    if meaning == Some(LogicalType::Uuid) {
        return Guid(random.u128(..).to_be_bytes()).to_string();
    }
    match random.u8(0..8) {
        0..4 => random.choice(TEXTS).unwrap_or_default().to_owned(),
        4 => (0..random.usize(0..12)).map(|_| random.char(..)).collect(),
        5 => random.choice(TEXTS).unwrap_or_default().repeat(random.usize(1..40)),
        _ => (0..random.usize(0..20)).map(|_| random.alphanumeric()).collect(),
    }
}

pub(super) fn bytes(random: &mut Rng, size: Option<usize>, meaning: Option<LogicalType>) -> Value<'static> {
    if let Some(LogicalType::Decimal { precision, .. }) = meaning {
        return Value::Bytes(Cow::Owned(decimal(random, size, precision)));
    }
    let length = size.unwrap_or_else(|| random.usize(0..20));
    Value::Bytes(Cow::Owned(match random.u8(0..4) {
        0 => vec![0; length],
        1 => vec![0xff; length],
        _ => (0..length).map(|_| random.u8(..)).collect(),
    }))
}

fn decimal(random: &mut Rng, size: Option<usize>, precision: u32) -> Vec<u8> {
    let bound = 10_i128.checked_pow(precision).map_or(i128::MAX, |bound| bound - 1);
    let mut unscaled = match random.u8(0..5) {
        0 => bound,
        1 => -bound,
        2 => 0,
        _ => random.i128(-bound..=bound),
    };
    // Fixed sizes may hold less than the precision promises.
    loop {
        match (Decimal { unscaled, scale: 0 }).sized(size) {
            Some(bytes) => return bytes,
            None if unscaled == 0 => return Vec::new(),
            None => unscaled /= 10,
        }
    }
}
