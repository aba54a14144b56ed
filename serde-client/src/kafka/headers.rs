//! The schema's identity in the headers of a record.

use rdkafka::message::{Header, Headers, Message, OwnedHeaders};

use crate::framing::{KEY_HEADER, VALUE_HEADER};

/// The identity of the key's schema in the headers of a record that was read, for [`crate::framing::read`].
///
/// The last header of the name counts, as in the reference client; `None` when there is none or it is null.
pub fn key_header<M: Message>(message: &M) -> Option<&[u8]> {
    last(message.headers()?, KEY_HEADER)
}

/// The identity of the value's schema in the headers of a record that was read, for [`crate::framing::read`].
///
/// The last header of the name counts, as in the reference client; `None` when there is none or it is null.
///
/// ```
/// use rdkafka::message::{OwnedHeaders, OwnedMessage, Timestamp};
/// use serde_client::framing::{self, Prefix, SchemaIdentity};
/// use serde_client::kafka::{value_header, with_value_header};
///
/// let identity = Prefix::of(SchemaIdentity::Id(7));
/// let headers = with_value_header(OwnedHeaders::new(), identity.as_bytes());
/// let payload = Some(b"record".to_vec());
/// let message = OwnedMessage::new(payload, None, "clicks".into(), Timestamp::NotAvailable, 0, 0, Some(headers));
/// let frame = framing::read(b"record", value_header(&message))?;
/// assert_eq!(frame.identity, SchemaIdentity::Id(7));
/// # Ok::<(), framing::FramingError>(())
/// ```
pub fn value_header<M: Message>(message: &M) -> Option<&[u8]> {
    last(message.headers()?, VALUE_HEADER)
}

/// Adds the identity of the key's schema, unless the last header of the name already has these bytes.
#[must_use]
pub fn with_key_header(headers: OwnedHeaders, identity: &[u8]) -> OwnedHeaders {
    with(headers, KEY_HEADER, identity)
}

/// Adds the identity of the value's schema, unless the last header of the name already has these bytes.
#[must_use]
pub fn with_value_header(headers: OwnedHeaders, identity: &[u8]) -> OwnedHeaders {
    with(headers, VALUE_HEADER, identity)
}

fn last<'a, H: Headers>(headers: &'a H, name: &str) -> Option<&'a [u8]> {
    let found =
        (0..headers.count()).rev().filter_map(|at| headers.try_get(at)).find(|header| header.key == name);
    found?.value
}

fn with(headers: OwnedHeaders, name: &str, identity: &[u8]) -> OwnedHeaders {
    if last(&headers, name) == Some(identity) {
        return headers;
    }
    headers.insert(Header { key: name, value: Some(identity) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[(&str, Option<&[u8]>)]) -> OwnedHeaders {
        let add = |headers: OwnedHeaders, (key, value): &(&str, Option<&[u8]>)| {
            headers.insert(Header { key, value: *value })
        };
        values.iter().fold(OwnedHeaders::new(), add)
    }

    #[test]
    fn the_last_header_of_a_name_counts() {
        let many = headers(&[
            (VALUE_HEADER, Some(&[1])),
            (KEY_HEADER, Some(&[2])),
            (VALUE_HEADER, Some(&[3])),
            ("other", Some(&[4])),
        ]);
        assert_eq!((last(&many, VALUE_HEADER), last(&many, KEY_HEADER)), (Some(&[3][..]), Some(&[2][..])));
        assert_eq!(last(&many, "absent"), None);
    }

    #[test]
    fn a_null_header_is_as_none() {
        let null = headers(&[(VALUE_HEADER, Some(&[1])), (VALUE_HEADER, None)]);
        assert_eq!(last(&null, VALUE_HEADER), None);
    }

    #[test]
    fn an_identity_is_not_added_twice() {
        let once = with_key_header(OwnedHeaders::new(), &[0, 0, 0, 0, 1]);
        let again = with_key_header(once, &[0, 0, 0, 0, 1]);
        assert_eq!(again.count(), 1);
        let changed = with_key_header(again, &[0, 0, 0, 0, 2]);
        assert_eq!((changed.count(), last(&changed, KEY_HEADER)), (2, Some(&[0, 0, 0, 0, 2][..])));
    }
}
