//! The names that a schema may use: one tree of everything that its own file, its dependencies and the files that every
//! schema may import declare.
//!
//! A name is looked up in the innermost scope first, then in the enclosing ones. At each scope the whole of a dotted
//! name is tried, as the reference registry does; `protoc` would commit itself to the first part.

mod declare;
mod resolve;

#[cfg(test)]
mod tests;

use std::cell::Cell;

use foldhash::HashMap;

use super::syntax::{Enum, Field, File, Message};

/// Steps from scope to scope that one tree may take before every further name is unknown. A schema of a hundred thousand
/// fields needs a tenth of it; more is spent only where deeply nested scopes and long dotted names repeat one part.
const STEPS_MAX: u64 = 10_000_000;

/// A place in the tree: a package, a message, an enum, or an extension field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

/// A message or an enum.
#[derive(Clone, Copy, Debug)]
pub enum Declared<'a> {
    /// A message.
    Message(&'a Message),
    /// An enum.
    Enum(&'a Enum),
}

/// Where a declaration stands.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// In the schema's own file.
    Own,
    /// In the file that is imported by this path.
    Import(&'a str),
}

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its place, which is the scope of what it encloses.
    pub id: NameId,
    /// The declaration.
    pub declared: Declared<'a>,
    /// The file that declares it.
    pub origin: Origin<'a>,
}

/// An extension field.
#[derive(Clone, Copy, Debug)]
pub struct FoundExtension<'a> {
    /// Its place.
    pub id: NameId,
    /// The field.
    pub field: &'a Field,
    /// The scope of the `extend` block: what the name of its type is resolved in.
    pub scope: NameId,
    /// The file that declares it.
    pub origin: Origin<'a>,
}

/// A type that is declared more than once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Duplicate<'a> {
    pub(super) id: NameId,
    pub(super) first: Origin<'a>,
    pub(super) second: Origin<'a>,
}

/// The tree.
pub struct Names<'a> {
    nodes: Vec<Node<'a>>,
    children: HashMap<(NameId, &'a str), NameId>,
    package: NameId,
    duplicates: Vec<Duplicate<'a>>,
    /// Steps that looking names up may still take.
    steps_left: Cell<u64>,
}

struct Node<'a> {
    parent: Option<NameId>,
    name: &'a str,
    declared: Option<(Declared<'a>, Origin<'a>)>,
    extension: Option<(&'a Field, Origin<'a>)>,
}

impl Declared<'_> {
    /// Whether it is an enum.
    #[must_use]
    pub fn is_enum(self) -> bool {
        matches!(self, Self::Enum(_))
    }
}

impl Origin<'_> {
    /// Whether it is the schema's own file.
    #[must_use]
    pub fn is_own(self) -> bool {
        matches!(self, Self::Own)
    }
}

/// Whether a type name is that of a scalar, which no scope can hide.
#[must_use]
pub fn is_scalar(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "bytes"
            | "double"
            | "fixed32"
            | "fixed64"
            | "float"
            | "int32"
            | "int64"
            | "sfixed32"
            | "sfixed64"
            | "sint32"
            | "sint64"
            | "string"
            | "uint32"
            | "uint64"
    )
}

/// The package of a file; empty without one.
#[must_use]
pub fn package_of(file: &File) -> &str {
    file.package.as_deref().unwrap_or_default()
}
