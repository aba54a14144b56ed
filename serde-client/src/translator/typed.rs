//! Several types in one topic: each record goes to the mapping of its own type.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::future::BoxFuture;
use schema::parsed::ParsedSchema;
use sha2::{Digest, Sha256};

use super::mapped::{MappedDirection, Shown};
use super::mapping::file::OtherTypes;
use super::schema_store::SchemaStore;
use super::translation::{
    FaultCode, Part, RecordFault, SchemaProblem, SourceRecord, TargetRecord, Translate, TranslateError,
    WriterSchema,
};
use crate::framing::{self, Frame, SchemaIdentity, VALUE_HEADER};

/// A direction whose records may have several types.
#[derive(Debug)]
pub struct TypedDirection {
    store: SchemaStore,
    /// Of the pinned type, and of tombstones, which have no type.
    main: Arc<MappedDirection>,
    /// All mappings by the full names of their types; empty where records have but one type.
    by_name: BTreeMap<String, Arc<MappedDirection>>,
    rest: OtherTypes,
    routes: ArcSwap<HashMap<SchemaIdentity, Arc<Route>>>,
    hash: String,
}

/// Where the records of a schema go.
#[derive(Debug)]
enum Route {
    /// All have one type, by its name.
    One(String),
    /// A Protobuf schema: the messages that are mapped, by their paths.
    ByMessage(Vec<(Vec<u32>, Arc<MappedDirection>)>),
}

/// Types that cannot be told apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypesError {
    /// A mapping is for another type than the one under whose name it stands.
    #[error("`types` names `{name}`, and its mapping is pinned to a schema of `{pinned}`")]
    Misnamed {
        /// Of `types`.
        name: String,
        /// Of the pinned schema.
        pinned: String,
    },
    /// A schema without a name: nothing tells its records from others.
    #[error(
        "the pinned schema of `{0}` has no name, so that its records cannot be told from those of other types"
    )]
    Nameless(String),
    /// The type of the mapping itself.
    #[error("`types` names `{0}`, which the mapping itself is for")]
    Twice(String),
}

impl TypedDirection {
    /// The mapping of the pinned type, and those of other types by their full names.
    ///
    /// # Errors
    /// [`TypesError`].
    pub fn new(
        store: SchemaStore,
        main: MappedDirection,
        others: BTreeMap<String, MappedDirection>,
        rest: OtherTypes,
    ) -> Result<Self, TypesError> {
        let main = Arc::new(main);
        let mut by_name = BTreeMap::new();
        let mut hash = main.mapping_hash().to_owned();
        if !others.is_empty() || rest == OtherTypes::Fault {
            by_name.insert(type_name(&main)?, Arc::clone(&main));
            let mut hasher = Sha256::new();
            hasher.update(&hash);
            for (name, mapping) in others {
                let pinned = type_name(&mapping)?;
                if pinned != name {
                    return Err(TypesError::Misnamed { name, pinned });
                }
                for part in [&name, mapping.mapping_hash()] {
                    hasher.update((part.len() as u64).to_be_bytes());
                    hasher.update(part);
                }
                if by_name.insert(name.clone(), Arc::new(mapping)).is_some() {
                    return Err(TypesError::Twice(name));
                }
            }
            hash = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        }
        Ok(Self { store, main, by_name, rest, routes: ArcSwap::default(), hash })
    }

    /// The value of a record before and after.
    ///
    /// # Errors
    /// As [`Translate::translate`].
    pub fn shown(&self, source: &SourceRecord<'_>) -> Result<Shown, TranslateError> {
        self.mapping_of(source)?.shown(source)
    }

    /// The mapping of a record. One that is not framed goes to the main one, which has the words for it.
    fn mapping_of(&self, source: &SourceRecord<'_>) -> Result<Arc<MappedDirection>, TranslateError> {
        let value = source.value.filter(|_| !self.by_name.is_empty());
        let frame = value.and_then(|bytes| framing::read(bytes, source.header(VALUE_HEADER)).ok());
        let Some(Frame { identity, body }) = frame else {
            return Ok(Arc::clone(&self.main));
        };
        let routes = self.routes.load();
        let Some(route) = routes.get(&identity) else {
            return Err(TranslateError::Unprepared(WriterSchema { part: Part::Value, identity }));
        };
        let found = match &**route {
            Route::One(name) => self.by_name.get(name).ok_or_else(|| untyped(name)),
            Route::ByMessage(messages) => {
                let (indexes, _) = body.indexed_record().map_err(|error| RecordFault {
                    code: FaultCode::Undecodable,
                    path: String::new(),
                    reason: error.to_string(),
                })?;
                let found = messages.iter().find(|(path, _)| path == indexes.path());
                found
                    .map(|(_, mapping)| mapping)
                    .ok_or_else(|| untyped(&format!("message {:?}", indexes.path())))
            }
        };
        Ok(found.map(Arc::clone)?)
    }

    /// Says once for a schema what becomes of its records, and makes their mappings ready.
    async fn find_route(&self, written: WriterSchema) -> Result<(), SchemaProblem> {
        let schema = self.store.written(written.identity, self.main.source_subject()).await?.schema;
        let name = schema.record_name().unwrap_or_default();
        let messages: Vec<_> = match &schema {
            ParsedSchema::Protobuf(schema) => {
                let path =
                    |(name, mapping): (&String, _)| Some((schema.message_path(name)?, Arc::clone(mapping)));
                self.by_name.iter().filter_map(path).collect()
            }
            _ => Vec::new(),
        };
        let one = messages.is_empty().then(|| self.by_name.get(&name)).flatten();
        if messages.is_empty() && one.is_none() && self.rest == OtherTypes::Wait {
            let reason = untyped(&name).reason;
            return Err(SchemaProblem::Drift(format!(
                "{reason}: name it under `types`, or say `\"*\": dlq` there"
            )));
        }
        for mapping in messages.iter().map(|(_, mapping)| mapping).chain(one) {
            mapping.prepare(written).await?;
        }
        let route = if messages.is_empty() { Route::One(name) } else { Route::ByMessage(messages) };
        let route = Arc::new(route);
        self.routes.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(written.identity, Arc::clone(&route));
            known
        });
        Ok(())
    }
}

fn type_name(mapping: &MappedDirection) -> Result<String, TypesError> {
    mapping.type_name().ok_or_else(|| TypesError::Nameless(mapping.source_subject().to_owned()))
}

fn untyped(name: &str) -> RecordFault {
    RecordFault {
        code: FaultCode::Unmapped,
        path: String::new(),
        reason: format!("no mapping is for records of the type `{name}`"),
    }
}

impl Translate for TypedDirection {
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError> {
        if self.by_name.is_empty() {
            return self.main.translate(source, target);
        }
        self.mapping_of(source)?.translate(source, target)
    }

    fn prepare(&self, schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
        Box::pin(async move {
            match schema.part {
                Part::Value if !self.by_name.is_empty() => self.find_route(schema).await,
                Part::Value => self.main.prepare(schema).await,
                Part::Key => {
                    self.main.prepare(schema).await?;
                    for mapping in self.by_name.values() {
                        mapping.prepare(schema).await?;
                    }
                    Ok(())
                }
            }
        })
    }

    fn mapping_hash(&self) -> &str {
        &self.hash
    }
}

#[cfg(test)]
mod tests;
