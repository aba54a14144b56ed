//! Serves HTTP/1.1 over TCP, at most so many connections at a time, and none of them longer than it deserves.
//!
//! A connection that sends nothing, half a request head, or one byte now and then is cut off by a deadline of its
//! own, so that thousands of them do not keep others from being served. When connections or file descriptors run out,
//! the deadlines of those that wait shrink ([`Pace::Hurried`]) until there is room again.

mod activity;
mod connection;
mod tracked;

use std::convert::Infallible;
use std::io;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::config::Config;
use crate::telemetry::Metrics;

/// First and longest pause after the system refuses to hand out a connection.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// Connections are hurried until one in so many permits is free again.
const RELIEF: usize = 10;
/// Connections are hurried for this time at least.
const HURRIED_MIN: Duration = Duration::from_secs(1);
/// Between two warnings about the lack of room.
const WARNINGS_APART: Duration = Duration::from_secs(10);

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; further ones wait in the system's queue.
    pub connections_max: NonZeroU32,
    /// Time to send the head of a request.
    pub header_timeout: Duration,
    /// Time between two requests, and time without progress while an answer is taken.
    pub keep_alive_timeout: Duration,
    /// Time to finish once told to stop.
    pub shutdown_timeout: Duration,
}

impl From<&Config> for Limits {
    fn from(config: &Config) -> Self {
        Self {
            connections_max: config.connections_max,
            header_timeout: config.header_timeout,
            keep_alive_timeout: config.keep_alive_timeout,
            shutdown_timeout: config.shutdown_timeout,
        }
    }
}

/// How patient connections are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// As configured.
    Normal,
    /// Those that wait are in the way of others.
    Hurried,
    /// No further requests.
    Draining,
    /// The end.
    Closed,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off because they did not finish in time.
    pub cut_off: usize,
}

/// Where connections come from.
trait Listen {
    fn accept(&self) -> impl Future<Output = io::Result<TcpStream>> + Send;
}

impl Listen for TcpListener {
    async fn accept(&self) -> io::Result<TcpStream> {
        Self::accept(self).await.map(|(stream, _)| stream)
    }
}

/// Serves until `shutdown` ends, then finishes requests in flight for at most [`Limits::shutdown_timeout`].
pub async fn serve<S>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    metrics: &Metrics,
    shutdown: impl Future<Output = ()>,
) -> Drained
where
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S: Clone + Send + Unpin + 'static,
    S::Future: Send + 'static,
{
    let mut gate = Gate::new(limits.connections_max);
    tokio::select! {
        never = accept(&listener, &mut gate, service, limits, metrics) => match never {},
        () = shutdown => {}
    }
    drop(listener);
    gate.drain(limits.shutdown_timeout).await
}

async fn accept<L, S>(
    listener: &L,
    gate: &mut Gate,
    service: S,
    limits: Limits,
    metrics: &Metrics,
) -> Infallible
where
    L: Listen,
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S: Clone + Send + Unpin + 'static,
    S::Future: Send + 'static,
{
    let mut pause = Duration::ZERO;
    loop {
        let permit = gate.enter().await;
        match listener.accept().await {
            Ok(stream) => {
                pause = Duration::ZERO;
                gate.relax();
                let (service, pace, open) =
                    (service.clone(), gate.pace.subscribe(), metrics.connection_opened());
                tokio::spawn(async move {
                    connection::drive(stream, service, limits, pace).await;
                    drop((open, permit));
                });
            }
            // The client has gone before its turn.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Most likely there are no file descriptors left. Trying again at once would only burn a core.
            Err(error) => {
                gate.refused(&error);
                pause = (pause * 2).clamp(PAUSE_MIN, PAUSE_MAX);
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// Counts connections and sets their pace.
struct Gate {
    permits: Arc<Semaphore>,
    permits_max: usize,
    pace: watch::Sender<Pace>,
    hurried_at: Option<Instant>,
    warned_at: Option<Instant>,
}

impl Gate {
    fn new(connections_max: NonZeroU32) -> Self {
        let permits_max =
            usize::try_from(connections_max.get()).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits_max)),
            permits_max,
            pace: watch::Sender::new(Pace::Normal),
            hurried_at: None,
            warned_at: None,
        }
    }

    /// Waits for room; while there is none, connections are hurried.
    async fn enter(&mut self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Some(permit);
        }
        let permits_max = self.permits_max;
        self.warn(|| format!("all {permits_max} connections are in use; connections-max can be raised"));
        self.hurry();
        // The semaphore is never closed.
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// The system does not hand out a connection.
    fn refused(&mut self, error: &io::Error) {
        self.warn(|| {
            format!(
                "cannot accept connections ({error}); raise the limit of open files or lower connections-max"
            )
        });
        self.hurry();
    }

    /// Under pressure this would be logged thousands of times a second.
    fn warn(&mut self, message: impl FnOnce() -> String) {
        if self.warned_at.is_none_or(|at| at.elapsed() >= WARNINGS_APART) {
            tracing::warn!("{}", message());
            self.warned_at = Some(Instant::now());
        }
    }

    fn hurry(&mut self) {
        if self.hurried_at.replace(Instant::now()).is_none() {
            self.pace.send_replace(Pace::Hurried);
        }
    }

    /// Goes back to the normal pace when there is room again. Not at once: each change wakes every connection.
    fn relax(&mut self) {
        let calm = self.hurried_at.is_some_and(|at| at.elapsed() >= HURRIED_MIN);
        if calm && self.permits.available_permits() >= self.permits_max / RELIEF {
            self.hurried_at = None;
            self.pace.send_replace(Pace::Normal);
        }
    }

    async fn drain(self, timeout: Duration) -> Drained {
        self.pace.send_replace(Pace::Draining);
        let all = u32::try_from(self.permits_max).unwrap_or(u32::MAX);
        let finished = tokio::time::timeout(timeout, self.permits.acquire_many(all)).await.is_ok();
        let cut_off =
            if finished { 0 } else { self.permits_max.saturating_sub(self.permits.available_permits()) };
        self.pace.send_replace(Pace::Closed);
        Drained { cut_off }
    }
}

#[cfg(test)]
mod tests;
