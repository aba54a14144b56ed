//! The canonical text: what the Java library prints for a schema.

use foldhash::HashMap;

use super::schema::{AvroSchema, Enum, Field, Fixed, Kind, Name, Named, Order, Properties, Record, TypeId};
use super::{STACK_PIECE, STACK_RESERVE};
use crate::document::{DEPTH_MAX, Json, write_string};
use crate::format::ParseError;

/// The longest text that is printed when referenced types are inlined.
pub(super) const INLINED_SIZE_MAX: usize = 16 * 1024 * 1024;

/// Prints `schema` with the types of its references by name. `size_hint` saves copying.
pub(super) fn print(schema: &AvroSchema, size_hint: usize) -> Result<String, ParseError> {
    let mut printer = Printer::new(schema, size_hint, usize::MAX);
    for known in &schema.known {
        printer.is_new(*known);
    }
    printer.print_type(schema.root, None)?;
    Ok(printer.out)
}

/// Prints `schema` with referenced types in full where they are first used.
pub(super) fn print_inlined(schema: &AvroSchema) -> Result<String, ParseError> {
    let mut printer = Printer::new(schema, schema.canonical.len(), INLINED_SIZE_MAX);
    printer.print_type(schema.root, None)?;
    printer.check_size()?;
    Ok(printer.out)
}

struct Printer<'a> {
    schema: &'a AvroSchema,
    out: String,
    size_max: usize,
    depth: usize,
    /// By the first definition of each name.
    printed: Vec<bool>,
    first_definitions: HashMap<TypeId, TypeId>,
}

impl<'a> Printer<'a> {
    fn new(schema: &'a AvroSchema, size_hint: usize, size_max: usize) -> Self {
        Self {
            schema,
            out: String::with_capacity(size_hint),
            size_max,
            depth: 0,
            printed: vec![false; schema.types.len()],
            first_definitions: schema.twins.iter().copied().collect(),
        }
    }

    /// Whether a named type has not been printed before; from now on it has.
    fn is_new(&mut self, id: TypeId) -> bool {
        let first = if self.first_definitions.is_empty() {
            &id
        } else {
            self.first_definitions.get(&id).unwrap_or(&id)
        };
        !std::mem::replace(&mut self.printed[first.0 as usize], true)
    }

