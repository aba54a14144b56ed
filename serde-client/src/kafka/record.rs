//! Records for `rdkafka`'s producers, put together from serialized parts.

use rdkafka::message::OwnedHeaders;
use rdkafka::producer::{BaseRecord, FutureRecord};

use super::headers::{with_key_header, with_value_header};

/// A serialized key or value.
///
/// ```
/// use rdkafka::message::{Headers, OwnedHeaders};
/// use serde_client::framing::{Prefix, SchemaIdentity};
/// use serde_client::kafka::{Serialized, future_record};
///
/// let identity = Prefix::of(SchemaIdentity::Id(7));
/// let key = Serialized::with_header(b"k", identity.as_bytes());
/// let tombstone = future_record("clicks", key, Serialized::null(), OwnedHeaders::new());
/// assert_eq!((tombstone.key, tombstone.payload), (Some(&b"k"[..]), None));
/// assert_eq!(tombstone.headers.map(|headers| headers.count()), Some(1), "that of the key");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Serialized<'a> {
    /// The bytes, with their prefix in the prefix form; `None` is a record without a key, or a tombstone.
    pub payload: Option<&'a [u8]>,
    /// The identity of the schema in the header form.
    pub header: Option<&'a [u8]>,
}

impl<'a> Serialized<'a> {
    /// A part that carries its identity in front, or none.
    #[must_use]
    pub fn prefixed(payload: &'a [u8]) -> Self {
        Self { payload: Some(payload), header: None }
    }

    /// A part whose identity goes into a header.
    #[must_use]
    pub fn with_header(payload: &'a [u8], header: &'a [u8]) -> Self {
        Self { payload: Some(payload), header: Some(header) }
    }

    /// No key, or a tombstone.
    #[must_use]
    pub fn null() -> Self {
        Self::default()
    }
}

/// A record for the `FutureProducer`. `headers` are the application's own.
///
/// ```
/// use rdkafka::message::OwnedHeaders;
/// use serde_client::kafka::{KeyForm, Serialized, future_record, partition};
///
/// let (key, value) = ([0, 0, 0, 0, 1, b'k'], [0, 0, 0, 0, 2, b'v']);
/// let record =
///     future_record("clicks", Serialized::prefixed(&key), Serialized::prefixed(&value), OwnedHeaders::new());
/// // Twelve is the topic's number of partitions, as the producer's metadata have it.
/// let partition = partition(KeyForm::Prefixed.business_value(&key)?, 12);
/// let record = record.partition(partition.unwrap_or_default());
/// assert_eq!((record.topic, record.key), ("clicks", Some(&key[..])));
/// # Ok::<(), serde_client::framing::FramingError>(())
/// ```
#[must_use]
pub fn future_record<'a>(
    topic: &'a str,
    key: Serialized<'a>,
    value: Serialized<'a>,
    headers: OwnedHeaders,
) -> FutureRecord<'a, [u8], [u8]> {
    let mut record = FutureRecord::to(topic);
    record.key = key.payload;
    record.payload = value.payload;
    record.headers = joined(key, value, headers);
    record
}

/// A record for the `BaseProducer` and the `ThreadedProducer`. `headers` are the application's own.
#[must_use]
pub fn base_record<'a>(
    topic: &'a str,
    key: Serialized<'a>,
    value: Serialized<'a>,
    headers: OwnedHeaders,
) -> BaseRecord<'a, [u8], [u8]> {
    let mut record = BaseRecord::to(topic);
    record.key = key.payload;
    record.payload = value.payload;
    record.headers = joined(key, value, headers);
    record
}

/// `None` when there are none, which takes no room on the wire.
fn joined(key: Serialized<'_>, value: Serialized<'_>, mut headers: OwnedHeaders) -> Option<OwnedHeaders> {
    if let Some(identity) = key.header {
        headers = with_key_header(headers, identity);
    }
    if let Some(identity) = value.header {
        headers = with_value_header(headers, identity);
    }
    (rdkafka::message::Headers::count(&headers) > 0).then_some(headers)
}

#[cfg(test)]
mod tests {
    use rdkafka::message::{Header, Headers};

    use super::*;
    use crate::framing::{KEY_HEADER, VALUE_HEADER};

    #[test]
    fn both_identities_stand_behind_the_applications_headers() {
        let own = OwnedHeaders::new().insert(Header { key: "trace", value: Some("1") });
        let record =
            future_record("t", Serialized::with_header(b"k", &[1]), Serialized::with_header(b"v", &[2]), own);
        assert_eq!((record.key, record.payload), (Some(&b"k"[..]), Some(&b"v"[..])));
        let headers = record.headers.unwrap();
        let names: Vec<&str> = headers.iter().map(|header| header.key).collect();
        assert_eq!(names, ["trace", KEY_HEADER, VALUE_HEADER]);
    }

    #[test]
    fn a_tombstone_has_no_payload_and_no_header() {
        let record = base_record("t", Serialized::prefixed(b"k"), Serialized::null(), OwnedHeaders::new());
        assert!(record.payload.is_none() && record.headers.is_none());
    }
}
