//! Which values of one type are values of another, without loss.

use super::Half;
use super::unions::branch_of;
use crate::codec::avro::LogicalType;
use crate::translator::mapping::file::Auto;
use crate::translator::mapping::program::{Conversion, FieldConversion, FieldFrom};
use crate::translator::mapping::report::Class;
use crate::translator::mapping::rule::Step;
use crate::translator::mapping::shape::{EnumType, Field, Integer, Kind, RecordType, TypeId, UnionType};

/// Where a pair of types stands, for the report.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Path of the source.
    pub(super) from: String,
    /// Path of the target.
    pub(super) to: String,
}

/// A conversion, and the class of the leaf where the type is one: rows of compound types are written on the way.
pub(super) struct Fitted {
    pub(super) conversion: Conversion,
    pub(super) class: Option<Class>,
}

impl Fitted {
    fn leaf(conversion: Conversion, class: Class) -> Result<Self, String> {
        Ok(Self { conversion, class: Some(class) })
    }

    fn exact() -> Result<Self, String> {
        Self::leaf(Conversion::Copy, Class::Exact)
    }

    fn widened(conversion: Conversion) -> Result<Self, String> {
        Self::leaf(conversion, Class::Widened)
    }

    fn map(self, wrap: impl FnOnce(Box<Conversion>) -> Conversion) -> Self {
        Self { conversion: wrap(Box::new(self.conversion)), class: self.class }
    }
}

