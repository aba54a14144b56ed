//! Options: statements and brackets.

use super::aggregate::Separator;
use super::reader::{Reader, Result};
use super::words::{Dots, Wrap};
use crate::protobuf::syntax::{OptionValue, ProtoOption};

impl Reader<'_> {
    /// The rest of a statement `option …;`.
    pub(super) fn option_statement(&mut self) -> Result<ProtoOption> {
        let option = self.option(Separator::Equals)?;
        self.require(b';')?;
        Ok(option)
    }

    /// Options in brackets, if there are any.
    pub(super) fn bracketed_options(&mut self) -> Result<Vec<ProtoOption>> {
        let mut options = Vec::new();
        if !self.takes(b'[')? {
            return Ok(options);
        }
        loop {
            options.push(self.option(Separator::Equals)?);
            if self.takes(b']')? {
                return Ok(options);
            }
            if !self.takes(b',')? {
                let found = self.character();
                return Err(self.wrong(format!("expected `,` or `]` after an option but found `{found}`")));
            }
        }
    }

    /// A name, a separator and a value.
    pub(super) fn option(&mut self, separator: Separator) -> Result<ProtoOption> {
        self.count()?;
        let (name, wrap) = self.wrapped_name(Dots::Allowed)?;
        let name = if wrap == Wrap::Brackets { format!("[{name}]") } else { name.to_owned() };
        let mut nested = Vec::new();
        while self.takes(b'.')? {
            if separator == Separator::Colon {
                return Err(self.wrong("a key in braces has no parts; write `a {b: 1}` instead of `a.b: 1`"));
            }
            self.enter()?;
            nested.push(self.wrapped_name(Dots::End)?);
        }
        self.separator(separator)?;
        let mut value = self.value()?;
        for (name, wrap) in nested.into_iter().rev() {
            self.leave();
            let name = if wrap == Wrap::Brackets { format!("[{name}]") } else { name.to_owned() };
            let inner = ProtoOption { name, is_custom: wrap == Wrap::Parentheses, value };
            value = OptionValue::Nested(Box::new(inner));
        }
        Ok(ProtoOption { name, is_custom: wrap == Wrap::Parentheses, value })
    }

    fn separator(&mut self, separator: Separator) -> Result<()> {
        match separator {
            Separator::Equals => self.require(b'='),
            // A value in braces needs no colon.
            Separator::Colon if self.peek()? == b'{' => Ok(()),
            Separator::Colon => self.require(b':'),
        }
    }

    /// A value: aggregate, list, string, number, boolean or identifier.
    pub(super) fn value(&mut self) -> Result<OptionValue> {
        Ok(match self.peek()? {
            b'{' => OptionValue::Map(self.aggregate()?),
            b'[' => OptionValue::List(self.list()?),
            b'"' | b'\'' => OptionValue::String(self.quoted()?),
            b'0'..=b'9' | b'-' => OptionValue::Number(self.word()?.to_owned()),
            _ => match self.word()? {
                "true" => OptionValue::Boolean(true),
                "false" => OptionValue::Boolean(false),
                word => OptionValue::Enum(word.to_owned()),
            },
        })
    }
}
