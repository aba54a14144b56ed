//! gzip for answers: when a client takes it, and how.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, Response, header};

/// Bodies up to this size are sent as they are.
pub const PLAIN_SIZE_MAX: usize = 1024;

/// Bodies above this size are compressed away from the threads that serve requests.
const INLINE_SIZE_MAX: usize = 128 * 1024;

/// Schemas are repetitive text: higher levels cost several times as much for a few percent.
const LEVEL: Compression = Compression::new(2);

const GZIP: HeaderValue = HeaderValue::from_static("gzip");

/// Whether a client takes gzip and likes it no less than plain bytes (RFC 9110, section 12.5.3).
#[must_use]
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        let Ok(text) = value.to_str() else { continue };
        for item in text.split(',') {
            let (coding, quality) = weighted(item);
            let slot = match coding {
                coding if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") => {
                    &mut gzip
                }
                coding if coding.eq_ignore_ascii_case("identity") => &mut identity,
                "*" => &mut any,
                _ => continue,
            };
            *slot = Some(quality);
        }
    }
    let quality: f32 = gzip.or(any).unwrap_or(0.0);
    quality > 0.0 && quality >= identity.unwrap_or(0.0)
}

/// A coding and its weight; a weight that cannot be read forbids the coding.
fn weighted(item: &str) -> (&str, f32) {
    let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
    let weight = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
    });
    (coding.trim(), weight.unwrap_or(1.0))
}

/// Compresses a body.
#[must_use]
pub fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), LEVEL);
    // Writing to memory does not fail; should it, the body is sent as it is.
    match encoder.write_all(body).and_then(|()| encoder.finish()) {
        Ok(compressed) => compressed.into(),
        Err(_) => Bytes::new(),
    }
}

/// Compresses a large body that is not encoded yet. What does not get smaller stays as it is.
pub(super) async fn compress(response: &mut Response<Bytes>) {
    let size = response.body().len();
    if size <= PLAIN_SIZE_MAX || response.headers().contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let compressed = if size <= INLINE_SIZE_MAX {
        gzip(response.body())
    } else {
        let body = response.body().clone();
        tokio::task::spawn_blocking(move || gzip(&body)).await.unwrap_or_default()
    };
    if (1..size).contains(&compressed.len()) {
        *response.body_mut() = compressed;
        response.headers_mut().insert(header::CONTENT_ENCODING, GZIP);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn check(sent: &[&str], accepted: bool) {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(accepts_gzip(&headers), accepted, "{sent:?}");
    }

    #[test]
    fn gzip_needs_to_be_allowed() {
        check(&["gzip"], true);
        check(&["deflate, GZip;q=0.5"], true);
        check(&["x-gzip"], true);
        check(&["*"], true);
        check(&["br", "gzip"], true);
        check(&["gzip;q=0.5, identity;q=0.5"], true);
        check(&[], false);
        check(&[""], false);
        check(&["identity"], false);
        check(&["gzip;q=0"], false);
        check(&["gzip; q=0.000, *"], false);
        check(&["*;q=0"], false);
        check(&["gzip;q=0.4, identity"], false);
        check(&["gzip;q=much"], false);
    }

    fn unpacked(body: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(body).read_to_end(&mut plain).unwrap();
        plain
    }

    async fn compressed(body: Vec<u8>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(body));
        compress(&mut response).await;
        response
    }

    #[tokio::test]
    async fn bodies_above_the_threshold_survive_the_round_trip() {
        for size in [PLAIN_SIZE_MAX + 1, INLINE_SIZE_MAX, INLINE_SIZE_MAX + 1, 1 << 20] {
            let body: Vec<u8> = b"schema registry ".iter().copied().cycle().take(size).collect();
            let response = compressed(body.clone()).await;
            assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
            assert!(response.body().len() < size / 10);
            assert_eq!(unpacked(response.body()), body);
        }
    }

    #[tokio::test]
    async fn small_encoded_and_incompressible_bodies_stay() {
        let small = compressed(vec![b'x'; PLAIN_SIZE_MAX]).await;
        assert!(!small.headers().contains_key(header::CONTENT_ENCODING));
        let noise: Vec<u8> = (0..200).flat_map(|_| uuid::Uuid::new_v4().into_bytes()).collect();
        let noisy = compressed(noise.clone()).await;
        assert_eq!(noisy.body(), &noise);
        assert!(!noisy.headers().contains_key(header::CONTENT_ENCODING));
        let mut encoded = Response::new(Bytes::from(vec![b'x'; 4096]));
        encoded.headers_mut().insert(header::CONTENT_ENCODING, GZIP);
        compress(&mut encoded).await;
        assert_eq!(encoded.body().len(), 4096);
    }
}
