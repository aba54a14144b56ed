//! Declarations of Rust types.

use std::collections::{BTreeMap, HashSet};

use schema::avro::AvroSchema;
use schema::avro::schema::{Enum, Field, Kind, Primitive, Record, TypeId};
use schema::format::SchemaFormat;

use super::CodegenError;
use super::names::{field_name, free, type_name};

/// What every declared type derives.
const DERIVES: &str = "#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]";

/// The declarations so far, by the name in Rust.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    declared: BTreeMap<String, Declared>,
}

#[derive(Clone, Debug)]
struct Declared {
    /// The full name in Avro; for a union the name of the field that it was found in.
    origin: String,
    source: String,
}

/// One schema whose types are being declared.
struct Walk<'a> {
    types: &'a mut Types,
    schema: &'a AvroSchema,
    seen: HashSet<TypeId>,
}

impl Types {
    /// Declares the types of a schema.
    pub(super) fn add(&mut self, schema: &AvroSchema) -> Result<(), CodegenError> {
        let mut walk = Walk { types: self, schema, seen: HashSet::new() };
        let mut pending = vec![schema.root()];
        while let Some(id) = pending.pop() {
            if walk.seen.insert(id) {
                walk.declare(id)?;
                pending.extend(parts(schema, id));
            }
        }
        Ok(())
    }

    /// All declarations.
    pub(super) fn source(&self) -> String {
        let sources: Vec<&str> = self.declared.values().map(|declared| declared.source.as_str()).collect();
        sources.join("\n")
    }

    /// Adds a declaration; the same one may come again, from a schema that refers to an earlier one.
    fn declare(&mut self, rust: String, origin: String, source: String) -> Result<(), CodegenError> {
        match self.declared.get(&rust) {
            Some(known) if known.origin != origin => {
                Err(CodegenError::Clash { rust, first: known.origin.clone(), second: origin })
            }
            // The root's declaration says more: it has the schema.
            Some(known) if known.source.len() >= source.len() => Ok(()),
            _ => {
                self.declared.insert(rust, Declared { origin, source });
                Ok(())
            }
        }
    }
}

/// The types that a type is made of.
fn parts(schema: &AvroSchema, id: TypeId) -> Vec<TypeId> {
    match &schema.get(id).kind {
        Kind::Record(record) => record.fields.iter().map(|field| field.field_type).collect(),
        Kind::Array(item) | Kind::Map(item) => vec![*item],
        Kind::Union(branches) => branches.clone(),
        Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => Vec::new(),
    }
}

