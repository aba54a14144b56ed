//! The normalised text. It is only an intermediate form: parsing it and printing the canonical text gives the result.

use std::cmp::Ordering;

use foldhash::{HashSet, HashSetExt};

use super::java_number;
use super::logical::{self, Logical};
use super::schema::{AvroSchema, Field, Kind, Name, Named, Primitive, Properties, Type, TypeId};
use super::{STACK_PIECE, STACK_RESERVE};
use crate::document::{Json, write_string};
use crate::format::ParseError;

/// Prints the normalised text of `schema`: full names, properties and aliases in order, defaults in the form of their
/// type, empty documentation of types left out.
pub(super) fn print(schema: &AvroSchema) -> Result<String, ParseError> {
    let mut printer =
        Printer { schema, out: String::with_capacity(schema.canonical.len() * 2), printed: HashSet::new() };
    for known in &schema.known {
        if let Some(named) = schema.get(*known).kind.named() {
            printer.printed.insert(&named.name);
        }
    }
    printer.print_type(schema.root)?;
    Ok(printer.out)
}

struct Printer<'a> {
    schema: &'a AvroSchema,
    out: String,
    printed: HashSet<&'a Name>,
}

impl<'a> Printer<'a> {
    fn print_type(&mut self, id: TypeId) -> Result<(), ParseError> {
        let schema = self.schema;
        let found = schema.get(id);
        if let Some(named) = found.kind.named() {
            let full = named.name.full();
            if !self.printed.insert(&named.name) {
                write_string(&mut self.out, &full);
                return Ok(());
            }
            self.out.push_str("{\"name\":");
            write_string(&mut self.out, &full);
            return self.print_named(found, named);
        }
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || match &found.kind {
            Kind::Union(branches) => {
                self.out.push('[');
                for (index, branch) in branches.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.print_type(*branch)?;
                }
                self.out.push(']');
                Ok(())
            }
            Kind::Array(inner) => {
                self.out.push_str("{\"type\":\"array\",\"items\":");
                self.print_type(*inner)?;
                self.print_end(found)
            }
            Kind::Map(inner) => {
                self.out.push_str("{\"type\":\"map\",\"values\":");
                self.print_type(*inner)?;
                self.print_end(found)
            }
            kind if found.properties.is_empty() => {
                write_string(&mut self.out, kind.word());
                Ok(())
            }
            kind => {
                self.out.push_str("{\"type\":");
                write_string(&mut self.out, kind.word());
                self.print_end(found)
            }
        })
    }

    fn print_named(&mut self, found: &'a Type, named: &'a Named) -> Result<(), ParseError> {
        self.out.push_str(",\"type\":");
        // An `error` becomes a `record` here, as in the reference registry.
        write_string(&mut self.out, found.kind.word());
        match &found.kind {
            Kind::Record(record) => {
                self.out.push_str(",\"fields\":[");
                for (index, field) in record.fields.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.print_field(field))?;
                }
                self.out.push(']');
            }
            Kind::Enum(symbols) => {
                self.out.push_str(",\"symbols\":");
                self.print_texts(symbols.symbols.iter().map(String::as_str));
            }
            Kind::Fixed(fixed) => {
                self.out.push_str(",\"size\":");
                self.out.push_str(&fixed.size.to_string());
            }
            _ => {}
        }
        if let Some(doc) = named.doc.as_ref().filter(|doc| !doc.is_empty()) {
            self.out.push_str(",\"doc\":");
            write_string(&mut self.out, doc);
        }
        let aliases = named.aliases.iter().map(|alias| alias.as_alias_of(&named.name)).collect();
        self.print_aliases(aliases);
        if let Kind::Enum(symbols) = &found.kind {
            if let Some(default) = &symbols.default {
                self.out.push_str(",\"default\":");
                write_string(&mut self.out, default);
            }
        }
        self.print_end(found)
    }

    fn print_field(&mut self, field: &'a Field) -> Result<(), ParseError> {
        self.out.push_str("{\"name\":");
        write_string(&mut self.out, &field.name);
        self.out.push_str(",\"type\":");
        self.print_type(field.field_type)?;
        self.out.push_str(",\"order\":");
        write_string(&mut self.out, field.order.word());
        if let Some(doc) = &field.doc {
            self.out.push_str(",\"doc\":");
            write_string(&mut self.out, doc);
        }
        self.print_aliases(field.aliases.clone());
        if let Some(default) = &field.default {
            let default =
                self.default_value(default, Some(field.field_type)).map_err(|fault| ParseError {
                    message: format!(
                        "the default of the field `{}` has no normalised form: {}",
                        field.name, fault.message
                    ),
                    ..fault
                })?;
            if let Some(default) = default {
                self.out.push_str(",\"default\":");
                default.write_compact(&mut self.out);
            }
        }
        self.print_properties(&field.properties)?;
        self.out.push('}');
        Ok(())
    }

    /// A recognised logical type and its parameters first, then everything in order. What appears twice keeps the first
    /// place when the text is parsed.
    fn print_end(&mut self, found: &'a Type) -> Result<(), ParseError> {
        match logical::recognise(&self.schema.types, &found.kind, &found.properties) {
            Some(Logical::Plain(name)) => self.print_logical(name),
            Some(Logical::Decimal { precision, scale }) => {
                self.print_logical("decimal");
                self.out.push_str(&format!(",\"precision\":{precision}"));
                if scale != 0 {
                    self.out.push_str(&format!(",\"scale\":{scale}"));
                }
            }
            None => {}
        }
        self.print_properties(&found.properties)?;
        self.out.push('}');
        Ok(())
    }

    fn print_logical(&mut self, name: &str) {
        self.out.push_str(",\"logicalType\":");
        write_string(&mut self.out, name);
    }

    fn print_aliases(&mut self, mut aliases: Vec<String>) {
        if aliases.is_empty() {
            return;
        }
        aliases.sort_by(|left, right| compare_utf16(left, right));
        self.out.push_str(",\"aliases\":");
        self.print_texts(aliases.iter().map(String::as_str));
    }

    fn print_texts<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        self.out.push('[');
        for (index, text) in texts.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_string(&mut self.out, text);
        }
        self.out.push(']');
    }

    fn print_properties(&mut self, properties: &Properties) -> Result<(), ParseError> {
        let mut sorted: Vec<_> = properties.iter().collect();
        sorted.sort_by(|(left, _), (right, _)| compare_utf16(left, right));
        for (key, value) in sorted {
            self.out.push(',');
            write_string(&mut self.out, key);
            self.out.push(':');
            let value = self.default_value(value, None)?;
            value.ok_or_else(|| without_form(key))?.write_compact(&mut self.out);
        }
        Ok(())
    }

    /// A value in the form of its type; `None` where that type has no form for it. Without a type, values keep their
    /// own.
    fn default_value(&self, value: &Json, id: Option<TypeId>) -> Result<Option<Json>, ParseError> {
        let kind = id.map(|id| &self.schema.get(self.first_branch(id)).kind);
        if matches!(kind, Some(Kind::Union(_))) {
            return Err(ParseError::new("a union without branches has no values"));
        }
        Ok(match value {
            Json::Null => Some(Json::Null),
            Json::Bool(value) => Some(Json::Bool(*value)),
            Json::Number(spelling) => number(spelling, kind),
            Json::String(text) => string(text, kind),
            Json::Array(items) => {
                let element = match kind {
                    None => None,
                    Some(Kind::Array(element)) => Some(*element),
                    Some(_) if items.is_empty() => None,
                    Some(_) => return Err(ParseError::new("an array stands where the first branch is none")),
                };
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| self.inner_value(item, element)).collect();
                Some(Json::Array(items?))
            }
            Json::Object(members) => Some(self.object(members, kind)?),
        })
    }

    fn object(&self, members: &[(String, Json)], kind: Option<&Kind>) -> Result<Json, ParseError> {
        let fields = match kind {
            Some(Kind::Record(record)) => {
                Some(record.fields.iter().map(|f| (f.name.as_str(), f.field_type)).collect())
            }
            _ => None,
        };
        let fields: Option<foldhash::HashMap<&str, TypeId>> = fields;
        let mut sorted = Vec::with_capacity(members.len());
        for (key, value) in members {
            let id = match (kind, &fields) {
                (Some(Kind::Map(element)), _) => Some(*element),
                (_, Some(fields)) => {
                    let missing = || ParseError::new(format!("the record has no field `{key}`"));
                    Some(*fields.get(key.as_str()).ok_or_else(missing)?)
                }
                _ => None,
            };
            sorted.push((key.clone(), self.inner_value(value, id)?));
        }
        sorted.sort_by(|(left, _), (right, _)| compare_utf16(left, right));
        Ok(Json::Object(sorted))
    }

    fn inner_value(&self, value: &Json, id: Option<TypeId>) -> Result<Json, ParseError> {
        let found = stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.default_value(value, id))?;
        found.ok_or_else(|| ParseError::new("a value inside it does not fit the first branch of its type"))
    }

    /// The reference registry converts defaults by the first branch of a union.
    fn first_branch(&self, id: TypeId) -> TypeId {
        match &self.schema.get(id).kind {
            Kind::Union(branches) => branches.first().copied().unwrap_or(id),
            _ => id,
        }
    }
}