impl Half<'_> {
    /// How values of `from` become values of `to`.
    ///
    /// # Errors
    /// Why they do not, and what would help: a clause.
    pub(super) fn fit(&mut self, from: TypeId, to: TypeId, places: &Places) -> Result<Fitted, String> {
        let (inner_from, from_null) = self.types.non_null(from);
        let (inner_to, to_null) = self.types.non_null(to);
        match (from_null, to_null) {
            (true, true) => {
                let inner = self.fit(inner_from, inner_to, places)?;
                return Ok(match inner.conversion {
                    Conversion::Copy => inner,
                    _ => inner.map(Conversion::Nullable),
                });
            }
            (true, false) => {
                return Err(format!(
                    "{} can be null, and the target cannot: use `default`, or `coalesce`",
                    self.named(&places.from)
                ));
            }
            (false, true) if matches!(self.types.kind(from), Kind::Null) => return Fitted::exact(),
            (false, true) => {
                let inner = self.fit(from, inner_to, places)?;
                return Ok(Fitted { class: inner.class.map(|class| class.max(Class::Widened)), ..inner });
            }
            (false, false) => {}
        }
        match (self.types.kind(from).clone(), self.types.kind(to).clone()) {
            (Kind::Record(source), Kind::Record(target)) => self
                .records((from, &source), (to, &target), places)
                .map(|conversion| Fitted { conversion, class: None }),
            (Kind::List(from), Kind::List(to)) => {
                let below = Places { from: format!("{}[]", places.from), to: format!("{}[]", places.to) };
                let inner = self.fit(from, to, &below)?;
                Ok(compound(inner, Conversion::List))
            }
            (Kind::Map(from), Kind::Map(to)) => {
                let below = Places { from: format!("{}{{}}", places.from), to: format!("{}{{}}", places.to) };
                let inner = self.fit(from, to, &below)?;
                Ok(compound(inner, Conversion::Map))
            }
            (Kind::Union(source), Kind::Union(target)) => self.unions(&source, &target, places),
            (Kind::Union(_), _) => {
                Err("the source is a union: use `union`, or name a branch in the path".to_owned())
            }
            (_, Kind::Union(target)) => self.fit_branch(from, &target, places),
            (source, target) => self.plain(from, &source, to, &target),
        }
    }

    fn unions(&mut self, source: &UnionType, target: &UnionType, places: &Places) -> Result<Fitted, String> {
        let mut branches = Vec::with_capacity(source.branches.len());
        for branch in &source.branches {
            let Some((wanted, position)) = branch_of(target, &branch.label) else {
                return Err(format!("the target has no branch `{}`: use `union`", branch.label));
            };
            let step = Step::Name(branch.label.clone()).to_string();
            let below = Places { from: format!("{}{step}", places.from), to: format!("{}{step}", places.to) };
            let inner = self.fit(branch.ty, wanted.ty, &below)?;
            if let Some(class) = inner.class {
                self.uses(&below.from);
                self.row(&below.to, below.from, class, "");
            }
            branches.push((position, inner.conversion));
        }
        Ok(Fitted { conversion: Conversion::Union(branches.into_boxed_slice()), class: None })
    }

    /// The branch that takes a value as it is, else the first that takes it at all.
    fn fit_branch(&mut self, from: TypeId, target: &UnionType, places: &Places) -> Result<Fitted, String> {
        for exact in [true, false] {
            for (branch, position) in target.branches.iter().zip(0..) {
                let (rows, problems, open) = (self.rows.len(), self.problems.len(), self.open.len());
                match self.fit(from, branch.ty, places) {
                    Ok(inner)
                        if self.problems.len() == problems
                            && !(exact && inner.class == Some(Class::Widened)) =>
                    {
                        let class = inner.class.map(|class| class.max(Class::Widened));
                        let fitted = inner.map(|inner| Conversion::Wrap(position, inner));
                        return Ok(Fitted { class, ..fitted });
                    }
                    _ => {
                        self.rows.truncate(rows);
                        self.problems.truncate(problems);
                        self.open.truncate(open);
                    }
                }
            }
        }
        Err(format!("no branch of the target takes {}", self.types.describe(from)))
    }

    fn plain(&self, from: TypeId, source: &Kind, to: TypeId, target: &Kind) -> Result<Fitted, String> {
        let (meaning, wanted) = (self.types.get(from).meaning, self.types.get(to).meaning);
        if let (Some(LogicalType::Decimal { .. }), _) | (_, Some(LogicalType::Decimal { .. })) =
            (meaning, wanted)
        {
            return self.decimals(from, to);
        }
        if meaning == Some(LogicalType::Uuid) || wanted == Some(LogicalType::Uuid) {
            match (source, target) {
                (Kind::Fixed(16), Kind::String) => return Fitted::widened(Conversion::UuidText),
                (Kind::String, Kind::Fixed(16)) if meaning == Some(LogicalType::Uuid) => {
                    return Fitted::widened(Conversion::UuidBytes);
                }
                _ => {}
            }
        }
        if let (Some(one), Some(other)) = (meaning, wanted)
            && one != other
        {
            return match (unit(one), unit(other)) {
                (Some((family, coarse)), Some((same, fine))) if family == same && fine < coarse => {
                    Fitted::widened(Conversion::Times(coarse / fine))
                }
                _ => Err(self.differ(from, to, "use `time`")),
            };
        }
        match (source, target) {
            (Kind::Integer(source), Kind::Integer(target)) if source == target => {
                if meaning == wanted {
                    Fitted::exact()
                } else {
                    Fitted::widened(Conversion::Copy)
                }
            }
            (Kind::Integer(source), Kind::Integer(target)) if target.holds(*source) => {
                Fitted::widened(if *target == Integer::U64 { Conversion::Unsigned } else { Conversion::Copy })
            }
            (Kind::Integer(Integer::I32 | Integer::U32), Kind::Double) if meaning.is_none() => {
                Fitted::widened(Conversion::Double)
            }
            (Kind::Float, Kind::Double) => Fitted::widened(Conversion::Copy),
            (Kind::Fixed(size), Kind::Fixed(other)) if size != other => Err(self.differ(from, to, "")),
            (Kind::Fixed(_), Kind::Bytes) => Fitted::widened(Conversion::Copy),
            (Kind::Enum(source), Kind::Enum(target)) => self.symbols(source, target),
            (Kind::Enum(source), Kind::String) => Fitted::widened(symbol_text(source)),
            (Kind::Integer(_), Kind::Integer(_)) => Err(self.differ(from, to, "use `cast`")),
            (source, target) if std::mem::discriminant(source) == std::mem::discriminant(target) => {
                Fitted::exact()
            }
            (Kind::String, Kind::Enum(_)) => Err(self.differ(from, to, "use `enum`")),
            (
                Kind::Integer(_) | Kind::Float | Kind::Double,
                Kind::Integer(_) | Kind::Float | Kind::Double | Kind::String,
            )
            | (Kind::String | Kind::Boolean, Kind::Integer(_) | Kind::Float | Kind::Double | Kind::Boolean) => {
                Err(self.differ(from, to, "use `cast`"))
            }
            _ => Err(self.differ(from, to, "")),
        }
    }

    fn differ(&self, from: TypeId, to: TypeId, cure: &str) -> String {
        let cure = if cure.is_empty() { String::new() } else { format!(": {cure}") };
        format!(
            "the source is {} and the target is {}{cure}",
            self.types.describe(from),
            self.types.describe(to)
        )
    }

    fn decimals(&self, from: TypeId, to: TypeId) -> Result<Fitted, String> {
        let (source, target) = (self.types.get(from), self.types.get(to));
        let (
            Some(LogicalType::Decimal { precision, scale }),
            Some(LogicalType::Decimal { precision: digits, scale: places }),
        ) = (source.meaning, target.meaning)
        else {
            return Err(self.differ(from, to, "use `cast`"));
        };
        let size = |kind: &Kind| match kind {
            Kind::Fixed(size) => Some(*size),
            _ => None,
        };
        let (held, wanted) = (size(&source.kind), size(&target.kind));
        if (precision, scale, held) == (digits, places, wanted) {
            return Fitted::exact();
        }
        if places < scale || digits - places < precision - scale {
            return Err(self.differ(from, to, "use `cast`"));
        }
        Fitted::widened(Conversion::Decimal { from: scale, to: places, size: wanted, precision: digits })
    }

    fn symbols(&self, source: &EnumType, target: &EnumType) -> Result<Fitted, String> {
        let mut positions = Vec::with_capacity(source.symbols.len());
        for symbol in &source.symbols {
            let position = target
                .position(&symbol.name)
                .ok_or_else(|| format!("the target has no symbol `{}`: use `enum`", symbol.name))?;
            positions.push(position);
        }
        let is_same = positions.iter().zip(0..).all(|(position, own)| *position == own);
        match (is_same, source.symbols.len() == target.symbols.len()) {
            (true, true) => Fitted::exact(),
            (true, false) => Fitted::widened(Conversion::Copy),
            _ => Fitted::widened(Conversion::Symbols(positions.into_boxed_slice())),
        }
    }

    fn records(
        &mut self,
        (from, source): (TypeId, &RecordType),
        (to, target): (TypeId, &RecordType),
        places: &Places,
    ) -> Result<Conversion, String> {
        if let Some(number) = self.under_way.get(&(from, to)).copied() {
            let number = number.unwrap_or_else(|| {
                let number = u32::try_from(self.recursive.len()).unwrap_or(u32::MAX);
                self.recursive.push(Conversion::Copy);
                number
            });
            self.under_way.insert((from, to), Some(number));
            // Everything below has been seen once already.
            self.uses(&places.from);
            return Ok(Conversion::Recursive(number));
        }
        self.under_way.insert((from, to), None);
        let fields = self.fields(source, target, places);
        let referred = self.under_way.remove(&(from, to)).flatten();
        let conversion = collapsed(fields?, source.fields.len());
        match referred {
            None => Ok(conversion),
            Some(number) => {
                if let Some(slot) = self.recursive.get_mut(number as usize) {
                    *slot = conversion;
                }
                Ok(Conversion::Recursive(number))
            }
        }
    }

    fn fields(
        &mut self,
        source: &RecordType,
        target: &RecordType,
        places: &Places,
    ) -> Result<Vec<FieldConversion>, String> {
        let mut taken = vec![false; source.fields.len()];
        let mut fields = Vec::with_capacity(target.fields.len());
        for field in &target.fields {
            let name = Step::Name(field.name.clone()).to_string();
            let to = format!("{}{name}", places.to).trim_start_matches('.').to_owned();
            let counterpart = counterpart(source, field, self.auto)
                .filter(|(at, _)| !taken.get(*at).copied().unwrap_or(true));
            let from = match counterpart {
                Some((at, is_alias)) => {
                    if let Some(slot) = taken.get_mut(at) {
                        *slot = true;
                    }
                    match self.field(&source.fields[at], field, is_alias, places, &to) {
                        Some(conversion) => FieldFrom::Field(at, conversion),
                        None => FieldFrom::Literal(crate::translator::mapping::value::Value::Null),
                    }
                }
                None => FieldFrom::Literal(self.unfilled(field, &to)),
            };
            let null_is_absent = field.optional && !matches!(self.types.kind(field.ty), Kind::Nullable(_));
            fields.push(FieldConversion { name: field.name.clone(), from, null_is_absent });
        }
        Ok(fields)
    }

    /// A field from its counterpart; a problem that is noted where it cannot be.
    fn field(
        &mut self,
        source: &Field,
        target: &Field,
        is_alias: bool,
        places: &Places,
        to: &str,
    ) -> Option<Conversion> {
        let from = format!("{}{}", places.from, Step::Name(source.name.clone()));
        let source_type = if source.optional { self.nullable(source.ty) } else { source.ty };
        let target_type = if target.optional { self.nullable(target.ty) } else { target.ty };
        let below = Places { from: from.clone(), to: to.to_owned() };
        match self.fit(source_type, target_type, &below) {
            Ok(fitted) => {
                if let Some(class) = fitted.class {
                    let class = if is_alias { Class::Aliased } else { class };
                    self.row(to, from.clone(), class, "");
                    self.uses(&from);
                }
                Some(fitted.conversion)
            }
            Err(reason) => {
                self.unmapped(to, target.ty, &format!("`{from}`: {reason}"));
                None
            }
        }
    }

    fn named(&self, path: &str) -> String {
        if path.is_empty() { "the value".to_owned() } else { format!("`{path}`") }
    }
}

