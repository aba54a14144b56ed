//! The nouns of a schema registry and their REST JSON.

pub mod api;
pub mod config;
pub mod dek;
pub mod error_code;
pub mod ids;
pub mod kek;
mod lenient;
pub mod metadata;
pub mod mode;
pub mod plain_name;
pub mod ruleset;
pub mod schema;
pub mod subject;