fn without_form(key: &str) -> ParseError {
    ParseError::new(format!(
        "the property `{key}` holds a number beyond 64 bits, which has no normalised form"
    ))
}

fn number(spelling: &str, kind: Option<&Kind>) -> Option<Json> {
    let same = || Some(Json::Number(spelling.to_owned()));
    let primitive = match kind {
        None => None,
        Some(Kind::Primitive(primitive)) => Some(*primitive),
        Some(_) => return None,
    };
    if java_number::is_whole(spelling) {
        let value: i64 = spelling.parse().ok()?;
        return match primitive {
            None | Some(Primitive::Int | Primitive::Long) => same(),
            Some(Primitive::Float) => Some(java_number::float(nearest_float(value))),
            Some(Primitive::Double) => Some(java_number::double(nearest_double(value))),
            Some(_) => None,
        };
    }
    match primitive {
        None | Some(Primitive::Double) => same(),
        Some(Primitive::Float) => spelling.parse().ok().map(|value: f64| java_number::float(narrowed(value))),
        Some(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rounding to the nearest float is what is wanted")]
fn narrowed(value: f64) -> f32 {
    value as f32
}

fn nearest_double(value: i64) -> f64 {
    value as f64
}

/// In two steps, as Java does.
fn nearest_float(value: i64) -> f32 {
    narrowed(nearest_double(value))
}

fn string(text: &str, kind: Option<&Kind>) -> Option<Json> {
    match kind {
        None | Some(Kind::Primitive(Primitive::String) | Kind::Enum(_)) => {
            Some(Json::String(text.to_owned()))
        }
        Some(Kind::Primitive(Primitive::Bytes) | Kind::Fixed(_)) => {
            let latin = text.chars().map(|c| if u32::from(c) < 0x100 { c } else { '?' });
            Some(Json::String(latin.collect()))
        }
        // Only values that are not finite are kept as texts there.
        Some(Kind::Primitive(Primitive::Float | Primitive::Double)) => java_number::parse_double(text)
            .filter(|value| !value.is_finite())
            .map(|_| Json::String(text.to_owned())),
        Some(_) => None,
    }
}

/// Java's order of texts: by UTF-16 code units.
fn compare_utf16(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}
