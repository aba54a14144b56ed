//! Records of the dead-letter queue: as they were, with headers that say why they are there.

use super::super::translation::{FaultCode, RecordFault, SourceRecord};
use super::batch::{Batch, Destination, Place};

/// The kind of fault: a word of [`FaultCode`], or [`FENCED`].
pub const CODE_HEADER: &str = "srt-error-code";
/// The path within the record; empty for the whole.
pub const PATH_HEADER: &str = "srt-error-path";
/// What is wrong.
pub const MESSAGE_HEADER: &str = "srt-error-message";
/// The hash of the mapping that refused the record.
pub const MAPPING_HEADER: &str = "srt-error-mapping";
/// The topic that the record comes from.
pub const TOPIC_HEADER: &str = "srt-error-topic";
/// The partition that the record comes from, in decimal digits.
pub const PARTITION_HEADER: &str = "srt-error-partition";
/// The offset of the record there, in decimal digits.
pub const OFFSET_HEADER: &str = "srt-error-offset";

/// A record of the queue with this header and a key says that all records of that key before it were replayed.
pub const REPLAYED_HEADER: &str = "srt-replayed";

/// The code of a record that is sound itself, and waits for an earlier one of its key.
pub const FENCED: &str = "fenced";

/// Why a record is in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause<'a> {
    Fault(&'a RecordFault),
    Fenced,
}

impl Cause<'_> {
    fn code(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.code.word(),
            Self::Fenced => FENCED,
        }
    }
}

/// Where a record of the queue comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// See [`CODE_HEADER`].
    pub code: String,
    /// See [`TOPIC_HEADER`].
    pub topic: String,
    /// See [`PARTITION_HEADER`].
    pub partition: i32,
    /// See [`OFFSET_HEADER`].
    pub offset: i64,
    /// See [`REPLAYED_HEADER`].
    pub replayed: bool,
}

impl DeadLetter {
    /// Reads the headers of a record of the queue; `None` when they are not a translator's.
    #[must_use]
    pub fn of(record: &SourceRecord<'_>) -> Option<Self> {
        let text = |name| std::str::from_utf8(record.header(name)?).ok();
        Some(Self {
            code: text(CODE_HEADER)?.to_owned(),
            topic: text(TOPIC_HEADER)?.to_owned(),
            partition: text(PARTITION_HEADER)?.parse().ok()?,
            offset: text(OFFSET_HEADER)?.parse().ok()?,
            replayed: record.headers.iter().any(|header| header.name == REPLAYED_HEADER),
        })
    }
}

/// Adds a record for the queue to a batch.
pub(crate) fn push(
    batch: &mut Batch,
    record: &SourceRecord<'_>,
    cause: &Cause<'_>,
    topic: &str,
    mapping: &str,
) {
    batch.push(Destination::DeadLetters, Place::of(record), record.key, record.value);
    for header in record.headers {
        batch.header(header.name, header.value);
    }
    let (path, message) = match cause {
        Cause::Fault(fault) => (fault.path.as_str(), fault.reason.as_str()),
        Cause::Fenced => ("", "an earlier record of this key waits for its replay"),
    };
    let (partition, offset) = (record.partition.to_string(), record.offset.to_string());
    for (name, value) in [
        (CODE_HEADER, cause.code()),
        (PATH_HEADER, path),
        (MESSAGE_HEADER, message),
        (MAPPING_HEADER, mapping),
        (TOPIC_HEADER, topic),
        (PARTITION_HEADER, &partition),
        (OFFSET_HEADER, &offset),
    ] {
        batch.header(name, Some(value.as_bytes()));
    }
}

/// A schema id that the registry does not know makes a record of it unreadable.
pub(crate) fn unknown_schema(reason: String) -> RecordFault {
    RecordFault { code: FaultCode::Undecodable, path: String::new(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::translation::SourceHeader;

    #[test]
    fn the_record_is_as_it_was_and_says_where_it_came_from() {
        let headers =
            [SourceHeader { name: "trace", value: Some(b"1") }, SourceHeader { name: "null", value: None }];
        let record = SourceRecord {
            key: Some(b"k"),
            value: Some(b"broken"),
            headers: &headers,
            timestamp: Some(17),
            partition: 2,
            offset: 40,
        };
        let fault =
            RecordFault { code: FaultCode::Unmapped, path: "a.b".to_owned(), reason: "too large".to_owned() };
        let mut batch = Batch::default();
        push(&mut batch, &record, &Cause::Fault(&fault), "orders", "abc");
        let out = batch.outgoing().next().unwrap();
        assert_eq!((out.key, out.value, out.place.timestamp), (record.key, record.value, Some(17)));
        let written: Vec<SourceHeader<'_>> = out.headers().collect();
        assert_eq!(written[..2], headers);
        let letter = DeadLetter::of(&SourceRecord { headers: &written, ..record }).unwrap();
        assert_eq!((letter.code.as_str(), letter.topic.as_str()), ("unmapped", "orders"));
        assert_eq!((letter.partition, letter.offset, letter.replayed), (2, 40, false));
        let of = |name| written.iter().find(|header| header.name == name).and_then(|header| header.value);
        assert_eq!((of(PATH_HEADER), of(MESSAGE_HEADER)), (Some(&b"a.b"[..]), Some(&b"too large"[..])));
        assert_eq!(of(MAPPING_HEADER), Some(&b"abc"[..]));
        assert_eq!(DeadLetter::of(&record), None);
    }
}
