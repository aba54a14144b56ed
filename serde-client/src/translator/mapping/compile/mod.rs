//! From rules and the types of both sides to a program, with a word on every leaf of both.

mod actions;
mod fit;
mod leaves;
mod natural;
mod resolve;
mod target;
mod timing;
mod unions;
mod wording;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub(crate) use leaves::leaves;

use super::field::FieldProgram;
use super::file::{Auto, DirectionRules};
use super::problem::{Place, Problem};
use super::program::{Conversion, From, Op, Program};
use super::report::{Class, Row};
use super::rule::TargetRule;
use super::shape::{Model, TypeId};

/// Where the tables of `lookup` come from.
pub trait Tables {
    /// The rows of a file that a mapping names.
    ///
    /// # Errors
    /// Why there are none: a clause.
    fn rows(&self, file: &str) -> Result<HashMap<String, String>, String>;
}

/// For mappings without `lookup`.
#[derive(Clone, Copy, Debug)]
pub struct NoTables;

impl Tables for NoTables {
    fn rows(&self, file: &str) -> Result<HashMap<String, String>, String> {
        Err(format!("the table `{file}` cannot be read here"))
    }
}

/// What both sides of a direction look like.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'m> {
    /// Source and target of the value.
    pub value: (&'m Model, &'m Model),
    /// Source and target of the key; `None`: keys are copied as bytes.
    pub key: Option<(&'m Model, &'m Model)>,
}

/// A compiled direction.
#[derive(Debug)]
pub struct Compiled {
    /// Makes the key; `None`: keys are copied as bytes, or a problem is in the way.
    pub key: Option<Arc<Program>>,
    /// Makes the value; `None` when a problem is in the way.
    pub value: Option<Arc<Program>>,
    /// A line for every leaf of both sides, the key's first.
    pub rows: Vec<Row>,
    /// What has to be mended before anything can be translated.
    pub problems: Vec<Problem>,
    /// Leaves that no rule fills, or that get lost without a word: paths of the target, and of the source.
    pub unmapped: Unmapped,
}

/// What is left to be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmapped {
    /// Leaves of the target without a rule.
    pub targets: Vec<Open>,
    /// Leaves of the source that nothing uses and `drop` does not name.
    pub sources: Vec<Open>,
}

/// A leaf that is left to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Whether it is one of the key.
    pub in_key: bool,
    /// Its path.
    pub path: String,
    /// Its type, in words.
    pub ty: String,
}

impl Open {
    /// What is wrong with a leaf of the source that nothing uses, and what would cure it.
    #[must_use]
    pub fn lost(&self) -> String {
        format!("`{}` ({}) gets lost: use it, or list it under `drop`", self.path, self.ty)
    }
}

/// Compiles the rules of a direction.
#[must_use]
pub fn compile(rules: &DirectionRules, sides: Sides<'_>, tables: &dyn Tables) -> Compiled {
    let mut compiled = Compiled {
        key: None,
        value: None,
        rows: Vec::new(),
        problems: Vec::new(),
        unmapped: Unmapped::default(),
    };
    let (key_drops, value_drops): (Vec<_>, Vec<_>) =
        rules.drop.iter().partition(|dropped| dropped.path.from == super::rule::Origin::Key);
    if let Some((source, target)) = sides.key {
        let mut half = Half::new(source, target, None, rules.auto, tables, true);
        compiled.key = half.program(&rules.key, &key_drops, &mut compiled);
    } else if let Some(rule) = rules.key.first() {
        let message =
            "the topics have no `key` schemas, so keys are copied as bytes: name them, or leave `key` out";
        compiled.problems.push(Problem::new(rule.at, message));
    }
    let (source, target) = sides.value;
    let key = sides.key.map(|(key, _)| key);
    let mut half = Half::new(source, target, key, rules.auto, tables, false);
    compiled.value = half.program(&rules.value, &value_drops, &mut compiled);
    if let Some(Err(problem)) = rules.field.as_ref().map(|field| FieldProgram::new(field, sides)) {
        compiled.problems.push(problem);
    }
    compiled.problems.sort_by_key(|problem| problem.at);
    compiled
}

