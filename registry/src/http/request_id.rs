//! The id by which a request is found again in logs of both sides.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that brings and returns it.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken from a client.
pub const REQUEST_ID_LENGTH_MAX: usize = 256;

/// The client's id when exactly one usable one came, else a new UUID.
///
/// Usable means visible ASCII only: what is copied to logs and other headers must not be able to break them.
#[must_use]
pub fn request_id(headers: &HeaderMap) -> HeaderValue {
    let mut values = headers.get_all(X_REQUEST_ID).iter();
    match (values.next(), values.next()) {
        (Some(id), None) if is_usable(id.as_bytes()) => id.clone(),
        _ => generate(),
    }
}

fn is_usable(id: &[u8]) -> bool {
    (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

fn generate() -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    Uuid::new_v4().hyphenated().encode_lower(&mut text);
    // Hexadecimal digits and hyphens are always a valid value.
    HeaderValue::from_maybe_shared(Bytes::copy_from_slice(&text)).unwrap_or(HeaderValue::from_static("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: &[&str], kept: bool) {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(X_REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let id = request_id(&headers);
        if kept {
            assert_eq!(id.as_bytes(), sent[0].as_bytes());
        } else {
            let uuid = Uuid::parse_str(id.to_str().unwrap()).unwrap();
            assert_eq!(uuid.get_version_num(), 4, "{sent:?}");
        }
    }

    #[test]
    fn one_visible_value_is_kept() {
        check(&["a"], true);
        check(&["trace-1/{x}:~!"], true);
        check(&[&"x".repeat(REQUEST_ID_LENGTH_MAX)], true);
    }

    #[test]
    fn everything_else_is_replaced() {
        check(&[], false);
        check(&[""], false);
        check(&["a", "b"], false);
        check(&["a", "a"], false);
        check(&["a b"], false);
        check(&["\t"], false);
        check(&["é"], false);
        check(&[&"x".repeat(REQUEST_ID_LENGTH_MAX + 1)], false);
    }

    #[test]
    fn new_ids_differ() {
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
