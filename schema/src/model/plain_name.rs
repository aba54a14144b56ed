//! Names of rules and of keys: what can stand in a path, a metric and a source file alike.

/// The longest name in characters.
pub const NAME_LENGTH_MAX: usize = 256;

/// Whether a name has 1 to 256 characters: a letter or `_`, then letters, digits, `_` or `-`.
#[must_use]
pub(super) fn is_plain_name(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first
        && name.chars().count() <= NAME_LENGTH_MAX
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_up_to_their_longest() {
        let longest = "a".repeat(NAME_LENGTH_MAX);
        for name in ["a", "_", "a-1", "é2", longest.as_str()] {
            assert!(is_plain_name(name), "{name}");
        }
        let longer = "a".repeat(NAME_LENGTH_MAX + 1);
        for name in ["", "1a", "-a", "a b", "a.b", "a/b", "a\u{0}", longer.as_str()] {
            assert!(!is_plain_name(name), "{name:?}");
        }
    }
}
