//! Rules as they are written: what each target is made of, before types are known.

pub(crate) mod path;
pub(crate) mod term;

use super::problem::Place;

pub use path::{Origin, Path, Step};
pub use term::{Function, Term};

/// How one target is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where it is written.
    pub at: Place,
    /// What it does.
    pub action: Action,
}

/// A rule and what it fills.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetRule {
    /// Names from the record in hand; none for the record itself.
    pub target: Vec<String>,
    /// Where it is written.
    pub at: Place,
    /// How it is made.
    pub rule: Rule,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A path, or a call of built-in functions.
    Term(Term),
    /// A fixed value.
    Const(Literal),
    /// A value in the place of null or nothing.
    Default {
        /// What usually counts.
        of: Box<Rule>,
        /// What stands in.
        value: Literal,
    },
    /// Another type.
    Cast {
        /// What is cast.
        of: Box<Rule>,
        /// The type's word.
        to: String,
        /// The value is multiplied by ten to this power.
        scale: i32,
        /// What becomes of values that do not fit; `None`: the writer of the mapping has not said.
        overflow: Option<Overflow>,
        /// For [`Overflow::Default`].
        value: Option<Literal>,
    },
    /// Another way of writing a point in time.
    Time(TimeRule),
    /// Symbols into symbols.
    Enum {
        /// The symbol, or its name.
        of: Box<Rule>,
        /// From, to.
        symbols: Vec<(String, String)>,
        /// For symbols that are not listed.
        otherwise: Otherwise,
    },
    /// Branches into branches.
    Union {
        /// The union.
        of: Box<Rule>,
        /// By label.
        branches: Vec<BranchRule>,
    },
    /// The items of a list.
    Each {
        /// The list.
        of: Box<Rule>,
        /// What becomes of an item, `$` and `it`.
        item: Body,
        /// A condition in CEL that items have to meet.
        condition: Option<String>,
    },
    /// The entries of a map.
    Entries {
        /// The map.
        of: Box<Rule>,
        /// The key, from `$k`.
        key: Box<Rule>,
        /// The value, from `$v`.
        value: Box<Rule>,
    },
    /// A map as a list of records of `key` and `value`.
    ToEntries(Box<Rule>),
    /// A list of records of `key` and `value` as a map.
    FromEntries(Box<Rule>),
    /// A part of a text.
    Split {
        /// The text.
        of: Box<Rule>,
        /// What stands between the parts.
        on: String,
        /// Parts at most; the last one keeps what is left.
        limit: Option<usize>,
        /// Which part, from 0.
        index: usize,
        /// When there is no such part; `None` is an error.
        otherwise: Option<Literal>,
    },
    /// Texts behind each other.
    Concat(Vec<Term>),
    /// An expression in CEL.
    Cel(String),
    /// An expression in JSONata.
    Jsonata(String),
    /// A row of a table.
    Lookup {
        /// The key.
        of: Box<Rule>,
        /// A file of `key,value` lines beside the mapping.
        file: String,
        /// When the table has no such key; `None` is an error.
        otherwise: Option<Literal>,
    },
    /// The first that is there.
    Coalesce(Vec<Rule>),
    /// The first whose condition in CEL holds.
    Case {
        /// Condition, rule.
        whens: Vec<(String, Rule)>,
        /// When none holds; `None` is an error.
        otherwise: Option<Box<Rule>>,
    },
    /// A record of its own.
    Record(Vec<TargetRule>),
}

/// What becomes of an item or a branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A record, target by target.
    Map(Vec<TargetRule>),
    /// One value.
    Rule(Box<Rule>),
}

/// A branch of a union rule.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchRule {
    /// Where it is written.
    pub at: Place,
    /// Label of the source's branch, `null`, or `*` for all others.
    pub from: String,
    /// What becomes of it.
    pub to: BranchTarget,
}

/// What becomes of a branch.
#[derive(Clone, Debug, PartialEq)]
pub enum BranchTarget {
    /// Null.
    Null,
    /// The record cannot be translated.
    Error,
    /// The branch of this label.
    Branch {
        /// `None` where the target is no union.
        label: Option<String>,
        /// How its value is made; `None`: as it is.
        body: Option<Body>,
    },
}

/// What becomes of a value that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The record cannot be translated; `error` and `dlq` mean the same, and the error policy decides.
    Error,
    /// The nearest value that fits.
    Saturate,
    /// Null.
    Null,
    /// The value given beside it.
    Default,
}

/// What becomes of a symbol that is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// The record cannot be translated.
    Error,
    /// This symbol.
    Symbol(String),
    /// The symbol of the same name.
    Same,
}

/// Another way of writing a point in time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeRule {
    /// The time.
    pub of: Box<Rule>,
    /// How it is written in the source; `None`: as its type says.
    pub from: Option<TimeForm>,
    /// How it is written in the target; `None`: as its type says.
    pub to: Option<TimeForm>,
    /// Minutes east of Greenwich in which texts are written.
    pub offset_minutes: i32,
}

/// Ways of writing a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// Seconds since 1970-01-01.
    Seconds,
    /// Milliseconds since then.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
    /// Days.
    Days,
    /// A text such as `2026-11-29T10:00:00Z`.
    Rfc3339,
    /// A text such as `2026-11-29`.
    IsoDate,
}

/// A value that is written in the mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal(pub serde_json::Value);
