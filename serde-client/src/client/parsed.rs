//! Parsing a schema with everything it refers to.

use std::collections::HashSet;
use std::sync::Arc;

use schema::format::Strictness;
use schema::model::ids::VersionId;
use schema::model::schema::SchemaReference;
use schema::model::subject::{Context, Subject};
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

use super::cache::ParsedKey;
use super::error::RegistryError;
use super::registry_client::RegistryClient;
use super::types::RegisteredSchema;

/// How many schemas one schema may refer to, directly and indirectly together: as many as the registry allows.
pub const REFERENCES_MAX: usize = 1_000;
/// How deep references may nest.
pub const REFERENCE_DEPTH_MAX: usize = 100;

/// What a schema refers to.
struct Resolution {
    texts: ResolvedReferences,
    /// Whether all versions are numbers, so that the same schema will always mean the same.
    is_fixed: bool,
}

/// A referred schema whose own references are being followed.
struct Level {
    reference: String,
    schema: Arc<RegisteredSchema>,
    context: Context,
    next: usize,
}

impl RegistryClient {
    /// A schema, parsed together with what it refers to. Parsed once, however many ask, and kept for good.
    ///
    /// References are looked for in the context of the schema's subject, or in the client's where it has none.
    ///
    /// # Errors
    /// [`RegistryError::References`] when references lead back to themselves, are too many or incomplete,
    /// [`RegistryError::Unparsable`] when the text is no schema, and whatever keeps the registry from answering.
    pub async fn parsed(&self, schema: &Arc<RegisteredSchema>) -> Result<Arc<ParsedSchema>, RegistryError> {
        let key = ParsedKey { context: self.context_of(schema), schema: Arc::clone(schema) };
        if let Some(parsed) = self.inner.cache.find_parsed(&key) {
            return Ok(parsed);
        }
        let parse = async {
            match self.inner.cache.find_parsed(&key) {
                Some(parsed) => Ok(parsed),
                None => self.parse(&key).await,
            }
        };
        self.inner.parse_flights.run(key.clone(), parse).await
    }

    /// The texts of what a schema refers to, for whoever keeps schemas beyond the life of the process.
    #[cfg(feature = "translator")]
    pub(crate) async fn references_of(
        &self,
        schema: &Arc<RegisteredSchema>,
    ) -> Result<ResolvedReferences, RegistryError> {
        let key = ParsedKey { context: self.context_of(schema), schema: Arc::clone(schema) };
        self.resolve(&key).await.map(|resolution| resolution.texts)
    }

    async fn parse(&self, key: &ParsedKey) -> Result<Arc<ParsedSchema>, RegistryError> {
        let resolution = self.resolve(key).await?;
        let definition = &key.schema.definition;
        let parsed = ParsedSchema::parse(
            definition.schema_type,
            &definition.text,
            &resolution.texts,
            Strictness::Stored,
        );
        let parsed = Arc::new(parsed.map_err(|error| RegistryError::Unparsable {
            schema: Arc::from(key.schema.to_string()),
            error: Arc::new(error),
        })?);
        if resolution.is_fixed {
            self.inner.cache.keep_parsed(key.clone(), &parsed);
        }
        Ok(parsed)
    }

    /// Follows references depth first: dependencies come before what needs them, each name once.
    async fn resolve(&self, key: &ParsedKey) -> Result<Resolution, RegistryError> {
        let refused = |cause: String| RegistryError::References {
            schema: Arc::from(key.schema.to_string()),
            cause: Arc::from(cause),
        };
        let mut resolution = Resolution { texts: ResolvedReferences::none(), is_fixed: true };
        let mut names = HashSet::new();
        let root = Level {
            reference: String::new(),
            schema: Arc::clone(&key.schema),
            context: key.context.clone(),
            next: 0,
        };
        let mut path = vec![root];
        while let Some(level) = path.last_mut() {
            let Some(reference) = level.schema.definition.references.get(level.next).cloned() else {
                // The root itself is no reference.
                if let Some(done) = path.pop().filter(|_| !path.is_empty()) {
                    let text = done.schema.definition.text.clone();
                    resolution.texts.in_order.push(ResolvedReference { name: done.reference, text });
                }
                continue;
            };
            level.next += 1;
            let (name, subject, version) = complete(&reference).ok_or_else(|| {
                refused(format!("{} lacks a name, a subject or a version", printed(&reference)))
            })?;
            let subject = Subject::parse_in(subject, &level.context);
            resolution.is_fixed &= version != VersionId::Latest;
            let schema = self.version(&subject.to_string(), version).await?;
            if path.iter().any(|above| is_same(&above.schema, &schema)) {
                return Err(refused(format!("{} leads back to itself", printed(&reference))));
            }
            if !names.insert(name.to_owned()) {
                continue;
            }
            if names.len() > REFERENCES_MAX {
                return Err(refused(format!("there are more than {REFERENCES_MAX}")));
            }
            if path.len() > REFERENCE_DEPTH_MAX {
                return Err(refused(format!("they nest deeper than {REFERENCE_DEPTH_MAX}")));
            }
            let context = subject.context().clone();
            path.push(Level { reference: name.to_owned(), schema, context, next: 0 });
        }
        Ok(resolution)
    }
}

/// The same version of the same subject.
fn is_same(one: &RegisteredSchema, other: &RegisteredSchema) -> bool {
    one.subject.is_some()
        && one.version.is_some()
        && (&one.subject, one.version) == (&other.subject, other.version)
}

fn complete(reference: &SchemaReference) -> Option<(&str, &str, VersionId)> {
    let version = match reference.version? {
        -1 => VersionId::Latest,
        number => VersionId::Number(number),
    };
    Some((reference.name.as_deref()?, reference.subject.as_deref()?, version))
}

fn printed(reference: &SchemaReference) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let version = reference.version.unwrap_or_default();
    format!(
        "the reference `{}` to version {version} of `{}`",
        text(&reference.name),
        text(&reference.subject)
    )
}
