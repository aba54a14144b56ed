//! Protocol Buffers schemas.

mod language;

/// A parsed schema of this language.
#[derive(Clone, Debug)]
pub struct ProtobufSchema {
    canonical: String,
}
