//! What a run needs of a mapping: a record in, a record out.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::framing::SchemaIdentity;

/// A record of the source topic, as the broker delivered it.
#[derive(Clone, Copy, Debug)]
pub struct SourceRecord<'a> {
    /// With its prefix, if it has one.
    pub key: Option<&'a [u8]>,
    /// With its prefix, if it has one; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// In the order of the record.
    pub headers: &'a [SourceHeader<'a>],
    /// Milliseconds since 1970-01-01.
    pub timestamp: Option<i64>,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// A header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceHeader<'a> {
    /// Names may repeat.
    pub name: &'a str,
    /// `None` is a header without a value.
    pub value: Option<&'a [u8]>,
}

impl<'a> SourceRecord<'a> {
    /// The value of the last header of a name, which is the one that counts.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.iter().rev().find(|header| header.name == name)?.value
    }
}

/// A translated record; reused from record to record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetRecord {
    /// The key.
    pub key: TargetPart,
    /// The value; absent for a tombstone.
    pub value: TargetPart,
    /// The text of the value that `partitioning` names by `field`; absent where that is null, or nothing is named.
    pub field: TargetPart,
}

/// A translated key or value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetPart {
    /// Whether there is one.
    pub present: bool,
    /// With its prefix in the prefix form.
    pub bytes: Vec<u8>,
    /// The value of the header that names the schema, in the header form; empty in the prefix form.
    pub identity_header: Vec<u8>,
}

impl TargetPart {
    /// The bytes, if there are any.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        self.present.then_some(&*self.bytes)
    }

    /// Makes it absent and keeps the memory.
    pub fn clear(&mut self) {
        self.present = false;
        self.bytes.clear();
        self.identity_header.clear();
    }
}

/// A compiled mapping of one direction. Calls take no lock that could wait and do no I/O, but for [`Translate::prepare`].
pub trait Translate: Send + Sync {
    /// Translates one record into `target`. A pure function of the record: the same bytes always give the same bytes.
    ///
    /// # Errors
    /// [`TranslateError`]; what `target` holds then is undefined.
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError>;

    /// Makes ready for records of a writer schema that [`TranslateError::Unprepared`] named.
    fn prepare(&self, schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>>;

    /// Identifies the mapping and the schemas that it is pinned to: 64 lowercase hexadecimal digits.
    fn mapping_hash(&self) -> &str;
}

/// Which half of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
        })
    }
}

/// The schema that half a record was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriterSchema {
    /// Which half.
    pub part: Part,
    /// What its prefix or header says.
    pub identity: SchemaIdentity,
}

/// A record is not translated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TranslateError {
    /// It was written with a schema that has not been met before: prepare it and try again.
    #[error("the schema of the {} is not prepared", .0.part)]
    Unprepared(WriterSchema),
    /// It cannot be: the error policy decides what becomes of it.
    #[error("{0}")]
    Record(#[from] RecordFault),
}

/// Why a record cannot be translated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", if .path.is_empty() { String::new() } else { format!(" at `{path}`") })]
pub struct RecordFault {
    /// The kind, for metrics and headers.
    pub code: FaultCode,
    /// Path in the source or target record; empty for the whole.
    pub path: String,
    /// What is wrong: a lowercase fragment.
    pub reason: String,
}

/// Kinds of faults of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// No framing that is known.
    Unframed,
    /// The bytes are no record of their schema.
    Undecodable,
    /// A rule of the mapping has no answer for this value.
    Unmapped,
    /// The result is no value of the target schema.
    Unencodable,
}

impl FaultCode {
    /// As headers and metrics spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unframed => "unframed",
            Self::Undecodable => "undecodable",
            Self::Unmapped => "unmapped",
            Self::Unencodable => "unencodable",
        }
    }
}

/// A writer schema cannot be made ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaProblem {
    /// The pinned source version cannot read it. The partition waits; nothing is guessed.
    #[error("schema drift: {0}")]
    Drift(String),
    /// The registry knows no such schema: a poison record.
    #[error("{0}")]
    Unknown(String),
    /// The registry does not answer now.
    #[error("the registry does not answer: {0}")]
    Unreachable(String),
}