/// The key or the value on its way to a program.
struct Half<'t> {
    /// The types of both sides, and those that rules make on the way.
    types: Model,
    source: TypeId,
    target: TypeId,
    /// The key's type, where the value is made.
    key: Option<TypeId>,
    auto: Auto,
    tables: &'t dyn Tables,
    rows: Vec<Row>,
    problems: Vec<Problem>,
    open: Vec<Open>,
    /// Paths of the source that something is made of.
    used: BTreeSet<String>,
    recursive: Vec<Conversion>,
    /// Pairs of records whose conversion is being made, with its number once something refers to it.
    under_way: HashMap<(TypeId, TypeId), Option<u32>>,
    is_key: bool,
}

/// What names in paths mean at a place.
#[derive(Clone, Debug)]
struct Scope {
    this: Anchor,
    root: Anchor,
    item: Option<Anchor>,
    entry: Option<Anchor>,
}

/// Where a path can begin.
#[derive(Clone, Debug)]
struct Anchor {
    from: From,
    ty: TypeId,
    /// Its path in the source.
    path: String,
}

/// What a rule has to make.
#[derive(Clone, Copy, Debug)]
struct Goal<'p> {
    ty: TypeId,
    /// Path of the target.
    path: &'p str,
}

/// An operation and the type of its result.
#[derive(Debug)]
struct Typed {
    op: Op,
    ty: TypeId,
    /// Path of the source that it is, if it is one.
    path: String,
}

impl<'t> Half<'t> {
    fn new(
        source: &Model,
        target: &Model,
        key: Option<&Model>,
        auto: Auto,
        tables: &'t dyn Tables,
        is_key: bool,
    ) -> Self {
        let mut types = Model::empty();
        let (source, target) = (types.append(source), types.append(target));
        let key = key.map(|key| types.append(key));
        Self {
            types,
            source,
            target,
            key,
            auto,
            tables,
            rows: Vec::new(),
            problems: Vec::new(),
            open: Vec::new(),
            used: BTreeSet::new(),
            recursive: Vec::new(),
            under_way: HashMap::new(),
            is_key,
        }
    }

    fn program(
        &mut self,
        rules: &[TargetRule],
        drops: &[&super::file::Dropped],
        compiled: &mut Compiled,
    ) -> Option<Arc<Program>> {
        let path = if self.is_key { "@key" } else { "$" }.to_owned();
        let root = Anchor { from: From::Root, ty: self.source, path };
        let scope =
            Scope { this: Anchor { from: From::This, ..root.clone() }, root, item: None, entry: None };
        let rules: Vec<_> = rules.iter().map(|rule| (rule.target.as_slice(), rule)).collect();
        let auto = self.anchored(&scope.this);
        let seat = target::Seat { ty: self.target, optional: false, default: None };
        let op = self.fill(&seat, &rules, &scope, Some(auto), "");
        let lost = self.lost(drops);
        compiled.rows.append(&mut self.rows);
        compiled.unmapped.targets.append(&mut self.open);
        compiled.unmapped.sources.extend(lost);
        let is_whole = self.problems.is_empty();
        compiled.problems.append(&mut self.problems);
        let op = op.filter(|_| is_whole)?;
        Some(Arc::new(Program {
            op,
            recursive: std::mem::take(&mut self.recursive),
            types: std::mem::replace(&mut self.types, Model::empty()),
        }))
    }

    fn problem(&mut self, at: Place, message: impl Into<String>) {
        self.problems.push(Problem::new(at, message));
    }

    fn row(&mut self, target: &str, source: impl Into<String>, class: Class, note: impl Into<String>) {
        let target = match (self.is_key, target) {
            (true, "") => "@key".to_owned(),
            (true, target) => format!("@key.{target}"),
            (false, "") => "$".to_owned(),
            (false, target) => target.to_owned(),
        };
        self.rows.push(Row { target, source: source.into(), class, note: note.into() });
    }

    /// `ty`, or null.
    fn nullable(&mut self, ty: TypeId) -> TypeId {
        match self.types.kind(ty) {
            super::shape::Kind::Nullable(_) | super::shape::Kind::Null => ty,
            _ => self.types.push(super::shape::Kind::Nullable(ty), None),
        }
    }
}
