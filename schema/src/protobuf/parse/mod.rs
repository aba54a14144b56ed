//! From text to syntax tree.
//!
//! Takes the language that the reference registry takes, which is wider than the specification in some places (names
//! with dashes and dots, any order of statements, stray semicolons) and narrower in others (nothing may follow a
//! `/* … */` that trails a field on its line). What the text means is asked later, in `linked` and `fields_valid`.
//!
//! One pass, no look-ahead beyond a character, time linear in the text. Whatever nests is bounded by
//! [`NESTING_MAX`], the number of declarations by [`DECLARATIONS_MAX`].

mod aggregate;
mod enums;
mod fields;
mod file;
mod message;
mod options;
mod reader;
mod service;
mod strings;
mod words;

#[cfg(test)]
mod tests;

use self::file::FileParser;
pub(super) use self::reader::wrong_at;
use super::syntax::File;
use crate::format::ParseError;

/// How deep messages, groups, aggregates and lists may nest.
pub(super) const NESTING_MAX: u32 = 100;
/// How many declarations, options and elements of options a file may have.
pub(super) const DECLARATIONS_MAX: u32 = 200_000;
/// How many parts the name of a package may have.
pub(super) const PACKAGE_PARTS_MAX: usize = 100;

/// Parses the text of a `.proto` file.
///
/// # Errors
/// [`ParseError`] with line and column.
pub(super) fn file(text: &str) -> Result<File, ParseError> {
    FileParser::new(text).parse()
}
