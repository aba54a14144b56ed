//! Pairs of Protobuf schemas: a random file that may import another, and what a few changes make of both.

mod changes;

use prost_reflect::DescriptorPool;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

use crate::protobuf_files::{Choices, Field, Kind, ProtoFile, file};

/// The path of the imported file.
const IMPORTED: &str = "imported.proto";

/// A schema: its file, and the file that it imports.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    root: ProtoFile,
    imported: Option<ProtoFile>,
}

/// A random schema.
pub(crate) fn sources(choices: &mut Choices<'_>) -> Sources {
    let mut root = file(choices);
    let imported = choices.yes().then(|| {
        let imported = ProtoFile { package: Some("imported"), ..file(choices) };
        root.imports.push(IMPORTED);
        for message in &imported.messages {
            let number = root.messages[0].number_after();
            let (kind, name) = (Kind::Message(format!("imported.{}", message.name)), choices.name("field_"));
            let label = Some(if choices.yes() { "optional" } else { "repeated" });
            root.messages[0].fields.push(Field { label, kind, name, number, options: Vec::new() });
        }
        imported
    });
    Sources { root, imported }
}

/// The schema with one to three changes.
pub(crate) fn changed(sources: &Sources, choices: &mut Choices<'_>) -> Sources {
    let mut changed = sources.clone();
    for _ in 0..=choices.below(3) {
        match &mut changed.imported {
            Some(imported) if choices.yes() => changes::change(imported, choices),
            _ => changes::change(&mut changed.root, choices),
        }
    }
    changed
}

impl Sources {
    /// The text of the file and that of its import.
    pub(crate) fn texts(&self) -> (String, Option<String>) {
        (self.root.text(false), self.imported.as_ref().map(|imported| imported.text(false)))
    }

    /// The schema as the registry has it.
    pub(crate) fn parsed(&self) -> ParsedSchema {
        let (text, imported) = self.texts();
        let reference = |text| ResolvedReference { name: IMPORTED.to_owned(), text };
        let references = ResolvedReferences { in_order: imported.map(reference).into_iter().collect() };
        ParsedSchema::parse(SchemaType::Protobuf, &text, &references, Strictness::Stored)
            .unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// The schema as a compiler has it, if it takes it.
    pub(crate) fn compiled(&self) -> Option<DescriptorPool> {
        let (text, imported) = self.texts();
        let mut resolver = ChainFileResolver::new();
        resolver.add(Texts { text, imported: imported.unwrap_or_default() });
        resolver.add(GoogleFileResolver::new());
        let mut compiler = protox::Compiler::with_file_resolver(resolver);
        compiler.open_file("root.proto").ok().map(|compiler| compiler.descriptor_pool())
    }

    /// The package of the file.
    pub(crate) fn package(&self) -> &str {
        self.root.package.unwrap_or_default()
    }
}

struct Texts {
    text: String,
    imported: String,
}

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let text = match name {
            "root.proto" => &self.text,
            IMPORTED => &self.imported,
            "google/type/money.proto" => {
                "syntax = \"proto3\"; package google.type; \
                 message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }"
            }
            _ => return Err(protox::Error::file_not_found(name)),
        };
        File::from_source(name, text)
    }
}
