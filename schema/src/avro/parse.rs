//! The parser: JSON text to the model.
//!
//! Names may be used before they are defined, as the reference registry allows: such a use is a *pending* type id until
//! the text has been read (`pending.rs`).

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::attributes::{self, TypeAttributes};
use super::names::{NameRule, Origin, quoted};
use super::schema::{AvroSchema, Kind, Primitive, Properties, Type, TypeId};
use super::{STACK_PIECE, STACK_RESERVE, canonical, equality, logical};
use crate::document::{Comments, Node};
use crate::format::{ParseError, Strictness};
use crate::references::{ResolvedReference, ResolvedReferences};

/// Type ids from here on stand for names that were not known where they were used.
pub(super) const PENDING_MIN: u32 = 1 << 31;

/// One step of a JSON pointer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Key(&'static str),
    Index(usize),
}

/// A place in the text: an index into [`Parser::places`].
pub(super) type Place = u32;

/// A use of a name that was not known yet.
pub(super) struct Pending {
    pub(super) name: String,
    pub(super) place: Place,
}

/// Reads texts that share their names: first those of the references, then the schema's own.
pub(super) struct Parser {
    pub(super) types: Vec<Type>,
    /// Where each type stands, for faults found after reading; parallel to `types`.
    pub(super) type_places: Vec<Place>,
    /// Full name to the first definition.
    pub(super) names: HashMap<String, TypeId>,
    /// The first definitions in the order in which they were completed.
    pub(super) definitions: Vec<TypeId>,
    pub(super) twins: Vec<(TypeId, TypeId)>,
    pub(super) pending: Vec<Pending>,
    pub(super) strictness: Strictness,
    pub(super) rule: NameRule,
    /// A tree of places: parent and step. Keeping it costs less than building pointers that are rarely printed.
    places: Vec<(Place, Step)>,
    pub(super) place: Place,
    /// The shared types of primitives without properties.
    plain: [Option<TypeId>; Primitive::ALL.len()],
    known: Vec<TypeId>,
    referenced: u32,
    scratch: String,
    /// Work left for checking default values.
    pub(super) default_budget: usize,
}

/// Parses a schema.
pub(super) fn parse(
    text: &str,
    references: &ResolvedReferences,
    strictness: Strictness,
) -> Result<AvroSchema, ParseError> {
    let mut parser = Parser::new(strictness);
    for reference in &references.in_order {
        parser.read_reference(reference)?;
    }
    parser.finish(text)
}

/// Parses another text with the references, and the strictness, of `schema`.
pub(super) fn reparse(schema: &AvroSchema, text: &str) -> Result<AvroSchema, ParseError> {
    let mut parser = Parser::new(schema.strictness);
    let referenced = schema.referenced as usize;
    parser.types = schema.types[..referenced].to_vec();
    parser.type_places = vec![0; referenced];
    parser.known.clone_from(&schema.known);
    parser.twins.extend(schema.twins.iter().filter(|(later, _)| later.0 < schema.referenced));
    for (index, defined) in (0_u32..).zip(&parser.types) {
        if let Some(named) = defined.kind.named() {
            parser.names.entry(named.name.full()).or_insert(TypeId(index));
        }
    }
    parser.finish(text)
}

impl Parser {
    fn new(strictness: Strictness) -> Self {
        Self {
            types: Vec::with_capacity(16),
            type_places: Vec::with_capacity(16),
            names: HashMap::new(),
            definitions: Vec::new(),
            twins: Vec::new(),
            pending: Vec::new(),
            strictness,
            rule: NameRule::Free,
            places: Vec::with_capacity(256),
            place: 0,
            plain: [None; Primitive::ALL.len()],
            known: Vec::new(),
            referenced: 0,
            scratch: String::new(),
            default_budget: super::defaults::CHECKS_MAX,
        }
    }

    fn read_reference(&mut self, reference: &ResolvedReference) -> Result<(), ParseError> {
        self.rule = NameRule::of(self.strictness, Origin::Reference);
        let root = self.read(&reference.text).map_err(|error| ParseError {
            message: format!(
                "the referenced schema {} does not parse: {}",
                quoted(&reference.name),
                error.message
            ),
            ..error
        })?;
        if self.types[root.0 as usize].kind.named().is_some() {
            self.known.push(root);
        }
        Ok(())
    }

    fn finish(mut self, text: &str) -> Result<AvroSchema, ParseError> {
        self.referenced = self.next_id()?.0;
        self.rule = NameRule::of(self.strictness, Origin::Main);
        let root = self.read(text)?;
        let mut schema = AvroSchema {
            types: self.types,
            root,
            referenced: self.referenced,
            known: self.known,
            twins: self.twins,
            strictness: self.strictness,
            canonical: String::new(),
        };
        schema.canonical = canonical::print(&schema, text.len())?;
        Ok(schema)
    }

