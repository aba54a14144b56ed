//! The schema of a message, made from its descriptor with everything that it imports.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use prost_reflect::{FileDescriptor, MessageDescriptor, ReflectMessage};
use schema::protobuf::is_built_in;

use super::protobuf::{DynamicProtobuf, Protobuf};
use super::{Described, PrepareError};
use crate::client::SchemaDefinition;
use crate::own_schema::{ImportedSchema, OwnSchema};

impl<T: ReflectMessage + Default> Described<Protobuf> for T {
    fn own_schema() -> Result<OwnSchema, PrepareError> {
        Ok(OwnSchema::of_message(&T::default().descriptor()))
    }

    fn message_name() -> Option<String> {
        Some(T::default().descriptor().full_name().to_owned())
    }
}

impl<T: ReflectMessage + Default> Described<DynamicProtobuf> for T {
    fn own_schema() -> Result<OwnSchema, PrepareError> {
        <T as Described<Protobuf>>::own_schema()
    }

    fn message_name() -> Option<String> {
        <T as Described<Protobuf>>::message_name()
    }
}

impl OwnSchema {
    /// The file that declares a message, with the files that it imports, dependencies first. Files that every registry
    /// knows are left out (`skip.known.types` of the reference client).
    #[must_use]
    pub fn of_message(message: &MessageDescriptor) -> Self {
        let file = message.parent_file();
        let mut imports = Vec::new();
        let mut seen = BTreeSet::from([file.name().to_owned()]);
        file.dependencies().for_each(|dependency| collect(&dependency, &mut seen, &mut imports));
        Self { definition: SchemaDefinition::protobuf(text(&file)), imports }
    }
}

/// Depth first; descriptors have no cycles.
fn collect(file: &FileDescriptor, seen: &mut BTreeSet<String>, imports: &mut Vec<ImportedSchema>) {
    if is_built_in(file.name()) || !seen.insert(file.name().to_owned()) {
        return;
    }
    file.dependencies().for_each(|dependency| collect(&dependency, seen, imports));
    let names = file.dependencies().map(|dependency| dependency.name().to_owned());
    imports.push(ImportedSchema { name: file.name().to_owned(), text: text(file), imports: names.collect() });
}

/// A registry takes the compiled file in base64 for its text.
fn text(file: &FileDescriptor) -> String {
    STANDARD.encode(file.file_descriptor_proto().encode_to_vec())
}
