//! Retries, failover, rotation, budget and time-outs.

use std::time::Duration;

use tokio::time::Instant;

use super::scripted::{Reply, Scripted, retries};
use crate::client::{ErrorKind, Page, RetrySettings, TransportErrorKind};

const FINE: Reply = Reply::Body(200, "[]");

#[tokio::test(start_paused = true)]
async fn a_refused_connection_leads_to_the_next_url_at_once() {
    let script = Scripted::new(|request, _| match &*request.base {
        "http://a" => Reply::Fail(TransportErrorKind::Connect),
        _ => FINE,
    });
    let client = script.builder("http://a,http://b").build().unwrap();
    for _ in 0..3 {
        client.api().list_contexts(Page::default()).await.unwrap();
    }
    assert_eq!(script.bases(), ["http://a", "http://b", "http://b", "http://b"], "later calls start at b");
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_url_is_rotated_away() {
    let script = Scripted::new(|request, _| match &*request.base {
        "http://a" => Reply::Body(503, ""),
        _ => FINE,
    });
    let client = script.builder("http://a,http://b").retries(retries(2)).build().unwrap();
    client.api().get_root().await.unwrap();
    assert_eq!(script.bases(), ["http://a", "http://a", "http://a", "http://b"]);
}

#[tokio::test(start_paused = true)]
async fn every_url_is_asked_once_around_and_the_last_error_told() {
    let script = Scripted::new(|request, _| match &*request.base {
        "http://c" => Reply::Body(500, r#"{"error_code":50001,"message":"the last"}"#),
        _ => Reply::Fail(TransportErrorKind::Broken),
    });
    let client = script.builder("http://a").url("http://b,http://c").retries(retries(1)).build().unwrap();
    let error = client.api().get_root().await.unwrap_err();
    assert_eq!(error.to_string(), "GET http://c/: the last (status 500, error code 50001)");
    assert!(error.is_retriable());
    assert_eq!(script.bases(), ["http://a", "http://a", "http://b", "http://b", "http://c", "http://c"]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_asked_once() {
    for status in [400, 401, 403, 404, 409, 422, 501, 302] {
        let script = Scripted::new(move |_, _| Reply::Body(status, r#"{"error_code":1,"message":"no"}"#));
        let client = script.builder("http://a,http://b").build().unwrap();
        assert_eq!(client.api().get_root().await.unwrap_err().status(), Some(status));
        assert_eq!(script.bases(), ["http://a"], "{status}");
    }
    for status in [408, 429, 500, 502, 503, 504] {
        let script = Scripted::new(move |_, before| if before < 2 { Reply::Body(status, "") } else { FINE });
        let client = script.builder("http://a").build().unwrap();
        client.api().get_root().await.unwrap();
        assert_eq!(script.log().len(), 3, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let script = Scripted::new(|_, _| Reply::Body(503, ""));
    let settings = RetrySettings { budget_burst: 5, budget_percent: 10, ..RetrySettings::default() };
    let client = script.builder("http://a").retries(settings).build().unwrap();
    for _ in 0..100 {
        client.api().get_root().await.unwrap_err();
    }
    // 100 requests, 5 retries of the burst and 9 of the share: what the first request brought had no room beside the burst.
    // Without the budget there would be 400.
    assert_eq!(script.log().len(), 100 + 5 + 9);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_asked_for_is_kept_within_its_bound() {
    for (status, asked, least, most) in
        [(503, 2, 2_000, 2_000), (429, 3_600, 5_000, 5_000), (500, 3_600, 1, 100)]
    {
        let script = Scripted::new(move |_, before| match before {
            0 => Reply::RetryAfter(status, asked),
            _ => FINE,
        });
        let client = script.builder("http://a").build().unwrap();
        client.api().get_root().await.unwrap();
        let log = script.log();
        let pause = log[1].0 - log[0].0;
        // The timer counts in whole milliseconds.
        let (least, most) = (Duration::from_millis(least), Duration::from_millis(most + 1));
        assert!(pause >= least && pause <= most, "{status}: {pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_ends_each_attempt_and_the_call() {
    let script = Scripted::new(|_, _| Reply::Hang);
    let builder = script.builder("http://a").read_timeout(Duration::from_secs(2)).retries(retries(2));
    let started = Instant::now();
    let error = builder.clone().build().unwrap().api().get_root().await.unwrap_err();
    assert_eq!((error.kind(), script.log().len()), (ErrorKind::TimedOut, 3));
    assert!(started.elapsed() >= Duration::from_secs(6) && started.elapsed() < Duration::from_secs(7));

    let started = Instant::now();
    let client =
        builder.read_timeout(Duration::from_secs(100)).call_timeout(Duration::from_secs(5)).build().unwrap();
    let error = client.api().get_root().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retriable()), (ErrorKind::TimedOut, true));
    assert!(started.elapsed() >= Duration::from_secs(5) && started.elapsed() < Duration::from_millis(5_010));
}

#[tokio::test(start_paused = true)]
async fn no_pause_outlasts_the_call() {
    let script = Scripted::new(|_, _| Reply::RetryAfter(503, 4));
    let client = script.builder("http://a").call_timeout(Duration::from_secs(6)).build().unwrap();
    let started = Instant::now();
    assert_eq!(client.api().get_root().await.unwrap_err().status(), Some(503), "the cause, not the time-out");
    assert_eq!((script.log().len(), started.elapsed().as_secs()), (2, 4));
}
