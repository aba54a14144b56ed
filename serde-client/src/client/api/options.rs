//! Options that several endpoints share.

use crate::client::target::Target;

/// Whether soft-deleted subjects and versions are seen.
///
/// ```
/// use serde_client::client::{Deleted, Deletion, Normalize, Page, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// client.api().delete_subject("s", Deletion::Soft).await?;
/// assert!(client.api().list_versions("s", Deleted::Hidden, Page::default()).await.is_err());
/// assert_eq!(client.api().list_versions("s", Deleted::Included, Page::default()).await?, [1]);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deleted {
    /// No.
    #[default]
    Hidden,
    /// Yes, beside the live ones.
    Included,
    /// Nothing else. Only lists know this; elsewhere it counts as [`Deleted::Included`].
    Only,
}

impl Deleted {
    pub(super) fn apply_to(self, target: Target) -> Target {
        target.flag("deleted", self != Self::Hidden)
    }

    pub(super) fn apply_to_list(self, target: Target) -> Target {
        match self {
            Self::Only => target.flag("deletedOnly", true),
            _ => self.apply_to(target),
        }
    }
}

/// How something is deleted.
///
/// ```
/// use serde_client::client::{Deletion, ErrorKind, Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let early = client.api().delete_subject("s", Deletion::Permanent).await;
/// assert_eq!(early.unwrap_err().kind(), ErrorKind::Deletion);
/// assert_eq!(client.api().delete_subject("s", Deletion::Soft).await?, [1]);
/// assert_eq!(client.api().delete_subject("s", Deletion::Permanent).await?, [1]);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deletion {
    /// It is hidden, and can still be read by id.
    #[default]
    Soft,
    /// It is gone. It must be soft-deleted first.
    Permanent,
}

impl Deletion {
    pub(super) fn apply_to(self, target: Target) -> Target {
        target.flag("permanent", self == Self::Permanent)
    }
}

/// A part of a list.
///
/// ```
/// use serde_client::client::Page;
///
/// let second_hundred = Page { offset: Some(100), limit: Some(100) };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Page {
    /// Rows to skip.
    pub offset: Option<u32>,
    /// Rows to return; as many as the registry likes unless given.
    pub limit: Option<u32>,
}

impl Page {
    pub(super) fn apply_to(self, target: Target) -> Target {
        let text = |number: Option<u32>| number.map(|number| number.to_string());
        let target = target.optional("offset", text(self.offset).as_deref());
        target.optional("limit", text(self.limit).as_deref())
    }
}

/// How a version is read.
///
/// ```
/// use serde_client::schema::model::ids::VersionId;
/// use serde_client::client::{Deleted, Normalize, ReadOptions, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let options = ReadOptions { deleted: Deleted::Included, ..ReadOptions::default() };
/// let answer = client.api().get_version("s", VersionId::Number(1), &options).await?;
/// assert_eq!(&*answer.schema, r#""string""#);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Form of the text: `resolved` for Avro; `serialized` or `ignore_extensions` for Protobuf.
    pub format: Option<String>,
    /// Whether references name their context.
    pub qualified_references: bool,
    /// Whether a soft-deleted version is read.
    pub deleted: Deleted,
    /// Inline tags to list; `*` lists all.
    pub find_tags: Vec<String>,
}

impl ReadOptions {
    pub(super) fn apply_to(&self, target: Target) -> Target {
        let references = self.qualified_references.then_some("qualified");
        let target =
            target.optional("format", self.format.as_deref()).optional("referenceFormat", references);
        self.deleted.apply_to(target).each("findTags", &self.find_tags)
    }
}

/// How a schema is read by its id.
///
/// ```
/// use serde_client::client::{IdOptions, Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register(":.eu:s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let options = IdOptions { subject: Some(":.eu:".to_owned()), ..IdOptions::default() };
/// assert!(client.api().get_schema_by_id(1, &options).await.is_ok());
/// assert!(client.api().get_schema_by_id(1, &IdOptions::default()).await.is_err(), "ids count within a context");
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdOptions {
    /// In whose context the id is looked for; the client's unless given.
    pub subject: Option<String>,
    /// See [`ReadOptions::format`].
    pub format: Option<String>,
    /// Whether references name their context.
    pub qualified_references: bool,
    /// Inline tags to list; `*` lists all.
    pub find_tags: Vec<String>,
    /// Whether the answer tells the highest id of the context.
    pub fetch_max_id: bool,
}
