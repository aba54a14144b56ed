//! A compiled mapping: what is done with each record. Pure: the same record always gives the same value.

mod call;
mod cast;
mod conversion;
mod eval;
mod fault;
mod get;
mod time;

use std::collections::HashMap;
use std::sync::Arc;

use super::expression::{cel::Cel, jsonata::Jsonata};
use super::rule::Function;
use super::shape::{Model, TypeId};
use super::value::Value;
use crate::translator::translation::SourceHeader;

pub use fault::Fault;

pub(crate) use call::plain_text;
pub(crate) use cast::{Cast, NumberFrom, NumberTo};
pub(crate) use conversion::{Conversion, FieldConversion, FieldFrom};
pub(crate) use get::{From, Get, GetStep};
pub(crate) use time::{Time, TimeFrom, TimeTo, civil_text, rfc3339_nanos};

/// Makes the value of one half of a record.
#[derive(Debug)]
pub struct Program {
    pub(crate) op: Op,
    /// Conversions of records that contain themselves.
    pub(crate) recursive: Vec<Conversion>,
    /// Types that expressions need at run time.
    pub(crate) types: Model,
}

/// What a program sees of a record.
#[derive(Clone, Copy, Debug)]
pub struct Env<'v> {
    /// The record, or the key where a key is made.
    pub root: &'v Value<'v>,
    /// The key, where it has a schema.
    pub key: Option<&'v Value<'v>>,
    /// What `$` means.
    pub this: &'v Value<'v>,
    /// What `it` means.
    pub item: Option<&'v Value<'v>>,
    /// What `$k` and `$v` mean.
    pub entry: Option<(&'v str, &'v Value<'v>)>,
    /// The record's headers.
    pub headers: &'v [SourceHeader<'v>],
    /// Milliseconds since 1970-01-01.
    pub timestamp: Option<i64>,
    /// The record's partition.
    pub partition: i32,
    /// The record's offset.
    pub offset: i64,
}

impl<'v> Env<'v> {
    /// The view of a value that comes from no topic.
    #[must_use]
    pub fn of(root: &'v Value<'v>) -> Self {
        Self {
            root,
            key: None,
            this: root,
            item: None,
            entry: None,
            headers: &[],
            timestamp: None,
            partition: 0,
            offset: 0,
        }
    }
}

/// One operation; its operands are operations.
#[derive(Debug)]
pub(crate) enum Op {
    Get(Get),
    Header(String),
    Timestamp,
    Partition,
    Offset,
    EntryKey,
    Literal(Value<'static>),
    Convert(Box<Op>, Conversion),
    Record(Box<[Slot]>),
    /// Null when the first is nothing, else the second.
    WhenPresent(Get, Box<Op>),
    Default(Box<Op>, Value<'static>),
    Coalesce(Box<[Op]>),
    Each(Box<Each>),
    Entries(Box<Entries>),
    ToEntries(Box<Op>),
    FromEntries(Box<Op>),
    Split(Box<Split>),
    Concat(Box<[Op]>),
    Call(Function, Box<[Op]>),
    Expression(Box<Expression>),
    Lookup(Box<Lookup>),
    Case(Box<Case>),
    Cast(Box<Op>, Cast),
    Time(Box<Op>, Time),
    Symbol(Box<Op>, SymbolMap),
    Union(Box<Union>),
    /// Puts a value into a branch.
    Branch(u32, Box<Op>),
}

/// What symbols become.
#[derive(Debug)]
pub(crate) enum SymbolMap {
    /// By position of the source's symbol; `None` has no counterpart.
    Positions(Box<[Option<u32>]>),
    /// By name; the second is for all others.
    Names(HashMap<String, u32>, Option<u32>),
    /// By name, to texts.
    Texts(HashMap<String, String>, TextOtherwise),
}

/// What becomes of a text that is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextOtherwise {
    Error,
    Text(String),
    Same,
}

/// A field of a record that is made.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) op: Arc<Op>,
    /// Whether null means that the field is left out.
    pub(crate) null_is_absent: bool,
}

#[derive(Debug)]
pub(crate) struct Each {
    pub(crate) of: Op,
    pub(crate) item: Op,
    pub(crate) condition: Option<Condition>,
}

#[derive(Debug)]
pub(crate) struct Entries {
    pub(crate) of: Op,
    pub(crate) key: Op,
    pub(crate) value: Op,
}

#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) of: Op,
    pub(crate) on: String,
    pub(crate) limit: Option<usize>,
    pub(crate) index: usize,
    pub(crate) otherwise: Option<Value<'static>>,
}

#[derive(Debug)]
pub(crate) struct Lookup {
    pub(crate) of: Op,
    /// By row, already of the target's type.
    pub(crate) values: HashMap<String, Value<'static>>,
    pub(crate) otherwise: Option<Value<'static>>,
}

#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) whens: Vec<(Condition, Op)>,
    pub(crate) otherwise: Option<Op>,
}

#[derive(Debug)]
pub(crate) struct Union {
    pub(crate) of: Op,
    /// What becomes of null.
    pub(crate) null: BranchOp,
    /// By position of the source's branch; one where the source is no union.
    pub(crate) branches: Vec<BranchOp>,
}

#[derive(Debug)]
pub(crate) enum BranchOp {
    Op(Op),
    Refused(String),
}

/// What the names in an expression mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpressionTypes {
    pub(crate) root: TypeId,
    pub(crate) this: TypeId,
    pub(crate) key: Option<TypeId>,
    pub(crate) item: Option<TypeId>,
    pub(crate) entry: Option<TypeId>,
}

/// An expression, and the type that its result has to have.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) code: Code,
    pub(crate) inputs: ExpressionTypes,
    pub(crate) result: TypeId,
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) enum Code {
    Cel(Cel),
    Jsonata(Jsonata),
}

/// An expression whose result is true or false.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) code: Cel,
    pub(crate) inputs: ExpressionTypes,
}
