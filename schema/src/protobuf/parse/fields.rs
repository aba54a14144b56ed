//! Fields and `reserved` statements.

use super::file::{FileParser, short};
use super::reader::{Result, wrong_at};
use crate::protobuf::syntax::{
    Field, Group, Label, OptionValue, Position, ProtoOption, Reserved, ReservedValue, Syntax, TagRange,
};

impl FileParser<'_> {
    /// A field or a group of which the first word was read.
    pub(super) fn field_or_group(
        &mut self,
        word: &str,
        position: Position,
        fields: &mut Vec<Field>,
        groups: &mut Vec<Group>,
    ) -> Result<()> {
        let label = match word {
            "required" => Some(Label::Required),
            "optional" => Some(Label::Optional),
            "repeated" => Some(Label::Repeated),
            _ => None,
        };
        if label == Some(Label::Required) && self.syntax == Some(Syntax::Proto3) {
            return Err(wrong_at(position, "proto3 has no required fields; remove `required`"));
        }
        let type_name = match label {
            Some(_) => self.reader.data_type()?,
            None => {
                self.may_lack_label(word, position)?;
                self.reader.data_type_after(word)?
            }
        };
        if label.is_some() && type_name.starts_with("map<") {
            return Err(wrong_at(position, format!("a map has no label; remove `{word}`")));
        }
        if type_name == "group" {
            groups.push(self.group(label, position)?);
        } else {
            fields.push(self.field_after(label, type_name, position)?);
        }
        Ok(())
    }

    fn may_lack_label(&mut self, word: &str, position: Position) -> Result<()> {
        if !matches!(self.syntax, None | Some(Syntax::Proto2))
            || (word == "map" && self.reader.peek()? == b'<')
        {
            return Ok(());
        }
        let message = format!(
            "`{}` starts no declaration of a proto2 message; put `optional`, `required` or `repeated` before a \
             field, or write `syntax = \"proto3\";` at the start of the file",
            short(word)
        );
        Err(wrong_at(position, message))
    }

    /// A field of which label and type were read.
    pub(super) fn field_after(
        &mut self,
        label: Option<Label>,
        type_name: String,
        position: Position,
    ) -> Result<Field> {
        let name = self.reader.field_name()?.to_owned();
        self.reader.require(b'=')?;
        let tag = self.reader.integer()?;
        let mut options = self.reader.bracketed_options()?;
        let default = special("default", &mut options, position)?;
        let json_name = special("json_name", &mut options, position)?;
        self.reader.require(b';')?;
        self.reader.trailing_comment()?;
        Ok(Field { label, type_name, name, tag, default, json_name, options, position })
    }

    /// A `reserved` statement of which the keyword was read.
    pub(super) fn reserved(&mut self, position: Position) -> Result<Reserved> {
        let mut reserved = Reserved { values: Vec::new(), position };
        loop {
            self.reader.count()?;
            let value = self.reserved_value()?;
            reserved.values.push(value);
            if !self.another()? {
                self.reader.trailing_comment()?;
                return Ok(reserved);
            }
        }
    }

    fn reserved_value(&mut self) -> Result<ReservedValue> {
        let first = self.reader.peek()?;
        if matches!(first, b'"' | b'\'') {
            return self.reader.quoted().map(ReservedValue::Name);
        }
        // Editions write reserved names without quotes.
        if matches!(self.syntax, Some(Syntax::Edition(_))) && !(first.is_ascii_digit() || first == b'-') {
            return Ok(ReservedValue::Name(self.reader.word()?.to_owned()));
        }
        let first = self.reader.integer()?;
        Ok(ReservedValue::Tags(match self.reader.peek()? {
            b',' | b';' => TagRange::One(first),
            _ => self.range_after(first)?,
        }))
    }
}

/// Takes `default` or `json_name` out of the options, for they are none. The last one wins.
fn special(name: &str, options: &mut Vec<ProtoOption>, position: Position) -> Result<Option<String>> {
    let mut found = None;
    for option in options.extract_if(.., |option| option.name == name) {
        found = Some(match option.value {
            OptionValue::String(text) | OptionValue::Number(text) | OptionValue::Enum(text) => text,
            OptionValue::Boolean(value) => value.to_string(),
            OptionValue::Map(_) | OptionValue::List(_) | OptionValue::Nested(_) => {
                return Err(wrong_at(position, format!("`{name}` takes one plain value")));
            }
        });
    }
    Ok(found)
}
