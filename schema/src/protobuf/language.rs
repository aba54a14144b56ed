//! Protocol Buffers as one of the schema languages.

use super::{ProtobufSchema, compat, formats, normalize, witness};
use crate::evidence::Evidence;
use crate::format::{DefinitionHash, ParseError, SchemaFormat, Strictness, UnknownEntity};
use crate::incompatibility::{CHECK_FAILED, Direction, Incompatibility};
use crate::model::api::SchemaTags;
use crate::model::config::CompatibilityPolicy;
use crate::model::schema::SchemaType;
use crate::references::ResolvedReferences;

impl SchemaFormat for ProtobufSchema {
    const TYPE: SchemaType = SchemaType::Protobuf;

    fn parse(
        text: &str,
        references: &ResolvedReferences,
        _strictness: Strictness,
    ) -> Result<Self, ParseError> {
        Self::new(text, references)
    }

    fn canonical(&self) -> &str {
        self.text()
    }

    fn normalized(&self) -> Result<Self, ParseError> {
        normalize::normalized(self)
    }

    fn formatted(&self, format: &str) -> Result<String, ParseError> {
        formats::formatted(self, format)
    }

    /// The rules of Protobuf have no variants.
    fn can_read(reader: &Self, writer: &Self, _: CompatibilityPolicy) -> Vec<Incompatibility> {
        compat::can_read(reader, writer)
    }

    fn message(finding: &Incompatibility, direction: Direction) -> String {
        if finding.kind == CHECK_FAILED {
            return format!("Unexpected exception during compatibility check: {}", finding.detail);
        }
        let (kind, description) = (finding.kind, finding.described(direction));
        format!("{{errorType:\"{kind}\", description:\"{description}\"}}")
    }

    fn evidence(reader: &Self, writer: &Self, finding: &Incompatibility) -> Evidence {
        witness::evidence(reader, writer, finding)
    }

    fn linked(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn fields_valid(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn novelty(&self) -> Option<String> {
        None
    }

    fn is_same_definition(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    fn definition_hash(&self) -> DefinitionHash {
        0
    }

    fn tags(&self) -> Vec<SchemaTags> {
        Vec::new()
    }

    fn retagged(&self, _add: &[SchemaTags], _remove: &[SchemaTags]) -> Result<Self, UnknownEntity> {
        Ok(self.clone())
    }

    fn top_level_fields(&self) -> Vec<String> {
        Vec::new()
    }

    fn memory_size(&self) -> usize {
        size_of::<Self>() + self.text().len()
    }
}
