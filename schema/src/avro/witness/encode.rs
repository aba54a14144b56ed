//! Writing a value of a schema, as bytes and as JSON at once.

use std::fmt::Write;

use super::smallest::Smallest;
use super::{Demand, Toward};
use crate::avro::logical::{LOGICAL_TYPE, property};
use crate::avro::schema::{AvroSchema, Kind, Primitive, Record, Type, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};
use crate::document::write_string;
use crate::evidence::DOCUMENT_LENGTH_MAX;

/// A text that readers which know the logical type `uuid` take, too.
const NIL_UUID: &str = "00000000-0000-0000-0000-000000000000";

/// A value in both of Avro's encodings.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) document: String,
    pub(super) bytes: Vec<u8>,
}

/// Why there is no value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// A type without finite values, in words.
    NoValue(String),
    /// The document would be longer than [`DOCUMENT_LENGTH_MAX`].
    TooLong,
}

/// Writes the smallest value of the root of `schema` that does what is demanded. Of two demands that want different
/// branches or symbols at one place the first is heard.
pub(super) fn encode(
    schema: &AvroSchema,
    smallest: &Smallest,
    demand: &Demand,
) -> Result<Written, Unwritable> {
    let mut encoder = Encoder { schema, smallest, written: Written::default() };
    encoder.value(schema.root, &[demand])?;
    Ok(encoder.written)
}

struct Encoder<'a> {
    schema: &'a AvroSchema,
    smallest: &'a Smallest,
    written: Written,
}

fn after<'d>(demands: &[&'d Demand], step: Toward) -> Vec<&'d Demand> {
    demands.iter().flat_map(|demand| demand.behind(step)).collect()
}

/// The first choice that is demanded.
fn first(demands: &[&Demand], choice: impl Fn(Toward) -> Option<usize>) -> Option<usize> {
    demands.iter().flat_map(|demand| &demand.0).find_map(|(step, _)| choice(*step))
}

