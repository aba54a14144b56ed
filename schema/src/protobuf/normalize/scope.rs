//! A place in the file, and what a name means there.

use crate::protobuf::names::{Declared, NameId, Names};
use crate::protobuf::syntax::{Field, Message};

/// A place in the file: its package and the messages around it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'n, 'a> {
    names: &'n Names<'a>,
    id: NameId,
}

impl<'n, 'a> Scope<'n, 'a> {
    pub(super) fn new(names: &'n Names<'a>) -> Self {
        Self { names, id: names.package() }
    }

    /// The place inside of the message `name`.
    pub(super) fn inside(self, name: &str) -> Self {
        Self { names: self.names, id: self.names.inner(self.id, name).unwrap_or(self.id) }
    }

    /// Full name and declaration of the type that `name` means here.
    pub(super) fn resolved(self, name: &str) -> Option<(String, Declared<'a>)> {
        let found = self.names.resolve(self.id, name)?;
        Some((self.names.full_name(found.id), found.declared))
    }

    /// The message that `name` means here.
    pub(super) fn message(self, name: &str) -> Option<&'a Message> {
        self.names.resolve_message(self.id, name).map(|(_, message)| message)
    }

    /// Full name of the extension that `name` means here.
    pub(super) fn extension(self, name: &str) -> Option<String> {
        self.names.resolve_extension(self.id, name).map(|found| self.names.full_name(found.id))
    }

    /// The extension with the full name `name`, wherever the place is.
    pub(super) fn extension_in_full(self, name: &str) -> Option<&'a Field> {
        let full = if name.starts_with('.') { name.to_owned() } else { format!(".{name}") };
        self.names.resolve_extension(self.id, &full).map(|found| found.field)
    }
}
