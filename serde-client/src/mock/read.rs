//! Reading and deleting.

use schema::model::api::SchemaAnswer;
use schema::model::error_code::ErrorCode;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::subject::Subject;
use serde_json::json;

use super::answer::{Refusal, ok};
use super::route::Call;
use super::store::{Row, Store};
use crate::client::{AssociationType, Response};

impl Store {
    pub(super) fn list_subjects(&self, call: &Call) -> Result<Response, Refusal> {
        let prefix = call.parameter("subjectPrefix").unwrap_or(":*:");
        let (deleted, deleted_only) = (call.flag("deleted"), call.flag("deletedOnly"));
        let is_live = |rows: &[Row]| rows.iter().any(|row| !row.deleted);
        let listed = self
            .subjects
            .iter()
            .filter(|(_, rows)| if deleted_only { !is_live(rows) } else { deleted || is_live(rows) });
        let begins = |subject: &Subject| match prefix.strip_prefix(":*:") {
            Some(start) => subject.name().starts_with(start),
            None => {
                let wanted = Subject::parse(prefix);
                subject.context() == wanted.context() && subject.name().starts_with(wanted.name())
            }
        };
        let mut names: Vec<String> = listed
            .map(|(subject, _)| subject)
            .filter(|subject| begins(subject))
            .map(ToString::to_string)
            .collect();
        names.sort();
        ok(&names)
    }

    pub(super) fn list_versions(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let (deleted, deleted_only) = (call.flag("deleted"), call.flag("deletedOnly"));
        let listed = |row: &&Row| if deleted_only { row.deleted } else { deleted || !row.deleted };
        let versions: Vec<Version> =
            self.rows(&subject).iter().filter(listed).map(|row| row.version).collect();
        if versions.is_empty() {
            return Err(Refusal::subject_not_found(&subject.to_string()));
        }
        ok(&versions)
    }

    pub(super) fn version(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        ok(&self.found_row(&subject, call.segment(3), call.flag("deleted"))?.answer(&subject))
    }

    pub(super) fn latest_with_metadata(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let rows = self.rows(&subject).iter().filter(|row| !row.deleted || call.flag("deleted"));
        let rows: Vec<&Row> = rows.collect();
        if rows.is_empty() {
            return Err(Refusal::subject_not_found(&subject.to_string()));
        }
        let wanted: Vec<_> = call.parameters("key").zip(call.parameters("value")).collect();
        let has = |row: &&&Row| {
            let metadata = row.schema.definition.metadata.as_ref();
            metadata
                .is_some_and(|known| wanted.iter().all(|(key, value)| known.property(key) == Some(*value)))
        };
        match rows.iter().rfind(has) {
            Some(row) => ok(&row.answer(&subject)),
            None => Err(Refusal::schema_not_found("with such metadata")),
        }
    }

    pub(super) fn by_id(&self, call: &Call) -> Result<Response, Refusal> {
        let id: SchemaId = call.segment(2).parse().map_err(|_| Refusal::no_such_path())?;
        let wanted = Subject::parse(call.parameter("subject").unwrap_or_default());
        let stored = self.schemas_of(wanted.context()).iter().find(|stored| stored.id == id);
        let stored = stored.ok_or_else(|| Refusal::schema_not_found(id))?;
        // The subject that was asked for is shown if it holds the id, or else any of the context.
        let holds = |subject: &Subject| {
            let row = self.rows(subject).iter().rfind(|row| row.schema.id == id)?;
            Some(row.answer(subject))
        };
        let others =
            || self.subjects.keys().filter(|other| other.context() == wanted.context()).find_map(holds);
        let answer = holds(&wanted).or_else(others).unwrap_or_else(|| stored.answer());
        ok(&SchemaAnswer { id: None, ..answer })
    }

    pub(super) fn by_guid(&self, call: &Call) -> Result<Response, Refusal> {
        let guid = Guid::parse(call.segment(2));
        let stored = self.all_schemas().find(|stored| Some(stored.guid) == guid);
        let stored = stored.ok_or_else(|| Refusal::schema_not_found(call.segment(2)))?;
        ok(&SchemaAnswer { id: None, ..stored.answer() })
    }

    pub(super) fn list_referrers(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let version = self.found_row(&subject, call.segment(3), true)?.version;
        let mut ids = self.referrers(&subject, version);
        ids.sort_unstable();
        ids.dedup();
        ok(&ids)
    }

