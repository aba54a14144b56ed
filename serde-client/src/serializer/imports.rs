//! Imports of the serializer's own schema are registered before it, so that it can refer to their versions.

use std::collections::HashMap;

use schema::model::schema::SchemaReference;

use super::SerializeError;
use super::builder::{Settings, WriterSchema};
use crate::client::{RegistryClient, SchemaDefinition};
use crate::own_schema::OwnSchema;

/// The own schema with references to registered versions of all its imports: registered where the serializer registers
/// its schema, looked up otherwise. Each stands under a subject of its own name (`DefaultReferenceSubjectNameStrategy`).
pub(super) async fn registered(
    client: &RegistryClient,
    settings: &Settings,
    own: &OwnSchema,
) -> Result<SchemaDefinition, SerializeError> {
    let mut known: HashMap<&str, SchemaReference> = HashMap::new();
    let references = |names: &mut dyn Iterator<Item = &str>, known: &HashMap<&str, SchemaReference>| {
        names.filter_map(|name| known.get(name).cloned()).collect::<Vec<_>>()
    };
    for import in &own.imports {
        let definition = SchemaDefinition {
            schema_type: own.schema_type(),
            text: import.text.clone(),
            references: references(&mut import.imports.iter().map(String::as_str), &known),
            metadata: None,
            rule_set: None,
        };
        let subject = import.name.as_str();
        let answer = match settings.writer {
            WriterSchema::Register => client.register(subject, &definition, settings.normalize).await,
            _ => client.lookup(subject, &definition, settings.normalize).await,
        };
        let failed = |error| SerializeError::Registry { subject: subject.to_owned(), error };
        let answer = answer.map_err(failed)?;
        // A registration's answer may leave the version out; a lookup's has it.
        let version = match answer.version {
            Some(version) => Some(version),
            None => client.lookup(subject, &definition, settings.normalize).await.map_err(failed)?.version,
        };
        let reference =
            SchemaReference { name: Some(subject.to_owned()), subject: Some(subject.to_owned()), version };
        known.insert(subject, reference);
    }
    let mut definition = own.definition.clone();
    definition
        .references
        .extend(references(&mut own.imports.iter().map(|import| import.name.as_str()), &known));
    Ok(definition)
}
