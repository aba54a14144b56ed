//! Scalars as the reference registry's JSON reader takes them: a number where text is wanted becomes its spelling, text
//! that spells a number becomes that number, `null` stays unset.

use std::collections::BTreeMap;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

fn text_of<E: Error>(value: Value) -> Result<Option<String>, E> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(value) => Ok(Some(value.to_string())),
        Value::Array(_) => Err(E::custom("expected text, found an array")),
        Value::Object(_) => Err(E::custom("expected text, found an object")),
    }
}

pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text_of(Value::deserialize(deserializer)?)
}

pub(crate) fn text_map<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let map = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    map.into_iter().map(|(key, value)| Ok((key, text_of(value)?.unwrap_or_default()))).collect()
}

/// A flag that is off unless it is given.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    boolean(deserializer).map(Option::unwrap_or_default)
}

pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let out_of_range = || D::Error::custom("expected a whole number from -2147483648 to 2147483647");
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => i32::try_from(whole).map(Some).map_err(|_| out_of_range()),
            None => number.as_f64().and_then(truncated).map(Some).ok_or_else(out_of_range),
        },
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => text.trim().parse().map(Some).map_err(|_| out_of_range()),
        _ => Err(out_of_range()),
    }
}

fn truncated(number: f64) -> Option<i32> {
    let whole = number.trunc();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked in the same expression")]
    (whole >= f64::from(i32::MIN) && whole <= f64::from(i32::MAX)).then_some(whole as i32)
}

pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(value) => Ok(Some(value)),
        Value::Number(number) if number.as_i64().is_some() => Ok(Some(number.as_i64() != Some(0))),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Ok(Some(true)),
            "false" | "False" | "FALSE" => Ok(Some(false)),
            "" => Ok(None),
            _ => Err(D::Error::custom("expected true or false")),
        },
        _ => Err(D::Error::custom("expected true or false")),
    }
}

/// An object, or nothing. Without this a list would be taken for an object whose members come in order.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value @ Value::Object(_) => T::deserialize(value).map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("expected an object")),
    }
}

/// A list of objects, or nothing.
pub(crate) fn objects<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Some(values) = Option::<Vec<Value>>::deserialize(deserializer)? else { return Ok(None) };
    let parse = |value: Value| match value {
        Value::Object(_) => T::deserialize(value).map_err(D::Error::custom),
        _ => Err(D::Error::custom("expected a list of objects")),
    };
    values.into_iter().map(parse).collect::<Result<_, _>>().map(Some)
}

/// The same where a missing list is an empty one.
pub(crate) fn objects_or_none<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    objects(deserializer).map(Option::unwrap_or_default)
}

/// The same scalars where `null` (clear) must differ from absent (keep).
pub(crate) mod present {
    use std::collections::BTreeMap;

    use serde::de::{DeserializeOwned, Deserializer};

    pub(crate) fn text<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        super::text(deserializer).map(Some)
    }

    pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        super::object(deserializer).map(Some)
    }

    pub(crate) fn boolean<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<bool>>, D::Error> {
        super::boolean(deserializer).map(Some)
    }

    /// Clearing a map empties it.
    pub(crate) fn text_map<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<BTreeMap<String, String>>, D::Error> {
        super::text_map(deserializer).map(Some)
    }
}
