//! `translator import` and `translator export`: migration rules of a registry's rule set, and mappings.
//!
//! A rule set moves records between versions of one subject: UPGRADE from an older version to a newer one, DOWNGRADE back.
//! In a mapping the newer version's topic is the new one.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use schema::model::ids::VersionId;
use schema::model::ruleset::{Rule, RuleKind, RuleMode, RuleSet};
use serde_json::json;

use super::output::Out;
use super::{Failure, Outcome, RegistryArgs, read_mapping};
use crate::translator::mapping::file::DirectionRules;
use crate::translator::mapping::rule::Action;
use crate::translator::migration::Direction;

/// The type of rules that both sides know.
const JSONATA: &str = "JSONATA";

/// What is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Place {
    /// The `migrationRules` of a rule set.
    Ruleset,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    registry: RegistryArgs,
    /// What the rules are read from.
    #[arg(long, value_enum, default_value_t = Place::Ruleset)]
    from: Place,
    /// The version that has the rules, as SUBJECT:VERSION; `latest` is a version here.
    #[arg(value_name = "SUBJECT:VERSION")]
    version: String,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// What the rules are written for.
    #[arg(long, value_enum, default_value_t = Place::Ruleset)]
    to: Place,
    /// The mapping file.
    #[arg(value_name = "MAPPING")]
    mapping: PathBuf,
}

impl Import {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let Place::Ruleset = self.from;
        let wrong = || Failure("SUBJECT:VERSION is needed, such as `orders-value:3`".to_owned());
        let (subject, version) = self.version.rsplit_once(':').ok_or_else(wrong)?;
        let version = match version {
            "latest" => VersionId::Latest,
            number => VersionId::Number(number.parse().map_err(|_| wrong())?),
        };
        let client = self.registry.client(&[], None)?;
        let found = client.version(subject, version).await.map_err(Failure::new)?;
        let rules = found.definition.rule_set.as_ref();
        let text = imported(rules).map_err(|reason| Failure(format!("{subject}: {reason}")))?;
        out.line(text.trim_end());
        Ok(Outcome::Done)
    }
}

/// The part `map` of a mapping file.
fn imported(rules: Option<&RuleSet>) -> Result<String, String> {
    let rules = rules.map(|rules| rules.migration_rules.as_slice()).unwrap_or_default();
    let mut text = "map:\n".to_owned();
    let mut count = 0;
    for (mode, direction) in
        [(RuleMode::Downgrade, Direction::NewToOld), (RuleMode::Upgrade, Direction::OldToNew)]
    {
        let applies = |rule: &&Rule| {
            !rule.disabled
                && rule.kind == RuleKind::Transform
                && (rule.mode == mode || rule.mode == RuleMode::UpDown)
        };
        let own: Vec<&Rule> = rules.iter().filter(applies).collect();
        let rule = match own.as_slice() {
            [] => continue,
            [only] => only,
            several => {
                let names: Vec<&str> = several.iter().map(|rule| name(rule)).collect();
                return Err(format!(
                    "a mapping has one rule for a record, and there are `{}`",
                    names.join("`, `")
                ));
            }
        };
        let kind = rule.rule_type.as_deref().unwrap_or_default();
        if kind != JSONATA {
            return Err(format!(
                "the rule `{}` is of the type `{kind}`; only {JSONATA} can be imported",
                name(rule)
            ));
        }
        let expression = rule.expr.as_deref().unwrap_or_default();
        count += 1;
        let _ = writeln!(text, "  {direction}:\n    auto: none\n    value:");
        let _ = writeln!(text, "      # {}", name(rule));
        let _ = writeln!(text, "      $: {{jsonata: {}}}", serde_json::Value::from(expression));
    }
    if count == 0 {
        return Err("the version has no migration rules that are enabled".to_owned());
    }
    Ok(text)
}

fn name(rule: &Rule) -> &str {
    rule.name.as_deref().unwrap_or_default()
}

impl Export {
    pub(super) fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let Place::Ruleset = self.to;
        let file = read_mapping(&self.mapping)?;
        let mut rules = Vec::new();
        for (direction, own) in &file.maps {
            let expression = exported(own).map_err(|reason| Failure(format!("`{direction}`: {reason}")))?;
            let mode = match direction {
                Direction::NewToOld => "DOWNGRADE",
                Direction::OldToNew => "UPGRADE",
            };
            let name = format!("{}-{}", file.migration.name, direction.slug());
            rules.push(json!({
                "name": name, "kind": "TRANSFORM", "mode": mode, "type": JSONATA, "expr": expression
            }));
        }
        out.json(&json!({"ruleSet": {"migrationRules": rules}}));
        Ok(Outcome::Done)
    }
}

/// The expression that does what the rules of a direction do.
fn exported(rules: &DirectionRules) -> Result<&str, String> {
    match rules.value.as_slice() {
        [only] if only.target.is_empty() => match &only.rule.action {
            Action::Jsonata(text) => Ok(text),
            _ => Err(format!("the rule at {} is no `jsonata`", only.at)),
        },
        _ => {
            let reason =
                "a rule set has one expression for a whole record: write the value as `$: {jsonata: …}`";
            Err(reason.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::mapping::file::MappingFile;

    const HEAD: &str = "apiVersion: srt/v1\nkind: TopicMigration\nname: t\n\
        old: {topic: a, value: {subject: a-value, version: 1}}\nnew: {topic: b, value: {subject: b-value, version: 1}}\n";

    #[test]
    fn what_is_imported_can_be_exported_again() {
        let rules: RuleSet = serde_json::from_value(json!({"migrationRules": [
            {"name": "down", "kind": "TRANSFORM", "mode": "DOWNGRADE", "type": "JSONATA", "expr": "{\"a\": \"x\" & b}"}
        ]}))
        .unwrap();
        let text = imported(Some(&rules)).unwrap();
        let file = MappingFile::parse(&format!("{HEAD}{text}")).unwrap();
        assert_eq!(exported(&file.maps[&Direction::NewToOld]).unwrap(), "{\"a\": \"x\" & b}");
    }

    #[test]
    fn what_cannot_be_expressed_is_said() {
        assert!(imported(None).unwrap_err().contains("no migration rules"));
        let file = MappingFile::parse(&format!("{HEAD}map: {{new->old: {{value: {{a: $.b}}}}}}")).unwrap();
        assert!(exported(&file.maps[&Direction::NewToOld]).unwrap_err().contains("whole record"));
    }
}
