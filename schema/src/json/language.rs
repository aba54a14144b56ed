//! JSON Schema as one of the schema languages.

use md5::{Digest, Md5};

use super::model::Model;
use super::schema::JsonSchema;
use super::{compat, fields, normalize, parse, precise, tags, witness};
use crate::evidence::Evidence;
use crate::format::{DefinitionHash, ParseError, SchemaFormat, Strictness, UnknownEntity};
use crate::incompatibility::{Direction, Incompatibility};
use crate::model::api::SchemaTags;
use crate::model::config::CompatibilityPolicy;
use crate::model::schema::SchemaType;
use crate::references::ResolvedReferences;

impl SchemaFormat for JsonSchema {
    const TYPE: SchemaType = SchemaType::Json;

    fn parse(
        text: &str,
        references: &ResolvedReferences,
        strictness: Strictness,
    ) -> Result<Self, ParseError> {
        parse::parse(text, references, strictness)
    }

    fn canonical(&self) -> &str {
        &self.canonical
    }

    fn normalized(&self) -> Result<Self, ParseError> {
        normalize::normalized(self)
    }

    /// There are no other formats; a format that is not known gives the canonical text.
    fn formatted(&self, _format: &str) -> Result<String, ParseError> {
        Ok(self.canonical.to_string())
    }

    fn can_read(reader: &Self, writer: &Self, policy: CompatibilityPolicy) -> Vec<Incompatibility> {
        let is_loaded = reader.fault().is_none() && writer.fault().is_none();
        if policy == CompatibilityPolicy::Precise && is_loaded {
            return precise::compare(reader, writer);
        }
        compat::can_read(reader, writer, policy)
    }

    fn message(finding: &Incompatibility, direction: Direction) -> String {
        let (kind, description) = (finding.kind, finding.described(direction));
        format!("{{errorType:\"{kind}\", description:\"{description}'}}")
    }

    fn evidence(reader: &Self, writer: &Self, findings: &[Incompatibility]) -> Vec<Evidence> {
        witness::evidence(reader, writer, findings)
    }

    /// A schema read as a new one would not be there if something were missing; one read as stored remembers it.
    fn linked(&self) -> Result<(), ParseError> {
        self.loadable()
    }

    fn loadable(&self) -> Result<(), ParseError> {
        self.fault.as_deref().map_or(Ok(()), |fault| Err(fault.clone()))
    }

    fn fields_valid(&self) -> Result<(), ParseError> {
        fields::check(self)
    }

    fn novelty(&self) -> Option<String> {
        None
    }

    fn is_same_definition(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }

    /// Definitions are equal if their texts are.
    fn definition_hash(&self) -> DefinitionHash {
        let digest = Md5::digest(self.canonical.as_bytes());
        let bytes = digest.iter().take(size_of::<DefinitionHash>());
        bytes.fold(0, |sum, byte| (sum << 8) | DefinitionHash::from(*byte))
    }

    fn tags(&self) -> Vec<SchemaTags> {
        tags::collect(self)
    }

    fn retagged(&self, add: &[SchemaTags], remove: &[SchemaTags]) -> Result<Self, UnknownEntity> {
        tags::change(self, add, remove)
    }

    fn record_name(&self) -> Option<String> {
        self.root().get("title").and_then(|title| title.as_str()).map(str::to_owned)
    }

    fn top_level_fields(&self) -> Vec<String> {
        fields::names(self)
    }

    fn memory_size(&self) -> usize {
        let documents = self.references.iter().chain([self.document()]);
        let sizes = documents
            .map(|document| size_of_val(document) + document.name.capacity() + document.root.memory_size());
        let model = self.model.get().map_or(0, Model::memory_size);
        size_of::<Self>() + self.canonical.len() + sizes.sum::<usize>() + model
    }
}
