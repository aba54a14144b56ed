//! JSON text as schemas need it: key order and number spelling survive, faults have a place, depth is bounded.

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// The spelling of a number, as it stood in the text.
    Number(String),
    /// Text without its escapes.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object in source order; names are unique, of repeated names the last value wins.
    Object(Vec<(String, Json)>),
}
