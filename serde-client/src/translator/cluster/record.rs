//! Records as they come from the client.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::message::{BorrowedMessage, Headers, Message, Timestamp};

use super::super::translation::{FaultCode, RecordFault, SourceHeader, SourceRecord};

/// A record that outlives the client's buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedRecord {
    /// With its prefix, if it has one.
    pub key: Option<Vec<u8>>,
    /// With its prefix, if it has one.
    pub value: Option<Vec<u8>>,
    /// In the order of the record; `None` when a name is no UTF-8.
    pub headers: Option<Vec<(String, Option<Vec<u8>>)>>,
    /// Milliseconds since 1970-01-01.
    pub timestamp: Option<i64>,
    /// Whether the broker has set the timestamp, as it does for some topics.
    pub is_append_time: bool,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

impl OwnedRecord {
    pub(crate) fn of(message: &BorrowedMessage<'_>) -> Self {
        let owned = |header: SourceHeader<'_>| (header.name.to_owned(), header.value.map(<[u8]>::to_vec));
        Self {
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers(message).map(|headers| headers.into_iter().map(owned).collect()),
            timestamp: message.timestamp().to_millis(),
            is_append_time: matches!(message.timestamp(), Timestamp::LogAppendTime(_)),
            partition: message.partition(),
            offset: message.offset(),
        }
    }

    /// The headers as a mapping sees them; none where they cannot be read.
    #[must_use]
    pub fn source_headers(&self) -> Vec<SourceHeader<'_>> {
        let headers = self.headers.iter().flatten();
        headers.map(|(name, value)| SourceHeader { name, value: value.as_deref() }).collect()
    }

    /// The record as a mapping sees it, with its [`Self::source_headers`].
    #[must_use]
    pub fn source<'a>(&'a self, headers: &'a [SourceHeader<'a>]) -> SourceRecord<'a> {
        SourceRecord {
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers,
            timestamp: self.timestamp,
            partition: self.partition,
            offset: self.offset,
        }
    }

    /// Bytes that it takes, without what the allocator adds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let part = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        let headers = self.headers.iter().flatten();
        let headers: usize = headers.map(|(name, value)| name.len() + part(value)).sum();
        part(&self.key) + part(&self.value) + headers
    }
}

/// The headers of a record in their order; `None` when a name is no UTF-8.
pub(crate) fn headers<'a>(message: &'a BorrowedMessage<'_>) -> Option<Vec<SourceHeader<'a>>> {
    let Some(headers) = message.headers() else {
        return Some(Vec::new());
    };
    let header =
        |at| headers.try_get(at).map(|header| SourceHeader { name: header.key, value: header.value });
    // The client panics where a name is no UTF-8, and any producer can write such a one.
    catch_unwind(AssertUnwindSafe(|| (0..headers.count()).map_while(header).collect())).ok()
}

/// What is wrong with a record whose headers cannot be read.
pub(crate) fn unreadable_headers() -> RecordFault {
    RecordFault {
        code: FaultCode::Undecodable,
        path: String::new(),
        reason: "the name of a header is not UTF-8".to_owned(),
    }
}
