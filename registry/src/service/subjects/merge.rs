//! What a new schema takes over from the version before it and from the config in scope.

use schema::model::config::Config;
use schema::model::metadata::{Metadata, VERSION_PROPERTY};

use crate::service::content::Draft;
use crate::service::scope;
use crate::store::StoredSchema;

/// The draft with metadata and rules from the config and the previous version.
pub(in crate::service) fn with_defaults(
    draft: &Draft,
    config: &Config,
    previous: Option<&StoredSchema>,
) -> Draft {
    let previous_metadata = previous.and_then(|schema| schema.metadata.as_ref());
    let previous_rules = previous.and_then(|schema| schema.rule_set.as_ref());
    Draft {
        metadata: scope::metadata(config, draft.metadata.as_ref(), previous_metadata),
        rule_set: scope::rule_set(config, draft.rule_set.as_ref(), previous_rules),
        ..draft.clone()
    }
}

/// Stamps the version into the metadata, when it was asked for or the metadata has such a stamp.
pub(in crate::service) fn stamp_version(draft: &mut Draft, asked: bool, version: i32) {
    let stamped = draft.metadata.as_ref().is_some_and(|m| m.properties.contains_key(VERSION_PROPERTY));
    if asked || stamped {
        let metadata = draft.metadata.get_or_insert_with(Metadata::default);
        metadata.properties.insert(VERSION_PROPERTY.to_owned(), version.to_string());
    }
}
