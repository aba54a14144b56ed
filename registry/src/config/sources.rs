//! Where values come from and which of them wins.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::error::Problem;
use super::file::{self, Entry};
use super::values::Setting;

/// The flag that names the configuration file.
pub const CONFIG_FLAG: &str = "config";
/// The environment variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "REGISTRY_CONFIG";
const VARIABLE_PREFIX: &str = "REGISTRY_";
/// How alike two names must be (Jaro-Winkler, 1 is equal) for one to be offered for the other.
const LIKENESS_MIN: f64 = 0.85;

/// A key of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Name in a file, and of the flag.
    pub name: &'static str,
    /// Value when no source sets one.
    pub default: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// What stands for the value in the help.
    pub value_name: &'static str,
}

impl Key {
    /// The environment variable: `body-limit` is `REGISTRY_BODY_LIMIT`.
    #[must_use]
    pub fn variable(&self) -> String {
        VARIABLE_PREFIX.to_owned() + &self.name.to_ascii_uppercase().replace('-', "_")
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The table of keys.
    Default,
    /// The configuration file.
    File {
        /// Which.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// This environment variable.
    Environment(String),
    /// The flag of this key.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "file {} line {line}", path.display()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(key) => write!(f, "flag --{key}"),
        }
    }
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveValue {
    /// The key.
    pub key: Key,
    /// The value as it could be written.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// What the process was started with.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Key and text of each flag given.
    pub flags: Vec<(&'static str, String)>,
    /// `--config`.
    pub config_file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
}

impl Sources {
    fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn config_file(&self) -> Option<(PathBuf, &'static str)> {
        match (&self.config_file, self.variable(CONFIG_VARIABLE)) {
            (Some(path), _) => Some((path.clone(), "--config")),
            (None, Some(path)) if !path.is_empty() => Some((path.into(), CONFIG_VARIABLE)),
            _ => None,
        }
    }

    /// Warnings about variables that look like a mistyped key. Others are let pass: container orchestrators set
    /// variables such as `REGISTRY_PORT` for a service of this name.
    pub(super) fn unknown_variables(&self, keys: &[Key]) -> Vec<String> {
        let known: Vec<String> = keys.iter().map(Key::variable).collect();
        let names = self.environment.iter().filter_map(|(name, _)| name.to_str());
        names
            .filter(|name| name.starts_with(VARIABLE_PREFIX) && *name != CONFIG_VARIABLE)
            .filter(|name| !known.iter().any(|variable| variable == name))
            .filter_map(|name| {
                let tail = |text: &str| text.trim_start_matches(VARIABLE_PREFIX).to_owned();
                let likeness = |variable: &String| strsim::jaro_winkler(&tail(variable), &tail(name));
                let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
                (likeness(nearest) >= LIKENESS_MIN)
                    .then(|| format!("the environment variable {name} is not used; did you mean {nearest}?"))
            })
            .collect()
    }
}

/// The text that wins for each key that some source sets.
#[derive(Debug, Default)]
pub(super) struct Assignments {
    winners: BTreeMap<&'static str, (String, Origin)>,
}

impl Assignments {
    /// Reads all sources, the weakest first.
    pub(super) fn gather(sources: &Sources, keys: &'static [Key]) -> (Self, Vec<Problem>) {
        let mut gathered = Self::default();
        let mut problems = Vec::new();
        if let Some((path, named_by)) = sources.config_file() {
            match file::read(&path, named_by) {
                Ok(entries) => {
                    let place = |line| Origin::File { path: path.clone(), line };
                    let rejected =
                        entries.into_iter().filter_map(|entry| gathered.add(entry, keys, place).err());
                    problems.extend(rejected);
                }
                Err(problem) => problems.push(problem),
            }
        }
        for key in keys {
            let variable = key.variable();
            if let Some(value) = sources.variable(&variable).filter(|value| !value.is_empty()) {
                let text = value.to_string_lossy().into_owned();
                gathered.winners.insert(key.name, (text, Origin::Environment(variable)));
            }
        }
        for (key, text) in &sources.flags {
            gathered.winners.insert(key, (text.clone(), Origin::Flag(key)));
        }
        (gathered, problems)
    }

    /// Takes an entry of the file.
    fn add(&mut self, entry: Entry, keys: &[Key], place: impl Fn(usize) -> Origin) -> Result<(), Problem> {
        let origin = place(entry.line);
        let Some(key) = keys.iter().find(|key| key.name == entry.key) else {
            let nearest = nearest(&entry.key, keys);
            return Err(Problem::UnknownKey { key: entry.key, origin, nearest });
        };
        match entry.value {
            Ok(text) => {
                self.winners.insert(key.name, (text, origin));
                Ok(())
            }
            Err(reason) => {
                let expected = "one value: text, a number, or true or false";
                Err(Problem::BadValue { key: key.name, origin, reason, expected })
            }
        }
    }

    /// The typed value of a key; a value that cannot be joins the problems.
    pub(super) fn read<T: Setting>(
        &self,
        key: &Key,
        problems: &mut Vec<Problem>,
    ) -> Option<(T, EffectiveValue)> {
        let (text, origin) = match self.winners.get(key.name) {
            Some((text, origin)) => (text.as_str(), origin.clone()),
            None => (key.default, Origin::Default),
        };
        match T::parse(text.trim()) {
            Ok(value) => {
                let effective = EffectiveValue { key: *key, value: value.show(), origin };
                Some((value, effective))
            }
            Err(reason) => {
                problems.push(Problem::BadValue { key: key.name, origin, reason, expected: T::EXPECTED });
                None
            }
        }
    }
}

fn nearest(written: &str, keys: &[Key]) -> Option<&'static str> {
    let written = written.to_ascii_lowercase().replace('_', "-");
    let likeness = |key: &Key| strsim::jaro_winkler(key.name, &written);
    let best = keys.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= LIKENESS_MIN).then_some(best.name)
}
