//! Bodies of REST requests and answers, field for field as the reference registry's 8.5 line has them.
//!
//! Empty strings, lists, maps and nulls are left out of answers; `false` and `0` are kept. Unknown fields of requests
//! are ignored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{SchemaId, Version};
use super::lenient;
use super::metadata::Metadata;
use super::ruleset::RuleSet;
use super::schema::{SchemaReference, SchemaType};

/// Body of register, lookup and compatibility requests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct RegisterSchemaRequest {
    /// 0 or absent: automatic; -1: newest; otherwise the number the version must get.
    #[serde(deserialize_with = "lenient::integer", skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The id to keep (import mode only); absent or -1: automatic.
    #[serde(deserialize_with = "lenient::integer", skip_serializing_if = "Option::is_none")]
    pub id: Option<i32>,
    /// `AVRO` unless given.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the schema refers to.
    #[serde(deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub references: Option<Vec<SchemaReference>>,
    /// Absent: inherited from the latest version.
    #[serde(deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Absent: inherited from the latest version.
    #[serde(
        alias = "ruleset",
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub rule_set: Option<RuleSet>,
    /// The text.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Inline tags to add before registering.
    #[serde(deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub schema_tags_to_add: Option<Vec<SchemaTags>>,
    /// Inline tags to remove, after adding.
    #[serde(deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub schema_tags_to_remove: Option<Vec<SchemaTags>>,
    /// Whether the inline tags of the latest version are carried over.
    #[serde(deserialize_with = "lenient::boolean", skip_serializing_if = "Option::is_none")]
    pub propagate_schema_tags: Option<bool>,
}

/// A place in a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SchemaEntity {
    /// Avro: `namespace.Record` or `namespace.Record.field`.
    #[serde(default)]
    pub entity_path: String,
    /// `sr_record` or `sr_field`.
    #[serde(default)]
    pub entity_type: String,
}

/// Tags at a place in a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SchemaTags {
    /// Where.
    pub schema_entity: SchemaEntity,
    /// What.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Body of `POST …/tags`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TagSchemaRequest {
    /// The number the new version must get.
    #[serde(deserialize_with = "lenient::integer", skip_serializing_if = "Option::is_none")]
    pub new_version: Option<i32>,
    /// Added first.
    #[serde(deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub tags_to_add: Option<Vec<SchemaTags>>,
    /// Removed then.
    #[serde(deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub tags_to_remove: Option<Vec<SchemaTags>>,
    /// Replaces the metadata.
    #[serde(deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Replaces the rule set.
    #[serde(deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// Laid over the rule set.
    #[serde(deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub rules_to_merge: Option<RuleSet>,
    /// Names of rules to drop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_to_remove: Option<Vec<String>>,
}

/// A registered schema (`Schema` of the reference). Also serves, with fields left out, as the answer by id or guid and
/// as the answer to a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SchemaAnswer {
    /// Qualified subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Version within the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Schema id within the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<SchemaId>,
    /// Content hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Language. Registries before the 8.5 line leave `AVRO` out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub schema_type: SchemaType,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<SchemaReference>,
    /// User-defined facts; an empty object when set but empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Rules; an empty object when set but empty.
    #[serde(alias = "ruleset", skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// Canonical text, or the form asked for.
    #[serde(default, skip_serializing_if = "text_is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub schema: Arc<str>,
    /// Inline tags that were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_tags: Vec<SchemaTags>,
    /// Highest id of the context, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_id: Option<SchemaId>,
    /// Time of registration, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the version is soft-deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
    /// Subjects whose alias leads here, when asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

fn text_is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}

/// A subject and the version that holds an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectVersion {
    /// Qualified subject.
    pub subject: String,
    /// Version.
    pub version: Version,
}

/// A schema that refers to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Referrer {
    /// Qualified subject that holds it.
    pub subject: String,
    /// Version there.
    pub version: Version,
    /// Schema id within its context.
    pub id: SchemaId,
}

impl std::fmt::Display for Referrer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { subject, version, id } = self;
        write!(formatter, "subject {subject} version {version} (id {id})")
    }
}

/// A schema together with everything that it refers to, directly or not: all that a compiler needs, in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchemaBundle {
    /// The schema itself.
    #[serde(flatten)]
    pub root: SchemaAnswer,
    /// What it refers to, dependencies first, each name once.
    pub resolved: Vec<BundledSchema>,
}

/// One schema of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BundledSchema {
    /// What the schemas that refer to it call it.
    pub name: String,
    /// Qualified subject.
    pub subject: String,
    /// Version within the subject.
    pub version: Version,
    /// Schema id within its context.
    pub id: SchemaId,
    /// Content hash.
    pub guid: String,
    /// Language.
    pub schema_type: SchemaType,
    /// What it refers to itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<SchemaReference>,
    /// Canonical text.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub schema: Arc<str>,
}

