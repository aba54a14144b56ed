//! Messages, oneofs, groups and extensions of messages.

use super::file::FileParser;
use super::reader::{Result, wrong_at};
use crate::protobuf::syntax::{Extend, Extensions, Group, Label, Message, OneOf, Position, TagRange, Type};

impl FileParser<'_> {
    pub(super) fn message_type(&mut self, position: Position) -> Result<Type> {
        self.message(position).map(Type::Message)
    }

    fn message(&mut self, position: Position) -> Result<Message> {
        self.reader.enter()?;
        let name = self.reader.name()?.to_owned();
        let mut message = Message { name, position, ..Message::default() };
        self.reader.require(b'{')?;
        while let Some(position) = self.statement()? {
            self.member(&mut message, position)?;
        }
        self.reader.leave();
        Ok(message)
    }

    /// Where the next statement of a block begins, behind empty ones; `None` once the block has ended.
    pub(super) fn statement(&mut self) -> Result<Option<Position>> {
        while !self.reader.takes(b'}')? {
            self.reader.count()?;
            if !self.reader.takes(b';')? {
                return Ok(Some(self.reader.position()));
            }
        }
        Ok(None)
    }

    fn member(&mut self, message: &mut Message, position: Position) -> Result<()> {
        match self.reader.word()? {
            "option" => message.options.push(self.reader.option_statement()?),
            "reserved" => message.reserved.push(self.reserved(position)?),
            "message" => message.types.push(self.message_type(position)?),
            "enum" => message.types.push(self.enum_type(position)?),
            "extend" => message.extends.push(self.extend(position)?),
            "oneof" => message.oneofs.push(self.oneof(position)?),
            "extensions" => message.extensions.push(self.extensions(position)?),
            word => self.field_or_group(word, position, &mut message.fields, &mut message.groups)?,
        }
        Ok(())
    }

    fn oneof(&mut self, position: Position) -> Result<OneOf> {
        let name = self.reader.name()?.to_owned();
        let mut oneof = OneOf { name, position, ..OneOf::default() };
        self.reader.require(b'{')?;
        while !self.reader.takes(b'}')? {
            self.reader.count()?;
            let position = self.reader.position();
            match self.reader.data_type()?.as_str() {
                "option" => oneof.options.push(self.reader.option_statement()?),
                "group" => oneof.groups.push(self.group(None, position)?),
                type_name => oneof.fields.push(self.field_after(None, type_name.to_owned(), position)?),
            }
        }
        Ok(oneof)
    }

    pub(super) fn group(&mut self, label: Option<Label>, position: Position) -> Result<Group> {
        self.reader.enter()?;
        let name = self.reader.word()?.to_owned();
        self.reader.require(b'=')?;
        let tag = self.reader.integer()?;
        let mut group = Group { label, name, tag, position, fields: Vec::new() };
        let mut nested = Vec::new();
        self.reader.require(b'{')?;
        while !self.reader.takes(b'}')? {
            self.reader.count()?;
            let position = self.reader.position();
            let word = self.reader.word()?;
            self.field_or_group(word, position, &mut group.fields, &mut nested)?;
            if let Some(nested) = nested.first() {
                let message =
                    format!("the group `{}` stands in a group; move it out, or use a message", nested.name);
                return Err(wrong_at(position, message));
            }
        }
        self.reader.leave();
        Ok(group)
    }

    /// An `extend` block. Groups, options and `reserved` in it are read, but not kept.
    pub(super) fn extend(&mut self, position: Position) -> Result<Extend> {
        let name = self.reader.name()?.to_owned();
        let mut extend = Extend { name, position, fields: Vec::new() };
        let mut groups = Vec::new();
        self.reader.require(b'{')?;
        while let Some(position) = self.statement()? {
            match self.reader.word()? {
                "option" => drop(self.reader.option_statement()?),
                "reserved" => drop(self.reserved(position)?),
                word => self.field_or_group(word, position, &mut extend.fields, &mut groups)?,
            }
        }
        Ok(extend)
    }

    fn extensions(&mut self, position: Position) -> Result<Extensions> {
        let mut extensions = Extensions { position, ..Extensions::default() };
        loop {
            self.reader.count()?;
            let first = self.reader.integer()?;
            extensions.values.push(match self.reader.peek()? {
                b',' | b';' | b'[' => TagRange::One(first),
                _ => self.range_after(first)?,
            });
            if self.reader.peek()? == b'[' {
                extensions.options = self.reader.bracketed_options()?;
                self.reader.require(b';')?;
                return Ok(extensions);
            }
            if !self.another()? {
                return Ok(extensions);
            }
        }
    }

    /// The rest of a range: `to` and its end.
    pub(super) fn range_after(&mut self, first: i32) -> Result<TagRange> {
        self.reader.skip()?;
        let position = self.reader.position();
        if self.reader.word()? != "to" {
            return Err(wrong_at(position, "expected `,`, `;` or `to` after a number"));
        }
        Ok(TagRange::Range(first, self.reader.range_end()?))
    }

    /// Whether another item of a list follows: takes `,` or `;`.
    pub(super) fn another(&mut self) -> Result<bool> {
        if self.reader.takes(b',')? {
            return Ok(true);
        }
        if self.reader.takes(b';')? {
            return Ok(false);
        }
        let found = self.reader.character();
        Err(self.reader.wrong(format!("expected `,` or `;` but found `{found}`")))
    }
}
