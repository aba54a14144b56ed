//! The schema that a Rust type has.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Json, json};

use super::text::{self, KnownNames};

/// A Rust type that knows its Avro schema.
///
/// ```
/// use serde_client::codec::avro::native::AvroSchema;
/// use serde_json::json;
///
/// let schema = <Vec<Option<i64>>>::avro_schema(&mut Default::default());
/// assert_eq!(schema, json!({"type": "array", "items": ["null", "long"]}));
/// assert_eq!(<Vec<u8>>::avro_schema(&mut Default::default()), json!("bytes"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Avro schema",
    label = "no Avro schema",
    note = "derive `AvroRecord` for it; Avro has no 64-bit number without a sign, a `[u8; N]` needs \
            `#[avro(fixed = \"Name\")]` on its field, and a date, a time, a UUID or a decimal \
            `#[avro(logical = \"…\")]` or `#[avro(decimal(…))]`"
)]
pub trait AvroSchema {
    /// What a branch of a union is told from others by: the name of a named type, and the word for any other.
    #[doc(hidden)]
    const BRANCH: &'static str;

    /// What [`AvroSchema::BRANCH`] is for a list of these.
    #[doc(hidden)]
    const LIST_BRANCH: &'static str = "array";

    /// The schema: in full where a named type is met first, its name from then on. `known` holds the names met so far.
    fn avro_schema(known: &mut KnownNames) -> Json;

    /// The schema of a list of these.
    #[doc(hidden)]
    fn avro_list_schema(known: &mut KnownNames) -> Json {
        text::list(Self::avro_schema(known))
    }
}

macro_rules! primitives {
    ($($word:literal: $($type:ty),*;)*) => {$($(
        impl AvroSchema for $type {
            const BRANCH: &'static str = $word;

            fn avro_schema(_known: &mut KnownNames) -> Json {
                json!($word)
            }
        }
    )*)*};
}

primitives! {
    "null": ();
    "boolean": bool;
    "int": i8, i16, i32, u16;
    "long": i64, u32;
    "float": f32;
    "double": f64;
    "string": String, str;
}

/// As an item of a list, a byte of `bytes`.
impl AvroSchema for u8 {
    const BRANCH: &'static str = "int";
    const LIST_BRANCH: &'static str = "bytes";

    fn avro_schema(_known: &mut KnownNames) -> Json {
        json!("int")
    }

    fn avro_list_schema(_known: &mut KnownNames) -> Json {
        json!("bytes")
    }
}

impl<T: AvroSchema> AvroSchema for Option<T> {
    const BRANCH: &'static str = "union";

    fn avro_schema(known: &mut KnownNames) -> Json {
        text::optional(T::avro_schema(known))
    }
}

macro_rules! lists {
    ($($type:ty),*) => {$(
        impl<T: AvroSchema> AvroSchema for $type {
            const BRANCH: &'static str = T::LIST_BRANCH;

            fn avro_schema(known: &mut KnownNames) -> Json {
                T::avro_list_schema(known)
            }
        }
    )*};
}

lists!([T], Vec<T>);

macro_rules! pointers {
    ($([$($bounds:tt)*] $type:ty;)*) => {$(
        impl<T: AvroSchema + ?Sized $($bounds)*> AvroSchema for $type {
            const BRANCH: &'static str = T::BRANCH;

            fn avro_schema(known: &mut KnownNames) -> Json {
                T::avro_schema(known)
            }
        }
    )*};
}

pointers! {
    [] Box<T>;
    [] &T;
    [+ ToOwned] Cow<'_, T>;
}

impl<K, T: AvroSchema> AvroSchema for BTreeMap<K, T> {
    const BRANCH: &'static str = "map";

    fn avro_schema(known: &mut KnownNames) -> Json {
        text::map(T::avro_schema(known))
    }
}

impl<K, T: AvroSchema, S> AvroSchema for HashMap<K, T, S> {
    const BRANCH: &'static str = "map";

    fn avro_schema(known: &mut KnownNames) -> Json {
        text::map(T::avro_schema(known))
    }
}
