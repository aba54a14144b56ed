//! Metadata of a schema: tags, properties, and which properties are sensitive.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::lenient;

/// The property that carries the version number when a request asked for one.
pub const VERSION_PROPERTY: &str = "confluent:version";
/// The property that lists top-level fields later versions must not reuse.
pub const RESERVED_PROPERTY: &str = "confluent:reserved";

/// User-defined facts that travel with a schema. Part of its content hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Metadata {
    /// Path pattern → tags.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Name → value.
    #[serde(deserialize_with = "lenient::text_map", skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Names of properties whose values are to be kept secret.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeSet::is_empty")]
    pub sensitive: BTreeSet<String>,
}

/// Reads `null` as an empty collection, as the reference registry does.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

impl Metadata {
    /// Lays `newer` over `older`: a tag path replaces the older set, a property wins, sensitive names add up.
    #[must_use]
    pub fn merge(older: Option<&Self>, newer: Option<&Self>) -> Option<Self> {
        let (Some(older), Some(newer)) = (older, newer) else {
            return newer.or(older).cloned();
        };
        let mut merged = older.clone();
        merged.tags.extend(newer.tags.clone());
        merged.properties.extend(newer.properties.clone());
        merged.sensitive.extend(newer.sensitive.iter().cloned());
        Some(merged)
    }

    /// The value of `name`.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }
}
