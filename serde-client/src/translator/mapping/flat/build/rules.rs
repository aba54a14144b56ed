//! Rules as steps of writing, where they can be; what remains is left to the general program.

use std::sync::Arc;

use schema::avro::schema::{Kind, Primitive, TypeId};

use super::needs::Place;
use super::sites::SiteId;
use super::{Builder, Scope, append};
use crate::translator::mapping::flat::emit::{Change, Emit, Piece};
use crate::translator::mapping::flat::node::{Held, Node};
use crate::translator::mapping::program::{Conversion, Each, From, Get, GetStep, Op, Slot, SymbolMap};
use crate::translator::mapping::value::Value;

/// What stands where the path leads to nothing.
type Absent<'f, 's> = &'f dyn Fn(&mut Builder<'s>) -> Option<Vec<Emit>>;
/// What is made of what the path leads to.
type Present<'f, 's> = &'f dyn Fn(&mut Builder<'s>, SiteId) -> Option<Vec<Emit>>;

impl<'s> Builder<'s> {
    /// The steps of a rule, the general program's if need be.
    fn rule(&mut self, op: &Arc<Op>, scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        if let Some(emits) = self.native(op, scope, to) {
            return Some(emits);
        }
        if scope.is_item {
            return None;
        }
        self.needs(op, scope.root, Place::Outside)?;
        self.is_evaluating = true;
        self.spend(vec![Emit::Evaluated { op: Arc::clone(op), to }])
    }

    /// The steps of a rule without the general program; `None` where there are none.
    pub(super) fn native(&mut self, op: &Op, scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let nothing = |builder: &mut Self| Some(builder.null(to));
        match op {
            Op::Get(get) => self.get(get, scope, &nothing, &|builder, site| builder.copy(site, to)),
            Op::Literal(value) => Some(self.raw(value, to)),
            Op::Convert(of, conversion) => {
                let Op::Get(get) = &**of else { return None };
                let is_nullable = matches!(conversion, Conversion::Nullable(_));
                let nothing = |builder: &mut Self| match is_nullable {
                    true => Some(builder.null(to)),
                    false => Some(vec![Emit::Unusual]),
                };
                self.get(get, scope, &nothing, &|builder, site| builder.convert(site, conversion, to))
            }
            Op::Record(slots) => self.slots(slots, scope, to),
            Op::WhenPresent(test, then) => self.get(test, scope, &nothing, &|builder, site| {
                let then = |builder: &mut Self, _| builder.native(then, scope, to);
                builder.unless_null(site, &nothing, &then)
            }),
            Op::Default(of, value) => {
                let Op::Get(get) = &**of else { return None };
                self.or_else(get, scope, to, &|builder| Some(builder.raw(value, to)))
            }
            Op::Coalesce(ops) => self.coalesce(ops, scope, to),
            Op::Each(each) => self.each(each, scope, to),
            Op::Concat(pieces) => self.concat(pieces, scope, to),
            Op::Cast(of, cast) => self.changed(of, &Change::Cast(cast.clone()), scope, to),
            Op::Time(of, time) => self.changed(of, &Change::Time(*time), scope, to),
            Op::Symbol(of, SymbolMap::Positions(positions)) => {
                let Op::Get(get) = &**of else { return None };
                let symbols = |builder: &mut Self, site| {
                    let values = positions.iter().map(|position| position.map(Value::Symbol)).collect();
                    builder.symbols(site, values, to)
                };
                self.plain(get, scope, &nothing, &symbols)
            }
            Op::Header(_)
            | Op::Timestamp
            | Op::Partition
            | Op::Offset
            | Op::EntryKey
            | Op::Entries(_)
            | Op::ToEntries(_)
            | Op::FromEntries(_)
            | Op::Split(_)
            | Op::Call(..)
            | Op::Expression(_)
            | Op::Lookup(_)
            | Op::Case(_)
            | Op::Symbol(..)
            | Op::Union(_)
            | Op::Branch(..) => None,
        }
    }

    fn origin(&self, from: From, scope: Scope) -> Option<SiteId> {
        match from {
            From::This => Some(scope.this),
            From::Root => Some(scope.root),
            From::Item => scope.is_item.then_some(scope.this),
            From::Key | From::EntryValue => None,
        }
    }

    fn get(
        &mut self,
        get: &Get,
        scope: Scope,
        absent: Absent<'_, 's>,
        present: Present<'_, 's>,
    ) -> Option<Vec<Emit>> {
        self.through(self.origin(get.from, scope)?, &get.steps, absent, present)
    }

