//! Values of keywords, where they are what the keyword asks for.

use super::Loader;
use crate::document::Json;
use crate::json::model::NodeId;
use crate::json::references::Place;

/// `true` or `false`.
pub(super) fn flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        _ => None,
    }
}

/// A number, by its spelling.
pub(super) fn number(value: &Json) -> Option<&str> {
    match value {
        Json::Number(spelling) => Some(spelling),
        _ => None,
    }
}

/// A number as it is compared.
pub(super) fn double(value: &Json) -> Option<f64> {
    number(value)?.parse().ok()
}

/// The whole part of a number, kept within 32 bits.
pub(super) fn integer(value: &Json) -> Option<i32> {
    let spelling = number(value)?;
    if let Ok(number) = spelling.parse() {
        return Some(number);
    }
    let number: f64 = spelling.parse().ok()?;
    number.trunc().clamp(f64::from(i32::MIN), f64::from(i32::MAX)).to_string().parse().ok()
}

/// An array.
pub(super) fn items(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        _ => &[],
    }
}

/// An object.
pub(super) fn members(value: &Json) -> &[(String, Json)] {
    match value {
        Json::Object(members) => members,
        _ => &[],
    }
}

/// An array of texts.
pub(super) fn texts(value: &Json) -> Vec<Box<str>> {
    items(value).iter().filter_map(Json::as_str).map(Into::into).collect()
}

/// Names, each once, in order.
pub(super) fn sorted_set(mut names: Vec<Box<str>>) -> Vec<Box<str>> {
    names.sort_unstable();
    names.dedup();
    names
}

impl<'a> Loader<'a> {
    /// An array of schemas.
    pub(super) fn schemas(&mut self, place: &Place<'a>, value: &'a Json) -> Vec<NodeId> {
        items(value).iter().map(|item| self.child(place, item)).collect()
    }

    /// An object of schemas.
    pub(super) fn named_schemas(&mut self, place: &Place<'a>, value: &'a Json) -> Vec<(Box<str>, NodeId)> {
        let members = members(value).iter();
        members.map(|(name, schema)| (name.as_str().into(), self.child(place, schema))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_to_whole_ones() {
        let read = |text: &str| integer(&Json::Number(text.to_owned()));
        assert_eq!(read("12"), Some(12));
        assert_eq!(read("-12.9"), Some(-12));
        assert_eq!(read("1e2"), Some(100));
        assert_eq!(read("1e99"), Some(i32::MAX));
        assert_eq!(integer(&Json::Null), None);
    }
}
