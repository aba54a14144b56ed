//! What stands in a record of the source, for passing over it and for making values of it.

use std::borrow::Cow;
use std::collections::HashMap;

use schema::avro::AvroSchema;
use schema::avro::schema::{Kind, Primitive, TypeId};

use super::cursor::Cursor;
use crate::codec::Limits;
use crate::codec::avro::Input;
use crate::translator::mapping::value::Value;

/// A type. Numbers are positions in the lists of [`Nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    Text,
    Fixed(usize),
    /// With the count of its symbols.
    Enum(usize),
    List(usize),
    Map(usize),
    Record(usize),
    Union(usize),
    /// A union of null, with this number, and an int or a long.
    OptionalNumber {
        union: usize,
        null: u8,
        is_int: bool,
    },
    OptionalText {
        union: usize,
        null: u8,
    },
}

/// How the model holds what stands in a branch of a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Null,
    /// As it is: there is no other branch but null.
    Plain,
    /// As the branch with this position among those that are not null.
    Branch(u32),
}

/// Which schema a type is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Version {
    /// What has written the record.
    Writer,
    /// What the rules are made for. Defaults of fields that the writer does not have are encoded by it.
    Pinned,
}

/// All types that stand in records.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    items: Vec<Node>,
    records: Vec<Box<[Node]>>,
    unions: Vec<Box<[(Held, Node)]>>,
    known: HashMap<(Version, TypeId), Node>,
}

/// Levels that records may nest, as the decoder counts them.
pub(super) fn depth_max() -> usize {
    Limits::default().depth_max
}

impl Nodes {
    /// The node of a type, with those of all types below it.
    pub(super) fn of(&mut self, version: Version, schema: &AvroSchema, id: TypeId) -> Node {
        let id = schema.first_definition(id);
        if let Some(known) = self.known.get(&(version, id)) {
            return *known;
        }
        let node = match &schema.get(id).kind {
            Kind::Primitive(primitive) => primitive_node(*primitive),
            Kind::Fixed(fixed) => Node::Fixed(fixed.size as usize),
            Kind::Enum(symbols) => Node::Enum(symbols.symbols.len()),
            Kind::Array(item) | Kind::Map(item) => {
                let item = self.of(version, schema, *item);
                self.items.push(item);
                let place = self.items.len() - 1;
                match &schema.get(id).kind {
                    Kind::Array(_) => Node::List(place),
                    _ => Node::Map(place),
                }
            }
            Kind::Record(record) => {
                // A record may contain itself, so it is known before its fields are.
                let place = self.records.len();
                self.records.push(Box::default());
                self.known.insert((version, id), Node::Record(place));
                let fields = record.fields.iter().map(|field| self.of(version, schema, field.field_type));
                let fields = fields.collect();
                if let Some(slot) = self.records.get_mut(place) {
                    *slot = fields;
                }
                Node::Record(place)
            }
            Kind::Union(branches) => {
                let nodes = branches.iter().map(|branch| self.of(version, schema, *branch));
                let branches: Box<[_]> = nodes
                    .collect::<Vec<_>>()
                    .into_iter()
                    .zip(held(schema, branches))
                    .map(|(node, held)| (held, node))
                    .collect();
                let union = self.unions.len();
                let node = match *branches {
                    [(Held::Null, _), (_, Node::Text)] => Node::OptionalText { union, null: 0 },
                    [(_, Node::Text), (Held::Null, _)] => Node::OptionalText { union, null: 1 },
                    [(Held::Null, _), (_, node @ (Node::Int | Node::Long))] => {
                        Node::OptionalNumber { union, null: 0, is_int: node == Node::Int }
                    }
                    [(_, node @ (Node::Int | Node::Long)), (Held::Null, _)] => {
                        Node::OptionalNumber { union, null: 1, is_int: node == Node::Int }
                    }
                    _ => Node::Union(union),
                };
                self.unions.push(branches);
                node
            }
        };
        self.known.insert((version, id), node);
        node
    }

    /// Passes over what stands at `node`. `depth` is how many levels it may nest.
    #[inline]
    pub(super) fn pass(&self, cursor: &mut Cursor<'_>, node: Node, depth: usize) -> Option<()> {
        match node {
            Node::OptionalNumber { null, is_int, .. } => cursor.optional_number(null, is_int),
            Node::OptionalText { null, .. } => cursor.optional_text(null),
            Node::Text => cursor.text(),
            Node::Int => cursor.int(),
            Node::Long => cursor.long(),
            Node::Double => cursor.raw(8).map(drop),
            other => self.pass_other(cursor, other, depth),
        }
    }

