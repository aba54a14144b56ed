//! Avro as one of the schema languages.

use super::schema::{AvroSchema, Kind, Named, Properties};
use super::{compat, definition_hash, equality, normalize, parse, resolved, tags, witness};
use crate::document::Json;
use crate::evidence::Evidence;
use crate::format::{DefinitionHash, ParseError, SchemaFormat, Strictness, UnknownEntity};
use crate::incompatibility::{CHECK_FAILED, Direction, Incompatibility};
use crate::model::api::SchemaTags;
use crate::model::config::CompatibilityPolicy;
use crate::model::schema::SchemaType;
use crate::references::ResolvedReferences;

impl SchemaFormat for AvroSchema {
    const TYPE: SchemaType = SchemaType::Avro;

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
        parse::reparse(self, &normalize::print(self)?)
    }

    fn formatted(&self, format: &str) -> Result<String, ParseError> {
        if format.eq_ignore_ascii_case("resolved") {
            resolved::print(self)
        } else {
            Ok(self.canonical.clone())
        }
    }

    /// The rules of Avro have no variants.
    fn can_read(reader: &Self, writer: &Self, _: CompatibilityPolicy) -> Vec<Incompatibility> {
        compat::can_read(reader, writer)
    }

    fn message(finding: &Incompatibility, direction: Direction) -> String {
        if finding.kind == CHECK_FAILED {
            return format!("Unexpected exception during compatibility check: {}", finding.detail);
        }
        let (kind, description) = (finding.kind, finding.described(direction));
        format!("{{errorType:'{kind}', description:'{description}', additionalInfo:'{}'}}", finding.detail)
    }

    fn evidence(reader: &Self, writer: &Self, findings: &[Incompatibility]) -> Vec<Evidence> {
        witness::evidence(reader, writer, findings)
    }

    fn linked(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn loadable(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn fields_valid(&self) -> Result<(), ParseError> {
        Ok(())
    }

    fn novelty(&self) -> Option<String> {
        None
    }

    fn is_same_definition(&self, other: &Self) -> bool {
        equality::is_same_definition(self, other)
    }

    fn definition_hash(&self) -> DefinitionHash {
        definition_hash::definition_hash(self)
    }

    fn tags(&self) -> Vec<SchemaTags> {
        tags::collect(self)
    }

    fn retagged(&self, add: &[SchemaTags], remove: &[SchemaTags]) -> Result<Self, UnknownEntity> {
        tags::change(self, add, remove)
    }

    fn record_name(&self) -> Option<String> {
        self.get(self.root).kind.named().map(|named| named.name.to_string())
    }

    fn top_level_fields(&self) -> Vec<String> {
        match &self.get(self.root).kind {
            Kind::Record(record) => record.fields.iter().map(|field| field.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    fn memory_size(&self) -> usize {
        let kinds =
            self.types.iter().map(|found| kind_size(&found.kind) + properties_size(&found.properties));
        size_of::<Self>()
            + self.canonical.capacity()
            + self.types.capacity() * size_of::<super::schema::Type>()
            + kinds.sum::<usize>()
    }
}

fn kind_size(kind: &Kind) -> usize {
    let inner = match kind {
        Kind::Record(record) => {
            let fields = record.fields.iter().map(|field| {
                field.name.capacity()
                    + field.doc.as_ref().map_or(0, String::capacity)
                    + field.default.as_ref().map_or(0, Json::memory_size)
                    + texts_size(&field.aliases)
                    + properties_size(&field.properties)
            });
            record.fields.capacity() * size_of::<super::schema::Field>() + fields.sum::<usize>()
        }
        Kind::Enum(symbols) => texts_size(&symbols.symbols),
        Kind::Union(branches) => branches.capacity() * size_of::<super::schema::TypeId>(),
        _ => 0,
    };
    inner + kind.named().map_or(0, named_size)
}

fn named_size(named: &Named) -> usize {
    let names = named.aliases.iter().chain([&named.name]);
    let sizes =
        names.map(|name| name.simple.capacity() + name.namespace.as_ref().map_or(0, String::capacity));
    named.aliases.capacity() * size_of::<super::schema::Name>()
        + sizes.sum::<usize>()
        + named.doc.as_ref().map_or(0, String::capacity)
}

fn texts_size(texts: &Vec<String>) -> usize {
    texts.capacity() * size_of::<String>() + texts.iter().map(String::capacity).sum::<usize>()
}

fn properties_size(properties: &Properties) -> usize {
    let sizes = properties.iter().map(|(key, value)| key.capacity() + value.memory_size());
    properties.capacity() * size_of::<(String, Json)>() + sizes.sum::<usize>()
}
