//! Registering a schema.
//!
//! [`Registration::plan`] is the rule book, top to bottom. It runs twice: first beside the writer, where it does the
//! expensive work (parsing, checking) and answers every refusal and every schema that is there already; then, when
//! something must be written, again inside the transaction against what is true there, with everything it needs
//! already in the caches.

use std::sync::Arc;

use async_trait::async_trait;
use schema::compat::Detail;
use schema::format::Strictness;
use schema::model::api::{RegisterSchemaRequest, SchemaAnswer};
use schema::model::config::Config;
use schema::model::ids::Version;
use schema::model::mode::Mode;
use schema::model::schema::SchemaType;
use schema::model::subject::{Purpose, Subject};

use super::lookup::{Among, Found};
use super::merge;
use super::tags;
use crate::clock::now_ms;
use crate::service::compatibility::{Candidates, Newcomer};
use crate::service::content::{Content, Draft, Reading};
use crate::service::tally::Tally;
use crate::service::{Registry, RegistryError, View, scope};
use crate::store::{self, IdChoice, NewVersion, Operation, Reads, SubjectVersions, Transaction, VersionRow};
use crate::telemetry::RegistrationOutcome;

/// What a registration honours.
#[derive(Clone, Debug, Default)]
pub struct RegisterOptions {
    /// Whether the schema is normalised; the config in scope may ask for it too.
    pub normalize: bool,
    /// Whether the compatibility check is left out.
    pub force: bool,
    /// The output format of the answer's text.
    pub format: Option<String>,
}

/// A registration as it was asked for.
#[derive(Clone, Debug)]
pub struct RegisterRequest {
    /// Where.
    pub subject: Subject,
    /// What.
    pub body: Arc<RegisterSchemaRequest>,
    /// How.
    pub options: RegisterOptions,
    /// Who asks: kept in the change log.
    pub actor: Option<String>,
}

impl Registry {
    /// Registers a schema and answers with its id; an equal schema that is there already is answered as it is.
    ///
    /// # Errors
    /// Every refusal of a registration; see the list of error codes.
    pub async fn register(
        &self,
        view: &View,
        request: RegisterRequest,
    ) -> Result<SchemaAnswer, RegistryError> {
        let schema_type = request.body.schema_type.as_deref().and_then(SchemaType::parse).unwrap_or_default();
        let format = request.options.format.clone();
        let outcome = self.register_or_find(view, request).await;
        view.set_tally(Tally::Registration(schema_type, counted(&outcome)));
        let (Outcome::Found(found) | Outcome::Registered(found)) = outcome?;
        let mut answer = self.found_answer(view, found, format.as_deref()).await?;
        answer.subject = None;
        Ok(answer)
    }

    async fn register_or_find(
        &self,
        view: &View,
        request: RegisterRequest,
    ) -> Result<Outcome, RegistryError> {
        if let Some(rule_set) = &request.body.rule_set {
            rule_set.validate()?;
        }
        if !request.subject.is_valid_for(Purpose::Register) {
            return Err(RegistryError::InvalidSubject(request.subject.to_string()));
        }
        let registration = Registration { registry: self.clone(), request, created_at_ms: now_ms() };
        match registration.plan(view).await? {
            Plan::Found(found) => Ok(Outcome::Found(found)),
            Plan::Write(_) => {
                view.set_uncacheable();
                store::write(view.store(), registration).await
            }
        }
    }
}

fn counted(outcome: &Result<Outcome, RegistryError>) -> RegistrationOutcome {
    match outcome {
        Ok(Outcome::Registered(_)) => RegistrationOutcome::Created,
        Ok(Outcome::Found(_)) => RegistrationOutcome::Existing,
        Err(RegistryError::Incompatible { .. }) => RegistrationOutcome::Incompatible,
        Err(RegistryError::Store(_)) => RegistrationOutcome::Failed,
        Err(RegistryError::ModeForbids { .. } | RegistryError::IdTaken { .. }) => {
            RegistrationOutcome::Refused
        }
        Err(_) => RegistrationOutcome::Invalid,
    }
}

struct Registration {
    registry: Registry,
    request: RegisterRequest,
    created_at_ms: i64,
}

enum Plan {
    Found(Found),
    Write(Box<Write>),
}

struct Write {
    content: Content,
    version: Version,
    id: IdChoice,
}

enum Outcome {
    Found(Found),
    Registered(Found),
}

