//! Why a codec cannot be used, or cannot write a value or read a record.
//!
//! The errors of single values are one pointer wide, so that results stay in registers and values need not be copied where
//! a result is handed on; their path is put together only where an error happened.

use std::fmt::Display;

use schema::model::schema::SchemaType;

/// The offset of an error whose place nobody has said yet.
const UNPLACED: usize = usize::MAX;

/// A schema cannot be used by a codec.
///
/// ```
/// use serde_client::AvroRecord;
///
/// #[derive(AvroRecord)]
/// struct Click {
///     #[avro(default = "none")]
///     id: i64,
/// }
///
/// let error = Click::parsed_schema().unwrap_err();
/// assert!(error.to_string().contains("default"), "a text is no default of a long: {error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PrepareError(pub String);

impl PrepareError {
    /// A schema is of another language than the codec.
    pub(super) fn of_type(found: SchemaType, needed: SchemaType) -> Self {
        Self(format!("the schema is of type {found}, where {needed} is needed"))
    }
}

/// A value does not fit the schema that it is written with.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::serializer::SerializeError;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let schema = SchemaDefinition::avro(r#"{"type": "array", "items": "int"}"#);
/// let counts = Serializer::<Avro, Vec<i64>>::builder(MockRegistry::new().client()).schema(schema).build();
/// let error = counts.serialize("counts", Some(&vec![1, 1 << 40])).await.unwrap_err();
/// let SerializeError::Encode { error, .. } = error else { panic!("{error}") };
/// assert_eq!(error.path(), "1", "the second item has no place in an int");
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", self.0.reason, place(&self.0.path))]
pub struct EncodeError(Box<Misfit>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Misfit {
    path: String,
    reason: String,
}

impl EncodeError {
    /// An error at the value in hand. `reason` says what is wrong and what would cure it: a lowercase fragment.
    #[cold]
    #[inline(never)]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(Misfit { path: String::new(), reason: reason.into() }))
    }
}

/// Bytes are no record of the schema.
///
/// ```
/// use serde_client::codec::DecodeError;
///
/// // Where it goes wrong, the field is not known: each level around it adds its name.
/// let error = DecodeError::new("a month is 13").at(7).within("month").within("card");
/// assert_eq!(error.path(), "card.month");
/// assert_eq!(error.to_string(), "a month is 13 at `card.month` (byte 7)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{} (byte {})", self.0.reason, place(&self.0.path), self.offset())]
pub struct DecodeError(Box<Fault>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    path: String,
    offset: usize,
    reason: String,
}

impl DecodeError {
    /// An error whose place is still to be said by [`DecodeError::at`]. `reason` says what is wrong: a lowercase fragment.
    #[cold]
    #[inline(never)]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(Fault { path: String::new(), offset: UNPLACED, reason: reason.into() }))
    }

    /// Gives the error its position in the record, in bytes behind the prefix, unless it has one.
    #[cold]
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.place(offset);
        self
    }

    /// The same where the error lies.
    #[cold]
    pub(super) fn place(&mut self, offset: usize) {
        if self.0.offset == UNPLACED {
            self.0.offset = offset;
        }
    }

    /// Position in the record where it went wrong, in bytes behind the prefix; 0 where none is known.
    #[must_use]
    pub fn offset(&self) -> usize {
        if self.0.offset == UNPLACED { 0 } else { self.0.offset }
    }
}

macro_rules! told {
    ($($error:ident)*) => {$(
        impl $error {
            /// Puts the name of a field, or the position of an item, in front of the path.
            #[cold]
            #[inline(never)]
            #[must_use]
            pub fn within(mut self, name: impl Display) -> Self {
                prepend(&mut self.0.path, &name);
                self
            }

            /// Names from the root of the record, joined by dots; empty at the root.
            #[must_use]
            pub fn path(&self) -> &str {
                &self.0.path
            }

            /// What is wrong, and where it is known what would cure it: a lowercase fragment.
            #[must_use]
            pub fn reason(&self) -> &str {
                &self.0.reason
            }
        }
    )*};
}

told! { EncodeError DecodeError }

fn prepend(path: &mut String, name: &dyn Display) {
    *path = if path.is_empty() { name.to_string() } else { format!("{name}.{path}") };
}

fn place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}

impl serde::de::Error for DecodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl serde::ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}
