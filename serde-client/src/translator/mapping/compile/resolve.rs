//! Paths and short expressions with their names resolved.

use super::{Anchor, Half, Scope, Typed};
use crate::codec::avro::LogicalType;
use crate::translator::mapping::program::{From, Get, GetStep, Op};
use crate::translator::mapping::rule::{Function, Origin, Path, Step, Term};
use crate::translator::mapping::shape::{Integer, Kind, TypeId};
use crate::translator::mapping::value::Value;

impl Half<'_> {
    /// An anchor itself.
    pub(super) fn anchored(&mut self, anchor: &Anchor) -> Typed {
        let op = Op::Get(Get { from: anchor.from, steps: Box::default() });
        Typed { op, ty: anchor.ty, path: anchor.path.clone() }
    }

    /// A path of a mapping.
    pub(super) fn path(&mut self, path: &Path, scope: &Scope) -> Result<Typed, String> {
        let (op, ty) = match &path.from {
            Origin::This => return self.walk(&scope.this.clone(), path),
            Origin::Root => return self.walk(&scope.root.clone(), path),
            Origin::Item => {
                let item = scope.item.clone();
                return self.walk(&item.ok_or("`it` means something inside `each` only")?, path);
            }
            Origin::EntryValue => {
                let entry = scope.entry.clone();
                return self.walk(&entry.ok_or("`$v` means something inside `entries` only")?, path);
            }
            Origin::Key if self.is_key => return self.walk(&scope.root.clone(), path),
            Origin::Key => {
                let ty = self.key.ok_or("`@key` needs the `key` schemas of both topics")?;
                // The key has a program of its own, which says what of it is used.
                let anchor = Anchor { from: From::Key, ty, path: String::new() };
                return self.walk(&anchor, path);
            }
            Origin::EntryKey => {
                if scope.entry.is_none() {
                    return Err("`$k` means something inside `entries` only".to_owned());
                }
                (Op::EntryKey, self.types.push(Kind::String, None))
            }
            Origin::Header(name) => {
                let text = self.types.push(Kind::String, None);
                (Op::Header(name.clone()), self.nullable(text))
            }
            Origin::Timestamp => {
                let millis = Some(LogicalType::TimestampMillis);
                let time = self.types.push(Kind::Integer(Integer::I64), millis);
                (Op::Timestamp, self.nullable(time))
            }
            Origin::Partition => (Op::Partition, self.types.push(Kind::Integer(Integer::I32), None)),
            Origin::Offset => (Op::Offset, self.types.push(Kind::Integer(Integer::I64), None)),
        };
        if path.steps.is_empty() {
            Ok(Typed { op, ty, path: String::new() })
        } else {
            Err(format!("`{path}` goes below a plain value"))
        }
    }

    fn walk(&mut self, anchor: &Anchor, path: &Path) -> Result<Typed, String> {
        let mut steps = Vec::with_capacity(path.steps.len());
        let mut spelled = anchor.path.clone();
        let mut at = anchor.ty;
        let mut nullable = false;
        // Of the lists around the value, from the outside: whether they may be null.
        let mut lists = Vec::new();
        for step in &path.steps {
            let (inner, null) = self.types.non_null(at);
            nullable |= null;
            let (resolved, next, may_lack) = self.step(inner, step)?;
            if *step == Step::Items {
                lists.push(std::mem::take(&mut nullable));
                spelled.push_str("[]");
            } else {
                spelled.push_str(&self.spelled(inner, step));
            }
            nullable |= may_lack;
            steps.push(resolved);
            at = next;
        }
        let mut ty = if nullable { self.nullable(at) } else { at };
        while let Some(may_be_null) = lists.pop() {
            ty = self.types.push(Kind::List(ty), None);
            ty = if may_be_null { self.nullable(ty) } else { ty };
        }
        let op = Op::Get(Get { from: anchor.from, steps: steps.into_boxed_slice() });
        Ok(Typed { op, ty, path: spelled })
    }

    fn step(&self, at: TypeId, step: &Step) -> Result<(GetStep, TypeId, bool), String> {
        match (self.types.kind(at), step) {
            (Kind::Record(record), Step::Name(name)) => {
                let found = record.fields.iter().zip(0..).find(|(field, _)| field.name == *name);
                let Some((field, position)) = found else {
                    return Err(self.no_such_field(at, name));
                };
                Ok((GetStep::Field(position), field.ty, field.optional))
            }
            (Kind::Union(union), Step::Name(name)) => {
                let branch = super::unions::branch_of(union, name);
                let (branch, position) = branch.ok_or_else(|| {
                    let labels: Vec<&str> =
                        union.branches.iter().map(|branch| branch.label.as_str()).collect();
                    format!("the union has no branch `{name}`; it has `{}`", labels.join("`, `"))
                })?;
                Ok((GetStep::Branch(position), branch.ty, true))
            }
            (Kind::Map(value), Step::Name(name)) => Ok((GetStep::Entry(name.clone()), *value, true)),
            (Kind::List(item), Step::Items) => Ok((GetStep::Items, *item, false)),
            (Kind::List(_), Step::Name(name)) => Err(format!(
                "`{name}` is looked for in a list: `[]` takes every item, `each` makes a list of them"
            )),
            (_, Step::Items) => {
                Err(format!("`[]` stands behind a list, and this is {}", self.types.describe(at)))
            }
            (Kind::Any, Step::Name(name)) => {
                Err(format!("no schema says what `{name}` is here: use `jsonata`, or `cel`"))
            }
            (_, Step::Name(name)) => {
                Err(format!("`{name}` is looked for in {}, which has no fields", self.types.describe(at)))
            }
        }
    }

    /// How a step is spelled in the paths of the source's leaves.
    fn spelled(&self, at: TypeId, step: &Step) -> String {
        match self.types.kind(at) {
            Kind::Map(_) => "{}".to_owned(),
            Kind::Union(union) => match step {
                Step::Name(name) => super::unions::branch_of(union, name)
                    .map_or_else(String::new, |(branch, _)| Step::Name(branch.label.clone()).to_string()),
                Step::Items => String::new(),
            },
            _ => step.to_string(),
        }
    }

    fn no_such_field(&self, record: TypeId, name: &str) -> String {
        let Kind::Record(fields) = self.types.kind(record) else {
            return format!("there is no field `{name}`");
        };
        match fields.nearest(name) {
            Some(field) => format!("there is no field `{name}`: did you mean `{}`?", field.name),
            None => {
                let names: Vec<&str> = fields.fields.iter().map(|field| field.name.as_str()).collect();
                format!("there is no field `{name}`; there are `{}`", names.join("`, `"))
            }
        }
    }

    /// A short expression.
    pub(super) fn term(&mut self, term: &Term, scope: &Scope) -> Result<Typed, String> {
        match term {
            Term::Path(path) => {
                let typed = self.path(path, scope)?;
                self.uses(&typed.path);
                Ok(typed)
            }
            Term::Text(text) => {
                let ty = self.types.push(Kind::String, None);
                let op = Op::Literal(Value::String(text.clone().into()));
                Ok(Typed { op, ty, path: String::new() })
            }
            Term::Integer(value) => {
                let ty = self.types.push(Kind::Integer(Integer::I64), None);
                Ok(Typed { op: Op::Literal(Value::Int(*value)), ty, path: String::new() })
            }
            Term::Call(function, arguments) => self.call(*function, arguments, scope),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Term], scope: &Scope) -> Result<Typed, String> {
        let mut ops = Vec::with_capacity(arguments.len());
        let mut nullable = false;
        let mut first = None;
        for (argument, position) in arguments.iter().zip(0..) {
            let typed = self.term(argument, scope)?;
            let (inner, null) = self.types.non_null(typed.ty);
            nullable |= null;
            let wanted = wanted(function, position);
            if !wanted.takes(self.types.kind(inner)) {
                return Err(format!(
                    "`{}` takes {} as argument {}, and this is {}",
                    function.name(),
                    wanted.word(),
                    position + 1,
                    self.types.describe(inner)
                ));
            }
            let texts = self.as_text(typed.op, inner, wanted);
            ops.push(texts);
            first.get_or_insert(inner);
        }
        let ty = match function {
            Function::Size => self.types.push(Kind::Integer(Integer::I64), None),
            Function::Abs => first.unwrap_or(self.source),
            _ => self.types.push(Kind::String, None),
        };
        let ty = if nullable { self.nullable(ty) } else { ty };
        Ok(Typed { op: Op::Call(function, ops.into_boxed_slice()), ty, path: String::new() })
    }

    /// Symbols as their names, where a function makes text of them.
    fn as_text(&self, op: Op, ty: TypeId, wanted: Wanted) -> Op {
        match (self.types.kind(ty), wanted) {
            (Kind::Enum(symbols), Wanted::Plain | Wanted::Text) => {
                Op::Convert(Box::new(op), super::fit::symbol_text(symbols))
            }
            _ => op,
        }
    }
}

