//! References after resolution: the texts a schema needs before it can be parsed.

/// One resolved reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedReference {
    /// What the referring schema calls it.
    pub name: String,
    /// Its canonical text.
    pub text: String,
}

/// Everything that a schema refers to, directly or not: dependencies first, each name once (the first wins).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedReferences {
    /// In dependency order.
    pub in_order: Vec<ResolvedReference>,
}

impl ResolvedReferences {
    /// A schema without references.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }
}
