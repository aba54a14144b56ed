//! The way out of an incompatible schema that is meant as it is: another topic, and a translator between the two.

use schema::compat::Finding;
use schema::model::api::MigrationHint;
use schema::model::ids::Version;
use schema::model::subject::Subject;

/// The suffix of value subjects under the default subject name strategy.
const VALUE: &str = "-value";

/// What to do instead of registering the schema under `subject`. `None` when nothing says which version it broke.
pub(super) fn hint(subject: &Subject, findings: &[Finding]) -> Option<MigrationHint> {
    let version: Version = findings.iter().map(|finding| finding.version).max()?;
    let old = subject.to_string();
    let next = version.saturating_add(1);
    let (new, topics) = match old.strip_suffix(VALUE) {
        Some(topic) => (format!("{topic}-v{next}{VALUE}"), ""),
        // Other strategies do not say a topic.
        None => (format!("{old}-v{next}"), " --old-topic OLD --new-topic NEW"),
    };
    let command = format!(
        "translator init --old {} --new {}{topics} --out migration.yaml",
        quoted(&format!("{old}:{version}")),
        quoted(&format!("{new}:1"))
    );
    Some(MigrationHint { register_under: new, command })
}

/// A text as a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:".contains(character);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_stay_one_word() {
        assert_eq!(quoted("orders-value:3"), "orders-value:3");
        assert_eq!(quoted("it's $x"), r"'it'\''s $x'");
    }
}
