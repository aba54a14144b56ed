//! Words, names, types and whole numbers.

use super::reader::{Reader, Result, wrong_at};
use crate::protobuf::names::is_scalar;
use crate::protobuf::syntax::{MAX_TAG, Position};

/// Whether a name may span dots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dots {
    Allowed,
    End,
}

/// The punctuation around a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrap {
    None,
    Parentheses,
    Brackets,
}

impl<'a> Reader<'a> {
    /// A word: letters, digits, `_`, `-` and dots.
    pub(super) fn word(&mut self) -> Result<&'a str> {
        self.word_with(Dots::Allowed)
    }

    pub(super) fn word_with(&mut self, dots: Dots) -> Result<&'a str> {
        self.skip()?;
        let start = self.at;
        while let Some(byte) = self.byte() {
            let dot = byte == b'.' && dots == Dots::Allowed;
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || dot) {
                break;
            }
            self.at += 1;
        }
        if start < self.at {
            return Ok(self.since(start));
        }
        if self.is_at_end() {
            return Err(
                self.wrong("the text ends where a name was expected; the declaration is not complete")
            );
        }
        let found = self.character();
        Err(self.wrong(format!("expected a name, a number or a keyword but found `{found}`")))
    }

    /// A name, which may stand in parentheses or brackets; they are not part of it.
    pub(super) fn name(&mut self) -> Result<&'a str> {
        Ok(self.wrapped_name(Dots::Allowed)?.0)
    }

    pub(super) fn wrapped_name(&mut self, dots: Dots) -> Result<(&'a str, Wrap)> {
        let (wrap, close) = match self.peek()? {
            b'(' => (Wrap::Parentheses, b')'),
            b'[' => (Wrap::Brackets, b']'),
            _ => return Ok((self.word_with(dots)?, Wrap::None)),
        };
        self.at += 1;
        let name = self.word()?;
        self.require(close)?;
        Ok((name, wrap))
    }

    /// The name of a field, which must not start with a digit.
    pub(super) fn field_name(&mut self) -> Result<&'a str> {
        self.skip()?;
        let position = self.position();
        let name = self.name()?;
        not_a_number(name, position)?;
        Ok(name)
    }

    /// A type: a name or `map<K, V>`.
    pub(super) fn data_type(&mut self) -> Result<String> {
        let word = self.word()?;
        self.data_type_after(word)
    }

    /// A type of which `word` was read.
    pub(super) fn data_type_after(&mut self, word: &str) -> Result<String> {
        if word != "map" {
            return self.dotted_after(word);
        }
        self.enter()?;
        self.require(b'<')?;
        let position = self.position();
        let key = self.data_type()?;
        if !is_map_key(&key) {
            let message =
                format!("`{key}` cannot be the key of a map; use a whole number type, `bool` or `string`");
            return Err(wrong_at(position, message));
        }
        self.require(b',')?;
        let value = self.data_type()?;
        self.require(b'>')?;
        self.leave();
        Ok(format!("map<{key}, {value}>"))
    }

    fn dotted_after(&mut self, word: &str) -> Result<String> {
        let mut name = word.to_owned();
        while self.peek()? == b'.' {
            self.at += 1;
            name.push('.');
            name.push_str(self.word()?);
        }
        Ok(name)
    }

    /// A whole number of 32 bits, decimal or hexadecimal.
    pub(super) fn integer(&mut self) -> Result<i32> {
        self.skip()?;
        let position = self.position();
        let word = self.word()?;
        let number = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
            Some(digits) => i32::from_str_radix(digits, 16),
            None => word.parse(),
        };
        number.map_err(|_| not_an_integer(word, position))
    }

    /// The end of a range: a decimal number or `max`.
    pub(super) fn range_end(&mut self) -> Result<i32> {
        self.skip()?;
        let position = self.position();
        match self.word()? {
            "max" => Ok(MAX_TAG),
            word => word.parse().map_err(|_| not_an_integer(word, position)),
        }
    }
}

fn not_an_integer(word: &str, position: Position) -> crate::format::ParseError {
    let word: String = word.chars().take(60).collect();
    wrong_at(position, format!("expected a whole number of 32 bits but found `{word}`"))
}

/// Refuses names that start with a digit.
pub(super) fn not_a_number(name: &str, position: Position) -> Result<()> {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(wrong_at(
            position,
            format!("the name `{name}` starts with a digit; start it with a letter"),
        ));
    }
    Ok(())
}

fn is_map_key(type_name: &str) -> bool {
    is_scalar(type_name) && !matches!(type_name, "bytes" | "double" | "float")
}
