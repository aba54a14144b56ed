//! Why a record has no translation, with the path of the target that is to blame.

use std::fmt::Display;

/// A fault on its way out. One pointer wide, so that results stay small.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault(Box<Told>);

#[derive(Debug, PartialEq, Eq)]
struct Told {
    path: String,
    reason: String,
}

impl Fault {
    /// A fault at the target in hand. `reason` is a lowercase fragment.
    #[cold]
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(Told { path: String::new(), reason: reason.into() }))
    }

    /// Puts the name of a field, or the position of an item, in front of the path.
    #[cold]
    #[must_use]
    pub fn within(mut self, name: impl Display) -> Self {
        let path = &mut self.0.path;
        *path = if path.is_empty() { name.to_string() } else { format!("{name}.{path}") };
        self
    }

    /// Path of the target and reason.
    #[must_use]
    pub fn into_parts(self) -> (String, String) {
        (self.0.path, self.0.reason)
    }
}
