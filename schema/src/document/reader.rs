//! A JSON reader whose values borrow from the text: building an Avro schema copies only what the schema keeps.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use foldhash::HashMap;

use super::writer::needs_escape;
use super::{DEPTH_MAX, Json, KEY_LENGTH_MAX, NUMBER_LENGTH_MAX};
use crate::format::ParseError;

/// Objects with more members than this look for repeated names in a hash table.
const SCANNED_MEMBERS_MAX: usize = 16;
/// What must be left of the stack before a deeper level is read on a new piece of it.
const STACK_RESERVE: usize = 64 * 1024;
const STACK_PIECE: usize = 1024 * 1024;
/// Levels between two looks at the stack.
const STACK_CHECKED_EVERY: usize = 16;

/// Members of an object in source order, names unique.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

/// A JSON value that borrows from its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Members<'a>),
}

/// Whether `//` and `/* */` may stand between tokens, as they may in the reference registry's Avro schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comments {
    Allowed,
    Refused,
}

impl<'a> Node<'a> {
    /// Reads one value; nothing but blanks may follow it.
    pub(crate) fn parse(text: &'a str, comments: Comments) -> Result<Self, ParseError> {
        Self::read(text, comments).map_err(|fault| *fault)
    }

    /// Reads the value at the start of `text` as the reference registry reads its JSON Schemas: what follows the value
    /// is ignored, and the words for numbers that are not finite are the texts `NaN`, `Infinity` and `-Infinity`.
    pub(crate) fn parse_lenient(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader { text, at: 0, depth: 0, comments: Comments::Refused, is_lenient: true };
        reader.first_value().map_err(|fault| *fault)
    }

    fn read(text: &'a str, comments: Comments) -> Result<Self, Fault> {
        let mut reader = Reader { text, at: 0, depth: 0, comments, is_lenient: false };
        let value = reader.first_value()?;
        // Not even comments may follow: the reference registry takes them for left-over text.
        reader.comments = Comments::Refused;
        reader.skip_blank()?;
        if reader.at < text.len() {
            return Err(reader.fault("the text goes on after the end of the JSON value; remove what follows"));
        }
        Ok(value)
    }

    /// Copies what was borrowed.
    pub(crate) fn into_json(self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Number(spelling) => Json::Number(spelling.to_owned()),
            Self::String(text) => Json::String(text.into_owned()),
            Self::Array(items) => Json::Array(items.into_iter().map(Self::into_json).collect()),
            Self::Object(members) => Json::Object(
                members.into_iter().map(|(key, value)| (key.into_owned(), value.into_json())).collect(),
            ),
        }
    }

    /// What kind of value this is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Boxed, so that what is returned for each value stays small.
type Fault = Box<ParseError>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    comments: Comments,
    /// Whether words may stand for numbers that are not finite.
    is_lenient: bool,
}

impl<'a> Reader<'a> {
    fn first_value(&mut self) -> Result<Node<'a>, Fault> {
        self.skip_blank()?;
        if self.at == self.text.len() {
            return Err(self.fault("the text is empty; a JSON value is expected"));
        }
        self.value()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// A fault at the current place. Line and column are counted only now, so that reading stays fast.
    fn fault(&self, message: impl Into<String>) -> Fault {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Box::new(ParseError {
            line: Some(before.bytes().filter(|&byte| byte == b'\n').count() + 1),
            column: Some(before[line_start..].chars().count() + 1),
            ..ParseError::new(message)
        })
    }

