//! Configuration.

use schema::model::config::{Config, ConfigUpdate};
use schema::model::error_code::ErrorCode;
use schema::model::subject::Subject;
use serde_json::{Value, json};

use super::answer::{Refusal, ok};
use super::route::Call;
use super::store::Store;
use crate::client::Response;

impl Store {
    pub(super) fn config(&self, call: &Call) -> Result<Response, Refusal> {
        let subject = Subject::parse(call.segment(1));
        let global = Config { compatibility_level: Some(self.level(&subject)), ..self.global.clone() };
        match self.configs.get(&subject) {
            Some(own) => ok(&Config { compatibility_level: Some(self.level(&subject)), ..own.clone() }),
            None if call.segment(1).is_empty() || call.flag("defaultToGlobal") => ok(&global),
            None => Err(Refusal::new(
                ErrorCode::SUBJECT_CONFIG_NOT_FOUND,
                format!("Subject '{subject}' does not have subject-level compatibility configured"),
            )),
        }
    }

    pub(super) fn update_config(&mut self, call: &Call) -> Result<Response, Refusal> {
        let update: ConfigUpdate = call.body()?;
        let subject = Subject::parse(call.segment(1));
        let stored = if call.segment(1).is_empty() { Some(&self.global) } else { self.configs.get(&subject) };
        let updated = update.apply_to(stored.cloned().unwrap_or_default());
        let updated = updated
            .map_err(|error| Refusal::new(ErrorCode::INVALID_COMPATIBILITY_LEVEL, error.to_string()))?;
        let mut answer = json!(updated);
        // An update answers with the level under the name that it has in a request.
        if let Value::Object(fields) = &mut answer
            && let Some(level) = fields.remove("compatibilityLevel")
        {
            fields.insert("compatibility".to_owned(), level);
        }
        if call.segment(1).is_empty() {
            self.global = updated;
        } else {
            self.configs.insert(subject, updated);
        }
        ok(&answer)
    }

    pub(super) fn delete_config(&mut self, call: &Call) -> Result<Response, Refusal> {
        if call.segment(1).is_empty() {
            return ok(&std::mem::take(&mut self.global));
        }
        let subject = Subject::parse(call.segment(1));
        match self.configs.remove(&subject) {
            Some(removed) => ok(&removed),
            None => Err(Refusal::subject_not_found(&subject.to_string())),
        }
    }
}
