//! Services.

use super::file::{FileParser, short};
use super::reader::{Result, wrong_at};
use crate::protobuf::syntax::{Position, Rpc, Service};

impl FileParser<'_> {
    pub(super) fn service(&mut self, position: Position) -> Result<Service> {
        let name = self.reader.name()?.to_owned();
        let mut service = Service { name, position, ..Service::default() };
        self.reader.require(b'{')?;
        while let Some(position) = self.statement()? {
            match self.reader.word()? {
                "rpc" => service.rpcs.push(self.rpc(position)?),
                "option" => service.options.push(self.reader.option_statement()?),
                "reserved" => drop(self.reserved(position)?),
                word => return Err(misplaced(word, "a service", "`rpc` or `option`", position)),
            }
        }
        Ok(service)
    }

    fn rpc(&mut self, position: Position) -> Result<Rpc> {
        let name = self.reader.name()?.to_owned();
        let (request_streaming, request_type) = self.stream_type()?;
        self.reader.skip()?;
        let at = self.reader.position();
        if self.reader.word()? != "returns" {
            return Err(wrong_at(at, "expected `returns` after the request of a procedure"));
        }
        let (response_streaming, response_type) = self.stream_type()?;
        let mut rpc = Rpc {
            name,
            position,
            request_type,
            response_type,
            request_streaming,
            response_streaming,
            options: Vec::new(),
        };
        self.rpc_body(&mut rpc)?;
        Ok(rpc)
    }

    fn stream_type(&mut self) -> Result<(bool, String)> {
        self.reader.require(b'(')?;
        let word = self.reader.word()?;
        let is_stream = word == "stream";
        let type_name =
            if is_stream { self.reader.data_type()? } else { self.reader.data_type_after(word)? };
        self.reader.require(b')')?;
        Ok((is_stream, type_name))
    }

    fn rpc_body(&mut self, rpc: &mut Rpc) -> Result<()> {
        if !self.reader.takes(b'{')? {
            return self.reader.require(b';');
        }
        while let Some(position) = self.statement()? {
            match self.reader.word()? {
                "option" => rpc.options.push(self.reader.option_statement()?),
                "reserved" => drop(self.reserved(position)?),
                word => return Err(misplaced(word, "a procedure", "`option`", position)),
            }
        }
        Ok(())
    }
}

fn misplaced(word: &str, place: &str, expected: &str, position: Position) -> crate::format::ParseError {
    wrong_at(position, format!("`{}` starts no declaration of {place}; expected {expected}", short(word)))
}
