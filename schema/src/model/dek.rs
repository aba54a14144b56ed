//! Data encryption keys: what fields of records are encrypted with, wrapped by a key encryption key.
//!
//! Only wrapped material is known here. There is no field for the key itself, so that it can be neither kept nor told.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::Version;
use super::kek::InvalidKey;
use super::lenient;
use super::subject::Subject;

/// The version of a key where a request names none.
pub const FIRST_VERSION: Version = 1;

/// What a key encrypts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DekAlgorithm {
    /// AES-GCM with 128 bits.
    #[serde(rename = "AES128_GCM")]
    Aes128Gcm,
    /// AES-GCM with 256 bits.
    #[default]
    #[serde(rename = "AES256_GCM")]
    Aes256Gcm,
    /// AES-SIV with 256 bits: equal clear texts have equal ciphers.
    #[serde(rename = "AES256_SIV")]
    Aes256Siv,
}

impl DekAlgorithm {
    /// Reads a name, in capitals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Aes128Gcm, Self::Aes256Gcm, Self::Aes256Siv].into_iter().find(|known| known.as_str() == text)
    }

    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "AES128_GCM",
            Self::Aes256Gcm => "AES256_GCM",
            Self::Aes256Siv => "AES256_SIV",
        }
    }
}

/// What names a data encryption key, but for its version: each has a history of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DekId {
    /// Name of the key encryption key that wraps it.
    pub kek: String,
    /// The subject whose records it encrypts.
    pub subject: Subject,
    /// What it encrypts with.
    pub algorithm: DekAlgorithm,
}

/// A data encryption key, as it is kept and answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Dek {
    /// Name of the key encryption key that wraps it.
    pub kek_name: String,
    /// The subject whose records it encrypts.
    #[serde(serialize_with = "printed", deserialize_with = "parsed")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// Number within the subject and algorithm.
    pub version: Version,
    /// What it encrypts with.
    pub algorithm: DekAlgorithm,
    /// The wrapped key, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_key_material: Option<String>,
    /// Time of the last change, milliseconds since 1970.
    pub ts: i64,
    /// Whether it is soft-deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

fn printed<S: Serializer>(subject: &Subject, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(subject)
}

fn parsed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Subject, D::Error> {
    String::deserialize(deserializer).map(|text| Subject::parse(&text))
}

impl Dek {
    /// What names it, but for its version.
    #[must_use]
    pub fn id(&self) -> DekId {
        DekId { kek: self.kek_name.clone(), subject: self.subject.clone(), algorithm: self.algorithm }
    }

    /// Whether both say the same, whenever they were written and deleted or not.
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        let timeless = |dek: &Self| Self { ts: 0, deleted: false, ..dek.clone() };
        timeless(self) == timeless(other)
    }
}

/// Body of a request that makes a data encryption key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CreateDekRequest {
    /// The subject, where the path names none.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// 1 unless given.
    #[serde(deserialize_with = "lenient::integer", skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// `AES256_GCM` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<DekAlgorithm>,
    /// The wrapped key, in base64.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub encrypted_key_material: Option<String>,
    /// Whether it starts out soft-deleted.
    #[serde(deserialize_with = "lenient::flag", skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// Whether records of a subject may have a key of their own: it has a name without control characters.
///
/// # Errors
/// [`InvalidKey`] for the field `subject`.
pub fn check_subject(subject: &Subject) -> Result<(), InvalidKey> {
    let text = subject.to_string();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(InvalidKey { field: "subject", cure: "give a name without control characters" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn algorithms_are_read_and_printed_in_capitals() {
        for algorithm in [DekAlgorithm::Aes128Gcm, DekAlgorithm::Aes256Gcm, DekAlgorithm::Aes256Siv] {
            assert_eq!(DekAlgorithm::parse(algorithm.as_str()), Some(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        assert_eq!(DekAlgorithm::parse("aes256_gcm"), None);
        assert!(serde_json::from_value::<CreateDekRequest>(json!({"algorithm": "NOPE"})).is_err());
    }

    #[test]
    fn a_key_prints_its_qualified_subject_and_no_secret() {
        let dek = Dek {
            kek_name: "k".to_owned(),
            subject: Subject::parse(":.eu:s"),
            version: 0,
            algorithm: DekAlgorithm::Aes256Siv,
            encrypted_key_material: Some("AAAA".to_owned()),
            ts: 7,
            deleted: true,
        };
        assert_eq!(
            serde_json::to_value(dek).unwrap(),
            json!({
                "kekName": "k", "subject": ":.eu:s", "version": 0, "algorithm": "AES256_SIV",
                "encryptedKeyMaterial": "AAAA", "ts": 7, "deleted": true
            })
        );
    }

    #[test]
    fn subjects_have_a_name() {
        for (text, valid) in [("", false), (":.:", false), ("a\u{85}", false), ("a", true), (":.eu:", true)] {
            assert_eq!(check_subject(&Subject::parse(text)).is_ok(), valid, "{text:?}");
        }
    }
}
