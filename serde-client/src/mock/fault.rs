//! What a mock registry can be told to do wrong.

use std::collections::VecDeque;

use crate::client::{Headers, Response, TransportError, TransportErrorKind};

/// Something that goes wrong with a request.
///
/// ```
/// use std::time::Duration;
/// use serde_client::client::ErrorKind;
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let client = registry.client_builder().read_timeout(Duration::from_secs(1)).build()?;
/// registry.fail_next(usize::MAX, Fault::Hang);
/// assert_eq!(client.latest_version("s").await.unwrap_err().kind(), ErrorKind::TimedOut);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer is an error with this HTTP status.
    Status(u16),
    /// The same with a header `Retry-After`, in seconds.
    RetryAfter(u16, u64),
    /// The answer has the status 200 and this body, whatever was asked.
    Body(String),
    /// There is no answer.
    Hang,
    /// The connection breaks before the answer.
    Break,
    /// There is no connection.
    Refuse,
}

impl Fault {
    pub(super) async fn happen(self) -> Result<Response, TransportError> {
        let failed = |kind, message: &str| Err(TransportError { kind, message: message.to_owned() });
        match self {
            Self::Status(status) => Ok(refusal(status, Headers::default())),
            Self::RetryAfter(status, seconds) => {
                let mut headers = Headers::default();
                headers.set("Retry-After", seconds.to_string());
                Ok(refusal(status, headers))
            }
            Self::Body(body) => {
                Ok(Response { status: 200, headers: Headers::default(), body: body.into_bytes() })
            }
            Self::Hang => std::future::pending().await,
            Self::Break => failed(TransportErrorKind::Broken, "the mock registry broke the connection"),
            Self::Refuse => failed(TransportErrorKind::Connect, "the mock registry refused the connection"),
        }
    }
}

fn refusal(status: u16, headers: Headers) -> Response {
    let body = format!(r#"{{"error_code":{status},"message":"the mock registry was told to fail"}}"#);
    Response { status, headers, body: body.into_bytes() }
}

/// Faults to come, in order, with how often each happens.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<(usize, Fault)>);

impl Faults {
    pub(super) fn add(&mut self, count: usize, fault: Fault) {
        self.0.push_back((count, fault));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn next(&mut self) -> Option<Fault> {
        loop {
            match self.0.front_mut()? {
                (0, _) => {
                    self.0.pop_front();
                }
                (count, fault) => {
                    *count -= 1;
                    return Some(fault.clone());
                }
            }
        }
    }
}
