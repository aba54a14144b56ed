//! From schemas to a plan.

use std::collections::HashMap;
use std::sync::Arc;

#[cfg(feature = "translator")]
use schema::avro::schema::Field;
use schema::avro::schema::{AvroSchema, Kind, Primitive, Record, TypeId};
use schema::format::SchemaFormat;

use super::defaults::Defaults;
use super::names;
use super::same::Comparison;
use super::{
    EnumPlan, FixedPlan, ItemPlan, Key, Node, OptionalPlan, Places, Plan, RecordPlan, Step, SymbolMap,
    UnionPlan, Write, passing, sizes,
};
use crate::codec::PrepareError;
use crate::codec::avro::de::Layouts;
use crate::codec::avro::output::Output;
use crate::codec::avro::shape::{EnumShape, FixedShape, RecordShape};
use crate::codec::avro::value::{Value, encode};

/// Nodes of a plan, at most: pairs of types of two large unions would otherwise make any number of them.
const NODES_MAX: usize = 1 << 20;

/// What is made of logical types where those of writer and reader differ, such as two units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::codec::avro) enum Meanings {
    /// Nothing: numbers are read as numbers, as in the Java library.
    Ignored,
    /// What would be another value is not read.
    Compared,
}

/// Works out how records of `writer` are read, as they are or as `reader`.
pub(in crate::codec::avro) fn for_reading(
    writer: &AvroSchema,
    reader: Option<&AvroSchema>,
    meanings: Meanings,
) -> Result<Plan, PrepareError> {
    // A reader's schema that says the same changes nothing, and without resolution unions are read branch by branch.
    let reader = reader.filter(|reader| !says_the_same(writer, reader));
    let mut compiler = Compiler::new(writer, reader.unwrap_or(writer));
    compiler.meanings = meanings;
    let root = match reader {
        None => compiler.same(writer.root()),
        Some(reader) => compiler.pair(writer.root(), reader.root()),
    };
    compiler.work(Defaulted::Nothing)?;
    Ok(compiler.finish(root))
}

/// Compares the texts with their references in them: the same text may mean another version of a reference.
pub(crate) fn says_the_same(writer: &AvroSchema, reader: &AvroSchema) -> bool {
    let [writer, reader] = [writer, reader].map(|schema| schema.formatted("resolved"));
    writer.is_ok_and(|writer| reader.is_ok_and(|reader| writer == reader))
}

/// Works out how records of `writer` are written.
pub(in crate::codec::avro) fn for_writing(writer: &AvroSchema) -> Result<Plan, PrepareError> {
    let mut compiler = Compiler::new(writer, writer);
    let root = compiler.same(writer.root());
    compiler.work(Defaulted::Absent)?;
    let absent = std::mem::take(&mut compiler.absent);
    let mut plan = compiler.finish(root);
    plan.places = plan.find_places();
    for (record, values) in absent {
        let steps = &plan.record(record).steps;
        let absent = steps.iter().zip(values).map(|(step, value)| absent_bytes(&plan, step.node, value));
        let absent = absent.collect();
        let writes = steps.iter().map(|step| Write { key: Key::default(), place: plan.place(step.node) });
        let writes = writes.collect();
        if let Some(record) = plan.records.get_mut(record as usize) {
            (record.absent, record.writes) = (absent, writes);
        }
    }
    Ok(plan)
}

/// What is written of a field that a type does not have: its default, else null if it can be that.
fn absent_bytes(plan: &Plan, node: Node, default: Option<Value<'static>>) -> Option<Box<[u8]>> {
    let mut bytes = Vec::new();
    let value = default.unwrap_or(Value::Null);
    let written = encode(plan, &mut Output::new(&mut bytes, 0), node, &value);
    written.ok().map(|()| bytes.into_boxed_slice())
}

/// What is written of a field that is not given: its default, if it has one that can be written.
#[cfg(feature = "translator")]
pub(crate) fn default_bytes(schema: &AvroSchema, field: &Field) -> Option<Box<[u8]>> {
    let value = Defaults::new(schema).of(field).ok()?;
    let mut compiler = Compiler::new(schema, schema);
    let node = compiler.same(field.field_type);
    compiler.work(Defaulted::Nothing).ok()?;
    absent_bytes(&compiler.plan, node, Some(value))
}

/// Whether defaults of the writer's fields are worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defaulted {
    Nothing,
    Absent,
}