/// What a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Text,
    Whole,
    Number,
    Sized,
    Plain,
    List,
}

fn wanted(function: Function, position: usize) -> Wanted {
    match (function, position) {
        (Function::Substring, 1 | 2) => Wanted::Whole,
        (Function::Size, _) => Wanted::Sized,
        (Function::Text, _) => Wanted::Plain,
        (Function::Abs, _) => Wanted::Number,
        (Function::Join, 0) => Wanted::List,
        _ => Wanted::Text,
    }
}

impl Wanted {
    fn takes(self, kind: &Kind) -> bool {
        match self {
            Self::Text => matches!(kind, Kind::String | Kind::Enum(_)),
            Self::Whole => matches!(kind, Kind::Integer(_)),
            Self::Number => matches!(kind, Kind::Integer(_) | Kind::Float | Kind::Double),
            Self::Sized => matches!(kind, Kind::String | Kind::Bytes | Kind::List(_) | Kind::Map(_)),
            Self::Plain => is_plain(kind),
            Self::List => matches!(kind, Kind::List(_)),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Sized => "a text, bytes, a list or a map",
            Self::Plain => "a plain value",
            Self::List => "a list",
        }
    }
}

/// Whether values print as text.
pub(super) fn is_plain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::String | Kind::Enum(_) | Kind::Integer(_) | Kind::Float | Kind::Double | Kind::Boolean
    )
}
