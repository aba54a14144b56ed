//! A place in the file, and what a name means there.

use std::cell::Cell;

use crate::protobuf::names::{Declared, NameId, Names};
use crate::protobuf::syntax::{Field, Message};

/// Full names may have this many bytes in sum: short names of long ones must not become gigabytes.
const FULL_NAMES_LENGTH_MAX: usize = 16 << 20;

/// How many bytes of full names are left.
pub(super) struct Budget(Cell<Option<usize>>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(Some(FULL_NAMES_LENGTH_MAX)))
    }

    fn take(&self, length: usize) {
        self.0.set(self.0.get().and_then(|left| left.checked_sub(length)));
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.0.get().is_none()
    }
}

/// A place in the file: its package and the messages around it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'n, 'a> {
    names: &'n Names<'a>,
    id: NameId,
    budget: &'n Budget,
}

impl<'n, 'a> Scope<'n, 'a> {
    pub(super) fn new(names: &'n Names<'a>, budget: &'n Budget) -> Self {
        Self { names, id: names.package(), budget }
    }

    /// The place inside of the message `name`.
    pub(super) fn inside(self, name: &str) -> Self {
        Self { id: self.names.inner(self.id, name).unwrap_or(self.id), ..self }
    }

    /// Full name and declaration of the type that `name` means here.
    pub(super) fn resolved(self, name: &str) -> Option<(String, Declared<'a>)> {
        let found = self.names.resolve(self.id, name)?;
        Some((self.full_name(found.id), found.declared))
    }

    /// The message that `name` means here.
    pub(super) fn message(self, name: &str) -> Option<&'a Message> {
        self.names.resolve_message(self.id, name).map(|(_, message)| message)
    }

    /// Full name of the extension that `name` means here.
    pub(super) fn extension(self, name: &str) -> Option<String> {
        self.names.resolve_extension(self.id, name).map(|found| self.full_name(found.id))
    }

    /// The extension with the full name `name`, wherever the place is.
    pub(super) fn extension_in_full(self, name: &str) -> Option<&'a Field> {
        let full = if name.starts_with('.') { name.to_owned() } else { format!(".{name}") };
        self.names.resolve_extension(self.id, &full).map(|found| found.field)
    }

    /// Empty once the budget is exceeded; then nothing is made of the file anyway.
    fn full_name(self, id: NameId) -> String {
        if self.budget.is_exceeded() {
            return String::new();
        }
        let name = self.names.full_name(id);
        self.budget.take(name.len());
        name
    }
}
