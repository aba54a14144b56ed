//! Reads the records of a target, whoever has written them, as its pinned schemas show them.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::pairing::Readable;
use crate::codec::Limits;
use crate::framing::{self, SchemaIdentity};
use crate::translator::mapped::{DirectionSchemas, Side};
use crate::translator::mapping::json_form::to_json;
use crate::translator::mapping::language::RecordReader;
use crate::translator::schema_store::SchemaStore;
use crate::translator::translation::{Part, SchemaProblem, TargetPart};

/// See the module.
#[derive(Debug)]
pub struct TargetReader {
    store: SchemaStore,
    value: Side,
    key: Option<Side>,
    /// By half and writer schema; `None` where the pinned version cannot read it.
    readers: HashMap<(Part, SchemaIdentity), Option<RecordReader>>,
}

/// One half of a record.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// With its prefix, if it has one; `None` where there is none.
    pub bytes: Option<&'a [u8]>,
    /// The value of the header that names its schema, if it has one.
    pub header: Option<&'a [u8]>,
}

impl<'a> From<&'a TargetPart> for Payload<'a> {
    fn from(part: &'a TargetPart) -> Self {
        let header = (!part.identity_header.is_empty()).then_some(part.identity_header.as_slice());
        Self { bytes: part.payload(), header }
    }
}

impl TargetReader {
    /// A reader for the target of a direction.
    #[must_use]
    pub fn new(store: SchemaStore, schemas: &DirectionSchemas) -> Self {
        let key = schemas.key.as_ref().map(|(_, target)| target.clone());
        Self { store, value: schemas.value.1.clone(), key, readers: HashMap::new() }
    }

    /// Reads a record; `None` when the pinned schemas cannot read it.
    ///
    /// # Errors
    /// [`SchemaProblem::Unreachable`].
    pub async fn read(
        &mut self,
        key: Payload<'_>,
        value: Payload<'_>,
    ) -> Result<Option<Readable>, SchemaProblem> {
        let key = self.half(Part::Key, key).await?;
        let value = self.half(Part::Value, value).await?;
        Ok(key.zip(value).map(|(key, value)| Readable { key, value }))
    }

    async fn half(&mut self, part: Part, payload: Payload<'_>) -> Result<Option<Json>, SchemaProblem> {
        let Some(bytes) = payload.bytes else { return Ok(Some(Json::Null)) };
        if part == Part::Key && self.key.is_none() {
            return Ok(Some(plain(bytes)));
        }
        let Ok(frame) = framing::read(bytes, payload.header) else { return Ok(None) };
        self.prepare(part, frame.identity).await?;
        let model = &self.side(part).pinned.model;
        let reader = self.readers.get(&(part, frame.identity)).and_then(Option::as_ref);
        let value = reader.and_then(|reader| reader.read(frame.body).ok());
        Ok(value.map(|value| to_json(model, model.root, &value)))
    }

    fn side(&self, part: Part) -> &Side {
        match part {
            Part::Key => self.key.as_ref().unwrap_or(&self.value),
            Part::Value => &self.value,
        }
    }

    async fn prepare(&mut self, part: Part, identity: SchemaIdentity) -> Result<(), SchemaProblem> {
        if self.readers.contains_key(&(part, identity)) {
            return Ok(());
        }
        let side = self.side(part);
        let reader = match self.store.written(identity, &side.place.subject).await {
            Ok(writer) => RecordReader::new(&writer.schema, &side.pinned, Limits::default()).ok(),
            Err(problem @ SchemaProblem::Unreachable(_)) => return Err(problem),
            Err(_) => None,
        };
        self.readers.insert((part, identity), reader);
        Ok(())
    }
}

/// A key without a schema: its text, or its bytes in hexadecimal digits.
fn plain(bytes: &[u8]) -> Json {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    Json::String(text.unwrap_or_else(|_| bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
}
