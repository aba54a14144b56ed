//! Compatibility checks: on request, and as a step of registering.

use std::sync::Arc;

use schema::compat::{self, Detail, Earlier, FieldRules, Finding, Newer, Question, Verdict};
use schema::format::Strictness;
use schema::model::api::RegisterSchemaRequest;
use schema::model::config::{CompatibilityLevel, Config};
use schema::model::ids::{Version, VersionId};
use schema::model::metadata::Metadata;
use schema::model::subject::Subject;

use super::content::{Content, Draft, Known, Reading, load};
use super::tally::Tally;
use super::{Registry, RegistryError, View, scope};
use crate::store::{Reads, SubjectVersions, VersionRow};
use crate::telemetry;

/// What a schema is checked against.
#[derive(Clone, Copy, Debug)]
pub enum CheckAgainst<'a> {
    /// One version, as it stands in the path.
    Version(&'a str),
    /// All live versions, as far as the level goes.
    All,
}

/// The outcome of a check on request.
#[derive(Clone, Debug, Default)]
pub struct CompatibilityAnswer {
    /// Whether the schema may follow.
    pub is_compatible: bool,
    /// The reference registry's messages.
    pub messages: Vec<String>,
    /// What is wrong, with the cures.
    pub findings: Vec<Finding>,
}

/// The versions that a new schema is measured by.
pub(super) enum Candidates<'a> {
    /// Every live version, as far as the level goes.
    Live(&'a SubjectVersions),
    /// At most one, and the number that the new schema would get.
    One(Option<VersionRow>, Version),
}

impl Candidates<'_> {
    fn newest_first(&self) -> Box<dyn Iterator<Item = &VersionRow> + Send + '_> {
        match self {
            Self::Live(versions) => Box::new(versions.live().rev()),
            Self::One(row, _) => Box::new(row.iter()),
        }
    }

    fn next(&self) -> Version {
        match self {
            Self::Live(versions) => versions.next_version(),
            Self::One(_, next) => *next,
        }
    }
}

type Loaded = (Version, Arc<Known>);

/// The schema that is to follow, and what is asked about it.
pub(super) struct Newcomer<'a> {
    pub(super) subject: &'a Subject,
    pub(super) content: &'a Content,
    pub(super) config: &'a Config,
    pub(super) detail: Detail,
}

impl Registry {
    /// Checks a schema against versions of a subject.
    ///
    /// A schema that cannot be parsed is an error, or (when `verbose`) an answer that says so.
    ///
    /// # Errors
    /// [`RegistryError::InvalidVersion`], [`RegistryError::VersionNotFound`], [`RegistryError::InvalidSchema`].
    pub async fn check(
        &self,
        view: &View,
        subject: &Subject,
        against: CheckAgainst<'_>,
        request: (&RegisterSchemaRequest, bool),
        (verbose, detail): (bool, Detail),
    ) -> Result<CompatibilityAnswer, RegistryError> {
        let wanted = match against {
            CheckAgainst::Version(text) => Some(VersionId::parse(text)?),
            CheckAgainst::All => None,
        };
        let versions = view.subject_versions(subject).await?;
        let next = versions.next_version();
        let candidates = match wanted {
            None => Candidates::Live(&versions),
            Some(VersionId::Latest) => Candidates::One(versions.latest().copied(), next),
            Some(VersionId::Number(number)) => {
                let row = versions.get(number).filter(|row| !row.deleted);
                let row = *row.ok_or(RegistryError::VersionNotFound(VersionId::Number(number)))?;
                Candidates::One(Some(row), next)
            }
        };
        let config = scope::config(view, subject, self.rules().default_level).await?;
        let content = match self.probe(view, subject, request, &config).await {
            Ok(content) => content,
            Err(RegistryError::InvalidSchema(message)) if verbose => {
                return Ok(CompatibilityAnswer { messages: vec![message], ..CompatibilityAnswer::default() });
            }
            Err(error) => return Err(error),
        };
        let newcomer = Newcomer { subject, content: &content, config: &config, detail };
        let verdict = self.verdict(view, newcomer, &candidates).await?;
        if verdict.is_compatible() && scope::strictness(&config) == Strictness::New {
            match content.refuse_unlinked() {
                Ok(()) => {}
                Err(RegistryError::InvalidSchema(message)) if verbose => {
                    return Ok(CompatibilityAnswer {
                        messages: vec![message],
                        ..CompatibilityAnswer::default()
                    });
                }
                Err(error) => return Err(error),
            }
        }
        let level = config.compatibility_level.unwrap_or(self.rules().default_level);
        let ending = if verdict.is_compatible() {
            telemetry::Verdict::Compatible
        } else {
            telemetry::Verdict::Incompatible
        };
        view.set_tally(Tally::Compatibility(level, ending));
        let is_compatible = verdict.is_compatible();
        let (messages, findings) = verdict.into_parts();
        Ok(CompatibilityAnswer { is_compatible, messages, findings })
    }

