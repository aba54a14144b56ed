//! A cursor over the text: white space, comments, single characters and places.

use super::{DECLARATIONS_MAX, NESTING_MAX};
use crate::format::ParseError;
use crate::protobuf::syntax::Position;

pub(super) type Result<T> = std::result::Result<T, ParseError>;

/// The cursor. It only moves forward.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Offset of the next byte; always between two characters.
    pub(super) at: usize,
    /// The last place that was asked for, so that finding the next one costs only the way between them.
    known: Known,
    depth: u32,
    declarations: u32,
}

#[derive(Clone, Copy)]
struct Known {
    at: usize,
    place: Position,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let known = Known { at: 0, place: Position { line: 1, column: 1 } };
        Self { text, at: 0, known, depth: 0, declarations: 0 }
    }

    /// The next byte, white space included.
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn byte_after(&self, distance: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at.saturating_add(distance)).copied()
    }

    /// The text from `start` to the cursor.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next byte that is neither white space nor comment, without taking it.
    pub(super) fn peek(&mut self) -> Result<u8> {
        self.skip()?;
        match self.byte() {
            Some(byte) => Ok(byte),
            None => {
                Err(self
                    .wrong("the text ends in the middle of a declaration; a closing `}` or `;` is missing"))
            }
        }
    }

    /// Takes `wanted` if it comes next.
    pub(super) fn takes(&mut self, wanted: u8) -> Result<bool> {
        let taken = self.peek()? == wanted;
        if taken {
            self.at += 1;
        }
        Ok(taken)
    }

    /// Takes `wanted`, which must come next.
    pub(super) fn require(&mut self, wanted: u8) -> Result<()> {
        if self.takes(wanted)? {
            return Ok(());
        }
        let found = self.character();
        Err(self.wrong(format!("expected `{}` but found `{found}`", char::from(wanted))))
    }

    /// The character at the cursor, for messages.
    pub(super) fn character(&self) -> char {
        self.text.get(self.at..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
    }

    /// Skips white space and comments.
    pub(super) fn skip(&mut self) -> Result<()> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'/') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<()> {
        match self.byte_after(1) {
            Some(b'/') => self.skip_line(),
            Some(b'*') => self.skip_block()?,
            _ => return Err(self.wrong("unexpected `/`; a comment starts with `//` or `/*`")),
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at = rest.find('\n').map_or(self.text.len(), |end| self.at + end + 1);
    }

    fn skip_block(&mut self) -> Result<()> {
        let inside = self.at + 2;
        match self.text.get(inside..).unwrap_or_default().find("*/") {
            Some(end) => {
                self.at = inside + end + 2;
                Ok(())
            }
            None => Err(self.wrong("the comment is not closed; add `*/`")),
        }
    }

    /// After the semicolon of a field, constant or `reserved`: a block comment on the same line must be the last thing
    /// on its line. The reference registry refuses the rest, so a text that was taken here must be readable there.
    pub(super) fn trailing_comment(&mut self) -> Result<()> {
        while let Some(b' ' | b'\t') = self.byte() {
            self.at += 1;
        }
        if self.byte() != Some(b'/') {
            return Ok(());
        }
        let is_block = self.byte_after(1) == Some(b'*');
        self.comment()?;
        if !is_block {
            return Ok(());
        }
        while let Some(b' ' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
        match self.byte() {
            Some(b'\n') | None => Ok(()),
            Some(_) => Err(self.wrong(
                "nothing may follow a comment `/* … */` that trails a declaration; start a new line after it",
            )),
        }
    }

    /// Where the cursor is.
    pub(super) fn position(&mut self) -> Position {
        let way = self.text.get(self.known.at..self.at).unwrap_or_default();
        let mut place = self.known.place;
        for character in way.chars() {
            if character == '\n' {
                place = Position { line: place.line.saturating_add(1), column: 1 };
            } else {
                place.column = place.column.saturating_add(1);
            }
        }
        self.known = Known { at: self.at, place };
        place
    }

    /// An error at the cursor.
    pub(super) fn wrong(&mut self, message: impl Into<String>) -> ParseError {
        let position = self.position();
        wrong_at(position, message)
    }

    /// Counts a declaration of any kind, an option or an element of one.
    pub(super) fn count(&mut self) -> Result<()> {
        self.declarations += 1;
        if self.declarations > DECLARATIONS_MAX {
            let message =
                format!("more than {DECLARATIONS_MAX} declarations and options in one file; split the file");
            return Err(self.wrong(message));
        }
        Ok(())
    }

    /// Whether nothing was declared so far.
    pub(super) fn is_first(&self) -> bool {
        self.declarations == 0
    }

    /// Goes one level deeper, for as long as [`Reader::leave`] is not called.
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.depth >= NESTING_MAX {
            return Err(
                self.wrong(format!("nested more than {NESTING_MAX} levels deep; flatten the declaration"))
            );
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// An error at a place, if there is one.
pub(in crate::protobuf) fn wrong_at(position: Position, message: impl Into<String>) -> ParseError {
    let place = |number: u32| usize::try_from(number).ok().filter(|number| *number > 0);
    ParseError { line: place(position.line), column: place(position.column), ..ParseError::new(message) }
}
