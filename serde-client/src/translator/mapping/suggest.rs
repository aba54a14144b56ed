//! Guesses for targets that nothing fills. They are suggested and never taken without a person's word.

use super::compile::{Open, leaves};
use super::shape::{Kind, Model, TypeId};

/// A rule that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The rule, as a mapping file spells it.
    pub rule: String,
    /// Why it is suggested.
    pub reason: &'static str,
}

/// Suggestions for one target at most.
const SUGGESTIONS_MAX: usize = 3;

/// Rules that may be meant for an open target, the likeliest first. `lost` are the source's leaves that nothing uses yet.
#[must_use]
pub fn suggest(source: &Model, target: &Model, open: &Open, lost: &[Open]) -> Vec<Suggestion> {
    let root = if open.in_key { "@key" } else { "$" };
    let Some(wanted) = leaves(target, target.root, "$")
        .into_iter()
        .find(|leaf| leaf.path.trim_start_matches('$').trim_start_matches('.') == open.path)
    else {
        return constant(target, open).into_iter().collect();
    };
    let name = last_name(&open.path);
    let mut ranked: Vec<(usize, Suggestion)> = Vec::new();
    for leaf in leaves(source, source.root, root) {
        let is_lost = lost.iter().any(|other| other.path == leaf.path);
        let Some((rank, reason)) = likeness(&name, &last_name(&leaf.path), is_lost) else { continue };
        // Types that go together first, and what would otherwise get lost before what is used already.
        let (rule, fits) = rule(source, leaf.ty, target, wanted.ty, &leaf.path);
        let rank = rank * 4 + usize::from(!fits) * 2 + usize::from(!is_lost);
        ranked.push((rank, Suggestion { rule, reason }));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut found: Vec<Suggestion> =
        ranked.into_iter().map(|(_, found)| found).take(SUGGESTIONS_MAX).collect();
    found.extend(constant(target, open).filter(|_| found.len() < SUGGESTIONS_MAX));
    found
}

/// How alike two names are, the less the liker.
fn likeness(wanted: &str, found: &str, is_lost: bool) -> Option<(usize, &'static str)> {
    let plain = |name: &str| {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let (one, other) = (plain(wanted), plain(found));
    if wanted == found {
        return Some((0, "the same name elsewhere"));
    }
    if one == other {
        return Some((1, "the same name in another spelling"));
    }
    let distance = strsim::damerau_levenshtein(&one, &other);
    if distance <= one.chars().count().max(other.chars().count()) / 4 {
        return Some((1 + distance, "a similar name"));
    }
    let (short, long) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    if is_lost && short.len() > 1 && (long.ends_with(short.as_str()) || long.starts_with(short.as_str())) {
        return Some((6, "a name that contains the other"));
    }
    None
}

/// The rule that takes a path to a type, and whether it is the path alone.
fn rule(source: &Model, from: TypeId, target: &Model, to: TypeId, path: &str) -> (String, bool) {
    let (inner, from_null) = source.non_null(from);
    let (wanted, to_null) = target.non_null(to);
    let (found, needed) = (source.get(inner), target.get(wanted));
    let plain = std::mem::discriminant(&found.kind) == std::mem::discriminant(&needed.kind)
        && found.meaning == needed.meaning;
    let rule = match (&found.kind, &needed.kind) {
        (Kind::Integer(one), Kind::Integer(other)) if !other.holds(*one) => {
            format!("{{cast: {path}, to: {}, overflow: dlq}}", needed.kind)
        }
        _ if plain => path.to_owned(),
        (_, Kind::Enum(_)) => format!("{{enum: {path}, map: {{}}}}"),
        _ if found.meaning.is_some() && needed.meaning.is_some() => format!("{{time: {path}}}"),
        (
            Kind::Integer(_) | Kind::Float | Kind::Double | Kind::String | Kind::Boolean,
            Kind::Integer(_) | Kind::Float | Kind::Double | Kind::String,
        ) => {
            format!("{{cast: {path}, to: {}, overflow: dlq}}", needed.kind)
        }
        _ => path.to_owned(),
    };
    if from_null && !to_null {
        let value = zero(&needed.kind);
        return (format!("{{default: {rule}, value: {value}}}"), false);
    }
    let fits = rule == path;
    (rule, fits)
}

/// A fixed value, for targets that have no counterpart at all.
fn constant(target: &Model, open: &Open) -> Option<Suggestion> {
    let leaf = leaves(target, target.root, "$");
    let leaf = leaf.iter().find(|leaf| leaf.path.trim_start_matches("$.") == open.path)?;
    let value = match target.kind(leaf.ty) {
        Kind::Nullable(_) => "null",
        kind => zero(kind),
    };
    Some(Suggestion { rule: format!("{{const: {value}}}"), reason: "a fixed value" })
}

fn zero(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "false",
        Kind::Integer(_) | Kind::Float | Kind::Double => "0",
        Kind::List(_) => "[]",
        Kind::Map(_) | Kind::Record(_) => "{}",
        _ => "\"\"",
    }
}

/// The last name of a path.
fn last_name(path: &str) -> String {
    let path = path.trim_end_matches(['[', ']', '{', '}']);
    path.rsplit('.').next().unwrap_or(path).trim_matches(['[', ']', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_likened() {
        assert_eq!(likeness("userId", "user_id", false).map(|(rank, _)| rank), Some(1));
        assert_eq!(likeness("zip", "zip", false).map(|(rank, _)| rank), Some(0));
        assert_eq!(likeness("campaign", "campain", false).map(|(rank, _)| rank), Some(2));
        assert!(likeness("zip", "code", true).is_none());
        assert!(likeness("orderId", "id", true).is_some());
        assert_eq!(last_name("$.a.items[].price"), "price");
    }
}
