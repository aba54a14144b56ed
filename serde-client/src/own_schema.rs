//! The schema that a program brings along, with what it imports.

use std::sync::Arc;

use schema::format::{ParseError, Strictness};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

use crate::client::{RegisteredSchema, RegistryClient, RegistryError, SchemaDefinition};

/// A schema that a program brings along. A plain [`SchemaDefinition`] is one without imports of its own.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::own_schema::{ImportedSchema, OwnSchema};
///
/// let money = r#"syntax = "proto3"; message Money { string currency = 1; }"#.to_owned();
/// let order = r#"syntax = "proto3"; import "money.proto"; message Order { Money price = 1; }"#;
/// let own = OwnSchema {
///     definition: SchemaDefinition::protobuf(order),
///     imports: vec![ImportedSchema { name: "money.proto".to_owned(), text: money, imports: Vec::new() }],
/// };
/// assert_eq!(own.schema_type().as_str(), "PROTOBUF");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSchema {
    /// The schema itself.
    pub definition: SchemaDefinition,
    /// What it imports, directly or not, dependencies first. These are registered before it, each under a subject named
    /// by its path.
    pub imports: Vec<ImportedSchema>,
}

/// A schema that another one imports.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::own_schema::{ImportedSchema, OwnSchema};
/// use serde_client::{Protobuf, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let money = r#"syntax = "proto3"; message Money { string currency = 1; }"#.to_owned();
/// let order = r#"syntax = "proto3"; import "money.proto"; message Order { Money price = 1; }"#;
/// let imports = vec![ImportedSchema { name: "money.proto".to_owned(), text: money, imports: Vec::new() }];
/// let own = OwnSchema { definition: SchemaDefinition::protobuf(order), imports };
/// let client = MockRegistry::new().client();
/// Serializer::<Protobuf, ()>::builder(client.clone()).schema(own).build().prepare("orders").await?;
/// assert_eq!(client.latest_version("money.proto").await?.version, Some(1), "its name is its subject");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedSchema {
    /// What the importing schemas call it: a path in Protobuf.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Names of what it imports itself.
    pub imports: Vec<String>,
}

impl From<SchemaDefinition> for OwnSchema {
    fn from(definition: SchemaDefinition) -> Self {
        Self { definition, imports: Vec::new() }
    }
}

impl OwnSchema {
    /// The language.
    #[must_use]
    pub fn schema_type(&self) -> SchemaType {
        self.definition.schema_type
    }

    fn parse_with_imports(&self) -> Result<ParsedSchema, ParseError> {
        let resolved = |import: &ImportedSchema| ResolvedReference {
            name: import.name.clone(),
            text: import.text.clone(),
        };
        let references = ResolvedReferences { in_order: self.imports.iter().map(resolved).collect() };
        ParsedSchema::parse(self.schema_type(), &self.definition.text, &references, Strictness::Stored)
    }
}

/// The schema, parsed with its imports, which need not be registered, or else with the references that it has.
pub(crate) async fn parsed_own(
    client: &RegistryClient,
    own: &OwnSchema,
) -> Result<Arc<ParsedSchema>, RegistryError> {
    if own.imports.is_empty() {
        return client.parsed(&Arc::new(RegisteredSchema::unregistered(own.definition.clone()))).await;
    }
    own.parse_with_imports().map(Arc::new).map_err(|error| RegistryError::Unparsable {
        schema: Arc::from("the serializer's own schema"),
        error: Arc::new(error),
    })
}
