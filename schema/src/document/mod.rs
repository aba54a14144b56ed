//! JSON text as schemas need it: key order and number spelling survive, faults have a place, depth is bounded.

mod reader;
mod writer;

pub(crate) use reader::{Comments, Node};
pub(crate) use writer::write_string;

use crate::format::ParseError;

/// Arrays and objects nest at most this deep, as in the reference registry.
pub const DEPTH_MAX: usize = 1000;

/// Characters in a number, at most, as in the reference registry.
pub const NUMBER_LENGTH_MAX: usize = 1000;

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

impl Json {
    /// Reads one value. Of a repeated name the last value wins, at the place of the first.
    ///
    /// # Errors
    /// [`ParseError`] with line and column when `text` is no JSON, goes on after the value, or nests deeper than
    /// [`DEPTH_MAX`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Node::parse(text, Comments::Refused).map(Node::into_json)
    }

    /// The value of `name`, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// How deep arrays and objects nest: 0 for everything else.
    #[must_use]
    pub fn depth(&self) -> usize {
        let inner = match self {
            Self::Array(items) => items.iter().map(Self::depth).max(),
            Self::Object(members) => members.iter().map(|(_, value)| value.depth()).max(),
            _ => return 0,
        };
        inner.unwrap_or(0) + 1
    }

    /// Bytes on the heap, roughly.
    #[must_use]
    pub fn memory_size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 0,
            Self::Number(text) | Self::String(text) => text.capacity(),
            Self::Array(items) => {
                items.capacity() * size_of::<Self>() + items.iter().map(Self::memory_size).sum::<usize>()
            }
            Self::Object(members) => {
                let inner = members.iter().map(|(key, value)| key.capacity() + value.memory_size());
                members.capacity() * size_of::<(String, Self)>() + inner.sum::<usize>()
            }
        }
    }
}
