//! Records with their fields, enums, fixeds.

use std::borrow::Cow;

use foldhash::{HashSet, HashSetExt};

use super::attributes::{self, FieldAttributes, TypeAttributes, text};
use super::defaults::{self, Verdict};
use super::java_number;
use super::names::{NameRule, quoted};
use super::parse::{Parser, Step, terminal_properties};
use super::schema::{Enum, Field, Fixed, Kind, Name, Named, Order, Primitive, Record, Type, TypeId};
use crate::document::{Json, Node};
use crate::format::{ParseError, Strictness};

/// The largest fixed: what a Java array can hold.
const FIXED_SIZE_MAX: u32 = 0x7fff_fff7;
/// Up to this many entries a list is searched by scanning.
const SCANNED_MAX: usize = 16;

impl Parser {
    pub(super) fn parse_record(
        &mut self,
        mut attributes: TypeAttributes<'_>,
        namespace: Option<&str>,
        is_error: bool,
    ) -> Result<TypeId, ParseError> {
        let (name, full) = self.parse_name(&mut attributes, namespace)?;
        let doc = text(attributes.doc.take()).map(Cow::into_owned);
        let Some(Node::Array(nodes)) = attributes.fields.take() else {
            return Err(self.fault(format!(
                "the record {} has no `fields`; add an array, which may be empty",
                quoted(&full)
            )));
        };
        let fields = self.parse_fields(nodes, name.namespace.as_deref())?;
        let aliases = self.parse_aliases(attributes.aliases.take(), &name)?;
        let kind = Kind::Record(Record { named: Named { name, doc, aliases }, is_error, fields });
        let properties = self.container_properties(&kind, attributes.custom)?;
        self.define(Type { kind, properties }, full)
    }

    fn parse_fields(
        &mut self,
        nodes: Vec<Node<'_>>,
        namespace: Option<&str>,
    ) -> Result<Vec<Field>, ParseError> {
        let here = self.place;
        self.descend(Step::Key("fields"));
        let fields_place = self.place;
        let mut fields: Vec<Field> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.into_iter().enumerate() {
            self.descend(Step::Index(index));
            let field = self.parse_field(node, namespace)?;
            self.place = fields_place;
            fields.push(field);
        }
        if let Some(at) = repeated(fields.iter().map(|field| field.name.as_str()), fields.len()) {
            let message =
                format!("the record has two fields {}; rename one of them", quoted(&fields[at].name));
            return Err(self.fault_in(Step::Index(at), message));
        }
        self.place = here;
        Ok(fields)
    }

    fn parse_field(&mut self, node: Node<'_>, namespace: Option<&str>) -> Result<Field, ParseError> {
        let Node::Object(members) = node else {
            return Err(
                self.fault(format!("{} is no field; write an object with `name` and `type`", node.kind()))
            );
        };
        let attributes = FieldAttributes::sort(members);
        let Some(name) = text(attributes.name) else {
            return Err(self.fault("the field has no `name`; add one"));
        };
        if let Some(message) = self.rule.fault(&name) {
            return Err(self.fault_in(Step::Key("name"), message));
        }
        let Some(type_node) = attributes.field_type else {
            return Err(self.fault(format!("the field {} has no `type`; add one", quoted(&name))));
        };
        let field_type = self.within(Step::Key("type"), |parser| parser.parse_type(type_node, namespace))?;
        let order = self.parse_order(attributes.order)?;
        let aliases = self.parse_texts(attributes.aliases)?;
        let mut field = Field {
            name: name.into_owned(),
            doc: text(attributes.doc).map(Cow::into_owned),
            field_type,
            default: None,
            order,
            aliases: aliases.into_iter().map(Cow::into_owned).collect(),
            properties: terminal_properties(attributes.custom),
        };
        if let Some(default) = attributes.default {
            field.default = Some(self.parse_default(default, &field)?);
        }
        Ok(field)
    }