impl Encoder<'_> {
    fn value(&mut self, id: TypeId, demands: &[&Demand]) -> Result<(), Unwritable> {
        if self.written.document.len() > DOCUMENT_LENGTH_MAX {
            return Err(Unwritable::TooLong);
        }
        let found = self.schema.get(id);
        match &found.kind {
            Kind::Primitive(primitive) => {
                // Where the reader is to stumble stands a value that no narrower type can hold.
                let is_telling = demands.iter().any(|demand| demand.0.is_empty());
                self.primitive(*primitive, found, is_telling);
                Ok(())
            }
            Kind::Fixed(fixed) => self.fixed(fixed.size),
            Kind::Enum(symbols) => {
                let wanted = first(demands, |step| match step {
                    Toward::Symbol(at) => Some(at),
                    _ => None,
                });
                let at = wanted.unwrap_or(0);
                let symbol = symbols.symbols.get(at).ok_or_else(|| self.no_value(id))?;
                write_string(&mut self.written.document, symbol);
                self.whole(at);
                Ok(())
            }
            kind => stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || match kind {
                Kind::Array(items) => self.array(*items, &after(demands, Toward::Item)),
                Kind::Map(values) => self.map(*values, &after(demands, Toward::Value)),
                Kind::Union(branches) => self.union(id, branches, demands),
                Kind::Record(record) => self.record(id, record, demands),
                _ => Ok(()),
            }),
        }?;
        if self.written.document.len() > DOCUMENT_LENGTH_MAX {
            return Err(Unwritable::TooLong);
        }
        Ok(())
    }

    fn no_value(&self, id: TypeId) -> Unwritable {
        Unwritable::NoValue(super::words::type_in_words(&self.schema.get(id).kind))
    }

    fn primitive(&mut self, primitive: Primitive, found: &Type, is_telling: bool) {
        match (primitive, is_telling) {
            (Primitive::Null, _) => self.written.document.push_str("null"),
            (Primitive::Boolean, _) => {
                self.written.document.push_str(if is_telling { "true" } else { "false" });
                self.written.bytes.push(u8::from(is_telling));
            }
            (Primitive::Int, _) => self.long(if is_telling { i64::from(i32::MAX) } else { 0 }),
            (Primitive::Long, _) => self.long(if is_telling { i64::MAX } else { 0 }),
            (Primitive::Float, _) => {
                let value = if is_telling { 0.5_f32 } else { 0.0 };
                let _ = write!(self.written.document, "{value:?}");
                self.written.bytes.extend(value.to_le_bytes());
            }
            (Primitive::Double, _) => {
                let value = if is_telling { 0.1_f64 } else { 0.0 };
                let _ = write!(self.written.document, "{value:?}");
                self.written.bytes.extend(value.to_le_bytes());
            }
            (Primitive::String, _) => {
                let is_uuid = property(&found.properties, LOGICAL_TYPE)
                    .and_then(crate::document::Json::as_str)
                    == Some("uuid");
                self.text(match (is_uuid, is_telling) {
                    (true, _) => NIL_UUID,
                    (_, true) => "text",
                    (_, false) => "",
                });
            }
            (Primitive::Bytes, _) => self.text(if is_telling { "bytes" } else { "" }),
        }
    }

    /// A text, or bytes that are all ASCII: in JSON each byte is the character of that number.
    fn text(&mut self, text: &str) {
        write_string(&mut self.written.document, text);
        self.whole(text.len());
        self.written.bytes.extend(text.as_bytes());
    }

    fn long(&mut self, value: i64) {
        let _ = write!(self.written.document, "{value}");
        write_long(&mut self.written.bytes, value);
    }

    /// A position or a length.
    fn whole(&mut self, value: usize) {
        write_long(&mut self.written.bytes, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn fixed(&mut self, size: u32) -> Result<(), Unwritable> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size > DOCUMENT_LENGTH_MAX {
            return Err(Unwritable::TooLong);
        }
        let bytes = "x".repeat(size);
        write_string(&mut self.written.document, &bytes);
        self.written.bytes.extend(bytes.as_bytes());
        Ok(())
    }

    /// As many items as there are demands on them.
    fn array(&mut self, items: TypeId, demands: &[&Demand]) -> Result<(), Unwritable> {
        self.written.document.push('[');
        if !demands.is_empty() {
            self.whole(demands.len());
        }
        for (index, demand) in demands.iter().enumerate() {
            self.comma(index);
            self.value(items, &[demand])?;
        }
        self.whole(0);
        self.written.document.push(']');
        Ok(())
    }

    fn map(&mut self, values: TypeId, demands: &[&Demand]) -> Result<(), Unwritable> {
        self.written.document.push('{');
        if !demands.is_empty() {
            self.whole(demands.len());
        }
        for (index, demand) in demands.iter().enumerate() {
            self.comma(index);
            self.text(&format!("key{}", index + 1));
            self.written.document.push(':');
            self.value(values, &[demand])?;
        }
        self.whole(0);
        self.written.document.push('}');
        Ok(())
    }

    fn union(&mut self, id: TypeId, branches: &[TypeId], demands: &[&Demand]) -> Result<(), Unwritable> {
        let wanted = first(demands, |step| match step {
            Toward::Branch(at) => Some(at),
            _ => None,
        });
        let wanted = wanted.and_then(|at| Some((at, *branches.get(at)?)));
        let chosen = wanted.or_else(|| self.smallest.branch(branches));
        let (at, branch) = chosen.ok_or_else(|| self.no_value(id))?;
        self.whole(at);
        let demands = after(demands, Toward::Branch(at));
        let kind = &self.schema.get(branch).kind;
        if matches!(kind, Kind::Primitive(Primitive::Null)) {
            return self.value(branch, &demands);
        }
        self.written.document.push('{');
        match kind.named() {
            Some(named) => write_string(&mut self.written.document, &named.name.to_string()),
            None => write_string(&mut self.written.document, kind.word()),
        }
        self.written.document.push(':');
        self.value(branch, &demands)?;
        self.written.document.push('}');
        Ok(())
    }

    fn record(&mut self, id: TypeId, record: &Record, demands: &[&Demand]) -> Result<(), Unwritable> {
        // Also keeps a record that contains itself from being begun without end.
        if self.smallest.size(id).is_none() {
            return Err(self.no_value(id));
        }
        self.written.document.push('{');
        for (index, field) in record.fields.iter().enumerate() {
            self.comma(index);
            write_string(&mut self.written.document, &field.name);
            self.written.document.push(':');
            self.value(field.field_type, &after(demands, Toward::Field(index)))?;
        }
        self.written.document.push('}');
        Ok(())
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.written.document.push(',');
        }
    }
}

/// Zigzag, then seven bits a byte, lowest first.
fn write_long(bytes: &mut Vec<u8>, value: i64) {
    let mut rest = (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}
