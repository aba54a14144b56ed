//! What records look like, in one model for all schema languages.

use std::fmt;

use super::value::Value;
use crate::codec::avro::LogicalType;

/// The types of a schema. Recursive types refer back to their [`TypeId`].
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    types: Vec<Type>,
    /// The record itself.
    pub root: TypeId,
}

/// A type of a [`Model`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(u32);

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// How values are held.
    pub kind: Kind,
    /// What they mean beside that.
    pub meaning: Option<LogicalType>,
}

/// How values of a type are held.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// [`Value::Null`].
    Null,
    /// [`Value::Boolean`].
    Boolean,
    /// [`Value::Int`], and [`Value::Unsigned`] for 64 bits without a sign.
    Integer(Integer),
    /// [`Value::Double`] of the precision of 32 bits.
    Float,
    /// [`Value::Double`].
    Double,
    /// [`Value::String`].
    String,
    /// [`Value::Bytes`].
    Bytes,
    /// [`Value::Bytes`] of this length.
    Fixed(usize),
    /// [`Value::Symbol`].
    Enum(EnumType),
    /// [`Value::Record`].
    Record(RecordType),
    /// [`Value::List`].
    List(TypeId),
    /// [`Value::Map`].
    Map(TypeId),
    /// [`Value::Null`] or a value of the other type, which is neither null nor nullable.
    Nullable(TypeId),
    /// [`Value::Branch`]; none of the branches is null or a union.
    Union(UnionType),
    /// [`Value::Json`]: a document of JSON that no schema describes further.
    Any,
}

/// Widths of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integer {
    /// 32 bits with a sign.
    I32,
    /// 64 bits with a sign.
    I64,
    /// 32 bits without a sign.
    U32,
    /// 64 bits without a sign.
    U64,
}

impl Integer {
    /// The least and the greatest value.
    #[must_use]
    pub fn range(self) -> (i128, i128) {
        match self {
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
        }
    }

    /// Whether every value of `other` is one of this width.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        let ((least, greatest), (low, high)) = (self.range(), other.range());
        least <= low && high <= greatest
    }
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// Full name; empty where the language has none.
    pub name: String,
    /// Positions are what [`Value::Symbol`] holds.
    pub symbols: Vec<Symbol>,
}

impl EnumType {
    /// The position of a symbol.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<u32> {
        self.symbols.iter().zip(0..).find(|(symbol, _)| symbol.name == name).map(|(_, at)| at)
    }
}

/// A symbol of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// The number in Protobuf; the position elsewhere.
    pub number: i32,
}

/// A record, message or object.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordType {
    /// Full name; empty where the language has none.
    pub name: String,
    /// Positions are those of [`Value::Record`].
    pub fields: Vec<Field>,
}

impl RecordType {
    /// The position of a field.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The field that a wrong name may mean: one that differs in at most a third of its letters.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&Field> {
        let distance =
            |field: &Field| strsim::damerau_levenshtein(&field.name.to_lowercase(), &name.to_lowercase());
        let fields = self.fields.iter().map(|field| (distance(field), field));
        let (distance, field) = fields.min_by_key(|(distance, _)| *distance)?;
        (distance <= name.len().div_ceil(3)).then_some(field)
    }
}

/// A field of a record. A `oneof` is one field, of a nullable union whose branches are its members.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// Other names that it goes by.
    pub aliases: Vec<String>,
    /// The number in Protobuf.
    pub number: Option<u32>,
    /// The type.
    pub ty: TypeId,
    /// Whether it may be left out ([`Value::Absent`]) without being null.
    pub optional: bool,
    /// What it is when nothing is written to it.
    pub default: Option<Value<'static>>,
}

/// A union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnionType {
    /// Positions are what [`Value::Branch`] holds.
    pub branches: Vec<Branch>,
}

impl UnionType {
    /// The position of the branch with a label.
    #[must_use]
    pub fn position(&self, label: &str) -> Option<u32> {
        self.branches.iter().zip(0..).find(|(branch, _)| branch.label == label).map(|(_, at)| at)
    }
}

/// A branch of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Unique in its union: the full name of a named type, the word for another, the member's name of a `oneof`.
    pub label: String,
    /// The type.
    pub ty: TypeId,
    /// The number on the wire: the branch's in Avro, the field's in Protobuf.
    pub number: u32,
}

impl Model {
    /// A model without types; [`Model::root`] has to be set once there are some.
    #[must_use]
    pub fn empty() -> Self {
        Self { types: Vec::new(), root: TypeId(0) }
    }

