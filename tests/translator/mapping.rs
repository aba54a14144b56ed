//! A mapping that is easy to check: values get a suffix, and some records fail on demand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde_client::framing::{self, SchemaIdentity};
use serde_client::translator::translation::{
    FaultCode, Part, RecordFault, SchemaProblem, SourceRecord, TargetPart, TargetRecord, Translate,
    TranslateError, WriterSchema,
};

/// What is put behind values.
pub(crate) const SUFFIX: &[u8] = b" translated";

/// Values that begin so cannot be translated.
pub(crate) const BAD: &str = "bad";

/// Values that begin so count as unframed.
pub(crate) const UNFRAMED: &str = "unframed";

/// Values that begin so have a field, which ends with `|`.
pub(crate) const FIELD: &str = "field ";

/// A schema id that the registry does not know.
pub(crate) const UNKNOWN: i32 = 404;

/// A schema id that the pinned version cannot read.
pub(crate) const DRIFT: i32 = 409;

/// See the module. A value in the header form must have its schema prepared.
#[derive(Debug, Default)]
pub(crate) struct Suffix {
    prepared: Mutex<Vec<SchemaIdentity>>,
    /// Whether the registry answers not.
    pub(crate) registry_is_away: AtomicBool,
    /// Whether bad values are translated after all.
    pub(crate) is_mended: AtomicBool,
    /// Whether it says that it is another mapping.
    pub(crate) is_another: AtomicBool,
}

impl Translate for Suffix {
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError> {
        target.key.clear();
        target.value.clear();
        target.field.clear();
        if let Some(key) = source.key {
            fill(&mut target.key, &[key]);
        }
        let Some(value) = source.value else {
            return Ok(());
        };
        if let Some(header) = source.header(framing::VALUE_HEADER) {
            let identity = framing::read(value, Some(header)).expect("a header of the tests").identity;
            if !self.prepared.lock().unwrap_or_else(PoisonError::into_inner).contains(&identity) {
                return Err(TranslateError::Unprepared(WriterSchema { part: Part::Value, identity }));
            }
            target.value.identity_header.extend_from_slice(b"target id");
        }
        let code = match value {
            value if value.starts_with(BAD.as_bytes()) && !self.is_mended.load(Ordering::Relaxed) => {
                Some(FaultCode::Unmapped)
            }
            value if value.starts_with(UNFRAMED.as_bytes()) => Some(FaultCode::Unframed),
            _ => None,
        };
        if let Some(code) = code {
            let fault =
                RecordFault { code, path: "a.b".to_owned(), reason: "as the test wants it".to_owned() };
            return Err(TranslateError::Record(fault));
        }
        if let Some(rest) = value.strip_prefix(FIELD.as_bytes()) {
            fill(&mut target.field, &[rest.split(|byte| *byte == b'|').next().unwrap_or_default()]);
        }
        fill(&mut target.value, &[value, SUFFIX]);
        Ok(())
    }

    fn prepare(&self, schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
        let answer = match schema.identity {
            _ if self.registry_is_away.load(Ordering::Relaxed) => {
                Err(SchemaProblem::Unreachable("the test has unplugged it".to_owned()))
            }
            SchemaIdentity::Id(UNKNOWN) => Err(SchemaProblem::Unknown("schema 404 not found".to_owned())),
            SchemaIdentity::Id(DRIFT) => Err(SchemaProblem::Drift("a new field".to_owned())),
            identity => {
                self.prepared.lock().unwrap_or_else(PoisonError::into_inner).push(identity);
                Ok(())
            }
        };
        Box::pin(std::future::ready(answer))
    }

    fn mapping_hash(&self) -> &str {
        if self.is_another.load(Ordering::Relaxed) {
            return "6666666666666666666666666666666666666666666666666666666666666666";
        }
        "5555555555555555555555555555555555555555555555555555555555555555"
    }
}

fn fill(part: &mut TargetPart, pieces: &[&[u8]]) {
    part.present = true;
    part.bytes.extend(pieces.iter().copied().flatten());
}
