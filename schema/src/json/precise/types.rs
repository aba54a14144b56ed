//! Sets of JSON types.

use super::place::Place;
use crate::document::Json;
use crate::json::Draft;

/// A set of types. Whole numbers spelled with a fraction (`1.0`) are a type of their own, since draft 4 does not take
/// them for integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const WHOLE: Self = Self(8);
    pub(crate) const FRACTION: Self = Self(16);
    pub(crate) const NUMBER: Self = Self(4 | 8 | 16);
    pub(crate) const STRING: Self = Self(32);
    pub(crate) const ARRAY: Self = Self(64);
    pub(crate) const OBJECT: Self = Self(128);
    pub(crate) const ALL: Self = Self(255);

    /// The types that are told apart when one is taken after the other.
    pub(crate) const KINDS: [Self; 6] =
        [Self::STRING, Self::NUMBER, Self::OBJECT, Self::ARRAY, Self::BOOLEAN, Self::NULL];

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn bits(self) -> usize {
        usize::from(self.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn lies_in(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// How many kinds of value are in the set.
    pub(crate) fn kinds(self) -> usize {
        Self::KINDS.iter().filter(|kind| self.meets(**kind)).count()
    }

    fn named(name: &str, draft: Draft) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" if draft == Draft::Draft4 => Self::INTEGER,
            "integer" => Self::INTEGER.or(Self::WHOLE),
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// What the keyword `type` of a schema allows; `None` when it is there but says nothing that is known.
    pub(crate) fn allowed_by(place: Place<'_>) -> Option<Self> {
        match place.keyword("type") {
            None => Some(Self::ALL),
            Some(Json::String(name)) => Self::named(name, place.draft),
            Some(Json::Array(names)) => names.iter().try_fold(Self::NONE, |types, name| {
                Some(types.or(Self::named(name.as_str()?, place.draft)?))
            }),
            Some(_) => None,
        }
    }

    /// The type of a value; `None` for numbers too long to tell.
    pub(crate) fn of(value: &Json) -> Option<Self> {
        Some(match value {
            Json::Null => Self::NULL,
            Json::Bool(_) => Self::BOOLEAN,
            Json::Number(spelling) => {
                let number = super::decimal::Decimal::parse(spelling)?;
                match (number.is_integer(), spelling.contains(['.', 'e', 'E'])) {
                    (true, false) => Self::INTEGER,
                    (true, true) => Self::WHOLE,
                    (false, _) => Self::FRACTION,
                }
            }
            Json::String(_) => Self::STRING,
            Json::Array(_) => Self::ARRAY,
            Json::Object(_) => Self::OBJECT,
        })
    }
}
