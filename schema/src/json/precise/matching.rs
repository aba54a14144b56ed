//! Which texts a pattern or a format takes, as the validators see it.

use std::cell::RefCell;

use foldhash::HashMap;
use jsonschema::Validator;
use serde_json::json;

use crate::json::Draft;
use crate::json::validate;

/// Patterns longer than this are not tried.
const PATTERN_LENGTH_MAX: usize = 2_000;
/// Compiled patterns kept for one comparison. Beyond them nothing more is concluded from patterns.
const COMPILED_MAX: usize = 500;

/// Compiled patterns and formats of one comparison.
#[derive(Default)]
pub(crate) struct Matching {
    compiled: RefCell<HashMap<String, Option<Validator>>>,
}

impl Matching {
    /// Whether a pattern is found in a text; `None` when that cannot be told.
    pub(crate) fn finds(&self, pattern: &str, text: &str) -> Option<bool> {
        if pattern.len() > PATTERN_LENGTH_MAX {
            return None;
        }
        let schema = json!({ "pattern": pattern });
        self.takes(&format!("pattern {pattern}"), &schema, Draft::Draft7, text)
    }

    /// Whether a keyword such as `format` takes a text.
    pub(crate) fn keyword_takes(&self, keyword: &str, value: &str, draft: Draft, text: &str) -> Option<bool> {
        let schema = json!({ keyword: value });
        self.takes(&format!("{draft:?} {keyword} {value}"), &schema, draft, text)
    }

    fn takes(&self, key: &str, schema: &serde_json::Value, draft: Draft, text: &str) -> Option<bool> {
        let mut compiled = self.compiled.borrow_mut();
        if !compiled.contains_key(key) {
            if compiled.len() >= COMPILED_MAX {
                return None;
            }
            compiled.insert(key.to_owned(), validate::keyword(schema, draft));
        }
        let validator = compiled.get(key)?.as_ref()?;
        validate::answer(validator, &serde_json::Value::String(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_anywhere_and_in_bounded_time() {
        let matching = Matching::default();
        assert_eq!(matching.finds("^a", "ab"), Some(true));
        assert_eq!(matching.finds("^a", "ba"), Some(false));
        assert_eq!(matching.finds("(?=b)b", "ab"), Some(true));
        assert_eq!(matching.finds("(", "ab"), None);
        assert_eq!(matching.finds("^(a+)+$", &"a".repeat(50)), Some(true));
        assert_ne!(matching.finds("^(?=a)(a+)+\\1$", &format!("{}b", "a".repeat(60))), Some(true));
    }

    #[test]
    fn formats_are_those_of_the_edition() {
        let matching = Matching::default();
        assert_eq!(matching.keyword_takes("format", "date", Draft::Draft7, "2026-11-28"), Some(true));
        assert_eq!(matching.keyword_takes("format", "date", Draft::Draft7, "yesterday"), Some(false));
        assert_eq!(matching.keyword_takes("format", "date", Draft::Draft202012, "yesterday"), Some(true));
        assert_eq!(matching.keyword_takes("format", "anything", Draft::Draft7, "yesterday"), Some(true));
    }
}
