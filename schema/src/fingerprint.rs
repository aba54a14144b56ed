//! Content hash: equal content has an equal guid in every registry.

use md5::{Digest, Md5};

use crate::model::ids::Guid;
use crate::model::metadata::Metadata;
use crate::model::ruleset::{ExecutionEnvironment, Rule, RuleKind, RuleMode, RuleSet};
use crate::model::schema::SchemaReference;

/// Stands before metadata and before a rule set, even empty ones, and marks a disabled rule.
const PRESENT: [u8; 1] = [1];

/// The guid of a schema: MD5 over the canonical text, the references as they were sent, the metadata and the rule set.
#[must_use]
pub fn guid(
    text: &str,
    references: &[SchemaReference],
    metadata: Option<&Metadata>,
    rule_set: Option<&RuleSet>,
) -> Guid {
    let mut hash = Md5::new();
    hash.update(text);
    for reference in references {
        update(&mut hash, reference.name.as_deref());
        update(&mut hash, reference.subject.as_deref());
        if let Some(version) = reference.version {
            hash.update(version.to_be_bytes());
        }
    }
    if let Some(metadata) = metadata {
        update_metadata(&mut hash, metadata);
    }
    if let Some(rule_set) = rule_set {
        hash.update(PRESENT);
        for rule in rule_set.rules() {
            update_rule(&mut hash, rule);
        }
        update(&mut hash, rule_set.enable_at.map(environment_word));
    }
    Guid(hash.finalize().into())
}

fn update(hash: &mut Md5, text: Option<&str>) {
    if let Some(text) = text {
        hash.update(text);
    }
}

fn update_metadata(hash: &mut Md5, metadata: &Metadata) {
    hash.update(PRESENT);
    for (path, tags) in &metadata.tags {
        hash.update(path);
        tags.iter().for_each(|tag| hash.update(tag));
    }
    for (name, value) in &metadata.properties {
        hash.update(name);
        hash.update(value);
    }
    metadata.sensitive.iter().for_each(|name| hash.update(name));
}

fn update_rule(hash: &mut Md5, rule: &Rule) {
    update(hash, rule.name.as_deref());
    update(hash, rule.doc.as_deref());
    hash.update(kind_word(rule.kind));
    hash.update(mode_word(rule.mode));
    update(hash, rule.rule_type.as_deref());
    rule.tags.iter().for_each(|tag| hash.update(tag));
    for (name, value) in &rule.params {
        hash.update(name);
        hash.update(value);
    }
    update(hash, rule.expr.as_deref());
    update(hash, rule.on_success.as_deref());
    update(hash, rule.on_failure.as_deref());
    if rule.disabled {
        hash.update(PRESENT);
    }
}

fn kind_word(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Transform => "TRANSFORM",
        RuleKind::Condition => "CONDITION",
    }
}

fn mode_word(mode: RuleMode) -> &'static str {
    match mode {
        RuleMode::Upgrade => "UPGRADE",
        RuleMode::Downgrade => "DOWNGRADE",
        RuleMode::UpDown => "UPDOWN",
        RuleMode::Write => "WRITE",
        RuleMode::Read => "READ",
        RuleMode::WriteRead => "WRITEREAD",
    }
}

fn environment_word(environment: ExecutionEnvironment) -> &'static str {
    match environment {
        ExecutionEnvironment::All => "ALL",
        ExecutionEnvironment::Client => "CLIENT",
        ExecutionEnvironment::Gateway => "GATEWAY",
        ExecutionEnvironment::Server => "SERVER",
        ExecutionEnvironment::None => "NONE",
    }
}