/// A record whose fields are still to be worked out.
pub(super) struct Pending {
    pub(super) record: u32,
    pub(super) writer: TypeId,
    /// `None` when it is read as it was written.
    pub(super) reader: Option<TypeId>,
}

pub(super) struct Compiler<'s> {
    pub(super) writer: &'s AvroSchema,
    pub(super) reader: &'s AvroSchema,
    pub(super) plan: Plan,
    pub(super) pending: Vec<Pending>,
    pub(super) pairs: HashMap<(TypeId, TypeId), Node>,
    pub(super) readable: HashMap<(TypeId, TypeId), bool>,
    pub(super) defaults: Defaults<'s>,
    pub(super) comparison: Comparison<'s>,
    pub(super) meanings: Meanings,
    sames: HashMap<TypeId, Node>,
    /// By record, the defaults of its fields.
    absent: Vec<(u32, Vec<Option<Value<'static>>>)>,
}

impl<'s> Compiler<'s> {
    fn new(writer: &'s AvroSchema, reader: &'s AvroSchema) -> Self {
        let plan = Plan {
            root: Node::Null,
            records: Vec::new(),
            enums: Vec::new(),
            fixeds: Vec::new(),
            arrays: Vec::new(),
            maps: Vec::new(),
            optionals: Vec::new(),
            unions: Vec::new(),
            failures: Vec::new(),
            places: Places::default(),
        };
        Self {
            writer,
            reader,
            plan,
            pending: Vec::new(),
            pairs: HashMap::new(),
            readable: HashMap::new(),
            defaults: Defaults::new(reader),
            comparison: Comparison::new(writer, reader),
            meanings: Meanings::Ignored,
            sames: HashMap::new(),
            absent: Vec::new(),
        }
    }

    /// Fills the fields of records until none is left; not by recursion, as chains of records may be long.
    fn work(&mut self, defaulted: Defaulted) -> Result<(), PrepareError> {
        while let Some(pending) = self.pending.pop() {
            if defaulted == Defaulted::Absent
                && let Some(record) = record_of(self.writer, pending.writer)
            {
                let values = record.fields.iter().map(|field| self.defaults.of(field).ok()).collect();
                self.absent.push((pending.record, values));
            }
            let (steps, defaults) = match pending.reader {
                None => (self.same_steps(pending.writer), Vec::new()),
                Some(reader) => self.pair_steps(pending.writer, reader),
            };
            let plan = &self.plan;
            if plan.records.len() + plan.unions.len() + plan.arrays.len() + plan.maps.len() > NODES_MAX {
                return Err(PrepareError(
                    "the schemas have too many pairs of types; split the unions".into(),
                ));
            }
            let Some(record) = self.plan.records.get_mut(pending.record as usize) else { continue };
            let in_order = steps
                .iter()
                .enumerate()
                .all(|(at, step)| !step.again && step.field.is_some_and(|field| field as usize == at));
            record.is_plain = in_order && defaults.is_empty() && steps.len() == record.shape.fields.len();
            record.take(steps);
            record.defaults = defaults.into_boxed_slice();
        }
        Ok(())
    }

    fn finish(self, root: Node) -> Plan {
        let mut plan = self.plan;
        plan.root = at_the_root(root, &mut plan);
        sizes::measure(&mut plan);
        passing::prepare(&mut plan);
        plan
    }

