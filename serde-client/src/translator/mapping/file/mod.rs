//! Mapping files: their text into settings and rules, with line and column of every mistake.

mod members;
mod rules;
mod settings;
mod yaml;

use std::collections::BTreeMap;

use super::field::FieldPath;
use super::problem::{Place, Problem};
use super::rule::{Path, TargetRule, path};
use crate::translator::migration::{Direction, Migration};
pub(crate) use members::time_span;
use members::{Members, list, text, word};
use yaml::{Data, Node};

/// Bytes that a mapping file may have.
const LENGTH_MAX: usize = 4 << 20;

/// A mapping file that has been read; nothing is known about its schemas yet.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingFile {
    /// What is migrated, and how.
    pub migration: Migration,
    /// The rules of each direction that has some.
    pub maps: BTreeMap<Direction, DirectionRules>,
    /// Examples that must come out as written.
    pub fixtures: Vec<Fixture>,
    /// Paths of the old record that a way to the new one and back must keep.
    pub roundtrip: Vec<(Place, Vec<String>)>,
}

/// The rules of a direction.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectionRules {
    /// Where they are written.
    pub at: Place,
    /// What is filled without a rule.
    pub auto: Auto,
    /// Rules for the key.
    pub key: Vec<TargetRule>,
    /// Rules for the value.
    pub value: Vec<TargetRule>,
    /// What of the source gets lost.
    pub drop: Vec<Dropped>,
    /// Values of other types than the pinned one.
    pub types: Types,
    /// What `partitioning` names by `field`.
    pub field: Option<FieldPath>,
    /// All of it without places and comments: what counts when two mappings are compared.
    pub canonical: String,
}

/// What becomes of values of other types than the pinned one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// By full name.
    pub mappings: BTreeMap<String, UsedMapping>,
    /// All others.
    pub rest: OtherTypes,
}

/// The mapping of a type, in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedMapping {
    /// Where it is named.
    pub at: Place,
    /// The file, beside this one.
    pub file: String,
}

/// What becomes of values of a type that no mapping is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtherTypes {
    /// Their partition waits until somebody says it.
    #[default]
    Wait,
    /// Each is a fault, for the error policy.
    Fault,
}

/// How far targets are filled without a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Auto {
    /// Not at all.
    None,
    /// From the same path and type.
    Exact,
    /// And from types that can be widened without loss.
    #[default]
    Widen,
    /// And from declared aliases, or equal numbers in Protobuf.
    Alias,
}

impl Auto {
    /// As mapping files spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Exact => "exact",
            Self::Widen => "exact+widen",
            Self::Alias => "exact+widen+alias",
        }
    }
}

/// A part of the source that gets lost, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it is written.
    pub at: Place,
    /// The part, with everything in it.
    pub path: Path,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub approved_by: Option<String>,
}

/// An example: a record in, a record out.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// Where it is written.
    pub at: Place,
    /// Which way.
    pub direction: Direction,
    /// The source record, as JSON for people.
    pub input: serde_json::Value,
    /// The target record.
    pub output: serde_json::Value,
}

impl MappingFile {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > LENGTH_MAX {
            return Err(Problem::new(
                Place::default(),
                format!("the file is longer than {LENGTH_MAX} bytes"),
            ));
        }
        let node = yaml::parse(text)?;
        let mut members = Members::of(&node, "a mapping file")?;
        let (migration, field) = settings::migration(&mut members)?;
        let mut maps = members.take("map").map(maps).transpose()?.unwrap_or_default();
        for direction in &migration.directions {
            if !maps.contains_key(direction) {
                let message = format!("`map` has no rules for `{direction}`, which `directions` names");
                return Err(Problem::new(node.at, message));
            }
        }
        for rules in maps.values_mut() {
            rules.field.clone_from(&field);
        }
        let fixtures = members.take("fixtures").map(fixtures).transpose()?.unwrap_or_default();
        let roundtrip = members.take("laws").map(laws).transpose()?.unwrap_or_default();
        members.finish()?;
        Ok(Self { migration, maps, fixtures, roundtrip })
    }
}