    fn pass_other(&self, cursor: &mut Cursor<'_>, node: Node, depth: usize) -> Option<()> {
        match node {
            Node::Null => Some(()),
            Node::Boolean => cursor.boolean(),
            Node::Float => cursor.float(),
            Node::Bytes => cursor.bytes().map(drop),
            Node::Fixed(size) => cursor.raw(size).map(drop),
            Node::Enum(count) => cursor.index(count).map(drop),
            Node::List(items) => self.pass_items(cursor, *self.items.get(items)?, false, depth),
            Node::Map(items) => self.pass_items(cursor, *self.items.get(items)?, true, depth),
            Node::Record(record) => {
                let depth = depth.checked_sub(1)?;
                self.records.get(record)?.iter().try_for_each(|field| self.pass(cursor, *field, depth))
            }
            Node::Union(union) => {
                let branches = self.unions.get(union)?;
                let (_, branch) = branches.get(cursor.index(branches.len())?)?;
                self.pass(cursor, *branch, depth)
            }
            other => self.pass(cursor, other, depth),
        }
    }

    fn pass_items(&self, cursor: &mut Cursor<'_>, item: Node, has_keys: bool, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let count = cursor.count()?;
        for _ in 0..count {
            let before = cursor.at();
            if has_keys {
                cursor.text()?;
            }
            self.pass(cursor, item, depth)?;
            // Any number of items without bytes fits a record; the decoder has a limit for them.
            (cursor.at() > before).then_some(())?;
        }
        if count > 0 {
            (cursor.count()? == 0).then_some(())?;
        }
        Some(())
    }

    /// Makes a value of what stands at `node`, over which [`Nodes::pass`] has passed before.
    pub(super) fn value<'b>(&self, input: &mut Input<'b>, node: Node) -> Option<Value<'b>> {
        Some(match node {
            Node::Null => Value::Null,
            Node::Boolean => Value::Boolean(input.boolean().ok()?),
            Node::Int | Node::Long => Value::Int(input.long().ok()?),
            Node::Float => Value::Double(input.float().ok()?.into()),
            Node::Double => Value::Double(input.double().ok()?),
            Node::Bytes => Value::Bytes(Cow::Borrowed(input.bytes().ok()?)),
            Node::Text => Value::String(Cow::Borrowed(input.string().ok()?)),
            Node::Fixed(size) => Value::Bytes(Cow::Borrowed(input.raw(size).ok()?)),
            Node::Enum(count) => Value::Symbol(u32::try_from(input.index(count).ok()?).ok()?),
            Node::List(items) => {
                let item = *self.items.get(items)?;
                let count = input.block(0).ok()?.count;
                let items = (0..count).map(|_| self.value(input, item)).collect::<Option<_>>()?;
                if count > 0 {
                    input.block(0).ok()?;
                }
                Value::List(items)
            }
            Node::Map(items) => {
                let item = *self.items.get(items)?;
                let count = input.block(0).ok()?.count;
                let entry = |_| Some((Cow::Borrowed(input.string().ok()?), self.value(input, item)?));
                let entries = (0..count).map(entry).collect::<Option<_>>()?;
                if count > 0 {
                    input.block(0).ok()?;
                }
                Value::Map(entries)
            }
            Node::Record(record) => {
                let fields = self.records.get(record)?.iter();
                Value::Record(fields.map(|field| self.value(input, *field)).collect::<Option<_>>()?)
            }
            Node::Union(union) | Node::OptionalNumber { union, .. } | Node::OptionalText { union, .. } => {
                let branches = self.unions.get(union)?;
                let (held, branch) = *branches.get(input.index(branches.len()).ok()?)?;
                held.around(self.value(input, branch)?)
            }
        })
    }
}

impl Held {
    /// A branch's content as a value of its union.
    pub(super) fn around(self, value: Value<'_>) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Plain => value,
            Self::Branch(position) => Value::Branch(position, Box::new(value)),
        }
    }
}

fn primitive_node(primitive: Primitive) -> Node {
    match primitive {
        Primitive::Null => Node::Null,
        Primitive::Boolean => Node::Boolean,
        Primitive::Int => Node::Int,
        Primitive::Long => Node::Long,
        Primitive::Float => Node::Float,
        Primitive::Double => Node::Double,
        Primitive::Bytes => Node::Bytes,
        Primitive::String => Node::Text,
    }
}

pub(super) fn is_null(schema: &AvroSchema, id: TypeId) -> bool {
    matches!(schema.get(id).kind, Kind::Primitive(Primitive::Null))
}

/// How the model holds each branch of a union.
pub(super) fn held(schema: &AvroSchema, branches: &[TypeId]) -> Vec<Held> {
    let others = branches.iter().filter(|branch| !is_null(schema, **branch)).count();
    let mut positions = 0_u32..;
    let held = |branch: &TypeId| match (is_null(schema, *branch), others) {
        (true, _) => Held::Null,
        (false, 1) => Held::Plain,
        (false, _) => positions.next().map_or(Held::Null, Held::Branch),
    };
    branches.iter().map(held).collect()
}