    /// Adds a type.
    pub fn push(&mut self, kind: Kind, meaning: Option<LogicalType>) -> TypeId {
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push(Type { kind, meaning });
        id
    }

    /// Puts another type in the place of one that was added before what it consists of was known.
    pub fn replace(&mut self, id: TypeId, kind: Kind, meaning: Option<LogicalType>) {
        if let Some(slot) = self.types.get_mut(id.0 as usize) {
            *slot = Type { kind, meaning };
        }
    }

    /// A type.
    #[must_use]
    pub fn get(&self, id: TypeId) -> &Type {
        // Ids come from this very model.
        &self.types[id.0 as usize]
    }

    /// How values of a type are held.
    #[must_use]
    pub fn kind(&self, id: TypeId) -> &Kind {
        &self.get(id).kind
    }

    /// The type without null, and whether it could be null.
    #[must_use]
    pub fn non_null(&self, id: TypeId) -> (TypeId, bool) {
        match self.kind(id) {
            Kind::Nullable(inner) => (*inner, true),
            _ => (id, false),
        }
    }

    /// Takes all types of another model; the result is the other's root in this one.
    pub fn append(&mut self, other: &Self) -> TypeId {
        let base = u32::try_from(self.types.len()).unwrap_or(u32::MAX);
        let moved = |id: TypeId| TypeId(id.0 + base);
        self.types.extend(other.types.iter().map(|ty| Type { kind: ty.kind.with_ids(&moved), ..ty.clone() }));
        moved(other.root)
    }

    /// A word or two for a type, for messages.
    #[must_use]
    pub fn describe(&self, id: TypeId) -> String {
        let ty = self.get(id);
        match (&ty.kind, ty.meaning) {
            (Kind::Nullable(inner), _) => format!("{} or null", self.describe(*inner)),
            (Kind::List(item), _) => format!("list of {}", self.describe_shortly(*item)),
            (Kind::Map(value), _) => format!("map of {}", self.describe_shortly(*value)),
            (Kind::Union(union), _) => {
                let labels: Vec<&str> = union.branches.iter().map(|branch| branch.label.as_str()).collect();
                format!("union of {}", labels.join(", "))
            }
            (kind, Some(LogicalType::Decimal { precision, scale })) => {
                format!("decimal({precision},{scale}) in {kind}")
            }
            (_, Some(meaning)) => meaning.word().to_owned(),
            (kind, None) => kind.to_string(),
        }
    }

    /// The same for a part of a type, so that recursive types come to an end.
    fn describe_shortly(&self, id: TypeId) -> String {
        match self.kind(id) {
            Kind::List(_) => "lists".to_owned(),
            Kind::Map(_) => "maps".to_owned(),
            Kind::Union(_) => "a union".to_owned(),
            Kind::Nullable(inner) => match self.kind(*inner) {
                Kind::List(_) | Kind::Map(_) | Kind::Union(_) => "nullable items".to_owned(),
                _ => self.describe(id),
            },
            _ => self.describe(id),
        }
    }
}

impl Kind {
    fn with_ids(&self, moved: &impl Fn(TypeId) -> TypeId) -> Self {
        match self {
            Self::Record(record) => {
                let field = |field: &Field| Field { ty: moved(field.ty), ..field.clone() };
                Self::Record(RecordType {
                    name: record.name.clone(),
                    fields: record.fields.iter().map(field).collect(),
                })
            }
            Self::Union(union) => {
                let branch = |branch: &Branch| Branch { ty: moved(branch.ty), ..branch.clone() };
                Self::Union(UnionType { branches: union.branches.iter().map(branch).collect() })
            }
            Self::List(id) => Self::List(moved(*id)),
            Self::Map(id) => Self::Map(moved(*id)),
            Self::Nullable(id) => Self::Nullable(moved(*id)),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer(Integer::I32) => "int",
            Self::Integer(Integer::I64) => "long",
            Self::Integer(Integer::U32) => "uint32",
            Self::Integer(Integer::U64) => "uint64",
            Self::Float => "float",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Fixed(size) => return write!(f, "fixed({size})"),
            Self::Enum(symbols) if symbols.name.is_empty() => "enum",
            Self::Enum(symbols) => return write!(f, "enum {}", symbols.name),
            Self::Record(record) if record.name.is_empty() => "record",
            Self::Record(record) => return write!(f, "record {}", record.name),
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Nullable(_) => "nullable",
            Self::Union(_) => "union",
            Self::Any => "any JSON",
        })
    }
}
