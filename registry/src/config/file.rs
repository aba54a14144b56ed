//! The configuration file: a flat list of keys in TOML or YAML. Values keep the text they were written with, so that
//! one parser per kind of value serves every source.

use std::collections::BTreeMap;
use std::path::Path;

use serde_saphyr::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Problem;

/// One key of the file.
pub(super) struct Entry {
    pub(super) key: String,
    /// The text of the value, or why it is none.
    pub(super) value: Result<String, String>,
    /// Counted from 1.
    pub(super) line: usize,
}

/// Reads a file in the language that its name tells.
pub(super) fn read(path: &Path, named_by: &'static str) -> Result<Vec<Entry>, Problem> {
    let parse = match path.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => parse_toml,
        Some("yaml" | "yml") => parse_yaml,
        _ => return Err(Problem::FileKind { path: path.to_owned() }),
    };
    let text = std::fs::read_to_string(path).map_err(|source| Problem::FileUnreadable {
        path: path.to_owned(),
        named_by,
        source,
    })?;
    parse(&text).map_err(|(language, reason)| Problem::FileMalformed {
        path: path.to_owned(),
        language,
        reason,
    })
}

fn parse_toml(text: &str) -> Result<Vec<Entry>, (&'static str, String)> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        ("TOML", format!("line {line}: {}", error.message()))
    })?;
    Ok(table
        .into_inner()
        .into_iter()
        .map(|(key, value)| Entry {
            line: line_of(text, key.span().start),
            key: key.into_inner().into_owned(),
            value: toml_scalar(value.into_inner()),
        })
        .collect())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

fn toml_scalar(value: DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Integer(_) => Err("the number is not decimal".to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Ok(truth.to_string()),
        other => Err(format!("the value is of type {}", other.type_str())),
    }
}

fn parse_yaml(text: &str) -> Result<Vec<Entry>, (&'static str, String)> {
    let entries: Option<BTreeMap<String, Spanned<String>>> =
        serde_saphyr::from_str(text).map_err(|error| ("YAML", plain(&error.to_string())))?;
    Ok(entries
        .unwrap_or_default()
        .into_iter()
        .map(|(key, value)| Entry {
            line: usize::try_from(value.referenced.line()).unwrap_or(0),
            key,
            value: Ok(value.value),
        })
        .collect())
}

/// The parser's errors go on with an excerpt of the file and with advice for programmers.
fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or("it cannot be read");
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let line = line.split(", set ").next().unwrap_or(line);
    line.replace("expected string scalar", "expected one value: text, a number, or true or false")
}
