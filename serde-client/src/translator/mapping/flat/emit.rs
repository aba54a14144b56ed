//! Writing the target.

use std::sync::Arc;

use schema::avro::schema::TypeId;

use super::cursor::Cursor;
use super::node::Node;
use super::scan::Scan;
use super::{FlatProgram, Marks};
use crate::codec::avro::Output;
use crate::translator::mapping::program::{Cast, Conversion, Env, Op, Time, plain_text};
use crate::translator::mapping::value::Value;

/// A step of writing. Places of the source are marks; types are the target's.
#[derive(Clone, Debug)]
pub(super) enum Emit {
    /// The bytes between two marks.
    Copy { from: usize, to: usize },
    /// The same bytes for every record.
    Raw(Vec<u8>),
    /// One of several, by the branch of a union.
    Switch { branch: usize, arms: Vec<Vec<Emit>> },
    /// One of several, by the symbol of an enum.
    Symbols { at: usize, count: usize, symbols: Vec<Option<Vec<u8>>> },
    /// The value at a mark, changed.
    Typed { at: usize, node: Node, change: Change, to: TypeId },
    /// A text out of pieces.
    Text(Vec<Piece>),
    /// Items of an array or entries of a map, one by one.
    Items(Arc<Items>),
    /// What the general program makes.
    Evaluated { op: Arc<Op>, to: TypeId },
    /// The general path knows better.
    Unusual,
}

/// How a value becomes another.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Only its encoding is another.
    Encoding,
    Cast(Cast),
    Time(Time),
    Conversion(Conversion),
}

/// A part of a text.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Fixed(String),
    /// A text of the source.
    Text {
        at: usize,
    },
    /// The plain value at a mark, as text.
    Plain {
        at: usize,
        node: Node,
    },
}

/// A list or a map whose items are made anew.
#[derive(Debug)]
pub(super) struct Items {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) has_keys: bool,
    pub(super) scan: Vec<Scan>,
    pub(super) emits: Vec<Emit>,
}

/// A record, and what was found out about it.
struct Source<'r, 'v> {
    record: &'v [u8],
    env: Env<'r>,
}

impl FlatProgram {
    pub(super) fn emit(
        &self,
        emits: &[Emit],
        record: &[u8],
        marks: &mut Marks,
        env: Env<'_>,
        out: &mut Output<'_>,
    ) -> Option<()> {
        self.write(emits, &Source { record, env }, marks, out)
    }

    fn write(
        &self,
        emits: &[Emit],
        source: &Source<'_, '_>,
        marks: &mut Marks,
        out: &mut Output<'_>,
    ) -> Option<()> {
        for emit in emits {
            match emit {
                Emit::Copy { from, to } => {
                    out.raw(source.record.get(*marks.get(*from)?..*marks.get(*to)?)?);
                }
                Emit::Raw(bytes) => out.raw(bytes),
                Emit::Switch { branch, arms } => {
                    let arm = arms.get(*marks.get(*branch)?)?;
                    self.write(arm, source, marks, out)?;
                }
                Emit::Symbols { at, count, symbols } => {
                    let symbol = Cursor::new(source.record, *marks.get(*at)?).index(*count)?;
                    out.raw(symbols.get(symbol)?.as_ref()?);
                }
                Emit::Typed { at, node, change, to } => {
                    let value = self.read(*node, source.record, *marks.get(*at)?)?;
                    let value = self.changed(change, value)?;
                    self.writer.encode(out, *to, &value).ok()?;
                }
                Emit::Text(pieces) => self.text(pieces, source, marks, out)?,
                Emit::Items(items) => self.items(items, source, marks, out)?,
                Emit::Evaluated { op, to } => {
                    let value = self.program.eval(op, source.env).ok()?;
                    self.writer.encode(out, *to, &value).ok()?;
                }
                Emit::Unusual => return None,
            }
        }
        Some(())
    }

    fn changed<'v>(&self, change: &Change, value: Value<'v>) -> Option<Value<'v>> {
        match change {
            Change::Encoding => Some(value),
            Change::Cast(cast) => cast.apply(value).ok(),
            Change::Time(time) => time.apply(value).ok(),
            Change::Conversion(conversion) => self.program.convert(conversion, value).ok(),
        }
    }

    /// The length of a text comes first, so it is written into a place of its own and then brought forward.
    fn text(
        &self,
        pieces: &[Piece],
        source: &Source<'_, '_>,
        marks: &Marks,
        out: &mut Output<'_>,
    ) -> Option<()> {
        let start = out.position();
        for piece in pieces {
            match piece {
                Piece::Fixed(text) => out.raw(text.as_bytes()),
                Piece::Text { at } => out.raw(Cursor::new(source.record, *marks.get(*at)?).bytes()?),
                Piece::Plain { at, node } => {
                    let value = self.read(*node, source.record, *marks.get(*at)?)?;
                    out.raw(plain_text(value).ok()?.as_bytes());
                }
            }
        }
        let middle = out.position();
        out.count(middle - start);
        out.bring_forward(start, middle);
        Some(())
    }

    fn items(
        &self,
        items: &Items,
        source: &Source<'_, '_>,
        marks: &mut Marks,
        out: &mut Output<'_>,
    ) -> Option<()> {
        let mut cursor = Cursor::new(source.record, *marks.get(items.at)?);
        let count = cursor.count()?;
        if count > 0 {
            out.count(count);
        }
        for _ in 0..count {
            if items.has_keys {
                out.bytes(cursor.bytes()?);
            }
            self.scan(&items.scan, &mut cursor, marks)?;
            self.write(&items.emits, source, marks, out)?;
        }
        out.byte(0);
        Some(())
    }
}