impl Registration {
    async fn plan(&self, reads: &dyn Reads) -> Result<Plan, RegistryError> {
        let subject = &self.request.subject;
        let body = &*self.request.body;
        let config = scope::config(reads, subject, self.registry.rules().default_level).await?;
        let normalize = scope::normalizes(&config, self.request.options.normalize);
        let changes_tags = tags::changes_tags(body);
        let draft = Draft::of(body)?;
        let as_sent =
            !changes_tags && body.propagate_schema_tags != Some(true) && !scope::has_defaults(&config);
        if as_sent && let Some(found) = self.find_as_sent(reads, &draft, normalize).await? {
            return Ok(Plan::Found(found));
        }
        let mode = scope::mode(reads, subject).await?;
        self.refuse_by_mode(mode)?;

        let versions = reads.subject_versions(subject).await?;
        let asked = self.asked_version();
        let importing = mode.is_import();
        let draft = self.complete(reads, draft, &config, importing, versions.next_version()).await?;
        let content = self.read(reads, &draft, &config, importing, normalize).await?;

        let known = reads.id_of(subject.context(), content.guid).await?;
        let known = known.filter(|id| self.given_id().is_none_or(|given| given == *id));
        if asked == 0
            && let Some(found) = self.registry.find(reads, subject, &content, Among::Live).await?
            && (known.is_some() && found.by_hash
                || known.or(self.given_id()).is_none_or(|id| id == found.row.id))
        {
            return Ok(Plan::Found(found));
        }
        if !importing && !self.request.options.force {
            self.refuse_incompatible(reads, &content, &config, &versions).await?;
        }
        if !importing && scope::strictness(&config) == Strictness::New {
            content.refuse_unlinked()?;
        }
        let version = self.choose_version(asked, importing, &versions)?;
        let id = match (known, self.given_id()) {
            (Some(id), _) => IdChoice::Existing(id),
            (None, Some(id)) => IdChoice::Given(id),
            (None, None) => IdChoice::Next,
        };
        Ok(Plan::Write(Box::new(Write { content, version, id })))
    }

    fn given_id(&self) -> Option<i32> {
        self.request.body.id.filter(|id| *id >= 0)
    }

    /// The version that was asked for: 0 for any, -1 for the newest. Changing tags makes a new version.
    fn asked_version(&self) -> i32 {
        match self.request.body.version.unwrap_or(0) {
            0 if tags::changes_tags(&self.request.body) => -1,
            version => version,
        }
    }

    /// A schema that is there already is answered whatever the mode.
    async fn find_as_sent(
        &self,
        reads: &dyn Reads,
        draft: &Draft,
        normalize: bool,
    ) -> Result<Option<Found>, RegistryError> {
        if draft.is_blank() {
            return Ok(None);
        }
        let subject = &self.request.subject;
        let content = self
            .registry
            .parser()
            .content(reads, subject.context(), draft, Reading::lenient(normalize))
            .await?;
        let asked = self.request.body.version.unwrap_or(0);
        let among = if asked == -1 { Among::Latest } else { Among::Live };
        let Some(found) = self.registry.find(reads, subject, &content, among).await? else { return Ok(None) };
        let id = self.given_id();
        if asked <= 0 {
            return Ok(Some(found).filter(|found| id.is_none_or(|id| id == found.row.id)));
        }
        if found.row.version == asked && id == Some(found.row.id) {
            return Ok(Some(found));
        }
        let versions = reads.subject_versions(subject).await?;
        let same = |row: &&VersionRow| !row.deleted && id == Some(row.id) && row.guid == content.guid;
        Ok(versions.get(asked).filter(same).map(|row| Found { row: *row, ..found }))
    }

    fn refuse_by_mode(&self, mode: Mode) -> Result<(), RegistryError> {
        let obstacle = if mode.is_read_only() {
            "is in read-only mode"
        } else if self.given_id().is_some() {
            if mode.is_import() {
                return Ok(());
            }
            "is not in import mode; set the mode to IMPORT to register with an id"
        } else if mode == Mode::ReadWrite {
            return Ok(());
        } else {
            "is not in read-write mode; give an id, or set the mode to READWRITE"
        };
        Err(RegistryError::ModeForbids { subject: self.request.subject.clone(), obstacle })
    }

