//! Registering, looking up and checking schemas.

use std::collections::HashSet;
use std::sync::Arc;

use schema::compat::{self, Earlier, Newer, Question, Verdict};
use schema::format::Strictness;
use schema::model::api::{RegisterSchemaRequest, SchemaAnswer};
use schema::model::config::CompatibilityLevel;
use schema::model::ids::VersionId;
use schema::model::schema::{SchemaReference, SchemaType};
use schema::model::subject::{Context, Subject};
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};
use serde_json::json;

use super::answer::{Refusal, ok};
use super::route::Call;
use super::store::{Row, Store, guid_of};
use crate::client::{Response, SchemaDefinition};

impl Store {
    pub(super) fn register(&mut self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let (definition, parsed) = self.read(&subject, call)?;
        let guid = guid_of(&definition);
        if let Some(known) = self.rows(&subject).iter().find(|row| !row.deleted && row.schema.guid == guid) {
            return registered(known, &subject);
        }
        let level = if call.flag("force") { CompatibilityLevel::None } else { self.level(&subject) };
        let verdict = self.verdict(&subject, &parsed, level, None);
        if !verdict.is_compatible() {
            return Err(Refusal::incompatible(&subject.to_string(), verdict));
        }
        let schema = self.keep(subject.context(), definition, parsed);
        let version = self.rows(&subject).last().map_or(1, |last| last.version + 1);
        let row = Row { version, schema, deleted: false };
        self.subjects.entry(subject.clone()).or_default().push(row.clone());
        registered(&row, &subject)
    }

    pub(super) fn look_up(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let (definition, parsed) = self.read(&subject, call)?;
        let guid = guid_of(&definition);
        let seen = |row: &&Row| !row.deleted || call.flag("deleted");
        let rows: Vec<&Row> = self.rows(&subject).iter().filter(seen).collect();
        if rows.is_empty() {
            return Err(Refusal::subject_not_found(&subject.to_string()));
        }
        let alike = |row: &&&Row| {
            let known = &row.schema.definition;
            let metadata = definition.metadata.is_none() || definition.metadata == known.metadata;
            metadata
                && known.references == definition.references
                && row.schema.parsed.is_same_definition(&parsed)
        };
        let exact = rows.iter().rfind(|row| row.schema.guid == guid);
        match exact.or_else(|| rows.iter().rfind(alike)) {
            Some(row) => ok(&row.answer(&subject)),
            None => Err(Refusal::schema_not_found("that was looked up")),
        }
    }

    pub(super) fn check(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(2));
        let (_, parsed) = self.read(&subject, call)?;
        let only = match call.segment(4) {
            "" => None,
            version => match self.found_row(&subject, version, false) {
                Ok(row) => Some(row),
                // Against the latest of none, everything is compatible.
                Err(_) if VersionId::parse(version) == Ok(VersionId::Latest) => None,
                Err(_) => return Err(Refusal::version_not_found(version)),
            },
        };
        let verdict = self.verdict(&subject, &parsed, self.level(&subject), only);
        let mut answer = json!({ "is_compatible": verdict.is_compatible() });
        let (messages, findings) = verdict.into_parts();
        if call.flag("verbose") {
            answer["messages"] = json!(messages);
        }
        if call.flag("explain") {
            answer["incompatibilities"] = json!(findings);
        }
        ok(&answer)
    }

    fn verdict(
        &self,
        subject: &Subject,
        newer: &ParsedSchema,
        level: CompatibilityLevel,
        only: Option<&Row>,
    ) -> Verdict {
        let rows = self.rows(subject);
        let version = rows.last().map_or(1, |last| last.version + 1);
        let live = rows.iter().rev().filter(|row| !row.deleted);
        let live = live.filter(|row| only.is_none_or(|only| only.version == row.version));
        let earlier: Vec<_> =
            live.map(|row| Earlier { version: row.version, schema: &row.schema.parsed }).collect();
        compat::check(Question::at(level), Newer { version, schema: newer }, &earlier)
    }

    /// The schema of a request, parsed, with canonical text and numbered references.
    fn read(&self, subject: &Subject, call: &Call) -> Result<(SchemaDefinition, Arc<ParsedSchema>), Refusal> {
        let body: RegisterSchemaRequest = call.body()?;
        let schema_type = match &body.schema_type {
            None => SchemaType::Avro,
            Some(text) => SchemaType::parse(text)
                .ok_or_else(|| Refusal::invalid_schema(format!("`{text}` is no schema type")))?,
        };
        let text = body.schema.filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Refusal::invalid_schema("the text is empty"))?;
        let mut references = body.references.unwrap_or_default();
        let texts = self.resolve(subject.context(), &mut references)?;
        let parsed = ParsedSchema::parse(schema_type, &text, &texts, Strictness::New);
        let mut parsed = parsed.map_err(Refusal::invalid_schema)?;
        if call.flag("normalize") {
            parsed = parsed.normalized().map_err(Refusal::invalid_schema)?;
        }
        let definition = SchemaDefinition {
            schema_type,
            text: parsed.canonical().to_owned(),
            references,
            metadata: body.metadata,
            rule_set: body.rule_set,
        };
        Ok((definition, Arc::new(parsed)))
    }

    /// Texts of references, dependencies first. What is registered refers only to what was there before, so there are no
    /// cycles.
    fn resolve(
        &self,
        context: &Context,
        references: &mut [SchemaReference],
    ) -> Result<ResolvedReferences, Refusal> {
        let mut texts = ResolvedReferences::none();
        let mut names = HashSet::new();
        for reference in references {
            let row = self.target(context, reference)?;
            reference.version = Some(row.version);
            let subject = Subject::parse_in(reference.subject.as_deref().unwrap_or_default(), context);
            let (name, text) =
                (reference.name.clone().unwrap_or_default(), row.schema.definition.text.clone());
            let nested = self.resolve(subject.context(), &mut row.schema.definition.references.clone())?;
            let own = ResolvedReference { name, text };
            let new =
                nested.in_order.into_iter().chain([own]).filter(|found| names.insert(found.name.clone()));
            texts.in_order.extend(new);
        }
        Ok(texts)
    }

    fn target(&self, context: &Context, reference: &SchemaReference) -> Result<&Row, Refusal> {
        let (Some(_), Some(subject), Some(version)) =
            (&reference.name, &reference.subject, reference.version)
        else {
            return Err(Refusal::invalid_schema("a reference lacks a name, a subject or a version"));
        };
        let wanted = if version == -1 { VersionId::Latest } else { VersionId::Number(version) };
        self.row(&Subject::parse_in(subject, context), wanted, true).ok_or_else(|| {
            Refusal::invalid_schema(format!(
                "there is no version {version} of subject `{subject}` to refer to"
            ))
        })
    }
}

/// A registration is answered without the subject.
fn registered(row: &Row, subject: &Subject) -> Result<Response, Refusal> {
    ok(&SchemaAnswer { subject: None, ..row.answer(subject) })
}
