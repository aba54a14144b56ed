//! Finds out what a name means where it is written.
//!
//! The whole name is tried in each enclosing scope from the inside out, as the reference does. The compiler of
//! Protocol Buffers looks for the first part alone and then stays where it found it.

use crate::protobuf::syntax::{Field, Message};

/// What a full name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Definition<'d> {
    /// A message.
    Message(&'d Message),
    /// An enum.
    Enum,
}

/// Every definition that a file may name: its own, those of its references, and the built-in ones.
///
/// Full names have no leading dot.
pub trait Definitions {
    /// The type with the full name `name`.
    fn type_named(&self, name: &str) -> Option<Definition<'_>>;

    /// The extension field with the full name `name`.
    fn extension_named(&self, name: &str) -> Option<&Field>;
}

/// A place in the file: its package and the messages around it.
pub(super) struct Scope<'d, D> {
    definitions: &'d D,
    path: String,
}

impl<'d, D: Definitions> Scope<'d, D> {
    pub(super) fn new(definitions: &'d D, package: Option<&str>) -> Self {
        Self { definitions, path: package.unwrap_or_default().to_owned() }
    }

    /// The place inside of the message `name`.
    pub(super) fn inside(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { definitions: self.definitions, path: format!("{}{dot}{name}", self.path) }
    }

    /// Full name and definition of the type that `name` means here.
    pub(super) fn resolved(&self, name: &str) -> Option<(String, Definition<'d>)> {
        self.found(name, |full| self.definitions.type_named(full))
    }

    /// Full name of the extension that `name` means here.
    pub(super) fn extension(&self, name: &str) -> Option<String> {
        self.found(name, |full| self.definitions.extension_named(full)).map(|(full, _)| full)
    }

    /// The extension with the full name `name`, wherever the place is.
    pub(super) fn extension_in_full(&self, name: &str) -> Option<&'d Field> {
        self.definitions.extension_named(name.strip_prefix('.').unwrap_or(name))
    }

    /// The message that is the type of `field`, as a name of this place.
    pub(super) fn message_of(&self, field: &Field) -> Option<&'d Message> {
        match self.resolved(&field.type_name)? {
            (_, Definition::Message(message)) => Some(message),
            (_, Definition::Enum) => None,
        }
    }

    fn found<T>(&self, name: &str, find: impl Fn(&str) -> Option<T>) -> Option<(String, T)> {
        if let Some(full) = name.strip_prefix('.') {
            return find(full).map(|found| (full.to_owned(), found));
        }
        let mut scope = self.path.as_str();
        while !scope.is_empty() {
            let full = format!("{scope}.{name}");
            if let Some(found) = find(&full) {
                return Some((full, found));
            }
            scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        find(name).map(|found| (name.to_owned(), found))
    }
}
