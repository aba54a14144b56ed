//! The schema that a Rust type has.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value as Json, json};

/// A Rust type that knows its Avro schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Avro schema",
    note = "derive `AvroRecord` for it; unsigned 64-bit integers have none in Avro, and `[u8; N]` needs `#[avro(fixed = \"Name\")]` on its field"
)]
pub trait AvroSchema {
    /// The schema: in full where a named type is met first, its name from then on. `known` holds the names met so far.
    fn avro_schema(known: &mut KnownNames) -> Json;

    /// The schema of a list of these.
    #[doc(hidden)]
    fn avro_list_schema(known: &mut KnownNames) -> Json {
        json!({"type": "array", "items": Self::avro_schema(known)})
    }
}

/// Full names that a schema text has defined so far.
#[derive(Debug, Default)]
pub struct KnownNames(BTreeSet<&'static str>);

impl KnownNames {
    /// The name by itself if it was defined before, and otherwise what `define` makes of it.
    pub fn once(&mut self, name: &'static str, define: impl FnOnce(&mut Self) -> Json) -> Json {
        if self.0.insert(name) { define(self) } else { json!(name) }
    }
}

/// Adds `logicalType` and its parameters to a schema.
#[doc(hidden)]
#[must_use]
pub fn with_properties(schema: Json, properties: &[(&str, Json)]) -> Json {
    let mut object = match schema {
        Json::Object(object) => object,
        word => serde_json::Map::from_iter([("type".to_owned(), word)]),
    };
    object.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Json::Object(object)
}

macro_rules! primitives {
    ($($word:literal: $($type:ty),*;)*) => {$($(
        impl AvroSchema for $type {
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
    fn avro_schema(_known: &mut KnownNames) -> Json {
        json!("int")
    }

    fn avro_list_schema(_known: &mut KnownNames) -> Json {
        json!("bytes")
    }
}

impl<T: AvroSchema> AvroSchema for Option<T> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        json!(["null", T::avro_schema(known)])
    }
}

impl<T: AvroSchema> AvroSchema for [T] {
    fn avro_schema(known: &mut KnownNames) -> Json {
        T::avro_list_schema(known)
    }
}

impl<T: AvroSchema> AvroSchema for Vec<T> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        T::avro_list_schema(known)
    }
}

impl<T: AvroSchema + ?Sized> AvroSchema for Box<T> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        T::avro_schema(known)
    }
}

impl<T: AvroSchema + ToOwned + ?Sized> AvroSchema for Cow<'_, T> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        T::avro_schema(known)
    }
}

impl<T: AvroSchema + ?Sized> AvroSchema for &T {
    fn avro_schema(known: &mut KnownNames) -> Json {
        T::avro_schema(known)
    }
}

fn map<T: AvroSchema>(known: &mut KnownNames) -> Json {
    json!({"type": "map", "values": T::avro_schema(known)})
}

impl<K, T: AvroSchema> AvroSchema for BTreeMap<K, T> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        map::<T>(known)
    }
}

impl<K, T: AvroSchema, S> AvroSchema for HashMap<K, T, S> {
    fn avro_schema(known: &mut KnownNames) -> Json {
        map::<T>(known)
    }
}
