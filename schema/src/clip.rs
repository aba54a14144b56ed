//! Texts of bounded length: what people read, made of what may be of any length.

use std::fmt::{self, Write};

use crate::document::{Json, write_string};

/// Cuts a text to at most `length_max` characters; one that was longer ends in `…`.
pub fn shorten(text: &mut String, length_max: usize) {
    if let Some((end, _)) = text.char_indices().nth(length_max) {
        text.truncate(end);
        text.push('…');
    }
}

/// Runs `print` until it has written `length_max` characters; what is longer ends in `…`. Costs as much as it keeps.
pub(crate) fn clip(length_max: usize, print: impl FnOnce(&mut Clip) -> fmt::Result) -> String {
    let mut out = Clip { text: String::new(), left: length_max };
    if print(&mut out).is_err() {
        out.text.push('…');
    }
    out.text
}

/// At most `length_max` characters of a value's canonical text.
pub(crate) fn json(value: &Json, length_max: usize) -> String {
    clip(length_max, |out| out.value(value))
}

/// Text that refuses to grow beyond a limit.
pub(crate) struct Clip {
    text: String,
    left: usize,
}

impl Write for Clip {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
        self.text.push(character);
        Ok(())
    }
}

impl Clip {
    fn quoted(&mut self, text: &str) -> fmt::Result {
        let mut quoted = String::new();
        // Each character takes at least one; of long texts the start is enough.
        let end = text.char_indices().nth(self.left).map_or(text.len(), |(at, _)| at);
        write_string(&mut quoted, text.get(..end).unwrap_or(text));
        self.write_str(&quoted)
    }

    /// As deep as what fits: each level takes a character.
    fn value(&mut self, value: &Json) -> fmt::Result {
        match value {
            Json::Null => self.write_str("null"),
            Json::Bool(true) => self.write_str("true"),
            Json::Bool(false) => self.write_str("false"),
            Json::Number(spelling) => self.write_str(spelling),
            Json::String(text) => self.quoted(text),
            Json::Array(items) => {
                self.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    self.write_str(if index > 0 { "," } else { "" })?;
                    self.value(item)?;
                }
                self.write_char(']')
            }
            Json::Object(members) => {
                self.write_char('{')?;
                for (index, (name, member)) in members.iter().enumerate() {
                    self.write_str(if index > 0 { "," } else { "" })?;
                    self.quoted(name)?;
                    self.write_char(':')?;
                    self.value(member)?;
                }
                self.write_char('}')
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut() {
        let value = Json::parse(r#"{"a":[1,"x\ny",null]}"#).unwrap();
        let whole = r#"{"a":[1,"x\ny",null]}"#;
        assert_eq!(json(&value, whole.chars().count()), whole);
        for length in 0..whole.chars().count() {
            let expected: String = whole.chars().take(length).chain(['…']).collect();
            assert_eq!(json(&value, length), expected);
            let mut shortened = whole.to_owned();
            shorten(&mut shortened, length);
            assert_eq!(shortened, expected);
        }
    }
}
