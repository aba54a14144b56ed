//! Answers for those who watch over the process: is it alive, may it get requests.

use std::fmt::Display;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use schema::model::error_code::ErrorCode;
use serde_json::{Value, json};

/// Longest time that the store may take to answer a probe: orchestrators commonly give up after a second or more.
const PING_TIMEOUT: Duration = Duration::from_millis(900);

/// Where the process is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The store is being opened.
    Starting,
    /// Requests are welcome.
    Serving,
    /// Requests in flight are finished, then the process ends.
    Draining,
}

/// The phase, shared by who drives it and who tells it.
#[derive(Debug, Default)]
pub struct Readiness(AtomicU8);

impl Readiness {
    /// Moves to a phase.
    pub fn enter(&self, phase: Phase) {
        let number = match phase {
            Phase::Starting => 0,
            Phase::Serving => 1,
            Phase::Draining => 2,
        };
        self.0.store(number, Ordering::Release);
    }

    /// The present phase.
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Serving,
            _ => Phase::Draining,
        }
    }
}

/// Says that the process answers at all. It stays so without a store: restarting would not bring the store back.
#[must_use]
pub fn live() -> Response {
    answer(StatusCode::OK, &json!({"status": "live"}))
}

/// Says whether requests are welcome. `ping` asks the store; it runs only while serving.
pub async fn ready<E: Display>(readiness: &Readiness, ping: impl Future<Output = Result<(), E>>) -> Response {
    match readiness.phase() {
        Phase::Starting => unready("starting", "the registry is still starting"),
        Phase::Draining => unready("draining", "the registry is shutting down"),
        Phase::Serving => match tokio::time::timeout(PING_TIMEOUT, ping).await {
            Ok(Ok(())) => answer(StatusCode::OK, &json!({"status": "ready"})),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store does not answer the readiness probe");
                unready("store", "the store fails; the log tells why")
            }
            Err(_elapsed) => unready("store", &format!("the store did not answer within {PING_TIMEOUT:?}")),
        },
    }
}

fn unready(status: &str, message: &str) -> Response {
    let code = ErrorCode::UNAVAILABLE;
    let body = json!({"status": status, "error_code": code.number, "message": message});
    answer(StatusCode::from_u16(code.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), &body)
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn check(response: Response, status: u16, text: &str) {
        assert_eq!(response.status().as_u16(), status);
        let body: Value =
            serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!(body["status"], text);
        assert_eq!(body.get("error_code").is_some(), status != 200);
    }

    async fn probe(phase: Phase, ping: Result<(), &str>) -> Response {
        let readiness = Readiness::default();
        readiness.enter(phase);
        ready(&readiness, async { ping }).await
    }

    #[tokio::test]
    async fn alive_means_answering() {
        check(live(), 200, "live").await;
    }

    #[tokio::test]
    async fn ready_follows_phase_and_store() {
        assert_eq!(Readiness::default().phase(), Phase::Starting);
        check(probe(Phase::Starting, Ok(())).await, 503, "starting").await;
        check(probe(Phase::Serving, Ok(())).await, 200, "ready").await;
        check(probe(Phase::Serving, Err("disk gone")).await, 503, "store").await;
        check(probe(Phase::Draining, Ok(())).await, 503, "draining").await;
    }

    #[tokio::test]
    async fn a_store_that_hangs_is_not_ready() {
        let readiness = Readiness::default();
        readiness.enter(Phase::Serving);
        check(ready(&readiness, std::future::pending::<Result<(), &str>>()).await, 503, "store").await;
    }
}
