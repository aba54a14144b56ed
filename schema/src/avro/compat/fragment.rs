//! The piece of a schema that a finding is about, as JSON of bounded length.

use std::fmt::{self, Write};

use crate::avro::schema::{AvroSchema, Field, Fixed, Kind, Named, Properties, Record, TypeId};
use crate::clip::{Clip, clip};
use crate::document::Json;

/// A type with the definitions inside it, at most `length_max` characters of it.
///
/// Costs as much as the text that is kept, however large the type is.
pub(in crate::avro) fn type_fragment(schema: &AvroSchema, id: TypeId, length_max: usize) -> String {
    clip(length_max, |out| Printer { schema, printed: Some(Vec::new()), out }.print_type(id))
}

/// The same with named types as their names only: what one writes to refer to the type.
pub(in crate::avro) fn names_fragment(schema: &AvroSchema, id: TypeId, length_max: usize) -> String {
    clip(length_max, |out| Printer { schema, printed: None, out }.print_type(id))
}

/// A field of a record.
pub(in crate::avro) fn field_fragment(schema: &AvroSchema, field: &Field, length_max: usize) -> String {
    clip(length_max, |out| Printer { schema, printed: Some(Vec::new()), out }.print_field(field))
}

/// A list of texts as a JSON array.
pub(in crate::avro) fn list_fragment<'t>(texts: impl Iterator<Item = &'t str>, length_max: usize) -> String {
    clip(length_max, |out| {
        out.write_char('[')?;
        write_separated(out, texts, write_string)?;
        out.write_char(']')
    })
}

/// A text as a JSON string.
pub(in crate::avro) fn text_fragment(text: &str, length_max: usize) -> String {
    clip(length_max, |out| write_string(out, text))
}

struct Printer<'s, 'o> {
    schema: &'s AvroSchema,
    /// Named types whose definitions were printed; `None` prints no definitions.
    printed: Option<Vec<TypeId>>,
    out: &'o mut Clip,
}

impl Printer<'_, '_> {
    fn print_type(&mut self, id: TypeId) -> fmt::Result {
        let schema = self.schema;
        let kind = &schema.get(id).kind;
        let properties = &schema.get(id).properties;
        match kind {
            Kind::Primitive(primitive) if properties.is_empty() => {
                write!(self.out, "\"{}\"", primitive.word())
            }
            Kind::Primitive(primitive) => {
                write!(self.out, "{{\"type\":\"{}\"", primitive.word())?;
                self.print_end(properties)
            }
            Kind::Array(items) => self.print_container("{\"type\":\"array\",\"items\":", *items, properties),
            Kind::Map(values) => self.print_container("{\"type\":\"map\",\"values\":", *values, properties),
            Kind::Union(branches) => {
                self.out.write_char('[')?;
                for (index, &branch) in branches.iter().enumerate() {
                    self.print_comma(index)?;
                    self.print_type(branch)?;
                }
                self.out.write_char(']')
            }
            Kind::Record(record) => {
                if self.print_name(id, if record.is_error { "error" } else { "record" }, &record.named)? {
                    self.print_fields(record)?;
                    self.print_end(properties)?;
                }
                Ok(())
            }
            Kind::Enum(symbols) => {
                if self.print_name(id, "enum", &symbols.named)? {
                    self.out.write_str(",\"symbols\":[")?;
                    write_separated(self.out, symbols.symbols.iter().map(String::as_str), write_string)?;
                    self.out.write_char(']')?;
                    if let Some(default) = &symbols.default {
                        self.out.write_str(",\"default\":")?;
                        write_string(self.out, default)?;
                    }
                    self.print_end(properties)?;
                }
                Ok(())
            }
            Kind::Fixed(Fixed { named, size }) => {
                if self.print_name(id, "fixed", named)? {
                    write!(self.out, ",\"size\":{size}")?;
                    self.print_end(properties)?;
                }
                Ok(())
            }
        }
    }

    fn print_comma(&mut self, index: usize) -> fmt::Result {
        if index > 0 { self.out.write_char(',') } else { Ok(()) }
    }

    fn print_container(&mut self, opening: &str, inner: TypeId, properties: &Properties) -> fmt::Result {
        self.out.write_str(opening)?;
        self.print_type(inner)?;
        self.print_end(properties)
    }

    /// Opens a definition, or prints the name alone and returns false.
    fn print_name(&mut self, id: TypeId, kind: &str, named: &Named) -> Result<bool, fmt::Error> {
        let first_time = self.printed.as_ref().is_some_and(|printed| !printed.contains(&id));
        if first_time {
            write!(self.out, "{{\"type\":\"{kind}\",\"name\":")?;
            self.printed.get_or_insert_default().push(id);
        }
        write_string(self.out, &named.name.to_string())?;
        if first_time && !named.aliases.is_empty() {
            self.out.write_str(",\"aliases\":[")?;
            write_separated(self.out, named.aliases.iter(), |out, alias| {
                write_string(out, &alias.to_string())
            })?;
            self.out.write_char(']')?;
        }
        Ok(first_time)
    }

    fn print_fields(&mut self, record: &Record) -> fmt::Result {
        self.out.write_str(",\"fields\":[")?;
        for (index, field) in record.fields.iter().enumerate() {
            self.print_comma(index)?;
            self.print_field(field)?;
        }
        self.out.write_char(']')
    }

    fn print_field(&mut self, field: &Field) -> fmt::Result {
        self.out.write_str("{\"name\":")?;
        write_string(self.out, &field.name)?;
        self.out.write_str(",\"type\":")?;
        self.print_type(field.field_type)?;
        if let Some(default) = &field.default {
            self.out.write_str(",\"default\":")?;
            write_json(self.out, default)?;
        }
        if !field.aliases.is_empty() {
            self.out.write_str(",\"aliases\":[")?;
            write_separated(self.out, field.aliases.iter().map(String::as_str), write_string)?;
            self.out.write_char(']')?;
        }
        self.print_end(&field.properties)
    }

    fn print_end(&mut self, properties: &Properties) -> fmt::Result {
        for (name, value) in properties {
            self.out.write_char(',')?;
            write_string(self.out, name)?;
            self.out.write_char(':')?;
            write_json(self.out, value)?;
        }
        self.out.write_char('}')
    }
}

fn write_separated<T>(
    out: &mut Clip,
    items: impl Iterator<Item = T>,
    write_item: impl Fn(&mut Clip, T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write_item(out, item)?;
    }
    Ok(())
}

fn write_json(out: &mut Clip, value: &Json) -> fmt::Result {
    match value {
        Json::Null => out.write_str("null"),
        Json::Bool(value) => write!(out, "{value}"),
        Json::Number(spelling) => out.write_str(spelling),
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            out.write_char('[')?;
            write_separated(out, items.iter(), write_json)?;
            out.write_char(']')
        }
        Json::Object(members) => {
            out.write_char('{')?;
            write_separated(out, members.iter(), |out, (name, value)| {
                write_string(out, name)?;
                out.write_char(':')?;
                write_json(out, value)
            })?;
            out.write_char('}')
        }
    }
}

fn write_string(out: &mut Clip, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}