    fn parse_order(&self, node: Option<Node<'_>>) -> Result<Order, ParseError> {
        let Some(node) = node else { return Ok(Order::Ascending) };
        if let Node::String(word) = &node {
            for order in [Order::Ascending, Order::Descending, Order::Ignore] {
                if word.eq_ignore_ascii_case(order.word()) {
                    return Ok(order);
                }
            }
        }
        Err(self.fault_in(Step::Key("order"), "`order` must be `ascending`, `descending` or `ignore`"))
    }

    fn parse_default(&mut self, node: Node<'_>, field: &Field) -> Result<Json, ParseError> {
        let primitive = match self.types.get(field.field_type.0 as usize).map(|found| &found.kind) {
            Some(Kind::Primitive(primitive)) => Some(*primitive),
            _ => None,
        };
        match (primitive, &node) {
            // The reference registry reads a text as a number here, and here only.
            (Some(Primitive::Float | Primitive::Double), Node::String(spelling)) => {
                return java_number::parse_double(spelling).map(java_number::double).ok_or_else(|| {
                    self.fault_in(
                        Step::Key("default"),
                        format!("the default {} is no number", quoted(spelling)),
                    )
                });
            }
            (Some(Primitive::Float | Primitive::Double), Node::Number(spelling)) => {
                return Ok(java_number::respell(spelling));
            }
            _ => {}
        }
        let value = attributes::respelled(node);
        if self.strictness == Strictness::New {
            let verdict = defaults::Check::new(&self.types, None, &mut self.default_budget)
                .value(field.field_type, &value);
            if verdict != Verdict::Fits {
                return Err(self.default_fault(field, &value, verdict));
            }
        }
        Ok(value)
    }

    pub(super) fn parse_enum(
        &mut self,
        mut attributes: TypeAttributes<'_>,
        namespace: Option<&str>,
    ) -> Result<TypeId, ParseError> {
        let (name, full) = self.parse_name(&mut attributes, namespace)?;
        let doc = text(attributes.doc.take()).map(Cow::into_owned);
        let Some(Node::Array(nodes)) = attributes.symbols.take() else {
            return Err(
                self.fault(format!("the enum {} has no `symbols`; add an array of names", quoted(&full)))
            );
        };
        let symbols = self.within(Step::Key("symbols"), |parser| parser.parse_symbols(nodes))?;
        let default = text(attributes.take_default()).map(Cow::into_owned);
        if let Some(default) = default.as_ref().filter(|default| !symbols.contains(default)) {
            let message = format!(
                "the default {} is none of the symbols; add it to them or choose another",
                quoted(default)
            );
            return Err(self.fault_in(Step::Key("default"), message));
        }
        let aliases = self.parse_aliases(attributes.aliases.take(), &name)?;
        let properties = terminal_properties(attributes.custom);
        let kind = Kind::Enum(Enum { named: Named { name, doc, aliases }, symbols, default });
        self.define(Type { kind, properties }, full)
    }

    fn parse_symbols(&self, nodes: Vec<Node<'_>>) -> Result<Vec<String>, ParseError> {
        let mut symbols = Vec::with_capacity(nodes.len());
        // An enum has no free symbols even in a text that is only referred to: printing them would not work.
        for (index, node) in nodes.into_iter().enumerate() {
            let Node::String(symbol) = node else {
                return Err(
                    self.fault_in(Step::Index(index), format!("{} is no symbol; write a text", node.kind()))
                );
            };
            if let Some(message) = self.rule.fault(&symbol) {
                return Err(self.fault_in(Step::Index(index), message));
            }
            symbols.push(symbol.into_owned());
        }
        if let Some(at) = repeated(symbols.iter().map(String::as_str), symbols.len()) {
            let message = format!("the enum has two symbols {}; remove one of them", quoted(&symbols[at]));
            return Err(self.fault_in(Step::Index(at), message));
        }
        Ok(symbols)
    }

