//! Rows into records.

use std::sync::Arc;

use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId};
use schema::model::mode::Mode;
use schema::model::schema::SchemaType;
use schema::model::subject::{Context, Subject};
use serde::de::DeserializeOwned;

use super::Cells;
use crate::store::{Holder, StoreError, StoredSchema, VersionRow};

/// Columns from `first`: version, schema id, guid, definition, deleted, created.
pub(super) fn version(row: &impl Cells, first: usize) -> Result<VersionRow, StoreError> {
    Ok(VersionRow {
        version: number(row, first)?,
        id: number(row, first + 1)?,
        guid: guid(row, first + 2)?,
        definition: row.integer(first + 3)?.cast_unsigned(),
        deleted: row.flag(first + 4)?,
        created_at_ms: row.integer(first + 5)?,
    })
}

/// Columns: guid, type, references, metadata, rule set, text.
pub(super) fn schema(row: &impl Cells, id: SchemaId) -> Result<StoredSchema, StoreError> {
    let schema_type = row.text(1)?;
    Ok(StoredSchema {
        id,
        guid: guid(row, 0)?,
        schema_type: SchemaType::parse(schema_type)
            .ok_or_else(|| StoreError::unreadable("schema type", schema_type))?,
        references: json(row, 2, "references")?.unwrap_or_default(),
        metadata: json(row, 3, "metadata")?,
        rule_set: json(row, 4, "rule set")?,
        text: Arc::from(row.text(5)?),
    })
}

/// Columns from `first`: context, name.
pub(super) fn subject(row: &impl Cells, first: usize) -> Result<Subject, StoreError> {
    Ok(Subject::new(context(row, first)?, row.text(first + 1)?))
}

/// Columns: context, name, version, deleted, created.
pub(super) fn holder(row: &impl Cells) -> Result<Holder, StoreError> {
    Ok(Holder {
        subject: subject(row, 0)?,
        version: number(row, 2)?,
        deleted: row.flag(3)?,
        created_at_ms: row.integer(4)?,
    })
}

pub(super) fn context(row: &impl Cells, column: usize) -> Result<Context, StoreError> {
    Ok(Context::from_stored(row.text(column)?))
}

pub(super) fn config(row: &impl Cells) -> Result<Config, StoreError> {
    json(row, 0, "config")?.ok_or_else(|| StoreError::unreadable("config", "there is none"))
}

pub(super) fn mode(row: &impl Cells) -> Result<Mode, StoreError> {
    let text = row.text(0)?;
    Mode::parse(text).map_err(|_| StoreError::unreadable("mode", text))
}

/// A number that fits an id or a version.
pub(super) fn number(row: &impl Cells, column: usize) -> Result<i32, StoreError> {
    let number = row.integer(column)?;
    i32::try_from(number).map_err(|_| StoreError::unreadable("number", number))
}

/// A count.
pub(super) fn count(row: &impl Cells, column: usize) -> Result<u64, StoreError> {
    let number = row.integer(column)?;
    u64::try_from(number).map_err(|_| StoreError::unreadable("count", number))
}

fn guid(row: &impl Cells, column: usize) -> Result<Guid, StoreError> {
    let bytes = row.bytes(column)?;
    let bytes =
        bytes.try_into().map_err(|_| StoreError::unreadable("guid", format!("{} bytes", bytes.len())))?;
    Ok(Guid(bytes))
}

/// JSON or nothing.
pub(super) fn json<T: DeserializeOwned>(
    row: &impl Cells,
    column: usize,
    what: &str,
) -> Result<Option<T>, StoreError> {
    let Some(text) = row.text_if_any(column)? else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| StoreError::unreadable(what, error))
}
