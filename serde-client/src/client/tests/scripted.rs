//! A transport that answers as a test says, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::client::{
    Headers, RegistryClient, RegistryClientBuilder, Request, Response, RetrySettings, Transport,
    TransportError, TransportErrorKind,
};

/// What happens to a request.
pub(super) enum Reply {
    Body(u16, &'static str),
    RetryAfter(u16, u64),
    Fail(TransportErrorKind),
    Hang,
}

type Script = dyn Fn(&Request, usize) -> Reply + Send + Sync;

pub(super) struct Scripted {
    script: Box<Script>,
    log: Mutex<Vec<(Instant, Request)>>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    /// The script gets each request and how many came before it.
    pub(super) fn new(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { script: Box::new(script), log: Mutex::default() })
    }

    pub(super) fn builder(self: &Arc<Self>, urls: &str) -> RegistryClientBuilder {
        RegistryClient::builder(urls).transport(Arc::clone(self) as Arc<dyn Transport>)
    }

    pub(super) fn log(&self) -> Vec<(Instant, Request)> {
        self.log.lock().unwrap().clone()
    }

    /// The bases that were asked, in order.
    pub(super) fn bases(&self) -> Vec<String> {
        self.log().iter().map(|(_, request)| request.base.to_string()).collect()
    }

    /// Path and query of what was asked, in order.
    pub(super) fn targets(&self) -> Vec<String> {
        self.log().iter().map(|(_, request)| request.target.clone()).collect()
    }
}

impl Transport for Scripted {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        let before = {
            let mut log = self.log.lock().unwrap();
            log.push((Instant::now(), request.clone()));
            log.len() - 1
        };
        let mut headers = Headers::default();
        let (status, body) = match (self.script)(request, before) {
            Reply::Body(status, body) => (status, body),
            Reply::RetryAfter(status, seconds) => {
                headers.set("retry-after", seconds.to_string());
                (status, r#"{"error_code":503,"message":"later"}"#)
            }
            Reply::Fail(kind) => {
                return Box::pin(async move { Err(TransportError { kind, message: "no".to_owned() }) });
            }
            Reply::Hang => return Box::pin(std::future::pending()),
        };
        Box::pin(async move {
            // As with a socket, others run before the answer is there.
            tokio::task::yield_now().await;
            Ok(Response { status, headers, body: body.as_bytes().to_vec() })
        })
    }
}

/// Retries without a bound on their share, so that a test counts attempts alone.
pub(super) fn retries(retries_max: u32) -> RetrySettings {
    RetrySettings { retries_max, budget_burst: 1_000, ..RetrySettings::default() }
}