    /// Reads one text and resolves the names in it.
    fn read(&mut self, text: &str) -> Result<TypeId, ParseError> {
        self.places.clear();
        self.places.push((0, Step::Index(0)));
        self.place = 0;
        let first_type = self.types.len();
        let first_definition = self.definitions.len();
        let node = Node::parse(text, Comments::Allowed)?;
        let root = self.parse_type(node, None)?;
        let root = self.resolve_pending(root, first_type, first_definition)?;
        // A root that repeats a known definition is that definition.
        Ok(self.twins.iter().find(|(later, _)| *later == root).map_or(root, |(_, first)| *first))
    }

    pub(super) fn parse_type(
        &mut self,
        node: Node<'_>,
        namespace: Option<&str>,
    ) -> Result<TypeId, ParseError> {
        match node {
            Node::String(name) => self.look_up(&name, namespace),
            Node::Object(members) => stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || {
                self.parse_object(TypeAttributes::sort(members), namespace)
            }),
            Node::Array(branches) => {
                stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.parse_union(branches, namespace))
            }
            other => Err(self.fault(format!(
                "{} is no schema: write the name of a type, an object with a `type`, or an array of branches",
                other.kind()
            ))),
        }
    }

    fn parse_object(
        &mut self,
        mut attributes: TypeAttributes<'_>,
        namespace: Option<&str>,
    ) -> Result<TypeId, ParseError> {
        let kind = match attributes.kind.take() {
            Some(Node::String(kind)) => kind,
            Some(Node::Object(_) | Node::Array(_)) => {
                return Err(self.fault(
                    "`type` of a schema must be a name; put the inner type in the place of the object around it",
                ));
            }
            _ => return Err(self.fault("the schema has no `type`; add one, e.g. `\"type\": \"record\"`")),
        };
        if let Some(primitive) = Primitive::parse(&kind) {
            return self.parse_primitive(primitive, attributes.custom);
        }
        match &*kind {
            "record" | "error" => self.parse_record(attributes, namespace, kind == "error"),
            "enum" => self.parse_enum(attributes, namespace),
            "fixed" => self.parse_fixed(attributes, namespace),
            "array" => self.parse_array(attributes, namespace),
            "map" => self.parse_map(attributes, namespace),
            _ => self.look_up(&kind, namespace),
        }
    }

    fn parse_primitive(
        &mut self,
        primitive: Primitive,
        custom: Vec<(Cow<'_, str>, Node<'_>)>,
    ) -> Result<TypeId, ParseError> {
        if custom.is_empty() {
            return self.plain(primitive);
        }
        let properties = terminal_properties(custom);
        self.add(Type { kind: Kind::Primitive(primitive), properties })
    }

    fn parse_array(
        &mut self,
        attributes: TypeAttributes<'_>,
        ns: Option<&str>,
    ) -> Result<TypeId, ParseError> {
        let Some(items) = attributes.items else {
            return Err(self.fault("the array has no `items`; add the type of its elements"));
        };
        let element = self.within(Step::Key("items"), |parser| parser.parse_type(items, ns))?;
        let kind = Kind::Array(element);
        let properties = self.container_properties(&kind, attributes.custom)?;
        self.add(Type { kind, properties })
    }

    fn parse_map(&mut self, attributes: TypeAttributes<'_>, ns: Option<&str>) -> Result<TypeId, ParseError> {
        let Some(values) = attributes.values else {
            return Err(self.fault("the map has no `values`; add the type of its values"));
        };
        let value = self.within(Step::Key("values"), |parser| parser.parse_type(values, ns))?;
        let kind = Kind::Map(value);
        let properties = self.container_properties(&kind, attributes.custom)?;
        self.add(Type { kind, properties })
    }

    fn parse_union(&mut self, nodes: Vec<Node<'_>>, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let mut branches = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.into_iter().enumerate() {
            branches.push(self.within(Step::Index(index), |parser| parser.parse_type(node, namespace))?);
        }
        self.check_branches(&branches, self.place)?;
        self.add(Type { kind: Kind::Union(branches), properties: Vec::new() })
    }

    /// Pending branches are left out: they are checked once they are resolved.
    pub(super) fn check_branches(&self, branches: &[TypeId], place: Place) -> Result<(), ParseError> {
        let mut seen = HashSet::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate().filter(|(_, branch)| branch.0 < PENDING_MIN) {
            let kind = &self.types[branch.0 as usize].kind;
            let message = if matches!(kind, Kind::Union(_)) {
                "a union stands inside a union; move its branches to the outer one".to_owned()
            } else {
                let key = match kind.named() {
                    Some(named) => (named.name.namespace.as_deref(), named.name.simple.as_str()),
                    None => (None, kind.word()),
                };
                if seen.insert(key) {
                    continue;
                }
                let name = kind.named().map_or_else(|| kind.word().to_owned(), |named| named.name.full());
                format!("the union has two branches {}; remove one of them", quoted(&name))
            };
            return Err(ParseError::at(format!("{}/{index}", self.pointer(place)), message));
        }
        Ok(())
    }

    /// The type that a name means; without a definition so far, a pending one.
    fn look_up(&mut self, name: &str, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        if let Some(primitive) = Primitive::parse(name) {
            return self.plain(primitive);
        }
        let full = match namespace {
            Some(namespace) if !name.contains('.') => {
                self.scratch.clear();
                self.scratch.push_str(namespace);
                self.scratch.push('.');
                self.scratch.push_str(name);
                self.scratch.as_str()
            }
            _ => name,
        };
        if let Some(known) = self.names.get(full).or_else(|| self.names.get(name)) {
            return Ok(*known);
        }
        let id = u32::try_from(self.pending.len()).ok().filter(|index| *index < PENDING_MIN);
        let id = id.ok_or_else(|| ParseError::new("the schema uses more names than can be counted"))?;
        self.pending.push(Pending { name: full.to_owned(), place: self.place });
        Ok(TypeId(PENDING_MIN + id))
    }

    fn plain(&mut self, primitive: Primitive) -> Result<TypeId, ParseError> {
        if let Some(id) = self.plain[primitive as usize] {
            return Ok(id);
        }
        let id = self.add(Type { kind: Kind::Primitive(primitive), properties: Vec::new() })?;
        self.plain[primitive as usize] = Some(id);
        Ok(id)
    }

    pub(super) fn add(&mut self, new: Type) -> Result<TypeId, ParseError> {
        let id = self.next_id()?;
        self.types.push(new);
        self.type_places.push(self.place);
        Ok(id)
    }

    fn next_id(&self) -> Result<TypeId, ParseError> {
        match u32::try_from(self.types.len()) {
            Ok(id) if id < PENDING_MIN => Ok(TypeId(id)),
            _ => Err(ParseError::new("the schema has more types than can be counted")),
        }
    }

    /// Adds a record, enum or fixed under its name.
    pub(super) fn define(&mut self, new: Type, full: String) -> Result<TypeId, ParseError> {
        if Primitive::parse(&full).is_some() {
            return Err(
                self.fault_in(Step::Key("name"), format!("{} is the name of a built-in type", quoted(&full)))
            );
        }
        let id = self.add(new)?;
        let Some(first) = self.names.get(&full).copied() else {
            self.names.insert(full, id);
            self.definitions.push(id);
            return Ok(id);
        };
        if !equality::are_equal(&self.types, id, first) {
            return Err(self.fault(format!(
                "{} is defined already, and differently; use it by its name or choose another name",
                quoted(&full)
            )));
        }
        self.twins.push((id, first));
        Ok(id)
    }

    /// Properties of the types that the reference registry copies when it resolves names. Its copies cannot hold whole
    /// numbers beyond 64 bits, and begin with a logical type that is recognised.
    pub(super) fn container_properties(
        &self,
        kind: &Kind,
        custom: Vec<(Cow<'_, str>, Node<'_>)>,
    ) -> Result<Properties, ParseError> {
        let mut properties = terminal_properties(custom);
        for (key, value) in &properties {
            if let Some(number) = attributes::number_beyond_long(value) {
                return Err(self.fault(format!(
                    "the property {} holds {number}, which does not fit 64 bits; write it as a text",
                    quoted(key)
                )));
            }
        }
        if properties.len() > 1 && logical::recognise(&self.types, kind, &properties).is_some() {
            let at = properties.iter().position(|(key, _)| key == logical::LOGICAL_TYPE).unwrap_or(0);
            let logical_type = properties.remove(at);
            properties.insert(0, logical_type);
        }
        Ok(properties)
    }

    /// Runs `read` one step further down.
    pub(super) fn within<T>(
        &mut self,
        step: Step,
        read: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let here = self.place;
        self.descend(step);
        let result = read(self)?;
        self.place = here;
        Ok(result)
    }

    pub(super) fn descend(&mut self, step: Step) {
        // Texts are far shorter than 2^32; past that, faults would merely name a place further up.
        if let Ok(next) = u32::try_from(self.places.len()) {
            self.places.push((self.place, step));
            self.place = next;
        }
    }

    /// A fault at the current place.
    pub(super) fn fault(&self, message: impl Into<String>) -> ParseError {
        ParseError::at(self.pointer(self.place), message)
    }

    /// A fault one step further down.
    pub(super) fn fault_in(&self, step: Step, message: impl Into<String>) -> ParseError {
        let mut pointer = self.pointer(self.place);
        push_step(&mut pointer, step);
        ParseError::at(pointer, message)
    }

    pub(super) fn pointer(&self, place: Place) -> String {
        let mut steps = Vec::new();
        let mut place = place;
        while place != 0 {
            let (parent, step) = self.places[place as usize];
            steps.push(step);
            place = parent;
        }
        let mut pointer = String::new();
        for step in steps.into_iter().rev() {
            push_step(&mut pointer, step);
        }
        pointer
    }
}

fn push_step(pointer: &mut String, step: Step) {
    pointer.push('/');
    match step {
        Step::Key(key) => pointer.push_str(key),
        Step::Index(index) => pointer.push_str(&index.to_string()),
    }
}

/// Properties as they stand.
pub(super) fn terminal_properties(custom: Vec<(Cow<'_, str>, Node<'_>)>) -> Properties {
    custom.into_iter().map(|(key, value)| (key.into_owned(), attributes::respelled(value))).collect()
}