/// The field of the source that is the same as one of the target, and whether it has another name.
pub(super) fn counterpart(source: &RecordType, field: &Field, auto: Auto) -> Option<(usize, bool)> {
    if let Some(position) = source.position(&field.name) {
        return Some((position, false));
    }
    if auto < Auto::Alias {
        return None;
    }
    let is_same = |other: &Field| {
        field.aliases.contains(&other.name)
            || other.aliases.contains(&field.name)
            || (field.number.is_some() && field.number == other.number)
    };
    source.fields.iter().position(is_same).map(|position| (position, true))
}

/// Records whose fields are all copied in their order are copied as a whole.
fn collapsed(fields: Vec<FieldConversion>, count: usize) -> Conversion {
    let is_copy = |(field, at): (&FieldConversion, usize)| {
        matches!(&field.from, FieldFrom::Field(position, Conversion::Copy) if *position == at)
            && !field.null_is_absent
    };
    if fields.len() == count && fields.iter().zip(0..).all(is_copy) {
        Conversion::Copy
    } else {
        Conversion::Record(fields.into_boxed_slice())
    }
}

fn compound(inner: Fitted, wrap: impl FnOnce(Box<Conversion>) -> Conversion) -> Fitted {
    match inner.conversion {
        Conversion::Copy => inner,
        _ => inner.map(wrap),
    }
}

/// Symbols as their names.
pub(super) fn symbol_text(symbols: &EnumType) -> Conversion {
    Conversion::SymbolText(symbols.symbols.iter().map(|symbol| symbol.name.clone()).collect())
}

/// What a time counts from, and nanoseconds of its unit.
fn unit(meaning: LogicalType) -> Option<(u8, i64)> {
    Some(match meaning {
        LogicalType::TimeMillis => (0, 1_000_000),
        LogicalType::TimeMicros => (0, 1_000),
        LogicalType::TimestampMillis => (1, 1_000_000),
        LogicalType::TimestampMicros => (1, 1_000),
        LogicalType::TimestampNanos => (1, 1),
        LogicalType::LocalTimestampMillis => (2, 1_000_000),
        LogicalType::LocalTimestampMicros => (2, 1_000),
        LogicalType::LocalTimestampNanos => (2, 1),
        _ => return None,
    })
}
