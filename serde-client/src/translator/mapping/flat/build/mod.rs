//! From a general program to a flat one.

mod convert;
mod copy;
mod finish;
mod needs;
mod rules;
mod sites;
mod versions;

use std::sync::Arc;

use schema::avro::AvroSchema;
use schema::avro::schema::{Kind, TypeId};

use self::sites::{Site, SiteId};
use self::versions::Versions;
use super::emit::Emit;
use super::node::{Held, Nodes, held};
use super::{FlatProgram, MARKS_MAX};
use crate::codec::avro::Output;
use crate::translator::mapping::language::AvroWriter;
use crate::translator::mapping::program::Program;
use crate::translator::mapping::value::Value;

/// Steps of writing that a program may have: alternatives of alternatives could otherwise make any number of them.
const EMITS_MAX: usize = 1 << 12;

/// A flat program being made.
struct Builder<'s> {
    /// What the rules are made for.
    source: &'s AvroSchema,
    versions: Versions<'s>,
    program: &'s Program,
    writer: AvroWriter,
    nodes: Nodes,
    sites: Vec<Site>,
    /// Marks and branches given out.
    marks: usize,
    emits: usize,
    /// Parts that the writer does not have, with what stands for them.
    defaulted: Vec<(SiteId, Box<[u8]>)>,
    /// Whether the general program needs what no value can be made of.
    is_beyond: bool,
    /// Whether the general program makes something.
    is_evaluating: bool,
    /// Whether no value of more than a scalar is made.
    is_flat: bool,
    /// Conversions of types that contain themselves, from the outermost on.
    unrolling: Vec<u32>,
}

/// What the origins of paths mean.
#[derive(Clone, Copy, Debug)]
struct Scope {
    root: SiteId,
    this: SiteId,
    /// Inside the items of a list, where the general program has no values to work on.
    is_item: bool,
}

/// From records that `written` has written, for rules that are made for `source`.
pub(super) fn build(
    written: &AvroSchema,
    source: &AvroSchema,
    writer: AvroWriter,
    program: &Arc<Program>,
) -> Option<FlatProgram> {
    let target = writer.schema().root();
    let is_record = |schema: &AvroSchema, id| matches!(schema.get(id).kind, Kind::Record(_));
    // `bytes` at the root have no length, and other roots are as rare.
    if !is_record(source, source.root()) || !is_record(writer.schema(), target) {
        return None;
    }
    let versions = Versions::new(written, source)?;
    let mut builder = Builder {
        source,
        versions,
        program,
        writer,
        nodes: Nodes::default(),
        sites: Vec::new(),
        marks: 0,
        emits: 0,
        defaulted: Vec::new(),
        is_beyond: false,
        is_evaluating: false,
        is_flat: true,
        unrolling: Vec::new(),
    };
    let root = builder.root();
    let scope = Scope { root, this: root, is_item: false };
    let emits = builder.native(&program.op, scope, target)?;
    let (scan, sparse, defaults) = builder.finished(root, &emits)?;
    if builder.marks > MARKS_MAX || builder.is_beyond {
        return None;
    }
    Some(FlatProgram {
        program: Arc::clone(program),
        writer: builder.writer,
        nodes: builder.nodes,
        scan: scan.into_boxed_slice(),
        defaults,
        emits: emits.into_boxed_slice(),
        is_flat: builder.is_flat && sparse.is_none(),
        sparse,
    })
}

impl Builder<'_> {
    fn kind(&self, site: SiteId) -> &Kind {
        &self.source.get(self.sites[site.0].ty).kind
    }

    fn target_kind(&self, id: TypeId) -> &Kind {
        &self.writer.schema().get(id).kind
    }

    /// A fixed value as a type of the target.
    fn raw(&mut self, value: &Value<'_>, to: TypeId) -> Vec<Emit> {
        let mut bytes = Vec::new();
        let written = self.writer.encode(&mut Output::new(&mut bytes, 0), to, value);
        match written {
            Ok(()) => vec![Emit::Raw(bytes)],
            Err(_) => vec![Emit::Unusual],
        }
    }

    fn null(&mut self, to: TypeId) -> Vec<Emit> {
        self.raw(&Value::Null, to)
    }

    /// What stands in front of a value that is held in this way, and its type. `None` where the writer has no place for
    /// it.
    fn seat(&self, to: TypeId, of: Held) -> Option<(Vec<Emit>, TypeId)> {
        let Kind::Union(branches) = self.target_kind(to) else {
            return (of == Held::Plain).then(|| (Vec::new(), to));
        };
        let position = match of {
            Held::Null => return None,
            Held::Plain => 0,
            Held::Branch(position) => position as usize,
        };
        let others = held(self.writer.schema(), branches).into_iter().zip(branches).zip(0_i64..);
        let (branch, number) = others
            .filter(|((held, _), _)| *held != Held::Null)
            .map(|((_, branch), number)| (*branch, number))
            .nth(position)?;
        let mut bytes = Vec::new();
        Output::new(&mut bytes, 0).long(number);
        Some((vec![Emit::Raw(bytes)], branch))
    }

    /// Counts the steps of a program.
    fn spend(&mut self, emits: Vec<Emit>) -> Option<Vec<Emit>> {
        self.emits += emits.len().max(1);
        (self.emits <= EMITS_MAX).then_some(emits)
    }
}

/// Puts steps behind others. Neighbours in the source that are neighbours in the target are copied at once.
fn append(emits: &mut Vec<Emit>, more: Vec<Emit>) {
    for emit in more {
        match (emits.last_mut(), emit) {
            (Some(Emit::Copy { to: end, .. }), Emit::Copy { from, to }) if *end == from => *end = to,
            (Some(Emit::Raw(bytes)), Emit::Raw(more)) => bytes.extend(more),
            (_, emit) => emits.push(emit),
        }
    }
}
