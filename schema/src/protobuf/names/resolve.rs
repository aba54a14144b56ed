//! Looking names up.

use super::{Declared, Found, FoundExtension, NameId, Names};
use crate::protobuf::syntax::Message;

impl<'a> Names<'a> {
    /// The scope of the file's package: where its top-level declarations look names up.
    #[must_use]
    pub fn package(&self) -> NameId {
        self.package
    }

    /// The scope `name` within `scope`: enters a message.
    #[must_use]
    pub fn inner(&self, scope: NameId, name: &str) -> Option<NameId> {
        name.split('.').try_fold(scope, |parent, part| {
            self.steps_left.set(self.steps_left.get().checked_sub(1)?);
            self.children.get(&(parent, part)).copied()
        })
    }

    /// What the type name `name` means in `scope`. A leading dot makes it a full name.
    #[must_use]
    pub fn resolve(&self, scope: NameId, name: &str) -> Option<Found<'a>> {
        self.first(scope, name, |names, id| names.declared(id))
    }

    /// The extension field that `name` means in `scope`.
    #[must_use]
    pub fn resolve_extension(&self, scope: NameId, name: &str) -> Option<FoundExtension<'a>> {
        self.first(scope, name, |names, id| names.extension(id))
    }

    /// The message that `name` means in `scope`.
    #[must_use]
    pub fn resolve_message(&self, scope: NameId, name: &str) -> Option<(NameId, &'a Message)> {
        match self.resolve(scope, name)? {
            Found { id, declared: Declared::Message(message), .. } => Some((id, message)),
            _ => None,
        }
    }

    fn first<T>(&self, scope: NameId, name: &str, what: impl Fn(&Self, NameId) -> Option<T>) -> Option<T> {
        if let Some(absolute) = name.strip_prefix('.') {
            return self.inner(NameId(0), absolute).and_then(|id| what(self, id));
        }
        let mut scope = Some(scope);
        while let Some(current) = scope {
            if let Some(found) = self.inner(current, name).and_then(|id| what(self, id)) {
                return Some(found);
            }
            scope = self.parent(current);
        }
        None
    }

    /// The type declared at a place.
    #[must_use]
    pub fn declared(&self, id: NameId) -> Option<Found<'a>> {
        let (declared, origin) = self.nodes.get(id.0 as usize)?.declared?;
        Some(Found { id, declared, origin })
    }

    /// The extension field declared at a place.
    #[must_use]
    pub fn extension(&self, id: NameId) -> Option<FoundExtension<'a>> {
        let node = self.nodes.get(id.0 as usize)?;
        let (field, origin) = node.extension?;
        Some(FoundExtension { id, field, scope: node.parent?, origin })
    }

    /// The enclosing scope.
    #[must_use]
    pub fn parent(&self, id: NameId) -> Option<NameId> {
        self.nodes.get(id.0 as usize)?.parent
    }

    /// The full name of a place, without a leading dot.
    #[must_use]
    pub fn full_name(&self, id: NameId) -> String {
        let mut parts = Vec::new();
        let mut next = Some(id);
        while let Some(node) = next.and_then(|id| self.nodes.get(id.0 as usize)) {
            parts.push(node.name);
            next = node.parent;
        }
        parts.pop();
        parts.reverse();
        parts.join(".")
    }
}
