//! From rows to records.

use std::sync::Arc;

use schema::model::ids::Guid;
use schema::model::schema::SchemaType;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::{StoreError, StoredSchema, VersionRow};

/// Columns `version, schema_id, guid, definition, deleted, created_at`.
pub(super) fn version(row: &SqliteRow) -> Result<VersionRow, StoreError> {
    Ok(VersionRow {
        version: row.try_get("version")?,
        id: row.try_get("schema_id")?,
        guid: guid(row)?,
        definition: row.try_get::<i64, _>("definition")?.cast_unsigned(),
        deleted: row.try_get("deleted")?,
        created_at_ms: row.try_get("created_at")?,
    })
}

/// Columns `id, guid, schema_type, refs, metadata, rule_set, text`.
pub(super) fn schema(row: &SqliteRow) -> Result<StoredSchema, StoreError> {
    let type_name: &str = row.try_get("schema_type")?;
    let schema_type = SchemaType::parse(type_name)
        .ok_or_else(|| StoreError::Corrupt(format!("unknown schema type `{type_name}`")))?;
    Ok(StoredSchema {
        id: row.try_get("id")?,
        guid: guid(row)?,
        schema_type,
        references: json(row, "refs")?.unwrap_or_default(),
        metadata: json(row, "metadata")?,
        rule_set: json(row, "rule_set")?,
        text: Arc::from(row.try_get::<&str, _>("text")?),
    })
}

fn guid(row: &SqliteRow) -> Result<Guid, StoreError> {
    let bytes: &[u8] = row.try_get("guid")?;
    let bytes = bytes.try_into().map_err(|_| StoreError::Corrupt("a guid has not 16 bytes".to_owned()))?;
    Ok(Guid(bytes))
}

/// A column that holds JSON or nothing.
pub(super) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    let parsed = text.map(serde_json::from_str).transpose();
    parsed.map_err(|error| StoreError::Corrupt(format!("column {column}: {error}")))
}
