//! Schemas by version and id: from the registry, and from a folder while the registry does not answer.
//!
//! A translator that ran once starts again without a registry, as long as it meets no schema for the first time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use schema::format::Strictness;
use schema::model::ids::{Guid, SchemaId, VersionId};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};
use serde::{Deserialize, Serialize};

use super::migration::PinnedSchema;
use super::translation::SchemaProblem;
use crate::client::{ErrorKind, RegisteredSchema, RegistryClient, RegistryError};
use crate::framing::SchemaIdentity;

/// Where a translator gets schemas.
#[derive(Clone, Debug)]
pub struct SchemaStore {
    client: RegistryClient,
    /// One file for each schema; `None` keeps nothing.
    folder: Option<PathBuf>,
}

/// A schema with its identities.
#[derive(Clone, Debug)]
pub struct StoredSchema {
    /// Schema id.
    pub id: SchemaId,
    /// Content hash, where the registry says it.
    pub guid: Option<Guid>,
    /// The schema, with what it refers to.
    pub schema: ParsedSchema,
}

/// What a file holds.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    id: SchemaId,
    guid: Option<String>,
    schema_type: SchemaType,
    text: String,
    references: Vec<KeptReference>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptReference {
    name: String,
    text: String,
}

impl SchemaStore {
    /// A store that asks a registry, and keeps what it learns in `folder`.
    #[must_use]
    pub fn new(client: RegistryClient, folder: Option<PathBuf>) -> Self {
        Self { client, folder }
    }

    /// A pinned version.
    ///
    /// # Errors
    /// [`SchemaProblem`]: unknown to the registry, or out of reach and not kept.
    pub async fn pinned(&self, pinned: &PinnedSchema) -> Result<StoredSchema, SchemaProblem> {
        let version = i32::try_from(pinned.version)
            .map_err(|_| SchemaProblem::Unknown(format!("version {} is out of range", pinned.version)))?;
        let answer = self.client.version(&pinned.subject, VersionId::Number(version)).await;
        let name = format!("version-{version}-{}", pinned.subject);
        self.kept(&name, answer, &format!("version {version} of the subject `{}`", pinned.subject)).await
    }

    /// The schema that a record names. Ids count within the context of `subject`.
    ///
    /// # Errors
    /// [`SchemaProblem`]: unknown to the registry, or out of reach and not kept.
    pub async fn written(
        &self,
        identity: SchemaIdentity,
        subject: &str,
    ) -> Result<StoredSchema, SchemaProblem> {
        match identity {
            SchemaIdentity::Id(id) => {
                let answer = self.client.schema_by_id(id, Some(subject)).await;
                self.kept(&format!("id-{id}-{subject}"), answer, &format!("the schema id {id}")).await
            }
            SchemaIdentity::Guid(guid) => {
                let answer = self.client.schema_by_guid(guid).await;
                self.kept(&format!("guid-{guid}"), answer, &format!("the schema {guid}")).await
            }
        }
    }

    async fn kept(
        &self,
        name: &str,
        answer: Result<Arc<RegisteredSchema>, RegistryError>,
        what: &str,
    ) -> Result<StoredSchema, SchemaProblem> {
        let found = match answer {
            Ok(found) => self.client.references_of(&found).await.map(|references| (found, references)),
            Err(error) => Err(error),
        };
        match found {
            Ok((found, references)) => {
                let id = found.id.ok_or_else(|| SchemaProblem::Unknown(format!("{what} has no id")))?;
                let kept = Kept {
                    id,
                    guid: found.guid.map(|guid| guid.to_string()),
                    schema_type: found.definition.schema_type,
                    text: found.definition.text.clone(),
                    references: references
                        .in_order
                        .into_iter()
                        .map(|reference| KeptReference { name: reference.name, text: reference.text })
                        .collect(),
                };
                self.write(name, &kept);
                parsed(kept, what)
            }
            Err(error) if error.is_not_found() => Err(SchemaProblem::Unknown(format!("{what}: {error}"))),
            Err(error) => match self.read(name) {
                Some(kept) => {
                    tracing::warn!(%error, "the registry does not answer: {what} is taken from the folder of kept schemas");
                    parsed(kept, what)
                }
                None if is_lasting(&error) => Err(SchemaProblem::Unknown(format!("{what}: {error}"))),
                None => Err(SchemaProblem::Unreachable(format!("{what}: {error}"))),
            },
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        let mut plain: String =
            name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
        if plain != name {
            // Names that differ only in odd characters stay apart.
            plain = format!("{plain}-{}", hex(name.bytes()));
        }
        Some(self.folder.as_ref()?.join(format!("{plain}.json")))
    }

    fn read(&self, name: &str) -> Option<Kept> {
        let text = std::fs::read(self.path(name)?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// What cannot be kept is asked for again next time.
    fn write(&self, name: &str, kept: &Kept) {
        let Some(path) = self.path(name) else { return };
        if let Err(error) = write_whole(&path, kept) {
            tracing::warn!(%error, path = %path.display(), "a schema cannot be kept for the time without a registry");
        }
    }
}

/// Writes beside the file and renames, so that a crash leaves the old one or the new one.
fn write_whole(path: &Path, kept: &Kept) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = path.with_extension(format!("part-{}", std::process::id()));
    std::fs::write(&part, serde_json::to_vec(kept)?)?;
    std::fs::rename(&part, path)
}

fn hex(bytes: impl Iterator<Item = u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn parsed(kept: Kept, what: &str) -> Result<StoredSchema, SchemaProblem> {
    let in_order = kept
        .references
        .into_iter()
        .map(|reference| ResolvedReference { name: reference.name, text: reference.text })
        .collect();
    let references = ResolvedReferences { in_order };
    let schema = ParsedSchema::parse(kept.schema_type, &kept.text, &references, Strictness::Stored)
        .map_err(|error| SchemaProblem::Unknown(format!("{what} cannot be parsed: {error}")))?;
    Ok(StoredSchema { id: kept.id, guid: kept.guid.and_then(|guid| Guid::parse(&guid)), schema })
}

/// Whether asking again gives the same answer.
fn is_lasting(error: &RegistryError) -> bool {
    matches!(
        error,
        RegistryError::References { .. } | RegistryError::Unparsable { .. } | RegistryError::Invalid(_)
    ) || error.kind() == ErrorKind::Settings
}
