//! The Avro schema model.

use std::fmt;

use crate::document::Json;
use crate::format::Strictness;

/// Position of a type in [`AvroSchema::types`]. A use by name has the same id as the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// A parsed Avro schema.
#[derive(Clone, Debug)]
pub struct AvroSchema {
    /// All types: first those of the references, then those of the schema's own text.
    pub(crate) types: Vec<Type>,
    /// Where reading starts.
    pub(crate) root: TypeId,
    /// Types below this index came from references.
    pub(crate) referenced: u32,
    /// What the texts of the references define at their root: in the canonical text these print as a name only. Types
    /// nested inside a reference's text print in full where they are first used, as in the reference registry.
    pub(crate) known: Vec<TypeId>,
    /// Later definitions of a name with the first one of that name.
    pub(crate) twins: Vec<(TypeId, TypeId)>,
    /// How the text was read, and how texts made from this schema are read.
    pub(crate) strictness: Strictness,
    /// The canonical text.
    pub(crate) canonical: String,
}

/// One type with its custom properties.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is.
    pub kind: Kind,
    /// Custom properties in source order, `logicalType` and its parameters among them.
    pub properties: Properties,
}

/// Custom properties in source order; names are unique.
pub type Properties = Vec<(String, Json)>;

/// The kinds of type.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A type without structure.
    Primitive(Primitive),
    /// A record.
    Record(Record),
    /// An enum.
    Enum(Enum),
    /// A fixed number of bytes.
    Fixed(Fixed),
    /// An array.
    Array(TypeId),
    /// A map from strings.
    Map(TypeId),
    /// A union of branches.
    Union(Vec<TypeId>),
}

/// The types without structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// No value.
    Null,
    /// True or false.
    Boolean,
    /// 32 bits, signed.
    Int,
    /// 64 bits, signed.
    Long,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Bytes.
    Bytes,
    /// Unicode text.
    String,
}

/// The name of a record, enum or fixed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Without the namespace.
    pub simple: String,
    /// `None` is the null namespace.
    pub namespace: Option<String>,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}.{}", self.simple),
            None => f.write_str(&self.simple),
        }
    }
}

/// What records, enums and fixeds have in common.
#[derive(Clone, Debug)]
pub struct Named {
    /// The full name.
    pub name: Name,
    /// Documentation; an empty one is kept.
    pub doc: Option<String>,
    /// Other names it goes by, resolved against its namespace, without repetition.
    pub aliases: Vec<Name>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Name, doc, aliases.
    pub named: Named,
    /// Whether it was declared as `error`.
    pub is_error: bool,
    /// In order of writing.
    pub fields: Vec<Field>,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Unique in its record.
    pub name: String,
    /// Documentation; an empty one is kept.
    pub doc: Option<String>,
    /// Its type.
    pub field_type: TypeId,
    /// The default value, `null` included.
    pub default: Option<Json>,
    /// How it sorts.
    pub order: Order,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// Custom properties in source order.
    pub properties: Properties,
}

/// How a field takes part in the sort order of its record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
    /// Not at all.
    Ignore,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Name, doc, aliases.
    pub named: Named,
    /// In order of their numbers.
    pub symbols: Vec<String>,
    /// Stands for symbols a reader does not know.
    pub default: Option<String>,
}

/// A fixed.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Name, doc, aliases.
    pub named: Named,
    /// Bytes.
    pub size: u32,
}

impl Kind {
    /// What records, enums and fixeds have in common.
    #[must_use]
    pub fn named(&self) -> Option<&Named> {
        match self {
            Self::Record(record) => Some(&record.named),
            Self::Enum(symbols) => Some(&symbols.named),
            Self::Fixed(fixed) => Some(&fixed.named),
            _ => None,
        }
    }

    /// The word for this kind in a schema.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Primitive(primitive) => primitive.word(),
            Self::Record(_) => "record",
            Self::Enum(_) => "enum",
            Self::Fixed(_) => "fixed",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
        }
    }
}

impl Primitive {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Null,
        Self::Boolean,
        Self::Int,
        Self::Long,
        Self::Float,
        Self::Double,
        Self::Bytes,
        Self::String,
    ];

    /// Reads the word for a primitive type.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            _ => return None,
        })
    }

    /// The word for this type in a schema.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
        }
    }
}

impl AvroSchema {
    /// The type with this id. Ids are only made by the parser, for the arena they index.
    #[must_use]
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// Where reading starts.
    #[must_use]
    pub fn root(&self) -> TypeId {
        self.root
    }
}