    /// Ids of live schemas of other subjects that refer to a version.
    fn referrers(&self, subject: &Subject, version: Version) -> Vec<SchemaId> {
        let others = self.subjects.iter().filter(|(other, _)| *other != subject);
        let rows = others.flat_map(|(other, rows)| rows.iter().map(move |row| (other, row)));
        let refers = |(other, row): &(&Subject, &Row)| {
            !row.deleted
                && row.schema.definition.references.iter().any(|reference| {
                    let name = reference.subject.as_deref().unwrap_or_default();
                    reference.version == Some(version) && Subject::parse_in(name, other.context()) == *subject
                })
        };
        rows.filter(refers).map(|(_, row)| row.schema.id).collect()
    }

    pub(super) fn delete_subject(&mut self, call: &Call) -> Result<Response, Refusal> {
        let (subject, permanent) = (Subject::parse(call.segment(1)), call.flag("permanent"));
        let (rows, name) = (self.rows(&subject), subject.to_string());
        if rows.is_empty() {
            return Err(Refusal::subject_not_found(&name));
        }
        let is_live = rows.iter().any(|row| !row.deleted);
        if !permanent && !is_live {
            let message =
                format!("Subject '{name}' was soft deleted.Set permanent=true to delete permanently");
            return Err(Refusal::new(ErrorCode::SUBJECT_SOFT_DELETED, message));
        }
        if permanent && is_live {
            let message = format!("Subject '{name}' was not deleted first before being permanently deleted");
            return Err(Refusal::new(ErrorCode::SUBJECT_NOT_SOFT_DELETED, message));
        }
        let versions: Vec<Version> =
            rows.iter().filter(|row| permanent || !row.deleted).map(|row| row.version).collect();
        self.delete(&subject, &versions, permanent)?;
        ok(&versions)
    }

    pub(super) fn delete_version(&mut self, call: &Call) -> Result<Response, Refusal> {
        let (subject, permanent) = (Subject::parse(call.segment(1)), call.flag("permanent"));
        let row = self.found_row(&subject, call.segment(3), true)?.clone();
        let what = format!("Subject '{subject}' Version {}", row.version);
        match (permanent, row.deleted) {
            (false, true) => {
                let message = format!("{what} was soft deleted.Set permanent=true to delete permanently");
                return Err(Refusal::new(ErrorCode::VERSION_SOFT_DELETED, message));
            }
            (true, false) => {
                let message = format!("{what} was not deleted first before being permanently deleted");
                return Err(Refusal::new(ErrorCode::VERSION_NOT_SOFT_DELETED, message));
            }
            _ => self.delete(&subject, &[row.version], permanent)?,
        }
        ok(&row.version)
    }

    fn delete(&mut self, subject: &Subject, versions: &[Version], permanent: bool) -> Result<(), Refusal> {
        if let Some(version) = versions.iter().find(|version| !self.referrers(subject, **version).is_empty())
        {
            let key = format!("{{magic=1,keytype=SCHEMA,subject={subject},version={version}}}");
            let message = format!("One or more references exist to the schema {key}.");
            return Err(Refusal::new(ErrorCode::REFERENCE_EXISTS, message));
        }
        let Some(rows) = self.subjects.get_mut(subject) else { return Ok(()) };
        if permanent {
            rows.retain(|row| !versions.contains(&row.version));
        } else {
            rows.iter_mut().filter(|row| versions.contains(&row.version)).for_each(|row| row.deleted = true);
        }
        if rows.is_empty() {
            self.subjects.remove(subject);
            self.configs.remove(subject);
        }
        Ok(())
    }

    pub(super) fn list_contexts(&self) -> Result<Response, Refusal> {
        let others = self.contexts().map(String::as_str).filter(|name| *name != ".");
        ok(&std::iter::once(".").chain(others).collect::<Vec<_>>())
    }

    pub(super) fn list_associations(&self, call: &Call) -> Result<Response, Refusal> {
        let types: Vec<&str> = call.parameters("associationType").collect();
        let wanted = |(topic, part, _): &&(String, AssociationType, String)| {
            topic == call.segment(3) && (types.is_empty() || types.contains(&part.as_str()))
        };
        let found = self.associations.iter().filter(wanted).map(|(topic, part, subject)| {
            json!({
                "subject": subject, "resourceName": topic, "resourceType": "topic",
                "associationType": part.as_str(), "lifecycle": "WEAK"
            })
        });
        ok(&found.collect::<Vec<_>>())
    }
}
