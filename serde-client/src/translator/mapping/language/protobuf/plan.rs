//! What is left of the descriptors once records are read and written: numbers, positions and encodings.

use crate::translator::mapping::shape::Model;
use crate::translator::mapping::value::Value;

/// How records of a message are encoded, and what they look like.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) model: Model,
    /// The record's own comes first.
    pub(super) messages: Vec<Message>,
}

/// A message.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) name: String,
    /// What each field of the record is before anything is read; absent where it must be.
    pub(super) empty: Vec<Value<'static>>,
    /// By number.
    pub(super) members: Vec<Member>,
    /// Whether repeated keys have to be looked for.
    pub(super) has_maps: bool,
}

/// A field as the wire has it.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) number: u32,
    pub(super) name: String,
    /// Position of the field in the record.
    pub(super) position: usize,
    pub(super) form: Form,
    pub(super) item: Item,
}

/// How often a field is there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// The default of its type is not written.
    Implicit,
    /// Null where it is not set.
    Explicit,
    /// An error where it is not set.
    Required,
    /// Any number of times.
    List { packed: bool },
    /// Entries with keys of this type.
    Map(Scalar),
    /// A branch of a `oneof` of so many.
    Branch { position: u32, count: u32 },
}

/// What stands in a field.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Scalar(Scalar),
    /// Numbers of the symbols, by position.
    Enum(Vec<i32>),
    /// Position in [`Plan::messages`].
    Message {
        at: usize,
        /// The number of the field, where the message is a group.
        group: Option<u32>,
    },
    /// A message around a scalar.
    Wrapper(Scalar),
    Timestamp,
    Decimal {
        precision: u32,
        scale: u32,
    },
}

/// Scalars by their encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    String,
    Bytes,
}

impl Plan {
    pub(super) fn root(&self) -> &Message {
        // A plan is made of a message.
        &self.messages[0]
    }
}

impl Message {
    /// The member with a number.
    pub(super) fn member(&self, number: u32) -> Option<&Member> {
        let at = self.members.binary_search_by_key(&number, |member| member.number).ok()?;
        self.members.get(at)
    }
}

impl Item {
    /// What a field is that was not written because it is this.
    pub(super) fn zero(&self) -> Value<'static> {
        match self {
            Self::Scalar(scalar) | Self::Wrapper(scalar) => scalar.zero(),
            Self::Enum(numbers) => {
                let zero = numbers.iter().zip(0..).find(|(number, _)| **number == 0);
                Value::Symbol(zero.map_or(0, |(_, position)| position))
            }
            Self::Timestamp => Value::Int(0),
            Self::Decimal { .. } => Value::Bytes([0].as_slice().into()),
            // Only messages have no value that stands for all others.
            Self::Message { .. } => Value::Absent,
        }
    }
}

impl Scalar {
    fn zero(self) -> Value<'static> {
        match self {
            Self::Bool => Value::Boolean(false),
            Self::Uint64 | Self::Fixed64 => Value::Unsigned(0),
            Self::Float | Self::Double => Value::Double(0.0),
            Self::String => Value::String("".into()),
            Self::Bytes => Value::Bytes([].as_slice().into()),
            _ => Value::Int(0),
        }
    }
}
