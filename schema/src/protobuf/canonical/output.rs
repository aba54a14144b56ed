//! The text under construction: indentation, blocks, strings.

use std::borrow::Cow;

use super::{LENGTH_MAX, Purpose};

/// The text so far.
pub(super) struct Output {
    pub(super) text: String,
    pub(super) purpose: Purpose,
    /// Editions write reserved names without quotes.
    pub(super) is_edition: bool,
    depth: usize,
}

impl Output {
    pub(super) fn new(purpose: Purpose, is_edition: bool) -> Self {
        Self { text: String::new(), purpose, is_edition, depth: 0 }
    }

    /// Whether the text has more bytes than a schema may have. What follows is not printed in full then: indentation can
    /// make a text many times as long as what was read.
    pub(super) fn is_too_long(&self) -> bool {
        self.text.len() > LENGTH_MAX
    }

    pub(super) fn words(&mut self, words: &[&str]) {
        words.iter().for_each(|word| self.text.push_str(word));
    }

    pub(super) fn number(&mut self, number: i32) {
        self.text.push_str(&number.to_string());
    }

    /// Starts a line.
    pub(super) fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    pub(super) fn deeper(&mut self, print: impl FnOnce(&mut Self)) {
        self.depth += 1;
        print(self);
        self.depth -= 1;
    }

    /// Starts a section of a block. The first one only ends the line of the opening brace; later ones are set off by
    /// a blank line, which carries the indentation of the block.
    pub(super) fn section(&mut self) {
        if self.text.ends_with('\n') {
            self.indent();
        }
        self.text.push('\n');
    }

    /// Ends a block.
    pub(super) fn close(&mut self) {
        if self.text.ends_with('\n') {
            self.indent();
        }
        self.text.push_str("}\n");
    }

    /// A string with its quotes and all escapes.
    pub(super) fn quoted(&mut self, value: &str) {
        self.text.push('"');
        for character in value.chars() {
            match character {
                '\u{7}' => self.text.push_str("\\a"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\u{b}' => self.text.push_str("\\v"),
                '\\' => self.text.push_str("\\\\"),
                '\'' => self.text.push_str("\\'"),
                '"' => self.text.push_str("\\\""),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }
}

/// The inside of a string that is written as it is, apart from what would end it.
pub(super) fn in_quotes(value: &str) -> Cow<'_, str> {
    if value.contains(['"', '\\', '\n']) {
        return Cow::Owned(value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    }
    Cow::Borrowed(value)
}
