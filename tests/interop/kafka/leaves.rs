//! Single values of the data files, and the Rust values that Avro writes for them.

use serde_json::Value;

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

pub(crate) fn number(value: &Value) -> i32 {
    value.as_i64().and_then(|number| number.try_into().ok()).unwrap_or_else(|| panic!("{value} is no int"))
}

pub(crate) fn long(value: &Value) -> i64 {
    text(value).parse().unwrap_or_else(|error| panic!("{value}: {error}"))
}

/// A number of either width, or the name of a special one: Rust reads the same names.
pub(crate) fn float<F: std::str::FromStr>(value: &Value) -> F {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().unwrap_or_else(|_| panic!("{value} is no number"))
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let digits = text(value).replace('-', "");
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap_or_else(|error| panic!("{value}: {error}")))
        .collect()
}

pub(crate) fn fixed<const SIZE: usize>(value: &Value) -> [u8; SIZE] {
    bytes(value).try_into().unwrap_or_else(|bytes| panic!("{bytes:?} have another size"))
}

pub(crate) fn uuid_bytes(value: &Value) -> [u8; 16] {
    fixed(value)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn uuid(bytes: &[u8]) -> String {
    let digits = hex(bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// Months, days and milliseconds as Avro lays them out.
pub(crate) fn duration(value: &Value) -> [u8; 12] {
    let parts = value.as_array().into_iter().flatten();
    let parts = parts.map(|part| part.as_u64().and_then(|part| u32::try_from(part).ok()).expect("a number"));
    let bytes: Vec<u8> = parts.flat_map(u32::to_le_bytes).collect();
    bytes.try_into().expect("three numbers")
}

pub(crate) fn parts(bytes: &[u8]) -> Vec<u32> {
    let (parts, _) = bytes.as_chunks();
    parts.iter().map(|part| u32::from_le_bytes(*part)).collect()
}

/// The unscaled number of a decimal in as few bytes as hold it with its sign.
pub(crate) fn decimal(value: &Value) -> Vec<u8> {
    let unscaled: i128 =
        text(value).replace('.', "").parse().unwrap_or_else(|error| panic!("{value}: {error}"));
    let all = unscaled.to_be_bytes();
    let holds = |start: &usize| {
        let sign = if unscaled < 0 { 0xff } else { 0 };
        all[..*start].iter().all(|byte| *byte == sign) && (all[*start] ^ sign) & 0x80 == 0
    };
    let start = (0..all.len()).rev().find(holds).unwrap_or_default();
    all[start..].to_vec()
}

/// The digits of a decimal.
pub(crate) fn digits(bytes: &[u8], scale: usize) -> String {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut all = [sign; 16];
    all[16 - bytes.len()..].copy_from_slice(bytes);
    let unscaled = i128::from_be_bytes(all);
    let digits = format!("{:0width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{fraction}", if unscaled < 0 { "-" } else { "" })
}
