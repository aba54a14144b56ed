//! Protocol Buffers as one of the schema languages.

use md5::{Digest, Md5};

use super::syntax::Syntax;
use super::{ProtobufSchema, compat, compile, formats, link, normalize, tags, witness};
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
        strictness: Strictness,
    ) -> Result<Self, ParseError> {
        let schema = Self::new(text, references)?;
        if strictness == Strictness::New {
            // The reference takes what it can normalise: every type of a field, a procedure or an extension is there.
            // A missing import is the cause of a missing type, and the better advice.
            normalize::normalized(&schema).or_else(|error| schema.linked().and(Err(error)))?;
        }
        Ok(schema)
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

    fn evidence(reader: &Self, writer: &Self, findings: &[Incompatibility]) -> Vec<Evidence> {
        witness::evidence(reader, writer, findings)
    }

    fn linked(&self) -> Result<(), ParseError> {
        link::linked(self)
    }

    fn loadable(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn fields_valid(&self) -> Result<(), ParseError> {
        compile::pool(self).map(drop)
    }

    fn novelty(&self) -> Option<String> {
        match &self.file().syntax {
            Some(Syntax::Edition(edition)) => Some(format!("edition {edition}")),
            None | Some(Syntax::Proto2 | Syntax::Proto3) => None,
        }
    }

    fn is_same_definition(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    /// Equal definitions have equal texts.
    fn definition_hash(&self) -> DefinitionHash {
        let digest = Md5::digest(self.text());
        let bytes = digest.iter().take(size_of::<DefinitionHash>());
        bytes.fold(0, |sum, byte| (sum << 8) | DefinitionHash::from(*byte))
    }

    fn tags(&self) -> Vec<SchemaTags> {
        tags::collect(self)
    }

    fn retagged(&self, add: &[SchemaTags], remove: &[SchemaTags]) -> Result<Self, UnknownEntity> {
        tags::change(self, add, remove)
    }

    /// The fields of all top-level messages. Those of oneofs are none of them in the reference registry either.
    fn record_name(&self) -> Option<String> {
        self.message_name(&[0])
    }

    fn top_level_fields(&self) -> Vec<String> {
        let fields = self.effective_file().messages().flat_map(|message| &message.fields);
        fields.map(|field| field.name.clone()).collect()
    }

    fn memory_size(&self) -> usize {
        size_of::<Self>() + self.kept_size()
    }
}