impl Walk<'_> {
    fn declare(&mut self, id: TypeId) -> Result<(), CodegenError> {
        let schema = self.schema;
        match &schema.get(id).kind {
            Kind::Record(record) => self.record(id, record),
            Kind::Enum(symbols) => {
                let rust = type_name(&symbols.named.name.simple);
                self.types.declare(rust.clone(), symbols.named.name.to_string(), enumeration(&rust, symbols))
            }
            _ => Ok(()),
        }
    }

    fn record(&mut self, id: TypeId, record: &Record) -> Result<(), CodegenError> {
        let rust = type_name(&record.named.name.simple);
        let mut source = String::new();
        document(&mut source, "", record.named.doc.as_deref());
        source.push_str(&format!("{DERIVES}\npub struct {rust} {{\n"));
        let mut taken = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let name = free(field_name(&field.name), &taken);
            self.field(&mut source, &rust, record, field, &name)?;
            taken.push(name);
        }
        source.push_str("}\n");
        if id == self.schema.root() {
            source.push_str(&described(&rust, self.schema)?);
        }
        self.types.declare(rust, record.named.name.to_string(), source)
    }

    fn field(
        &mut self,
        source: &mut String,
        owner: &str,
        record: &Record,
        field: &Field,
        name: &str,
    ) -> Result<(), CodegenError> {
        let union_name = format!("{owner}{}", type_name(&field.name));
        let origin = format!("{}.{}", record.named.name, field.name);
        let rust = self.type_of(field.field_type, &union_name, &origin)?;
        document(source, "    ", field.doc.as_deref());
        if name != field.name {
            source.push_str(&format!("    #[serde(rename = {:?})]\n", field.name));
        }
        source.push_str(&format!("    pub {name}: {rust},\n"));
        Ok(())
    }

    /// The Rust type of an Avro type. `union_name` is what an enum for a union of several types would be called.
    fn type_of(&mut self, id: TypeId, union_name: &str, origin: &str) -> Result<String, CodegenError> {
        let schema = self.schema;
        Ok(match &schema.get(id).kind {
            Kind::Primitive(primitive) => scalar(*primitive).to_owned(),
            Kind::Enum(symbols) => type_name(&symbols.named.name.simple),
            // A pointer where it is not needed costs little; a record of endless size does not compile.
            Kind::Record(record) if self.is_recursive(id) => {
                format!("Box<{}>", type_name(&record.named.name.simple))
            }
            Kind::Record(record) => type_name(&record.named.name.simple),
            Kind::Fixed(_) => "Vec<u8>".to_owned(),
            Kind::Array(item) => format!("Vec<{}>", self.type_of(*item, union_name, origin)?),
            Kind::Map(item) => {
                format!("::std::collections::HashMap<String, {}>", self.type_of(*item, union_name, origin)?)
            }
            Kind::Union(branches) => self.union(branches, union_name, origin)?,
        })
    }

    fn union(&mut self, branches: &[TypeId], name: &str, origin: &str) -> Result<String, CodegenError> {
        let schema = self.schema;
        let is_null = |id: &&TypeId| matches!(schema.get(**id).kind, Kind::Primitive(Primitive::Null));
        let others: Vec<TypeId> = branches.iter().filter(|id| !is_null(id)).copied().collect();
        let inner = match others.as_slice() {
            [] => return Ok("()".to_owned()),
            [only] => self.type_of(*only, name, origin)?,
            _ => {
                self.union_enum(&others, name, origin)?;
                name.to_owned()
            }
        };
        Ok(if others.len() < branches.len() { format!("Option<{inner}>") } else { inner })
    }

    /// An enum with a variant for each branch, named as the codec names branches.
    fn union_enum(&mut self, branches: &[TypeId], name: &str, origin: &str) -> Result<(), CodegenError> {
        let mut source = format!("/// One of several types.\n{DERIVES}\npub enum {name} {{\n");
        let mut taken = Vec::with_capacity(branches.len());
        for &branch in branches {
            let kind = &self.schema.get(branch).kind;
            let word = kind.named().map_or(kind.word(), |named| named.name.simple.as_str()).to_owned();
            let variant = free(type_name(&word), &taken);
            let inner = self.type_of(branch, &format!("{name}{variant}"), origin)?;
            if variant != word {
                source.push_str(&format!("    #[serde(rename = {word:?})]\n"));
            }
            source.push_str(&format!("    {variant}({inner}),\n"));
            taken.push(variant);
        }
        source.push_str("}\n");
        self.types.declare(name.to_owned(), origin.to_owned(), source)
    }

    /// Whether a record holds itself without a list or a map between.
    fn is_recursive(&self, record: TypeId) -> bool {
        let record = self.schema.first_definition(record);
        let (mut seen, mut pending) = (HashSet::new(), parts(self.schema, record));
        while let Some(id) = pending.pop() {
            let id = self.schema.first_definition(id);
            if id == record {
                return true;
            }
            if seen.insert(id) && !matches!(self.schema.get(id).kind, Kind::Array(_) | Kind::Map(_)) {
                pending.extend(parts(self.schema, id));
            }
        }
        false
    }
}

fn scalar(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Null => "()",
        Primitive::Boolean => "bool",
        Primitive::Int => "i32",
        Primitive::Long => "i64",
        Primitive::Float => "f32",
        Primitive::Double => "f64",
        Primitive::Bytes => "Vec<u8>",
        Primitive::String => "String",
    }
}

fn enumeration(rust: &str, symbols: &Enum) -> String {
    let mut source = String::new();
    document(&mut source, "", symbols.named.doc.as_deref());
    source.push_str(&format!("#[derive(Eq, Copy, Hash)]\n{DERIVES}\npub enum {rust} {{\n"));
    let mut taken = Vec::with_capacity(symbols.symbols.len());
    for symbol in &symbols.symbols {
        let variant = free(type_name(symbol), &taken);
        if variant != *symbol {
            source.push_str(&format!("    #[serde(rename = {symbol:?})]\n"));
        }
        source.push_str(&format!("    {variant},\n"));
        taken.push(variant);
    }
    source.push_str("}\n");
    source
}

/// Documentation; types that have none say which Avro type they are.
fn document(source: &mut String, indent: &str, doc: Option<&str>) {
    for line in doc.unwrap_or_default().lines() {
        source.push_str(format!("{indent}/// {}", line.trim()).trim_end());
        source.push('\n');
    }
}

/// The schema of the root, so that serializers know it.
fn described(rust: &str, schema: &AvroSchema) -> Result<String, CodegenError> {
    let text = schema.formatted("resolved");
    let text = text.map_err(|error| CodegenError::Schema { name: rust.to_owned(), error })?;
    Ok(format!(
        "
impl ::serde_client::codec::Described<::serde_client::codec::avro::Avro> for {rust} {{
    fn own_schema() -> Result<::serde_client::own_schema::OwnSchema, ::serde_client::codec::PrepareError> {{
        Ok(::serde_client::client::SchemaDefinition::avro({text:?}).into())
    }}
}}
"
    ))
}