    fn unexpected(&self, expected: &str) -> Fault {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => self.fault(format!("expected {expected}, found `{}`", found.escape_debug())),
            None => self.fault(format!("the text ends where {expected} is expected")),
        }
    }

    #[inline]
    fn skip_blank(&mut self) -> Result<(), Fault> {
        match self.peek() {
            // Canonical texts have no blanks at all.
            Some(byte) if byte > b' ' && byte != b'/' => Ok(()),
            _ => self.skip_blanks(),
        }
    }

    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(b'/') if self.comments == Comments::Allowed => self.skip_comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), Fault> {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if let Some(inner) = rest.strip_prefix("/*") {
            inner.find("*/").ok_or_else(|| self.fault("the comment is not closed; add `*/`"))? + 4
        } else {
            return Err(self.unexpected("a JSON value or a comment"));
        };
        self.at += length;
        Ok(())
    }

    fn value(&mut self) -> Result<Node<'a>, Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(Node::String),
            Some(b'{') => self.deeper(Self::object),
            Some(b'[') => self.deeper(Self::array),
            Some(b'-' | b'+' | b'N' | b'I') if self.is_lenient && self.at_word_for_number() => {
                self.word_for_number()
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            _ => Err(self.unexpected("a JSON value")),
        }
    }

    fn word(&mut self, word: &str, value: Node<'a>) -> Result<Node<'a>, Fault> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if &rest[..length] != word {
            return Err(
                self.fault(format!("`{}` is no JSON value; texts stand in quotes", &rest[..length.min(40)]))
            );
        }
        self.at += length;
        Ok(value)
    }

    fn at_word_for_number(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.trim_start_matches(['-', '+']).starts_with(['N', 'I'])
    }

    fn word_for_number(&mut self) -> Result<Node<'a>, Fault> {
        const WORDS: [(&str, &str); 6] = [
            ("NaN", "NaN"),
            ("Infinity", "Infinity"),
            ("+Infinity", "Infinity"),
            ("-Infinity", "-Infinity"),
            ("+INF", "Infinity"),
            ("-INF", "-Infinity"),
        ];
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(byte));
        let word = &rest[..length.count()];
        let Some((_, text)) = WORDS.iter().find(|(known, _)| *known == word) else {
            return Err(self.unexpected("a JSON value"));
        };
        self.at += word.len();
        Ok(Node::String(Cow::Borrowed(text)))
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Node<'a>, Fault>) -> Result<Node<'a>, Fault> {
        if self.depth == DEPTH_MAX {
            return Err(self.fault(format!("arrays and objects nest deeper than {DEPTH_MAX} levels")));
        }
        self.depth += 1;
        let value = if self.depth.is_multiple_of(STACK_CHECKED_EVERY) {
            stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || read(self))?
        } else {
            read(self)?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Node<'a>, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blank()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_blank()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Node::Array(items));
                }
                _ => return Err(self.unexpected("`,` or `]`")),
            }
            self.skip_blank()?;
        }
    }

    fn object(&mut self) -> Result<Node<'a>, Fault> {
        self.at += 1;
        let mut members = UniqueMembers::default();
        self.skip_blank()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::Object(members.in_order));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a name in quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            if key.len() > KEY_LENGTH_MAX && key.encode_utf16().count() > KEY_LENGTH_MAX {
                self.at = start;
                return Err(self.fault(format!("the name has more than {KEY_LENGTH_MAX} characters")));
            }
            self.skip_blank()?;
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            self.skip_blank()?;
            let value = self.value()?;
            members.put(key, value);
            self.skip_blank()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Node::Object(members.in_order));
                }
                _ => return Err(self.unexpected("`,` or `}`")),
            }
            self.skip_blank()?;
        }
    }

    fn number(&mut self) -> Result<Node<'a>, Fault> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("a digit")),
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.fault("a number must not start with a superfluous zero"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        let spelling = &self.text[start..self.at];
        if spelling.len() > NUMBER_LENGTH_MAX
            && spelling.bytes().filter(u8::is_ascii_digit).count() > NUMBER_LENGTH_MAX
        {
            self.at = start;
            return Err(self.fault(format!("the number has more than {NUMBER_LENGTH_MAX} digits")));
        }
        Ok(Node::Number(spelling))
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected("a digit"));
        }
        self.digits();
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let plain = self.plain_part()?;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'\\') => self.escape(&mut text)?,
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                _ => text.push_str(self.plain_part()?),
            }
        }
    }

    /// Everything up to a quote or a backslash.
    fn plain_part(&mut self) -> Result<&'a str, Fault> {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(needs_escape);
        let Some(end) = end else {
            self.at = self.text.len();
            return Err(self.fault("the text ends inside quotes; add the closing quote"));
        };
        self.at += end;
        match self.peek() {
            Some(byte) if byte < b' ' => {
                Err(self.fault(format!("a control character stands in quotes; write \\u00{byte:02x} for it")))
            }
            _ => Ok(&rest[..end]),
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Fault> {
        let decoded = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b'u') => {
                text.push(self.unicode_escape()?);
                return Ok(());
            }
            _ => return Err(self.fault("unknown escape; a backslash is written `\\\\`")),
        };
        text.push(decoded);
        self.at += 2;
        Ok(())
    }

    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let first = self.code_unit(self.at)?;
        let (code, length) = if (0xd800..0xdc00).contains(&first) {
            let second = self.code_unit(self.at + 6).unwrap_or(0);
            if !(0xdc00..0xe000).contains(&second) {
                return Err(
                    self.fault("one half of a surrogate pair; write both halves or the character itself")
                );
            }
            (0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12)
        } else {
            (first, 6)
        };
        let decoded = char::from_u32(code).ok_or_else(|| {
            self.fault("one half of a surrogate pair; write both halves or the character itself")
        })?;
        self.at += length;
        Ok(decoded)
    }

    fn code_unit(&self, at: usize) -> Result<u32, Fault> {
        self.text
            .get(at..at + 6)
            .and_then(|escape| escape.strip_prefix("\\u"))
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.fault("`\\u` must be followed by four hexadecimal digits"))
    }
}

/// Collects members; a repeated name replaces the earlier value in its place.
#[derive(Default)]
struct UniqueMembers<'a> {
    in_order: Members<'a>,
    index: Option<HashMap<Cow<'a, str>, usize>>,
}

impl<'a> UniqueMembers<'a> {
    fn put(&mut self, key: Cow<'a, str>, value: Node<'a>) {
        let count = self.in_order.len();
        let known = match &mut self.index {
            None => self.in_order.iter().position(|(known, _)| *known == key),
            Some(index) => match index.entry(key.clone()) {
                Entry::Occupied(occupied) => Some(*occupied.get()),
                Entry::Vacant(vacant) => {
                    vacant.insert(count);
                    None
                }
            },
        };
        if let Some(at) = known {
            self.in_order[at].1 = value;
            return;
        }
        self.in_order.push((key, value));
        if self.index.is_none() && self.in_order.len() > SCANNED_MEMBERS_MAX {
            let entries = self.in_order.iter().enumerate().map(|(at, (known, _))| (known.clone(), at));
            self.index = Some(entries.collect());
        }
    }
}

#[cfg(test)]
mod tests;
