//! The transport that speaks HTTP.

use std::error::Error;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::error::RegistryError;
use super::tls::TlsSettings;
use super::transport::{Headers, Method, Request, Response, Transport, TransportError, TransportErrorKind};

/// Bytes that an answer may have. A registry that sends more is not believed.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Idle connections that are kept for each registry.
const IDLE_CONNECTIONS_MAX: usize = 16;

/// HTTP/1.1 over sockets that are kept open.
#[derive(Debug)]
pub(crate) struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    pub(crate) fn new(connect_timeout: Duration, tls: &TlsSettings) -> Result<Self, RegistryError> {
        let builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            // A redirection would carry the credentials of one registry to another server.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("serde-client/", env!("CARGO_PKG_VERSION")));
        let client = tls.apply_to(builder)?.build();
        let client = client.map_err(|error| {
            RegistryError::invalid(format!("the client cannot be set up: {}", chain(&error)))
        })?;
        Ok(Self { client })
    }

    async fn exchange(&self, request: &Request) -> Result<Response, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let url = format!("{}{}", request.base, request.target);
        let mut builder = self.client.request(method, url).headers(header_map(&request.headers)?);
        if let Some(body) = &request.body {
            builder = builder.body(body.to_vec());
        }
        let mut answer = builder.send().await.map_err(|error| failed(&error))?;
        let status = answer.status().as_u16();
        let mut headers = Headers::default();
        for (name, value) in answer.headers() {
            headers.set(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(refused(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn header_map(headers: &Headers) -> Result<HeaderMap, TransportError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter() {
        // The value is not quoted: it may be secret.
        let unsendable =
            || refused(format!("the header `{name}` cannot be sent; give visible ASCII characters only"));
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unsendable())?;
        value.set_sensitive(true);
        map.insert(key, value);
    }
    Ok(map)
}

fn refused(message: String) -> TransportError {
    TransportError { kind: TransportErrorKind::Refused, message }
}

fn failed(error: &reqwest::Error) -> TransportError {
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_builder() {
        TransportErrorKind::Refused
    } else {
        TransportErrorKind::Broken
    };
    TransportError { kind, message: chain(error) }
}

/// The causes of an error in one line. The outermost words of `reqwest` quote the URL, which the caller names anyway.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    if causes.is_empty() { "the request failed".to_owned() } else { causes.join(": ") }
}