    fn open(&mut self, bracket: char) -> Result<(), ParseError> {
        self.out.push(bracket);
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(too_deep()) } else { Ok(()) }
    }

    fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth -= 1;
    }

    fn check_size(&self) -> Result<(), ParseError> {
        if self.out.len() > self.size_max {
            return Err(ParseError::new(format!(
                "with its references in place the schema is longer than {INLINED_SIZE_MAX} bytes; ask for the default \
                 format and read the references one by one"
            )));
        }
        Ok(())
    }

    fn print_type(&mut self, id: TypeId, namespace: Option<&str>) -> Result<(), ParseError> {
        let schema = self.schema;
        let found = schema.get(id);
        if let Some(named) = found.kind.named().filter(|_| !self.is_new(id)) {
            self.print_use(&named.name, namespace);
            return Ok(());
        }
        match &found.kind {
            Kind::Primitive(primitive) if found.properties.is_empty() => {
                self.out.push('"');
                self.out.push_str(primitive.word());
                self.out.push('"');
                Ok(())
            }
            Kind::Primitive(primitive) => {
                self.open('{')?;
                self.out.push_str("\"type\":\"");
                self.out.push_str(primitive.word());
                self.out.push('"');
                self.print_end(&found.properties)
            }
            _ => stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || {
                self.check_size()?;
                self.print_structure(&found.kind, &found.properties, namespace)
            }),
        }
    }

    fn print_structure(
        &mut self,
        kind: &Kind,
        properties: &Properties,
        ns: Option<&str>,
    ) -> Result<(), ParseError> {
        self.open(if matches!(kind, Kind::Union(_)) { '[' } else { '{' })?;
        match kind {
            Kind::Primitive(_) => Ok(()),
            Kind::Record(record) => self.print_record(record, properties, ns),
            Kind::Enum(symbols) => self.print_enum(symbols, properties, ns),
            Kind::Fixed(fixed) => self.print_fixed(fixed, properties, ns),
            Kind::Array(element) => {
                self.out.push_str("\"type\":\"array\",\"items\":");
                self.print_type(*element, ns)?;
                self.print_end(properties)
            }
            Kind::Map(value) => {
                self.out.push_str("\"type\":\"map\",\"values\":");
                self.print_type(*value, ns)?;
                self.print_end(properties)
            }
            Kind::Union(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.print_type(*branch, ns)?;
                }
                self.close(']');
                Ok(())
            }
        }
    }

    fn print_record(
        &mut self,
        record: &Record,
        properties: &Properties,
        ns: Option<&str>,
    ) -> Result<(), ParseError> {
        self.print_head(if record.is_error { "error" } else { "record" }, &record.named, ns);
        self.out.push_str(",\"fields\":");
        self.open('[')?;
        for (index, field) in record.fields.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.print_field(field, record.named.name.namespace.as_deref())?;
        }
        self.close(']');
        self.print_properties(properties)?;
        self.print_aliases(&record.named);
        self.close('}');
        Ok(())
    }

    fn print_field(&mut self, field: &Field, namespace: Option<&str>) -> Result<(), ParseError> {
        self.open('{')?;
        self.out.push_str("\"name\":");
        write_string(&mut self.out, &field.name);
        self.out.push_str(",\"type\":");
        self.print_type(field.field_type, namespace)?;
        self.print_doc(field.doc.as_deref());
        if let Some(default) = &field.default {
            self.out.push_str(",\"default\":");
            self.print_value(default)?;
        }
        if field.order != Order::Ascending {
            self.out.push_str(",\"order\":\"");
            self.out.push_str(field.order.word());
            self.out.push('"');
        }
        self.print_list(",\"aliases\":", field.aliases.iter().map(String::as_str));
        self.print_end(&field.properties)
    }

    fn print_enum(
        &mut self,
        symbols: &Enum,
        properties: &Properties,
        ns: Option<&str>,
    ) -> Result<(), ParseError> {
        self.print_head("enum", &symbols.named, ns);
        if symbols.symbols.is_empty() {
            self.out.push_str(",\"symbols\":[]");
        }
        self.print_list(",\"symbols\":", symbols.symbols.iter().map(String::as_str));
        if let Some(default) = &symbols.default {
            self.out.push_str(",\"default\":");
            write_string(&mut self.out, default);
        }
        self.print_properties(properties)?;
        self.print_aliases(&symbols.named);
        self.close('}');
        Ok(())
    }

    fn print_fixed(
        &mut self,
        fixed: &Fixed,
        properties: &Properties,
        ns: Option<&str>,
    ) -> Result<(), ParseError> {
        self.print_head("fixed", &fixed.named, ns);
        self.out.push_str(",\"size\":");
        self.out.push_str(&fixed.size.to_string());
        self.print_properties(properties)?;
        self.print_aliases(&fixed.named);
        self.close('}');
        Ok(())
    }

    /// Kind, name, namespace where it differs from the one around, documentation.
    fn print_head(&mut self, word: &str, named: &Named, namespace: Option<&str>) {
        self.out.push_str("\"type\":\"");
        self.out.push_str(word);
        self.out.push_str("\",\"name\":");
        write_string(&mut self.out, &named.name.simple);
        let own = named.name.namespace.as_deref();
        if own != namespace {
            self.out.push_str(",\"namespace\":");
            write_string(&mut self.out, own.unwrap_or_default());
        }
        self.print_doc(named.doc.as_deref());
    }

    fn print_doc(&mut self, doc: Option<&str>) {
        if let Some(doc) = doc {
            self.out.push_str(",\"doc\":");
            write_string(&mut self.out, doc);
        }
    }

    fn print_use(&mut self, name: &Name, namespace: Option<&str>) {
        if name.is_printed_short(namespace) {
            write_string(&mut self.out, &name.simple);
        } else {
            write_string(&mut self.out, &name.full());
        }
    }

    fn print_aliases(&mut self, named: &Named) {
        let namespace = named.name.namespace.as_deref();
        for (index, alias) in named.aliases.iter().enumerate() {
            self.out.push_str(if index == 0 { ",\"aliases\":[" } else { "," });
            self.print_use(alias, namespace);
        }
        if !named.aliases.is_empty() {
            self.out.push(']');
        }
    }

    /// Nothing for an empty list.
    fn print_list<'t>(&mut self, key: &str, texts: impl Iterator<Item = &'t str>) {
        let mut count = 0;
        for text in texts {
            if count == 0 {
                self.out.push_str(key);
            }
            self.out.push(if count == 0 { '[' } else { ',' });
            write_string(&mut self.out, text);
            count += 1;
        }
        if count > 0 {
            self.out.push(']');
        }
    }

    fn print_properties(&mut self, properties: &Properties) -> Result<(), ParseError> {
        for (key, value) in properties {
            self.out.push(',');
            write_string(&mut self.out, key);
            self.out.push(':');
            self.print_value(value)?;
        }
        Ok(())
    }

    fn print_end(&mut self, properties: &Properties) -> Result<(), ParseError> {
        self.print_properties(properties)?;
        self.close('}');
        Ok(())
    }

    fn print_value(&mut self, value: &Json) -> Result<(), ParseError> {
        if self.depth + value.depth() > DEPTH_MAX {
            return Err(too_deep());
        }
        value.write_compact(&mut self.out);
        Ok(())
    }
}

fn too_deep() -> ParseError {
    ParseError::new(format!(
        "with every type where it is first used, arrays and objects nest deeper than {DEPTH_MAX} levels; define types \
         before the types that use them, e.g. as branches of a union"
    ))
}
