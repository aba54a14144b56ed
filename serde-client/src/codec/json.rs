//! JSON Schema: documents of `serde` types, with or without validation.

use std::fmt;

use schema::json::{DocumentValidator, JsonSchema, Verdict};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schemars::JsonSchema as JsonSchemaOf;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Codec, Decode, DecodeError, Described, Encode, EncodeError, Limits, PrepareError};
use crate::client::SchemaDefinition;
use crate::framing::Body;
use crate::own_schema::OwnSchema;

/// JSON documents as `serde` writes and reads them. Nothing is validated, as in the reference client's default.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Json, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let schema = SchemaDefinition::json(r#"{"type": "string"}"#);
/// let names = Serializer::<Json, u32>::builder(MockRegistry::new().client()).schema(schema).build();
/// let record = names.serialize("names", Some(&7)).await?.unwrap();
/// assert_eq!(record, b"\0\0\0\0\x017", "a number, though the schema wants a string: ValidatedJson refuses it");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Json;

/// JSON documents that are validated against the schema, on writing and on reading.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::Serialize;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Serializer, ValidatedJson};
///
/// #[derive(Serialize, JsonSchema)]
/// struct Age {
///     #[schemars(range(max = 150))]
///     years: u32,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let ages = Serializer::<ValidatedJson, Age>::builder(client).own_schema()?.build();
/// assert!(ages.serialize("ages", Some(&Age { years: 42 })).await.is_ok());
/// assert!(ages.serialize("ages", Some(&Age { years: 151 })).await.is_err());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ValidatedJson;

impl Codec for Json {
    const TYPE: SchemaType = SchemaType::Json;
    type Writer = ();
    type Reader = ();

    fn writer(schema: &ParsedSchema, _: Option<&str>) -> Result<(), PrepareError> {
        json(schema).map(drop)
    }

    fn reader(
        writer: &ParsedSchema,
        _: Option<&ParsedSchema>,
        _: Option<&str>,
        _: Limits,
    ) -> Result<(), PrepareError> {
        json(writer).map(drop)
    }
}

fn json(schema: &ParsedSchema) -> Result<&JsonSchema, PrepareError> {
    match schema {
        ParsedSchema::Json(schema) => Ok(schema),
        other => Err(PrepareError::of_type(other.schema_type(), SchemaType::Json)),
    }
}

impl<T: Serialize + ?Sized> Encode<Json> for T {
    fn encode(&self, (): &(), out: &mut Vec<u8>) -> Result<(), EncodeError> {
        serde_json::to_writer(out, self).map_err(|error| EncodeError::new(error.to_string()))
    }
}

impl<'de, T: Deserialize<'de>> Decode<'de, Json> for T {
    fn decode((): &(), body: Body<'de>) -> Result<Self, DecodeError> {
        serde_json::from_slice(body.record()).map_err(|error| unreadable(body.record(), &error))
    }
}

/// The error with the position in bytes that its line and column mean.
#[cold]
fn unreadable(record: &[u8], error: &serde_json::Error) -> DecodeError {
    let lines = record.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let offset = lines.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1);
    DecodeError::new(error.to_string()).at(offset)
}

impl<T: JsonSchemaOf> Described<Json> for T {
    fn own_schema() -> Result<OwnSchema, PrepareError> {
        described::<T>()
    }
}

impl<T: JsonSchemaOf> Described<ValidatedJson> for T {
    fn own_schema() -> Result<OwnSchema, PrepareError> {
        described::<T>()
    }
}

/// The schema of a Rust type in draft 7, the reference client's default.
fn described<T: JsonSchemaOf>() -> Result<OwnSchema, PrepareError> {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    let text = serde_json::to_string(&schema).map_err(|error| PrepareError(error.to_string()))?;
    Ok(SchemaDefinition::json(text).into())
}

/// A compiled validator.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::ValidatedJson;
/// use serde_client::codec::{Codec, Encode};
///
/// let text = r#"{"type": "integer", "maximum": 150}"#;
/// let schema = ParsedSchema::parse(SchemaType::Json, text, &ResolvedReferences::none(), Strictness::New)?;
/// let validator = ValidatedJson::writer(&schema, None)?;
/// assert!(Encode::<ValidatedJson>::encode(&42, &validator, &mut Vec::new()).is_ok());
/// assert!(Encode::<ValidatedJson>::encode(&151, &validator, &mut Vec::new()).is_err());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct Validator(DocumentValidator);

impl fmt::Debug for Validator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Validator")
    }
}

impl Validator {
    fn new(schema: &ParsedSchema) -> Result<Self, PrepareError> {
        DocumentValidator::of(json(schema)?).map(Self).map_err(PrepareError)
    }

    fn check(&self, document: &Value) -> Result<(), String> {
        match self.0.judge(document) {
            Verdict::Valid => Ok(()),
            Verdict::Invalid(reason) => Err(format!("the document is not valid: {reason}")),
            Verdict::Undecided => Err("a pattern of the schema takes too long on this document".to_owned()),
        }
    }
}

impl Codec for ValidatedJson {
    const TYPE: SchemaType = SchemaType::Json;
    type Writer = Validator;
    type Reader = Validator;

    fn writer(schema: &ParsedSchema, _: Option<&str>) -> Result<Validator, PrepareError> {
        Validator::new(schema)
    }

    /// Documents are validated against the reader schema, or the writer's where there is none.
    fn reader(
        writer: &ParsedSchema,
        reader: Option<&ParsedSchema>,
        _: Option<&str>,
        _: Limits,
    ) -> Result<Validator, PrepareError> {
        Validator::new(reader.unwrap_or(writer))
    }
}

impl<T: Serialize + ?Sized> Encode<ValidatedJson> for T {
    fn encode(&self, writer: &Validator, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let document = serde_json::to_value(self).map_err(|error| EncodeError::new(error.to_string()))?;
        writer.check(&document).map_err(EncodeError::new)?;
        serde_json::to_writer(out, &document).map_err(|error| EncodeError::new(error.to_string()))
    }
}

impl<'de, T: Deserialize<'de>> Decode<'de, ValidatedJson> for T {
    fn decode(reader: &Validator, body: Body<'de>) -> Result<Self, DecodeError> {
        let record = body.record();
        let document: Value = serde_json::from_slice(record).map_err(|error| unreadable(record, &error))?;
        reader.check(&document).map_err(DecodeError::new)?;
        serde_json::from_slice(record).map_err(|error| unreadable(record, &error))
    }
}
