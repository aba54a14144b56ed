//! Resolving references: from subject and version to the schemas and texts a parser needs.

use std::collections::HashSet;
use std::sync::Arc;

use schema::model::ids::{Version, VersionId};
use schema::model::schema::{SchemaReference, SchemaType};
use schema::model::subject::{Context, Subject};
use schema::references::{ResolvedReference, ResolvedReferences};

use super::error::RegistryError;
use crate::store::{Reads, StoredSchema};

/// How many schemas one schema may refer to, directly and indirectly together.
pub(super) const REFERENCES_MAX: usize = 1_000;

/// Which versions a reference may point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Liveness {
    /// Live ones: the schema is about to be registered.
    Live,
    /// Soft-deleted ones too: the schema exists.
    Any,
}

/// References, resolved.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolution {
    /// As sent, with `-1` replaced by the number.
    pub(super) references: Vec<SchemaReference>,
    /// What they point to.
    pub(super) targets: Vec<(Subject, Version)>,
    /// The schemas behind them, directly and indirectly: dependencies first, each name once.
    pub(super) schemas: Vec<Referred>,
}

/// A schema that is referred to.
#[derive(Clone, Debug)]
pub(super) struct Referred {
    /// What the first schema that refers to it calls it.
    pub(super) name: String,
    pub(super) subject: Subject,
    pub(super) version: Version,
    pub(super) schema: Arc<StoredSchema>,
}

impl Resolution {
    /// What a parser needs.
    pub(super) fn texts(&self) -> ResolvedReferences {
        let text = |referred: &Referred| ResolvedReference {
            name: referred.name.clone(),
            text: referred.schema.text.to_string(),
        };
        ResolvedReferences { in_order: self.schemas.iter().map(text).collect() }
    }

    /// Refuses a direct reference to a schema of another language.
    pub(super) fn refuse_other_types(&self, wanted: SchemaType) -> Result<(), RegistryError> {
        for (reference, target) in self.references.iter().zip(&self.targets) {
            let found = self
                .schemas
                .iter()
                .find(|referred| (&referred.subject, referred.version) == (&target.0, target.1));
            let Some(found) = found.filter(|found| found.schema.schema_type != wanted) else { continue };
            return Err(RegistryError::InvalidSchema(format!(
                "Invalid reference {}: subject \"{}\" version {} is a schema of type {}, and one of type {wanted} can refer \
                 to its own type only",
                printed(reference.name.as_deref()),
                found.subject,
                found.version,
                found.schema.schema_type
            )));
        }
        Ok(())
    }
}

enum Step {
    Enter(SchemaReference, Context),
    Emit(Referred),
}

/// Resolves `references` of a schema in `context`, depth first.
pub(super) async fn resolve(
    reads: &dyn Reads,
    context: &Context,
    references: &[SchemaReference],
    liveness: Liveness,
) -> Result<Resolution, RegistryError> {
    let mut resolution = Resolution::default();
    for reference in references {
        let (subject, version, _) = target(reads, context, reference, liveness).await?;
        resolution.references.push(SchemaReference { version: Some(version), ..reference.clone() });
        resolution.targets.push((subject, version));
    }
    let mut seen = HashSet::new();
    let mut steps: Vec<Step> =
        resolution.references.iter().rev().map(|r| Step::Enter(r.clone(), context.clone())).collect();
    while let Some(step) = steps.pop() {
        match step {
            Step::Emit(referred) => resolution.schemas.push(referred),
            Step::Enter(reference, context) => {
                let name = reference.name.clone().unwrap_or_default();
                if !seen.insert(name.clone()) {
                    continue;
                }
                if seen.len() > REFERENCES_MAX {
                    return Err(RegistryError::InvalidSchema(format!(
                        "more than {REFERENCES_MAX} schemas are referred to, directly and indirectly; \
                         put types that belong together into one schema"
                    )));
                }
                let (subject, version, schema) = target(reads, &context, &reference, liveness).await?;
                let (nested, context) = (schema.references.clone(), subject.context().clone());
                steps.push(Step::Emit(Referred { name, subject, version, schema }));
                steps.extend(nested.into_iter().rev().map(|r| Step::Enter(r, context.clone())));
            }
        }
    }
    Ok(resolution)
}

async fn target(
    reads: &dyn Reads,
    context: &Context,
    reference: &SchemaReference,
    liveness: Liveness,
) -> Result<(Subject, Version, Arc<StoredSchema>), RegistryError> {
    let (Some(name), Some(subject), Some(number)) = (&reference.name, &reference.subject, reference.version)
    else {
        return Err(RegistryError::InvalidSchema(format!(
            "Invalid reference: {{name={}, subject={}, version={}}}; give name, subject and version",
            printed(reference.name.as_deref()),
            printed(reference.subject.as_deref()),
            reference.version.map_or_else(|| "null".to_owned(), |v| v.to_string()),
        )));
    };
    let wanted = if number == -1 { VersionId::Latest } else { VersionId::Number(number) };
    let subject_name = subject;
    let subject = Subject::parse_in(subject, context);
    let versions = reads.subject_versions(&subject).await?;
    let row = match wanted {
        VersionId::Latest => versions.latest(),
        VersionId::Number(number) => {
            versions.get(number).filter(|row| liveness == Liveness::Any || !row.deleted)
        }
    };
    let missing = || {
        RegistryError::InvalidSchema(format!(
            "No schema reference found for subject \"{subject_name}\" and version {number} (reference `{name}`); \
             register it first"
        ))
    };
    let row = *row.ok_or_else(missing)?;
    let schema = reads.schema(subject.context(), row.id).await?.ok_or_else(missing)?;
    Ok((subject, row.version, schema))
}

fn printed(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), |text| format!("'{text}'"))
}