    pub(super) fn parse_fixed(
        &mut self,
        mut attributes: TypeAttributes<'_>,
        namespace: Option<&str>,
    ) -> Result<TypeId, ParseError> {
        let (name, full) = self.parse_name(&mut attributes, namespace)?;
        let doc = text(attributes.doc.take()).map(Cow::into_owned);
        let size = match attributes.size.take() {
            Some(Node::Number(spelling)) => parse_size(spelling),
            _ => None,
        };
        let Some(size) = size else {
            let message =
                format!("`size` of a fixed must be a whole number of bytes from 0 to {FIXED_SIZE_MAX}");
            return Err(self.fault_in(Step::Key("size"), message));
        };
        let aliases = self.parse_aliases(attributes.aliases.take(), &name)?;
        let properties = terminal_properties(attributes.custom);
        let kind = Kind::Fixed(Fixed { named: Named { name, doc, aliases }, size });
        self.define(Type { kind, properties }, full)
    }

    fn parse_name(
        &self,
        attributes: &mut TypeAttributes<'_>,
        namespace: Option<&str>,
    ) -> Result<(Name, String), ParseError> {
        let own = text(attributes.namespace.take());
        let Some(name_text) = text(attributes.name.take()) else {
            return Err(self.fault("records, enums and fixeds need a `name`; add one"));
        };
        let name = Name::resolve(&name_text, own.as_deref().or(namespace));
        let fault = self.rule.fault(&name.simple);
        let fault = fault.or_else(|| self.rule.namespace_fault(name.namespace.as_deref()?));
        if let Some(message) = fault {
            return Err(self.fault_in(Step::Key("name"), message));
        }
        let full = name.full();
        Ok((name, full))
    }

    fn parse_aliases(&self, node: Option<Node<'_>>, owner: &Name) -> Result<Vec<Name>, ParseError> {
        let mut aliases: Vec<Name> = Vec::new();
        let mut seen = HashSet::new();
        for (index, alias) in self.parse_texts(node)?.into_iter().enumerate() {
            let name = Name::resolve(&alias, owner.namespace.as_deref());
            let fault = (self.rule == NameRule::Ascii).then(|| self.rule.fault(&name.simple)).flatten();
            if let Some(message) = fault {
                let place = format!("{}/aliases/{index}", self.pointer(self.place));
                return Err(ParseError::at(place, message));
            }
            if seen.insert(name.full()) {
                aliases.push(name);
            }
        }
        Ok(aliases)
    }

    /// An array of texts without repetition.
    fn parse_texts<'a>(&self, node: Option<Node<'a>>) -> Result<Vec<Cow<'a, str>>, ParseError> {
        let Some(node) = node else { return Ok(Vec::new()) };
        let Node::Array(nodes) = node else {
            return Err(self.fault_in(Step::Key("aliases"), "`aliases` must be an array of names"));
        };
        let mut texts = Vec::with_capacity(nodes.len());
        let mut seen = HashSet::new();
        for node in nodes {
            let Node::String(alias) = node else {
                return Err(self.fault_in(Step::Key("aliases"), "`aliases` must hold nothing but names"));
            };
            if seen.insert(alias.clone()) {
                texts.push(alias);
            }
        }
        Ok(texts)
    }
}

impl Order {
    /// The word for this order in a schema.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
            Self::Ignore => "ignore",
        }
    }
}

fn parse_size(spelling: &str) -> Option<u32> {
    if spelling == "-0" {
        return Some(0);
    }
    spelling.parse().ok().filter(|size| *size <= FIXED_SIZE_MAX)
}

/// The position of the first name that stood before.
fn repeated<'a>(names: impl Iterator<Item = &'a str> + Clone, count: usize) -> Option<usize> {
    if count <= SCANNED_MAX {
        let mut rest = names.clone().enumerate();
        return rest.position(|(at, name)| names.clone().take(at).any(|earlier| earlier == name));
    }
    let mut seen = HashSet::with_capacity(count);
    names.enumerate().find(|(_, name)| !seen.insert(*name)).map(|(at, _)| at)
}
