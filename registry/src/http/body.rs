//! Request bodies: read to the end within a size and a time, before anything else looks at the request.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Body;

/// Most that is reserved on a client's word about the length of a body.
const RESERVED_MAX: usize = 64 * 1024;

/// What a body may be.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// Bytes.
    pub size_max: usize,
    /// Time from the head of the request to the end of the body.
    pub timeout: Duration,
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It exceeds the limit.
    #[error("the request body exceeds the limit")]
    TooLarge,
    /// It did not arrive in time.
    #[error("the request body did not arrive in time")]
    TimedOut,
    /// It ended early or is framed wrongly.
    #[error("the request body is incomplete or wrongly framed")]
    Broken,
}

/// Reads a body to its end.
///
/// # Errors
/// [`BodyError`]; a length announced above the limit fails before a byte is read.
pub async fn collect<B>(body: B, limits: BodyLimits) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limits.size_max {
        return Err(BodyError::TooLarge);
    }
    tokio::time::timeout(limits.timeout, gather(body, announced, limits.size_max))
        .await
        .unwrap_or(Err(BodyError::TimedOut))
}

async fn gather<B>(mut body: B, announced: usize, size_max: usize) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut only = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let size = only.len().saturating_add(joined.len()).saturating_add(data.len());
        if size > size_max {
            return Err(BodyError::TooLarge);
        }
        if joined.is_empty() {
            if only.is_empty() {
                only = data;
                continue;
            }
            joined.reserve(announced.min(RESERVED_MAX).max(size));
            joined.extend_from_slice(&std::mem::take(&mut only));
        }
        joined.extend_from_slice(&data);
    }
    Ok(if joined.is_empty() { only } else { joined.freeze() })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;

    use super::*;

    const LIMITS: BodyLimits = BodyLimits { size_max: 6, timeout: Duration::from_secs(3600) };

    async fn chunks(parts: &[&'static str]) -> Result<Bytes, BodyError> {
        let frames =
            parts.iter().map(|part| Ok::<_, Infallible>(Frame::data(Bytes::from_static(part.as_bytes()))));
        collect(StreamBody::new(futures_util::stream::iter(frames.collect::<Vec<_>>())), LIMITS).await
    }

    #[tokio::test]
    async fn a_body_at_the_limit_passes_and_one_past_it_does_not() {
        assert_eq!(
            collect(Full::new(Bytes::from_static(b"123456")), LIMITS).await,
            Ok(Bytes::from_static(b"123456"))
        );
        assert_eq!(
            collect(Full::new(Bytes::from_static(b"1234567")), LIMITS).await,
            Err(BodyError::TooLarge)
        );
        assert_eq!(chunks(&["123", "456"]).await, Ok(Bytes::from_static(b"123456")));
        assert_eq!(chunks(&["123", "456", "7"]).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn chunks_are_joined_in_order() {
        assert_eq!(chunks(&["1", "", "2", "34"]).await, Ok(Bytes::from_static(b"1234")));
        assert_eq!(chunks(&[]).await, Ok(Bytes::new()));
    }

    #[tokio::test]
    async fn a_body_that_never_ends_times_out() {
        let limits = BodyLimits { timeout: Duration::from_millis(1), ..LIMITS };
        let stream = futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>();
        assert_eq!(collect(StreamBody::new(stream), limits).await, Err(BodyError::TimedOut));
    }

    #[tokio::test]
    async fn a_broken_body_is_told_apart() {
        let frames = [Ok(Frame::data(Bytes::from_static(b"1"))), Err(std::io::Error::other("reset"))];
        let body = StreamBody::new(futures_util::stream::iter(frames));
        assert_eq!(collect(body, LIMITS).await, Err(BodyError::Broken));
    }
}
