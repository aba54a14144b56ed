//! Whether a run does its work, and the address where it says so.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::error::RunError;
use super::metrics::MetricsRegistry;
use super::standstill::Standstill;
use super::worker::Job;

/// How long a client may take for the head of its request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// The media type of the text format, as Prometheus asks for it.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is answered from: the directions of a process, and their metrics.
pub(crate) struct Told {
    pub(crate) jobs: Vec<Arc<Job>>,
    pub(crate) metrics: MetricsRegistry,
}

impl Told {
    /// Why the run is not ready, a line for each worker; empty when it is.
    fn faults(&self) -> String {
        let several = self.jobs.len() > 1;
        let fault = |job: &Arc<Job>| {
            let name = if several { format!("{}, ", job.direction) } else { String::new() };
            job.faults().iter().map(|fault| format!("{name}{fault}\n")).collect::<String>()
        };
        self.jobs.iter().map(fault).collect()
    }
}

/// What a worker does just now.
#[derive(Clone, Debug)]
pub(crate) struct WorkerState {
    /// Whether the group has answered.
    pub(crate) joined: bool,
    /// When it last wrote something, or found nothing to write.
    pub(crate) progress: Instant,
    /// Why it reads nothing, if it may not.
    pub(crate) stopped_by: Option<&'static str>,
    /// Why it translates nothing, if it is told so.
    pub(crate) standstill: Option<Standstill>,
}

impl Default for WorkerState {
    fn default() -> Self {
        Self { joined: false, progress: Instant::now(), stopped_by: None, standstill: None }
    }
}

impl WorkerState {
    /// Why the worker is not ready; `within` is how long it may go without progress.
    pub(crate) fn fault(&self, within: Duration) -> Option<String> {
        match self.standstill {
            // Nothing is wrong with a direction whose turn it is not.
            Some(Standstill::NotYet | Standstill::Over) => return None,
            Some(Standstill::Paused) => return Some(Standstill::Paused.word().to_owned()),
            None => {}
        }
        if let Some(reason) = self.stopped_by {
            return Some(reason.to_owned());
        }
        if !self.joined {
            return Some("it has not joined the group".to_owned());
        }
        let since = self.progress.elapsed();
        (since > within).then(|| format!("nothing was committed for {} s", since.as_secs()))
    }
}

/// Opens the address.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, RunError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| RunError::Address { address, reason: error.to_string() })
}

/// Answers until it is dropped.
pub(crate) async fn serve(listener: TcpListener, told: Arc<Told>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&told)));
                }
                // Too many open files, as a rule: it passes.
                Err(error) => {
                    tracing::warn!("accepting a connection: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, told: Arc<Told>) {
    let service = service_fn(|request| std::future::ready(Ok::<_, Infallible>(answer(&request, &told))));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a connection ends: {error}");
    }
}

fn answer(request: &Request<Incoming>, told: &Told) -> Response<Full<Bytes>> {
    let (status, kind, text) = match request.uri().path() {
        "/metrics" => (StatusCode::OK, METRICS, told.metrics.text()),
        "/health/live" => (StatusCode::OK, "text/plain", "alive\n".to_owned()),
        "/health/ready" => match told.faults() {
            faults if faults.is_empty() => (StatusCode::OK, "text/plain", "ready\n".to_owned()),
            faults => (StatusCode::SERVICE_UNAVAILABLE, "text/plain", faults),
        },
        _ => (
            StatusCode::NOT_FOUND,
            "text/plain",
            "there are /metrics, /health/live and /health/ready\n".to_owned(),
        ),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_ready_when_it_has_joined_and_makes_progress() {
        let within = Duration::from_secs(3600);
        let mut state = WorkerState::default();
        assert!(state.fault(within).is_some_and(|fault| fault.contains("joined")));
        state.joined = true;
        assert_eq!(state.fault(within), None);
        assert!(state.fault(Duration::ZERO).is_some_and(|fault| fault.contains("committed")));
        state.stopped_by = Some("the breaker is open");
        assert_eq!(state.fault(within).as_deref(), Some("the breaker is open"));
        state.standstill = Some(Standstill::Over);
        assert_eq!(state.fault(within), None, "it is not its turn");
        state.standstill = Some(Standstill::Paused);
        assert_eq!(state.fault(within).as_deref(), Some("it is paused"));
    }
}
