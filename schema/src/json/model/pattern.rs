//! Regular expressions over names of properties.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// Steps that matching one name may take back.
const BACKTRACK_MAX: usize = 10_000;
/// What compiling a pattern and matching a name cost, in steps of a check.
const COMPILE_COST: usize = 2_000;
const MATCH_COST: usize = 100;
/// Bytes that a compiled pattern may have.
const COMPILED_SIZE_MAX: usize = 1 << 20;

/// A pattern that is compiled when it is first asked for.
#[derive(Debug)]
pub(in crate::json) struct Pattern {
    pub(in crate::json) text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(in crate::json) fn new(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// Steps of a check that the next [`Pattern::finds`] is worth.
    pub(in crate::json) fn cost(&self) -> usize {
        if self.compiled.get().is_none() { COMPILE_COST } else { MATCH_COST }
    }

    /// Whether it matches anywhere in `name`. A pattern that cannot be compiled, or takes too long, matches nothing.
    pub(in crate::json) fn finds(&self, name: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.text));
        compiled.as_ref().is_some_and(|regex| regex.is_match(name).unwrap_or(false))
    }
}

fn compile(text: &str) -> Option<Regex> {
    let mut builder = RegexBuilder::new(text);
    builder.backtrack_limit(BACKTRACK_MAX).delegate_size_limit(COMPILED_SIZE_MAX);
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_anywhere() {
        assert!(Pattern::new("b").finds("abc"));
        assert!(!Pattern::new("^b").finds("abc"));
        assert!(Pattern::new("^(?!x).*$").finds("abc"));
        assert!(!Pattern::new("(").finds("("));
    }

    #[test]
    fn hard_patterns_give_up() {
        assert!(!Pattern::new(r"^(?:(a|aa)+\1)+b$").finds(&"a".repeat(60)));
    }
}
