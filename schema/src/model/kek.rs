//! Key encryption keys: names for keys that a key management system (KMS) keeps. They hold no key material.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient;
use super::plain_name::is_plain_name;

/// The name of a key encryption key: 1 to 256 characters, a letter or `_`, then letters, digits, `_` or `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KekName(String);

/// A field of a key is missing or invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid or missing value for field '{field}' of key: {cure}")]
pub struct InvalidKey {
    /// The field, as in JSON.
    pub field: &'static str,
    /// What it must be.
    pub cure: &'static str,
}

impl KekName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidKey`] for the field `name`.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        if is_plain_name(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidKey {
            field: "name",
            cure: "give 1 to 256 characters, a letter or '_', then letters, digits, '_' or '-'",
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key encryption key, as it is kept and answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Kek {
    /// Name.
    pub name: String,
    /// Kind of KMS, such as `aws-kms`.
    pub kms_type: String,
    /// The key within the KMS.
    pub kms_key_id: String,
    /// What clients need to reach the KMS.
    pub kms_props: BTreeMap<String, String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Whether the registry may use the key on behalf of clients.
    pub shared: bool,
    /// Time of the last change, milliseconds since 1970.
    pub ts: i64,
    /// Whether it is soft-deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

impl Kek {
    /// Whether both say the same, whenever they were written and deleted or not.
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        let timeless = |kek: &Self| Self { ts: 0, deleted: false, ..kek.clone() };
        timeless(self) == timeless(other)
    }
}

/// Body of a request that makes a key encryption key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CreateKekRequest {
    /// Name.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of KMS.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub kms_type: Option<String>,
    /// The key within the KMS.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// What clients need to reach the KMS.
    #[serde(deserialize_with = "lenient::text_map", skip_serializing_if = "BTreeMap::is_empty")]
    pub kms_props: BTreeMap<String, String>,
    /// For people.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Whether the registry may use the key on behalf of clients.
    #[serde(deserialize_with = "lenient::flag", skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// Whether it starts out soft-deleted.
    #[serde(deserialize_with = "lenient::flag", skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

impl CreateKekRequest {
    /// Checks the fields and makes the key.
    ///
    /// # Errors
    /// [`InvalidKey`] for the first field at fault: `name`, then `kmsKeyId` and `kmsType`, then the form of `kmsKeyId`.
    pub fn into_kek(self, ts: i64) -> Result<Kek, InvalidKey> {
        let name = KekName::parse(self.name.as_deref().unwrap_or_default())?;
        let kms_key_id = self
            .kms_key_id
            .filter(|id| !id.is_empty())
            .ok_or(InvalidKey { field: "kmsKeyId", cure: "give the id of the key within the KMS" })?;
        let kms_type = self.kms_type.ok_or(InvalidKey {
            field: "kmsType",
            cure: "give the kind of KMS: aws-kms, azure-kms, gcp-kms, hcvault or one of your own",
        })?;
        check_key_id(&kms_type, &kms_key_id)?;
        Ok(Kek {
            name: name.0,
            kms_type: normalized(kms_type),
            kms_key_id,
            kms_props: self.kms_props,
            doc: self.doc,
            shared: self.shared,
            ts,
            deleted: self.deleted,
        })
    }
}

/// Only these spellings are checked; what stands behind the beginning is the KMS's to judge.
fn check_key_id(kms_type: &str, id: &str) -> Result<(), InvalidKey> {
    let (starts, cure): (&[&str], _) = match kms_type {
        "aws-kms" => (&["arn:aws:kms:"], "the ids of aws-kms start with arn:aws:kms:"),
        "azure-kms" => (&["https://"], "the ids of azure-kms start with https://"),
        "gcp-kms" => (&["projects/"], "the ids of gcp-kms start with projects/"),
        "hcvault" => (&["https://", "http://"], "the ids of hcvault start with https:// or http://"),
        _ => return Ok(()),
    };
    let fits = starts.iter().any(|start| id.starts_with(start));
    if fits { Ok(()) } else { Err(InvalidKey { field: "kmsKeyId", cure }) }
}

fn normalized(kms_type: String) -> String {
    let lower = kms_type.to_lowercase();
    let known = [("aws", "aws-kms"), ("azure", "azure-kms"), ("gcp", "gcp-kms")];
    match known.iter().find(|(start, _)| lower.starts_with(start)) {
        Some((_, name)) => (*name).to_owned(),
        None => kms_type,
    }
}

/// Body of a request that changes a key encryption key: per field absent (keep), `null` (clear) or a value (set).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct UpdateKekRequest {
    /// See [`Kek::kms_props`].
    #[serde(deserialize_with = "lenient::present::text_map", skip_serializing_if = "Option::is_none")]
    pub kms_props: Option<BTreeMap<String, String>>,
    /// See [`Kek::doc`].
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub doc: Option<Option<String>>,
    /// See [`Kek::shared`].
    #[serde(deserialize_with = "lenient::present::boolean", skip_serializing_if = "Option::is_none")]
    pub shared: Option<Option<bool>>,
}

impl UpdateKekRequest {
    /// Lays the update over what is stored.
    #[must_use]
    pub fn apply_to(self, stored: Kek) -> Kek {
        Kek {
            kms_props: self.kms_props.unwrap_or(stored.kms_props),
            doc: self.doc.unwrap_or(stored.doc),
            shared: self.shared.map_or(stored.shared, Option::unwrap_or_default),
            ..stored
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn created(body: Value) -> Result<Kek, &'static str> {
        let request: CreateKekRequest = serde_json::from_value(body).unwrap();
        request.into_kek(7).map_err(|invalid| invalid.field)
    }

    #[test]
    fn fields_are_checked_in_order() {
        let cases = [
            (json!({}), "name"),
            (json!({"name": "a b"}), "name"),
            (json!({"name": "a"}), "kmsKeyId"),
            (json!({"name": "a", "kmsType": "t", "kmsKeyId": ""}), "kmsKeyId"),
            (json!({"name": "a", "kmsKeyId": "k"}), "kmsType"),
            (json!({"name": "a", "kmsType": "aws-kms", "kmsKeyId": "k"}), "kmsKeyId"),
            (json!({"name": "a", "kmsType": "azure-kms", "kmsKeyId": "http://k"}), "kmsKeyId"),
            (json!({"name": "a", "kmsType": "gcp-kms", "kmsKeyId": "k"}), "kmsKeyId"),
            (json!({"name": "a", "kmsType": "hcvault", "kmsKeyId": "k"}), "kmsKeyId"),
        ];
        for (body, field) in cases {
            assert_eq!(created(body.clone()).err(), Some(field), "{body}");
        }
    }

    #[test]
    fn kinds_of_kms_are_spelled_alike() {
        for (given, kept) in
            [("AWS", "aws-kms"), ("azure", "azure-kms"), ("gcp-x", "gcp-kms"), ("Own", "Own")]
        {
            let kek = created(json!({"name": "a", "kmsType": given, "kmsKeyId": "k"})).unwrap();
            assert_eq!(kek.kms_type, kept, "{given}");
        }
    }

    #[test]
    fn an_update_keeps_clears_and_sets() {
        let stored = created(json!({
            "name": "a", "kmsType": "t", "kmsKeyId": "k", "kmsProps": {"p": 1}, "doc": "d", "shared": true
        }))
        .unwrap();
        let updated = |body: Value| {
            let update: UpdateKekRequest = serde_json::from_value(body).unwrap();
            serde_json::to_value(update.apply_to(stored.clone())).unwrap()
        };
        let kept = json!({
            "name": "a", "kmsType": "t", "kmsKeyId": "k", "kmsProps": {"p": "1"}, "doc": "d", "shared": true, "ts": 7
        });
        assert_eq!(updated(json!({"kmsKeyId": "other"})), kept);
        assert_eq!(
            updated(json!({"kmsProps": null, "doc": null, "shared": null})),
            json!({"name": "a", "kmsType": "t", "kmsKeyId": "k", "kmsProps": {}, "shared": false, "ts": 7})
        );
        let set = updated(json!({"kmsProps": {"q": "2"}, "doc": "", "shared": "false"}));
        assert_eq!(
            (&set["kmsProps"], &set["doc"], &set["shared"]),
            (&json!({"q": "2"}), &json!(""), &json!(false))
        );
    }
}