/// A context and the id it gives to a content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContextId {
    /// Context with its leading dot.
    pub context: String,
    /// Id in that context.
    pub id: SchemaId,
}

/// What to do with a schema that is to break its readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MigrationHint {
    /// Subject of a new topic under which the schema can be registered.
    pub register_under: String,
    /// Begins the migration once it is registered there; the registry's address comes from `SCHEMA_REGISTRY_URL`.
    pub command: String,
}

/// Body of every error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorAnswer {
    /// Five digits for registry errors, the status otherwise.
    pub error_code: u32,
    /// What is wrong and what would cure it.
    pub message: String,
    /// Why a schema is incompatible; only beside 40901.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incompatibilities: Vec<crate::compat::Finding>,
    /// The way out, where the break is meant: another topic and a translator. Only beside 40901.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Box<MigrationHint>>,
    /// Who refers to what was to be deleted; only beside 42206.
    #[serde(rename = "referencedBy", default, skip_serializing_if = "Vec::is_empty")]
    pub referenced_by: Vec<Referrer>,
}

impl ErrorAnswer {
    /// The plain form.
    #[must_use]
    pub fn new(error_code: u32, message: String) -> Self {
        Self {
            error_code,
            message,
            incompatibilities: Vec::new(),
            migration: None,
            referenced_by: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::config::ConfigUpdate;
    use crate::model::dek::{CreateDekRequest, Dek};
    use crate::model::kek::{CreateKekRequest, Kek, UpdateKekRequest};

    /// What one side writes, the other reads and would write again.
    fn round_trips<T: Serialize + serde::de::DeserializeOwned>(body: Value) {
        let read: T = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), body);
    }

    #[test]
    fn bodies_are_shared_by_both_sides() {
        let tags =
            json!([{"schemaEntity": {"entityPath": "a.B", "entityType": "sr_record"}, "tags": ["PII"]}]);
        let reference = json!([{"name": "n", "subject": "s", "version": 1}]);
        round_trips::<RegisterSchemaRequest>(json!({}));
        round_trips::<RegisterSchemaRequest>(json!({
            "version": 1, "id": 2, "schemaType": "JSON", "references": reference, "metadata": {"properties": {"k": "v"}},
            "ruleSet": {}, "schema": "{}", "schemaTagsToAdd": tags,
            "schemaTagsToRemove": tags, "propagateSchemaTags": true
        }));
        round_trips::<TagSchemaRequest>(json!({"newVersion": 2, "tagsToAdd": tags, "rulesToRemove": ["r"]}));
        round_trips::<SchemaAnswer>(json!({
            "subject": "s", "version": 1, "id": 3, "guid": "g", "schemaType": "AVRO", "references": reference,
            "metadata": {}, "schema": "\"int\"", "schemaTags": tags, "maxId": 4, "ts": 5, "deleted": false
        }));
        round_trips::<SchemaBundle>(json!({"schemaType": "AVRO", "schema": "\"int\"", "resolved": [
            {"name": "n", "subject": "s", "version": 1, "id": 2, "guid": "g", "schemaType": "AVRO", "schema": "{}"}
        ]}));
        round_trips::<ErrorAnswer>(json!({"error_code": 40901, "message": "m", "incompatibilities": [{
            "type": "T", "direction": "forward", "version": 1, "path": "/", "reader": "r", "writer": "w",
            "explanation": "e", "cure": "c", "witness": {"document": "d", "failure": "f"}
        }]}));
        round_trips::<ConfigUpdate>(json!({"alias": null, "compatibility": "FULL"}));
        round_trips::<UpdateKekRequest>(json!({"doc": null, "shared": true}));
        round_trips::<CreateKekRequest>(json!({"name": "k", "kmsType": "t", "kmsKeyId": "i"}));
        round_trips::<CreateDekRequest>(json!({"subject": "s", "algorithm": "AES256_SIV"}));
        round_trips::<Kek>(json!({
            "name": "k", "kmsType": "t", "kmsKeyId": "i", "kmsProps": {}, "shared": false, "ts": 1
        }));
        round_trips::<Dek>(json!({
            "kekName": "k", "subject": ":.c:s", "version": 1, "algorithm": "AES128_GCM", "ts": 1, "deleted": true
        }));
    }

    #[test]
    fn a_schema_without_a_type_is_avro() {
        let answer: SchemaAnswer = serde_json::from_value(json!({"id": 1, "schema": "\"int\""})).unwrap();
        assert_eq!((answer.schema_type, &*answer.schema), (SchemaType::Avro, "\"int\""));
    }
}
