//! Names of Avro: what they may look like, and how Rust names are turned into them.

use proc_macro2::Span;
use syn::{Error, LitStr, Result};

/// How the names of fields or variants are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    Camel,
    Pascal,
    Snake,
    ScreamingSnake,
    Upper,
    Lower,
}

impl Spelling {
    pub(crate) fn read(text: &LitStr) -> Result<Self> {
        Ok(match text.value().as_str() {
            "camelCase" => Self::Camel,
            "PascalCase" => Self::Pascal,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "UPPERCASE" => Self::Upper,
            "lowercase" => Self::Lower,
            _ => {
                return Err(Error::new(
                    text.span(),
                    "one of camelCase, PascalCase, snake_case, SCREAMING_SNAKE_CASE, UPPERCASE, lowercase",
                ));
            }
        })
    }

    /// Spells a Rust name, whose words are told apart by `_` or by capitals.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        let joined = |separator: &str| words.join(separator);
        match self {
            Self::Camel => {
                let pascal = words.iter().map(|word| capitalized(word)).collect::<String>();
                uncapitalized(&pascal)
            }
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Snake => joined("_"),
            Self::ScreamingSnake => joined("_").to_uppercase(),
            Self::Upper => name.to_uppercase(),
            Self::Lower => name.to_lowercase(),
        }
    }
}

fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut word = String::new();
        for character in part.chars() {
            if character.is_uppercase() && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.extend(character.to_lowercase());
        }
        words.push(word);
    }
    words
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn uncapitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Refuses what is no name in Avro: letters, digits and underscores, not beginning with a digit.
pub(crate) fn checked(name: &str, span: Span) -> Result<()> {
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if starts && characters.all(|character| character.is_ascii_alphanumeric() || character == '_') {
        return Ok(());
    }
    Err(Error::new(
        span,
        format!("`{name}` is no name in Avro: ASCII letters, digits and `_`, not beginning with a digit"),
    ))
}

/// Refuses what is no name with a namespace.
pub(crate) fn checked_full(name: &str, span: Span) -> Result<()> {
    name.split('.').try_for_each(|part| checked(part, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (spelling, field, variant) in [
            (Spelling::Camel, "ipHash", "macOs"),
            (Spelling::Pascal, "IpHash", "MacOs"),
            (Spelling::Snake, "ip_hash", "mac_os"),
            (Spelling::ScreamingSnake, "IP_HASH", "MAC_OS"),
            (Spelling::Upper, "IP_HASH", "MACOS"),
            (Spelling::Lower, "ip_hash", "macos"),
        ] {
            assert_eq!((spelling.apply("ip_hash"), spelling.apply("MacOs")), (field.into(), variant.into()));
        }
    }

    #[test]
    fn names_of_the_specification() {
        let span = Span::call_site();
        assert!(checked_full("a.b_1.C", span).is_ok());
        for name in ["", "1a", "a-b", "ä", "a..b", ".a"] {
            assert!(checked_full(name, span).is_err(), "{name}");
        }
    }
}
