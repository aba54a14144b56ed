//! What a type's own schema comes to, worked out once in a process.

use std::sync::OnceLock;

use schema::avro::schema::AvroSchema as Schema;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use super::decode::AvroDecode;
use super::schema::AvroSchema;
use super::text::KnownNames;
use crate::codec::avro::Input;
use crate::codec::avro::marker::avro;
use crate::codec::avro::plan::{self, Node, Plan};
use crate::codec::{DecodeError, Limits, PrepareError};

/// A type for which `AvroRecord` was derived.
///
/// ```
/// use serde_client::AvroRecord;
///
/// #[derive(AvroRecord)]
/// #[avro(namespace = "web")]
/// struct Click {
///     #[avro(default = 0)]
///     id: i64,
/// }
///
/// let schema = Click::parsed_schema()?;
/// assert_eq!(schema.record_name().as_deref(), Some("web.Click"));
/// assert!(schema.canonical().contains(r#""default":0"#));
/// # Ok::<_, serde_client::codec::PrepareError>(())
/// ```
pub trait AvroRecord: AvroSchema {
    /// What is known of the type.
    #[doc(hidden)]
    fn avro_own() -> &'static Own;

    /// The schema of the type: what its serializer registers.
    ///
    /// # Errors
    /// [`PrepareError`] when what the attributes say makes no schema, such as a default of another type.
    fn parsed_schema() -> Result<&'static ParsedSchema, PrepareError> {
        Self::avro_own().known().map(|known| &known.schema)
    }
}

/// The schema of a type, or why it has none; worked out when it is first asked for.
#[doc(hidden)]
#[derive(Debug)]
pub struct Own {
    known: OnceLock<Result<Known, PrepareError>>,
    text: fn() -> String,
}

/// The schema of a type.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) schema: ParsedSchema,
    /// The plan of the schema by itself; its root has the defaults, encoded.
    plan: Plan,
}

impl Own {
    /// That of a type.
    #[must_use]
    pub const fn of<T: AvroSchema>() -> Self {
        Self { known: OnceLock::new(), text: text_of::<T> }
    }

    pub(super) fn known(&self) -> Result<&Known, PrepareError> {
        self.known.get_or_init(|| known(&(self.text)())).as_ref().map_err(Clone::clone)
    }

    /// The default of a field.
    ///
    /// # Errors
    /// When it has none.
    pub fn default<'de, L, T: AvroDecode<'de, L>>(&'static self, field: u32) -> Result<T, DecodeError> {
        let Ok(known) = self.known() else { return Err(DecodeError::new("the type has no schema")) };
        let Node::Record(root) = known.plan.root else {
            return Err(DecodeError::new("the type is no record"));
        };
        let absent = known.plan.record(root).absent.get(field as usize);
        match absent.and_then(Option::as_deref) {
            Some(bytes) => T::avro_decode(&mut Input::new(bytes, Limits::default())),
            None => Err(DecodeError::new("the writer has no such field, and it has no default")),
        }
    }
}

impl Known {
    pub(super) fn avro(&self) -> Result<&Schema, PrepareError> {
        avro(&self.schema)
    }
}

fn text_of<T: AvroSchema>() -> String {
    T::avro_schema(&mut KnownNames::default()).to_string()
}

fn known(text: &str) -> Result<Known, PrepareError> {
    let references = ResolvedReferences::default();
    let schema = ParsedSchema::parse(SchemaType::Avro, text, &references, Strictness::New)
        .map_err(|error| PrepareError(format!("the type's attributes make no schema: {error}")))?;
    let plan = plan::for_writing(avro(&schema)?)?;
    Ok(Known { schema, plan })
}