    /// Follows a path. Nothing stays nothing, whatever step follows.
    fn through(
        &mut self,
        site: SiteId,
        steps: &[GetStep],
        absent: Absent<'_, 's>,
        present: Present<'_, 's>,
    ) -> Option<Vec<Emit>> {
        let Some((step, rest)) = steps.split_first() else { return present(self, site) };
        match (step, self.kind(site)) {
            (GetStep::Field(position), Kind::Record(_)) => {
                let field = *self.fields(site)?.get(*position)?;
                self.through(field, rest, absent, present)
            }
            (GetStep::Field(_) | GetStep::Branch(_), Kind::Union(_)) => {
                self.switch(site, |builder, held, arm| match (held, step) {
                    (Held::Plain, GetStep::Field(_)) => builder.through(arm, steps, absent, present),
                    (Held::Branch(position), GetStep::Branch(wanted)) if position == *wanted => {
                        builder.through(arm, rest, absent, present)
                    }
                    _ => absent(builder),
                })
            }
            _ => None,
        }
    }

    /// What a path leads to if that is no union of several types.
    fn plain(
        &mut self,
        get: &Get,
        scope: Scope,
        absent: Absent<'_, 's>,
        present: Present<'_, 's>,
    ) -> Option<Vec<Emit>> {
        self.get(get, scope, absent, &|builder, site| builder.unless_null(site, absent, present))
    }

    fn unless_null(
        &mut self,
        site: SiteId,
        absent: Absent<'_, 's>,
        present: Present<'_, 's>,
    ) -> Option<Vec<Emit>> {
        if !matches!(self.kind(site), Kind::Union(_)) {
            return if self.node(site) == Node::Null { absent(self) } else { present(self, site) };
        }
        self.switch(site, |builder, held, arm| match held {
            Held::Null => absent(builder),
            Held::Plain => present(builder, arm),
            Held::Branch(_) => None,
        })
    }

    fn or_else(
        &mut self,
        get: &Get,
        scope: Scope,
        to: TypeId,
        otherwise: Absent<'_, 's>,
    ) -> Option<Vec<Emit>> {
        self.plain(get, scope, otherwise, &|builder, site| builder.copy(site, to))
    }

    fn coalesce(&mut self, ops: &[Op], scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let Some((first, rest)) = ops.split_first() else { return Some(self.null(to)) };
        match first {
            Op::Get(get) => self.or_else(get, scope, to, &|builder| builder.coalesce(rest, scope, to)),
            Op::Literal(value) if !value.is_nothing() => Some(self.raw(value, to)),
            _ => None,
        }
    }

    fn changed(&mut self, of: &Op, change: &Change, scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let Op::Get(get) = of else { return None };
        let nothing = |builder: &mut Self| Some(builder.null(to));
        self.plain(get, scope, &nothing, &|builder, site| match builder.kind(site) {
            Kind::Record(_) | Kind::Array(_) | Kind::Map(_) | Kind::Union(_) => None,
            _ => builder.typed(site, change.clone(), to),
        })
    }

    fn each(&mut self, each: &Each, scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let (Op::Get(get), None) = (&each.of, &each.condition) else { return None };
        let nothing = |builder: &mut Self| Some(builder.null(to));
        self.plain(get, scope, &nothing, &|builder, site| {
            let (mut emits, to) = builder.seat(to, Held::Plain)?;
            let items = builder.items(site, to, |builder, item, to| {
                let scope = Scope { this: item, is_item: true, ..scope };
                builder.native(&each.item, scope, to)
            });
            append(&mut emits, items?);
            Some(emits)
        })
    }

    fn slots(&mut self, slots: &[Slot], scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let (mut emits, to) = self.seat(to, Held::Plain)?;
        let Kind::Record(record) = self.target_kind(to) else { return None };
        if record.fields.len() != slots.len() {
            return None;
        }
        let types: Vec<TypeId> = record.fields.iter().map(|field| field.field_type).collect();
        for (slot, to) in slots.iter().zip(types) {
            append(&mut emits, self.rule(&slot.op, scope, to)?);
        }
        self.spend(emits)
    }

    fn concat(&mut self, pieces: &[Op], scope: Scope, to: TypeId) -> Option<Vec<Emit>> {
        let (mut emits, to) = self.seat(to, Held::Plain)?;
        matches!(self.target_kind(to), Kind::Primitive(Primitive::String)).then_some(())?;
        let pieces = pieces.iter().map(|piece| self.piece(piece, scope)).collect::<Option<_>>()?;
        append(&mut emits, vec![Emit::Text(pieces)]);
        self.spend(emits)
    }

    /// A piece that is always there.
    fn piece(&mut self, op: &Op, scope: Scope) -> Option<Piece> {
        let get = match op {
            Op::Literal(Value::String(text)) => return Some(Piece::Fixed(text.clone().into_owned())),
            Op::Get(get) => get,
            _ => return None,
        };
        let mut site = self.origin(get.from, scope)?;
        for step in &get.steps {
            let GetStep::Field(position) = step else { return None };
            site = *self.fields(site)?.get(*position)?;
        }
        self.sites[site.0].is_whole.then_some(())?;
        let at = self.start(site);
        match self.node(site) {
            Node::Text => Some(Piece::Text { at }),
            node @ (Node::Int | Node::Long | Node::Boolean | Node::Double) => Some(Piece::Plain { at, node }),
            _ => None,
        }
    }
}
