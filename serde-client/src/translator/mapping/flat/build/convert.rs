//! Values that change their type without loss.

use schema::avro::schema::{Kind, TypeId};

use super::sites::SiteId;
use super::{Builder, append};
use crate::translator::mapping::flat::emit::{Change, Emit};
use crate::translator::mapping::flat::node::Held;
use crate::translator::mapping::program::{Conversion, FieldConversion, FieldFrom};
use crate::translator::mapping::value::Value;

impl Builder<'_> {
    /// What the program's conversion makes of a part of the source, as a type of the target: step by step where it can
    /// be.
    pub(super) fn convert(&mut self, site: SiteId, conversion: &Conversion, to: TypeId) -> Option<Vec<Emit>> {
        let emits = self.convert_by_step(site, conversion, to);
        emits.or_else(|| self.by_value(site, Change::Conversion(conversion.clone()), to))
    }

    fn convert_by_step(&mut self, site: SiteId, conversion: &Conversion, to: TypeId) -> Option<Vec<Emit>> {
        if *conversion == Conversion::Copy {
            return self.copy(site, to);
        }
        if matches!(self.kind(site), Kind::Union(_)) {
            return self.switch(site, |builder, held, arm| builder.convert_branch(held, arm, conversion, to));
        }
        match conversion {
            Conversion::Nullable(inner) => self.convert(site, inner, to),
            Conversion::Wrap(branch, inner) => self.seated(site, inner, to, Held::Branch(*branch)),
            Conversion::Recursive(number) => self.unrolled(site, *number, to),
            _ => {
                let (mut emits, to) = self.seat(to, Held::Plain)?;
                append(&mut emits, self.convert_plain(site, conversion, to)?);
                self.spend(emits)
            }
        }
    }

    fn convert_branch(
        &mut self,
        held: Held,
        arm: SiteId,
        conversion: &Conversion,
        to: TypeId,
    ) -> Option<Vec<Emit>> {
        let (is_nullable, conversion) = match conversion {
            Conversion::Nullable(inner) => (true, &**inner),
            other => (false, other),
        };
        match (held, conversion) {
            (Held::Null, _) if is_nullable => Some(self.null(to)),
            (Held::Plain, conversion) => self.convert(arm, conversion, to),
            (Held::Branch(position), Conversion::Union(branches)) => match branches.get(position as usize) {
                Some((branch, inner)) => self.seated(arm, inner, to, Held::Branch(*branch)),
                None => Some(vec![Emit::Unusual]),
            },
            _ => Some(vec![Emit::Unusual]),
        }
    }

    /// A type that contains itself, once; what it contains is converted as a value.
    fn unrolled(&mut self, site: SiteId, number: u32, to: TypeId) -> Option<Vec<Emit>> {
        if self.unrolling.contains(&number) {
            return None;
        }
        let conversion = self.program.recursive.get(number as usize)?;
        self.unrolling.push(number);
        let emits = self.convert(site, conversion, to);
        self.unrolling.pop();
        emits
    }

    /// The same in a branch of a union.
    fn seated(&mut self, site: SiteId, conversion: &Conversion, to: TypeId, held: Held) -> Option<Vec<Emit>> {
        let (mut emits, to) = self.seat(to, held)?;
        append(&mut emits, self.convert(site, conversion, to)?);
        self.spend(emits)
    }

    /// Neither side is a union.
    fn convert_plain(&mut self, site: SiteId, conversion: &Conversion, to: TypeId) -> Option<Vec<Emit>> {
        match conversion {
            Conversion::Symbols(positions) => {
                let values: Vec<_> =
                    positions.iter().map(|position| Some(Value::Symbol(*position))).collect();
                self.symbols(site, values, to)
            }
            Conversion::SymbolText(names) => {
                let values = names.iter().map(|name| Some(Value::String(name.clone().into()))).collect();
                self.symbols(site, values, to)
            }
            Conversion::Record(fields) => self.convert_record(site, fields, to),
            Conversion::List(inner) | Conversion::Map(inner) => {
                self.items(site, to, |builder, item, to| builder.convert(item, inner, to))
            }
            Conversion::Double
            | Conversion::Decimal { .. }
            | Conversion::Times(_)
            | Conversion::UuidText
            | Conversion::UuidBytes => self.typed(site, Change::Conversion(conversion.clone()), to),
            Conversion::Copy
            | Conversion::Nullable(_)
            | Conversion::Wrap(..)
            | Conversion::Union(_)
            | Conversion::Unsigned
            | Conversion::Recursive(_) => None,
        }
    }

    /// By symbol of the source, what is written.
    pub(super) fn symbols(
        &mut self,
        site: SiteId,
        values: Vec<Option<Value<'_>>>,
        to: TypeId,
    ) -> Option<Vec<Emit>> {
        let Kind::Enum(symbols) = self.kind(site) else { return None };
        let count = symbols.symbols.len();
        let encoded = |value: Option<Value<'_>>| match self.raw(&value?, to).pop() {
            Some(Emit::Raw(bytes)) => Some(bytes),
            _ => None,
        };
        let symbols = values.into_iter().map(encoded).collect();
        let at = self.start(site);
        self.spend(vec![Emit::Symbols { at, count, symbols }])
    }

    fn convert_record(&mut self, site: SiteId, fields: &[FieldConversion], to: TypeId) -> Option<Vec<Emit>> {
        let Kind::Record(target) = self.target_kind(to) else { return None };
        if target.fields.len() != fields.len() {
            return None;
        }
        let types: Vec<TypeId> = target.fields.iter().map(|field| field.field_type).collect();
        let sources = self.fields(site)?;
        let mut emits = Vec::new();
        for (field, to) in fields.iter().zip(types) {
            let more = match &field.from {
                FieldFrom::Field(position, conversion) => {
                    self.convert(*sources.get(*position)?, conversion, to)?
                }
                FieldFrom::Literal(value) => self.raw(value, to),
            };
            append(&mut emits, more);
        }
        Some(emits)
    }
}
