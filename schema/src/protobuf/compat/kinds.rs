//! The kinds of types that a field may change between.

/// What a field holds, as far as the rules tell kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A number, a truth value, a text, bytes or an enum.
    Scalar(Group),
    /// A message, or a type that nothing declares.
    Message,
    /// A map, with the types of its keys and values.
    Map(&'a str, &'a str),
}

/// Scalars that share an encoding: a field may change inside a group, never across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Variable length: `int32`, `int64`, `uint32`, `uint64`, `bool` and enums.
    General,
    /// Variable length, zigzag: `sint32` and `sint64`.
    Signed,
    /// Four bytes: `fixed32` and `sfixed32`.
    Fixed32,
    /// Eight bytes: `fixed64` and `sfixed64`.
    Fixed64,
    /// `float`.
    Float,
    /// `double`.
    Double,
    /// Bytes with a length: `string` and `bytes`.
    Text,
}

impl Group {
    /// The group of a built-in type; `None` for the name of a message or enum.
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "int32" | "int64" | "uint32" | "uint64" | "bool" => Self::General,
            "sint32" | "sint64" => Self::Signed,
            "fixed32" | "sfixed32" => Self::Fixed32,
            "fixed64" | "sfixed64" => Self::Fixed64,
            "float" => Self::Float,
            "double" => Self::Double,
            "string" | "bytes" => Self::Text,
            _ => return None,
        })
    }

    /// How values of the group are encoded: a clause that follows "as".
    pub(super) fn encoding(self) -> &'static str {
        match self {
            Self::General => "varint",
            Self::Signed => "zigzag varint",
            Self::Fixed32 => "four bytes of an integer",
            Self::Fixed64 => "eight bytes of an integer",
            Self::Float => "four bytes of a floating-point number",
            Self::Double => "eight bytes of a floating-point number",
            Self::Text => "bytes with their length",
        }
    }
}

/// Key type and value type of a map field, as written.
pub(super) fn map_types(type_name: &str) -> Option<(&str, &str)> {
    let inner = type_name.strip_prefix("map<")?.strip_suffix('>')?;
    inner.split_once(',').map(|(key, value)| (key.trim(), value.trim()))
}