    async fn probe(
        &self,
        view: &View,
        subject: &Subject,
        (request, normalize): (&RegisterSchemaRequest, bool),
        config: &Config,
    ) -> Result<Content, RegistryError> {
        let draft = Draft::of(request)?;
        if draft.is_blank() {
            return Err(RegistryError::empty_schema());
        }
        let reading = Reading::new_schema(scope::strictness(config), scope::normalizes(config, normalize));
        let content = self.parser().content(view, subject.context(), &draft, reading).await?;
        if scope::validates_fields(config) {
            content.refuse_invalid_fields()?;
        }
        Ok(content)
    }

    /// Decides whether a schema may follow the candidates.
    pub(super) async fn verdict(
        &self,
        reads: &dyn Reads,
        Newcomer { subject, content, config, detail }: Newcomer<'_>,
        candidates: &Candidates<'_>,
    ) -> Result<Verdict, RegistryError> {
        let level = config.compatibility_level.unwrap_or(self.rules().default_level);
        let check_reserved = scope::validates_fields(config);
        if level == CompatibilityLevel::None && !check_reserved {
            return Ok(Verdict::default());
        }
        let group = config.compatibility_group.as_deref();
        let mut compared: Vec<Loaded> = Vec::new();
        for row in candidates.newest_first() {
            let schema = load(reads, subject.context(), row.id).await?;
            if !same_group(group, content.metadata.as_ref(), schema.metadata.as_ref()) {
                continue;
            }
            compared.push((row.version, self.parser().stored(reads, subject.context(), &schema).await?));
            if !level.is_transitive() {
                break;
            }
        }
        let earlier: Vec<Earlier<'_>> = compared
            .iter()
            .map(|(version, known)| Earlier { version: *version, schema: &known.schema })
            .collect();
        let newer = Newer { version: candidates.next(), schema: content.schema() };
        let policy = config.compatibility_policy.unwrap_or_default();
        let question = |fields| Question { level, policy, fields, detail };
        let (Some(last), true) = (candidates.newest_first().next(), check_reserved) else {
            return Ok(compat::check(question(FieldRules::Free), newer, &earlier));
        };
        let last = load(reads, subject.context(), last.id).await?;
        let reserved = (
            compat::reserved_fields(content.metadata.as_ref()),
            compat::reserved_fields(last.metadata.as_ref()),
        );
        let fields = FieldRules::Reserved { newer: &reserved.0, last: &reserved.1 };
        Ok(compat::check(question(fields), newer, &earlier))
    }
}

fn same_group(group: Option<&str>, newer: Option<&Metadata>, earlier: Option<&Metadata>) -> bool {
    let Some(group) = group else { return true };
    let value = |metadata: Option<&Metadata>| metadata.and_then(|m| m.property(group).map(str::to_owned));
    value(newer) == value(earlier)
}
