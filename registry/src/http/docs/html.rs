//! Text of the document as HTML.

use std::fmt::{self, Write as _};

use serde_json::Value;

/// Text that is safe in content and in quoted attributes.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The text at a JSON pointer.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// Paragraphs, with `code` between back-ticks.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let _infallible = writeln!(out, "<p>{}</p>", inline(paragraph));
    }
    out
}

/// One run of text, with `code` between back-ticks.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('`');
    if let Some(plain) = parts.next() {
        let _infallible = write!(out, "{}", Escaped(plain));
    }
    while let Some(code) = parts.next() {
        let _infallible = match parts.next() {
            Some(plain) => write!(out, "<code>{}</code>{}", Escaped(code), Escaped(plain)),
            None => write!(out, "`{}", Escaped(code)),
        };
    }
    out
}

/// A value of an anchor: letters, digits and hyphens.
pub(super) fn anchor(prefix: &str, name: &str) -> String {
    let safe =
        |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
    prefix.chars().chain(name.chars()).map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_covers_content_and_attributes() {
        assert_eq!(
            Escaped("<a b='c' d=\"e\">&amp;").to_string(),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;"
        );
    }

    #[test]
    fn prose_has_paragraphs_and_code() {
        assert_eq!(prose("a `b<c` d\n\n\n\ne"), "<p>a <code>b&lt;c</code> d</p>\n<p>e</p>\n");
        assert_eq!(prose(""), "");
        assert_eq!(inline("a `b"), "a `b");
        assert_eq!(inline("`a``b`"), "<code>a</code><code>b</code>");
    }

    #[test]
    fn anchors_are_plain() {
        assert_eq!(anchor("tag-", "Sub jects/\"x"), "tag-Sub-jects--x");
    }
}