fn maps(node: &Node) -> Result<BTreeMap<Direction, DirectionRules>, Problem> {
    let mut members = Members::of(node, "map")?;
    let mut maps = BTreeMap::new();
    for (name, direction) in [("new->old", Direction::NewToOld), ("old->new", Direction::OldToNew)] {
        if let Some(node) = members.take(name) {
            maps.insert(direction, direction_rules(node)?);
        }
    }
    members.finish()?;
    Ok(maps)
}

fn direction_rules(node: &Node) -> Result<DirectionRules, Problem> {
    let mut members = Members::of(node, "the rules of a direction")?;
    let words = [
        ("none", Auto::None),
        ("exact", Auto::Exact),
        ("exact+widen", Auto::Widen),
        ("exact+widen+alias", Auto::Alias),
    ];
    let found = DirectionRules {
        at: node.at,
        auto: members.word("auto", &words)?.unwrap_or_default(),
        key: members.take("key").map(rules::targets).transpose()?.unwrap_or_default(),
        value: members.take("value").map(rules::targets).transpose()?.unwrap_or_default(),
        drop: members.take("drop").map(drops).transpose()?.unwrap_or_default(),
        types: members.take("types").map(types).transpose()?.unwrap_or_default(),
        field: None,
        canonical: rules::json(node).to_string(),
    };
    members.finish()?;
    Ok(found)
}

fn types(node: &Node) -> Result<Types, Problem> {
    let Data::Map(entries) = &node.data else {
        return Err(Problem::new(node.at, "`types` is a map of type names to `{use: file}`".to_owned()));
    };
    let mut types = Types::default();
    for entry in entries {
        if entry.key == "*" {
            types.rest = word(&entry.value, "*", &[("dlq", OtherTypes::Fault)])?;
            continue;
        }
        let mut members = Members::of(&entry.value, "the mapping of a type")?;
        let file = members.required_text("use")?.to_owned();
        members.finish()?;
        types.mappings.insert(entry.key.clone(), UsedMapping { at: entry.at, file });
    }
    Ok(types)
}

fn drops(node: &Node) -> Result<Vec<Dropped>, Problem> {
    let read = |node: &Node| {
        let mut members = Members::of(node, "a dropped part")?;
        let at = members.require("path")?;
        let path = path::source(text(at, "path")?).map_err(|reason| Problem::new(at.at, reason))?;
        let reason = members.required_text("reason")?.to_owned();
        let approved_by = members.text("approved_by")?.map(str::to_owned);
        members.finish()?;
        Ok(Dropped { at: node.at, path, reason, approved_by })
    };
    if node.data == Data::Null {
        return Ok(Vec::new());
    }
    list(node, "drop")?.iter().map(read).collect()
}

fn fixtures(node: &Node) -> Result<Vec<Fixture>, Problem> {
    let read = |node: &Node| {
        let mut members = Members::of(node, "a fixture")?;
        let words = [("new->old", Direction::NewToOld), ("old->new", Direction::OldToNew)];
        let fixture = Fixture {
            at: node.at,
            direction: members.word("direction", &words)?.unwrap_or(Direction::NewToOld),
            input: rules::json(members.require("in")?),
            output: rules::json(members.require("out")?),
        };
        members.finish()?;
        Ok(fixture)
    };
    list(node, "fixtures")?.iter().map(read).collect()
}

fn laws(node: &Node) -> Result<Vec<(Place, Vec<String>)>, Problem> {
    let mut members = Members::of(node, "laws")?;
    let paths = match members.take("roundtrip") {
        None => Vec::new(),
        Some(node) => {
            let read = |node: &Node| {
                let names = path::target(text(node, "a path")?);
                names.map(|names| (node.at, names)).map_err(|reason| Problem::new(node.at, reason))
            };
            list(node, "roundtrip")?.iter().map(read).collect::<Result<_, _>>()?
        }
    };
    members.finish()?;
    Ok(paths)
}

#[cfg(test)]
mod tests;
