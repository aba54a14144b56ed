//! The answers that are worth keeping: each is a type that names what it asks, the key that proves it fresh, and how
//! it is read.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId};
use schema::model::metadata::Metadata;
use schema::model::mode::Mode;
use schema::model::ruleset::RuleSet;
use schema::model::subject::{Context, Subject};

use super::changes::Key;
use super::sql::{Connection, reads};
use super::{StoreError, StoredSchema, SubjectVersions, VersionRow};

/// A question with one answer.
pub(super) trait Fact: Clone + Eq + Hash + Send + Sync + 'static {
    /// The answer; cheap to clone.
    type Value: Clone + Weigh + Send + Sync + 'static;

    /// What the answer depends on.
    fn key(&self) -> Key<'_>;

    /// Bytes that the question takes.
    fn bytes(&self) -> usize;

    /// Asks the database.
    fn read<C: Connection>(
        &self,
        connection: &mut C,
    ) -> impl Future<Output = Result<Self::Value, StoreError>> + Send;
}

/// The versions of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct VersionsOf(pub(super) Subject);

impl Fact for VersionsOf {
    type Value = Arc<SubjectVersions>;

    fn key(&self) -> Key<'_> {
        Key::Subject(&self.0)
    }

    fn bytes(&self) -> usize {
        subject_bytes(&self.0)
    }

    async fn read<C: Connection>(&self, connection: &mut C) -> Result<Self::Value, StoreError> {
        reads::subject_versions(connection, &self.0).await.map(Arc::new)
    }
}

/// The content behind an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ContentOf(pub(super) Context, pub(super) SchemaId);

impl Fact for ContentOf {
    type Value = Option<Arc<StoredSchema>>;

    fn key(&self) -> Key<'_> {
        Key::Id(&self.0, self.1)
    }

    fn bytes(&self) -> usize {
        self.0.as_str().len()
    }

    async fn read<C: Connection>(&self, connection: &mut C) -> Result<Self::Value, StoreError> {
        Ok(reads::schema(connection, &self.0, self.1).await?.map(Arc::new))
    }
}

/// The id of a content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct IdOf(pub(super) Context, pub(super) Guid);

impl Fact for IdOf {
    type Value = Option<SchemaId>;

    fn key(&self) -> Key<'_> {
        Key::Guid(self.1)
    }

    fn bytes(&self) -> usize {
        self.0.as_str().len()
    }

    async fn read<C: Connection>(&self, connection: &mut C) -> Result<Self::Value, StoreError> {
        reads::id_of(connection, &self.0, self.1).await
    }
}

/// The config stored at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConfigAt(pub(super) Subject);

impl Fact for ConfigAt {
    type Value = Option<Arc<Config>>;

    fn key(&self) -> Key<'_> {
        Key::Config(&self.0)
    }

    fn bytes(&self) -> usize {
        subject_bytes(&self.0)
    }

    async fn read<C: Connection>(&self, connection: &mut C) -> Result<Self::Value, StoreError> {
        Ok(reads::config(connection, &self.0).await?.map(Arc::new))
    }
}

/// The mode stored at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ModeAt(pub(super) Subject);

impl Fact for ModeAt {
    type Value = Option<Mode>;

    fn key(&self) -> Key<'_> {
        Key::Mode(&self.0)
    }

    fn bytes(&self) -> usize {
        subject_bytes(&self.0)
    }

    async fn read<C: Connection>(&self, connection: &mut C) -> Result<Self::Value, StoreError> {
        reads::mode(connection, &self.0).await
    }
}

fn subject_bytes(subject: &Subject) -> usize {
    subject.name().len() + subject.context().as_str().len()
}

/// How many bytes a value takes on the heap, near enough for a budget.
pub(super) trait Weigh {
    /// Bytes beyond those of the type itself.
    fn bytes(&self) -> usize;
}

impl Weigh for SchemaId {
    fn bytes(&self) -> usize {
        0
    }
}

impl Weigh for Mode {
    fn bytes(&self) -> usize {
        0
    }
}

impl<T: Weigh> Weigh for Option<T> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, Weigh::bytes)
    }
}

impl<T: Weigh> Weigh for Arc<T> {
    fn bytes(&self) -> usize {
        size_of::<T>() + T::bytes(self)
    }
}

impl Weigh for SubjectVersions {
    fn bytes(&self) -> usize {
        self.versions.capacity() * size_of::<VersionRow>()
    }
}

/// A string's own bytes beside its characters, and its place in a tree.
const STRING_BYTES: usize = 48;
/// A rule without its texts.
const RULE_BYTES: usize = 320;

impl Weigh for StoredSchema {
    fn bytes(&self) -> usize {
        let references = self.references.iter().map(|reference| {
            let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            2 * STRING_BYTES + text(&reference.name) + text(&reference.subject)
        });
        self.text.len() + references.sum::<usize>() + self.metadata.bytes() + self.rule_set.bytes()
    }
}

impl Weigh for Metadata {
    fn bytes(&self) -> usize {
        let text = |text: &String| STRING_BYTES + text.len();
        let tags = self.tags.iter().map(|(path, tags)| text(path) + tags.iter().map(text).sum::<usize>());
        let properties = self.properties.iter().map(|(name, value)| text(name) + text(value));
        tags.sum::<usize>() + properties.sum::<usize>() + self.sensitive.iter().map(text).sum::<usize>()
    }
}

impl Weigh for RuleSet {
    fn bytes(&self) -> usize {
        let rules = self.rules().map(|rule| {
            let params = rule.params.iter().map(|(name, value)| 2 * STRING_BYTES + name.len() + value.len());
            let texts = rule.doc.as_ref().map_or(0, String::len) + rule.expr.as_ref().map_or(0, String::len);
            RULE_BYTES + texts + params.sum::<usize>()
        });
        rules.sum()
    }
}

impl Weigh for Config {
    fn bytes(&self) -> usize {
        self.default_metadata.bytes()
            + self.override_metadata.bytes()
            + self.default_rule_set.bytes()
            + self.override_rule_set.bytes()
    }
}
