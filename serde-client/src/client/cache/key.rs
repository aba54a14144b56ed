//! What entries of the cache are found by.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::subject::Context;

use crate::client::types::{Normalize, RegisteredSchema, SchemaDefinition};

/// A question to the registry. Subjects are qualified.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The schema with an id, as a subject sees it.
    Id(SchemaId, Option<String>),
    /// The schema with a guid.
    Guid(Guid),
    /// A version.
    Version(String, Version),
    /// The latest version.
    Latest(String),
    /// The latest version with certain properties.
    LatestWith(String, BTreeMap<String, String>),
    /// What a schema is registered as.
    Registration(String, ByText, Normalize),
    /// The same where it is only looked for.
    Lookup(String, ByText, Normalize),
}

/// A definition that is hashed by its text and compared as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByText(pub(crate) Arc<SchemaDefinition>);

impl Hash for ByText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl Key {
    /// Whether a later answer may differ.
    pub(super) fn is_movable(&self) -> bool {
        matches!(self, Self::Latest(_) | Self::LatestWith(..))
    }

    /// Whether it is worth remembering that there is none: whoever registers wants it to exist.
    pub(super) fn may_be_missing(&self) -> bool {
        !matches!(self, Self::Registration(..))
    }

    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Id(_, subject) => subject.as_deref(),
            Self::Guid(_) => None,
            Self::Version(subject, _)
            | Self::Latest(subject)
            | Self::LatestWith(subject, _)
            | Self::Registration(subject, ..)
            | Self::Lookup(subject, ..) => Some(subject),
        }
    }

    pub(super) fn text_length(&self) -> usize {
        let subject = self.subject().map_or(0, str::len);
        subject
            + match self {
                Self::Registration(_, ByText(definition), _) | Self::Lookup(_, ByText(definition), _) => {
                    definition.text.len()
                }
                Self::LatestWith(_, properties) => {
                    properties.iter().map(|(name, value)| name.len() + value.len()).sum()
                }
                _ => 0,
            }
    }
}

/// A schema to be parsed, and the context in which its references are looked for.
#[derive(Clone, Debug)]
pub(crate) struct ParsedKey {
    pub(crate) context: Context,
    pub(crate) schema: Arc<RegisteredSchema>,
}

impl PartialEq for ParsedKey {
    fn eq(&self, other: &Self) -> bool {
        let same = || self.schema.definition == other.schema.definition;
        self.context == other.context && (Arc::ptr_eq(&self.schema, &other.schema) || same())
    }
}

impl Eq for ParsedKey {}

impl Hash for ParsedKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.schema.definition.text.hash(state);
    }
}
