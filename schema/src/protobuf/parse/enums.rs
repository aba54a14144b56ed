//! Enums.

use super::file::FileParser;
use super::reader::Result;
use super::words::not_a_number;
use crate::protobuf::syntax::{Enum, EnumConstant, Position, Type};

impl FileParser<'_> {
    pub(super) fn enum_type(&mut self, position: Position) -> Result<Type> {
        let name = self.reader.name()?.to_owned();
        let mut declared = Enum { name, position, ..Enum::default() };
        self.reader.require(b'{')?;
        while let Some(position) = self.statement()? {
            self.enum_member(&mut declared, position)?;
        }
        Ok(Type::Enum(declared))
    }

    fn enum_member(&mut self, declared: &mut Enum, position: Position) -> Result<()> {
        match self.reader.word()? {
            "option" => declared.options.push(self.reader.option_statement()?),
            "reserved" => declared.reserved.push(self.reserved(position)?),
            name => {
                not_a_number(name, position)?;
                self.reader.require(b'=')?;
                let tag = self.reader.integer()?;
                let options = self.reader.bracketed_options()?;
                self.reader.require(b';')?;
                self.reader.trailing_comment()?;
                declared.constants.push(EnumConstant { name: name.to_owned(), tag, options, position });
            }
        }
        Ok(())
    }
}
