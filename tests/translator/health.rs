//! What a run says about itself.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use registry_tests::ports::free_address;
use serde_client::translator::migration::{Breaker, Delivery};
use serde_client::translator::run::RunError;

use crate::mapping::BAD;
use crate::records::{New, many};
use crate::stage::{PATIENCE, Stage};

/// Status and body; status 0 while nobody listens yet.
async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let url = format!("http://{address}{path}");
    let ask = move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let Ok(mut answer) = agent.get(&url).call() else {
            return (0, String::new());
        };
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    };
    tokio::task::spawn_blocking(ask).await.expect("an answer")
}

/// Asks until the answer is the one that is waited for.
pub(crate) async fn wait_for(address: SocketAddr, path: &str, wanted: impl Fn(u16, &str) -> bool) -> String {
    let started = std::time::Instant::now();
    loop {
        let (status, text) = get(address, path).await;
        if wanted(status, &text) {
            return text;
        }
        assert!(started.elapsed() < PATIENCE, "{path} answers {status}\n{text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_its_metrics_and_its_health() {
    let stage = Stage::new("health", 2, Delivery::ExactlyOnce).await;
    stage.produce(&many(10, 2));
    let address = free_address();
    let mut options = stage.options("health");
    options.metrics = Some(address);
    let running = stage.start(options);
    stage.wait_for(10).await;
    assert_eq!(get(address, "/health/live").await.0, 200);
    wait_for(address, "/health/ready", |status, _| status == 200).await;
    let lag = "srt_lag_records{dir=\"new-old\",partition=\"1\"} 0";
    let text = wait_for(address, "/metrics", |_, text| text.contains(lag)).await;
    for line in [
        "srt_records_total{dir=\"new-old\",partition=\"0\",result=\"ok\"} 5",
        "srt_txn_total{dir=\"new-old\",result=\"commit\"} ",
        "srt_schema_drift{dir=\"new-old\",partition=\"0\"} 0",
        "srt_lag_seconds{dir=\"new-old\"} ",
        "srt_latency_seconds_count{dir=\"new-old\"} ",
        "srt_batch_records_sum{dir=\"new-old\"} 10",
        "srt_buffer_bytes{dir=\"new-old\"} 0",
        "srt_rebalance_total{dir=\"new-old\"} ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert_eq!(get(address, "/elsewhere").await.0, 404);
    running.stop().await.expect("a clean end");
}

/// An open breaker does not end a run: it reads nothing more and says why.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_with_an_open_breaker_is_not_ready() {
    let mut stage = Stage::new("not-ready", 1, Delivery::AtLeastOnce).await.with_dead_letters(1).await;
    stage.migration.errors.breaker = Some(Breaker { ratio: 0.5, window: Duration::from_secs(300) });
    let bad: Vec<New> = (0..300).map(|at| New::of(0, &format!("key {at}"), BAD)).collect();
    stage.produce(&bad);
    let address = free_address();
    let mut options = stage.options("not-ready");
    options.metrics = Some(address);
    let running = stage.start(options);
    let text =
        wait_for(address, "/health/ready", |status, text| status == 503 && text.contains("breaker")).await;
    assert_eq!(text, "worker 0: the breaker is open\n");
    running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_named() {
    let stage = Stage::new("taken", 1, Delivery::ExactlyOnce).await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let mut options = stage.options("taken");
    options.metrics = Some(taken.local_addr().expect("an address"));
    let refused = stage.start(options).ended().await.expect_err("somebody listens there");
    assert!(matches!(refused, RunError::Address { .. }), "{refused}");
}