    /// How a type of the writer is read as it was written.
    pub(super) fn same(&mut self, id: TypeId) -> Node {
        if let Some(node) = self.sames.get(&id) {
            return *node;
        }
        let schema = self.writer;
        let node = match &schema.get(id).kind {
            Kind::Primitive(primitive) => Node::of(*primitive),
            Kind::Fixed(fixed) => {
                let shape = FixedShape {
                    name: names::type_name(&fixed.named.name),
                    size: fixed.size as usize,
                    logical: names::logical(schema, id),
                };
                self.fixed(Arc::new(shape))
            }
            Kind::Enum(symbols) => {
                let shape = names::enum_shape(symbols);
                self.enumeration(shape, symbols.symbols.len(), None)
            }
            Kind::Record(record) => {
                let first = schema.first_definition(id);
                if first != id {
                    return self.same(first);
                }
                let shape = names::record_shape(schema, record);
                let node = self.record(shape, id, None);
                self.sames.insert(id, node);
                return node;
            }
            Kind::Array(item) => {
                let item = self.same(*item);
                self.array(item, item)
            }
            Kind::Map(value) => {
                let value = self.same(*value);
                self.map(value, value)
            }
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| self.same(*branch)).collect();
                self.union(branches, true)
            }
        };
        self.sames.insert(id, node);
        node
    }

    fn same_steps(&mut self, id: TypeId) -> Vec<Step> {
        let Some(record) = record_of(self.writer, id) else { return Vec::new() };
        let mut steps = Vec::with_capacity(record.fields.len());
        for (field, number) in record.fields.iter().zip(0..) {
            let node = self.same(field.field_type);
            steps.push(Step { field: Some(number), node, skip: node, again: false, is_same: true });
        }
        steps
    }

    pub(super) fn fixed(&mut self, shape: Arc<FixedShape>) -> Node {
        Node::Fixed(push(&mut self.plan.fixeds, FixedPlan { shape }))
    }

    pub(super) fn enumeration(
        &mut self,
        shape: Arc<EnumShape>,
        count: usize,
        mapped: Option<SymbolMap>,
    ) -> Node {
        let (complete, incomplete) = (Key::default(), Key::default());
        Node::Enum(push(&mut self.plan.enums, EnumPlan { shape, count, mapped, complete, incomplete }))
    }

    pub(super) fn record(&mut self, shape: Arc<RecordShape>, writer: TypeId, reader: Option<TypeId>) -> Node {
        let plan = RecordPlan {
            shape,
            writes: Box::default(),
            steps: Box::default(),
            turns: Box::default(),
            defaults: Box::default(),
            is_plain: false,
            passes: Box::default(),
            absent: Box::default(),
            layouts: Layouts::default(),
            size_min: 0,
        };
        let record = push(&mut self.plan.records, plan);
        self.pending.push(Pending { record, writer, reader });
        Node::Record(record)
    }

    pub(super) fn array(&mut self, node: Node, skip: Node) -> Node {
        Node::Array(push(&mut self.plan.arrays, ItemPlan { node, skip, size_min: 0 }))
    }

    pub(super) fn map(&mut self, node: Node, skip: Node) -> Node {
        Node::Map(push(&mut self.plan.maps, ItemPlan { node, skip, size_min: 1 }))
    }

    pub(super) fn union(&mut self, branches: Vec<Node>, is_written: bool) -> Node {
        if is_written && let [first, second] = *branches {
            let optional = match (first, second) {
                (Node::Null, node) => Some(OptionalPlan { null: 0, node }),
                (node, Node::Null) => Some(OptionalPlan { null: 1, node }),
                _ => None,
            };
            if let Some(optional) = optional {
                return Node::Optional(push(&mut self.plan.optionals, optional));
            }
        }
        let branches = branches.into_boxed_slice();
        Node::Union(push(&mut self.plan.unions, UnionPlan { branches, is_written }))
    }

    pub(super) fn fail(&mut self, reason: String) -> Node {
        Node::Fail(push(&mut self.plan.failures, reason.into_boxed_str()))
    }
}

impl Node {
    pub(super) fn of(primitive: Primitive) -> Self {
        match primitive {
            Primitive::Null => Self::Null,
            Primitive::Boolean => Self::Boolean,
            Primitive::Int => Self::Int,
            Primitive::Long => Self::Long,
            Primitive::Float => Self::Float,
            Primitive::Double => Self::Double,
            Primitive::Bytes => Self::Bytes,
            Primitive::String => Self::String,
        }
    }
}

/// Appends; gives the position.
fn push<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}

pub(super) fn record_of(schema: &AvroSchema, id: TypeId) -> Option<&Record> {
    match &schema.get(id).kind {
        Kind::Record(record) => Some(record),
        _ => None,
    }
}

/// `bytes` at the root have no length in front of them.
fn at_the_root(root: Node, plan: &mut Plan) -> Node {
    match root {
        Node::Bytes => Node::RawBytes,
        Node::BytesAsString => Node::RawString,
        Node::Union(index) => {
            if let Some(union) = plan.unions.get_mut(index as usize)
                && !union.is_written
                && let [branch] = &mut *union.branches
            {
                *branch = match *branch {
                    Node::Bytes => Node::RawBytes,
                    Node::BytesAsString => Node::RawString,
                    other => other,
                };
            }
            root
        }
        other => other,
    }
}
