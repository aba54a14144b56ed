//! Protocol Buffers schemas.

mod language;
pub mod normalize;
pub mod syntax;

/// A parsed schema of this language.
#[derive(Clone, Debug)]
pub struct ProtobufSchema {
    canonical: String,
}
