//! Serialized `FileDescriptorProto`s: what a compiled file says, as a syntax tree, and back.
//!
//! Both directions keep what the reference registry keeps. Custom options other than those of `confluent/meta.proto`
//! are lost in both, and so are groups on the way to a descriptor.

mod declared;
mod meta;
mod read;
mod read_options;
mod values;
mod wire;
mod write;
mod write_message;
mod write_options;

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::syntax::File;
use super::{ProtobufSchema, canonical, parse};
use crate::format::ParseError;

pub(super) use self::read::tree;

/// With or without padding, as the reference decodes it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The tree of a descriptor in base64; `None` if the text is no base64.
pub(super) fn decoded(text: &str) -> Option<Result<File, ParseError>> {
    let bytes = BASE64.decode(text).ok()?;
    Some(printable(&bytes))
}

/// Names in a descriptor may be anything, so only what can be written as text and read again is taken.
fn printable(bytes: &[u8]) -> Result<File, ParseError> {
    let described = tree(bytes)?;
    let file = parse::file(&canonical::text(&described)).map_err(|error| {
        ParseError::new(format!(
            "the file that the descriptor describes is not valid: {}; printed as text it fails",
            error.message
        ))
    })?;
    let names =
        |file: &File| file.types.iter().map(|declared| declared.name().to_owned()).collect::<Vec<_>>();
    let (mut described, mut read) = (names(&described), names(&file));
    described.sort_unstable();
    read.sort_unstable();
    if described == read {
        return Ok(file);
    }
    Err(ParseError::new(
        "the descriptor has a message or enum whose name is no name; use letters, digits and `_`",
    ))
}

/// The descriptor of a schema in base64.
///
/// # Errors
/// [`ParseError`] when an option has a value that no descriptor can hold.
pub(super) fn serialized(schema: &ProtobufSchema) -> Result<String, ParseError> {
    Ok(BASE64.encode(write::file(schema)?))
}