    /// Fills in what the request leaves out: text, metadata and rules from the latest version and the config.
    async fn complete(
        &self,
        reads: &dyn Reads,
        mut draft: Draft,
        config: &Config,
        importing: bool,
        next: Version,
    ) -> Result<Draft, RegistryError> {
        let subject = &self.request.subject;
        let latest = if importing { None } else { self.registry.latest(reads, subject).await? };
        let latest = latest.map(|(_, schema)| schema);
        if draft.is_blank() {
            let Some(latest) = latest.as_deref().filter(|_| !tags::changes_tags(&self.request.body)) else {
                return Err(RegistryError::empty_schema());
            };
            draft.text = latest.text.to_string();
            draft.schema_type = latest.schema_type;
            draft.references.clone_from(&latest.references);
        }
        tags::apply(&self.registry, reads, subject, &self.request.body, latest.as_deref(), &mut draft)
            .await?;
        if importing {
            return Ok(draft);
        }
        let mut draft = merge::with_defaults(&draft, config, latest.as_deref());
        merge::stamp_version(&mut draft, self.asked_version() != 0, next);
        Ok(draft)
    }

    async fn read(
        &self,
        reads: &dyn Reads,
        draft: &Draft,
        config: &Config,
        importing: bool,
        normalize: bool,
    ) -> Result<Content, RegistryError> {
        let imported = self.given_id().is_some();
        let strictness = if imported { Strictness::Stored } else { scope::strictness(config) };
        let reading = Reading::new_schema(strictness, normalize && !importing);
        let content =
            self.registry.parser().content(reads, self.request.subject.context(), draft, reading).await?;
        let (bytes, limit) = (content.schema().canonical().len(), self.registry.rules().schema_size_max);
        if bytes > limit {
            return Err(RegistryError::SchemaTooLarge { bytes, limit });
        }
        if !importing && scope::validates_fields(config) {
            content.refuse_invalid_fields()?;
        }
        Ok(content)
    }

    async fn refuse_incompatible(
        &self,
        reads: &dyn Reads,
        content: &Content,
        config: &Config,
        versions: &SubjectVersions,
    ) -> Result<(), RegistryError> {
        let subject = &self.request.subject;
        let candidates = Candidates::Live(versions);
        let newcomer = Newcomer { subject, content, config, detail: Detail::Witnesses };
        let verdict = self.registry.verdict(reads, newcomer, &candidates).await?;
        if verdict.is_compatible() {
            return Ok(());
        }
        Err(RegistryError::Incompatible { subject: subject.clone(), verdict: Box::new(verdict) })
    }

    fn choose_version(
        &self,
        asked: i32,
        importing: bool,
        versions: &SubjectVersions,
    ) -> Result<Version, RegistryError> {
        let next = versions.next_version();
        if asked <= 0 {
            return Ok(next);
        }
        if asked != next && !importing {
            return Err(RegistryError::InvalidSchema(format!(
                "Version is not one more than previous version: version {asked} was asked for, the next is {next}"
            )));
        }
        Ok(asked)
    }

    fn new_version(&self, write: &Write) -> NewVersion {
        let content = &write.content;
        NewVersion {
            subject: self.request.subject.clone(),
            version: write.version,
            id: write.id,
            guid: content.guid,
            definition: content.definition(),
            schema_type: content.schema().schema_type(),
            references: content.references.clone(),
            reference_targets: content.targets.clone(),
            metadata: content.metadata.clone(),
            rule_set: content.rule_set.clone(),
            text: Arc::from(content.schema().canonical()),
            created_at_ms: self.created_at_ms,
        }
    }

    /// An older soft-deleted version with the same id gives way, unless something refers to it.
    async fn drop_superseded(
        &self,
        transaction: &dyn Transaction,
        before: &SubjectVersions,
        written: &VersionRow,
    ) -> Result<(), RegistryError> {
        let subject = &self.request.subject;
        let superseded =
            |row: &&VersionRow| row.deleted && row.id == written.id && row.version < written.version;
        for row in before.versions.iter().filter(superseded) {
            if transaction.referrers(subject, row.version).await?.is_empty() {
                transaction.remove_version(subject, row.version).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Operation for Registration {
    type Output = Outcome;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.request.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Outcome, RegistryError> {
        let write = match self.plan(transaction).await? {
            Plan::Found(found) => return Ok(Outcome::Found(found)),
            Plan::Write(write) => write,
        };
        let subject = &self.request.subject;
        let before = transaction.subject_versions(subject).await?;
        let new = self.new_version(&write);
        let id = transaction.put_version(&new).await?;
        let row = new.row(id);
        self.drop_superseded(transaction, &before, &row).await?;
        self.registry.parser().remember(subject.context(), &write.content);
        let schema = Arc::new(new.into_stored(id));
        Ok(Outcome::Registered(Found { subject: subject.clone(), row, schema, by_hash: true }))
    }
}
