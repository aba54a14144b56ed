//! What is wrong with a configuration: each problem names the key, where its value comes from, and the cure.

use std::fmt;
use std::path::PathBuf;

use super::sources::Origin;

/// Everything that is wrong, one problem a line.
#[derive(Debug)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file has a key that is none.
    #[error("{key} ({origin}): there is no such key{}", suggestion(*nearest))]
    UnknownKey {
        /// As written.
        key: String,
        /// Where.
        origin: Origin,
        /// What may have been meant.
        nearest: Option<&'static str>,
    },
    /// A value that cannot be.
    #[error("{key} ({origin}): {reason}; expected {expected}")]
    BadValue {
        /// The key.
        key: &'static str,
        /// Where.
        origin: Origin,
        /// What is wrong.
        reason: String,
        /// What would be right.
        expected: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration file {} (named by {named_by}): {source}; check the path and its permissions", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The flag or variable that names it.
        named_by: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The file's name does not tell its language.
    #[error("the configuration file {} has an unknown ending; name it .toml, .yaml or .yml", path.display())]
    FileKind {
        /// The file.
        path: PathBuf,
    },
    /// The file is not valid TOML or YAML.
    #[error("the configuration file {} is not valid {language}: {reason}", path.display())]
    FileMalformed {
        /// The file.
        path: PathBuf,
        /// TOML or YAML.
        language: &'static str,
        /// What the parser says, with the place.
        reason: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `registry config dump` lists all keys".to_owned(),
        |key| format!("; did you mean `{key}`? `registry config dump` lists all keys"),
    )
}
