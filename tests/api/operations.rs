//! What operators ask for: health, metrics, documentation, and an orderly end.

use std::io::Write;

use registry_tests::{Registry, raw, repository};
use serde_json::json;

use crate::{A, record};

#[test]
fn a_server_that_serves_is_live_and_ready() {
    let registry = Registry::start();
    assert_eq!(registry.get("/health/live").status, 200);
    assert_eq!(registry.get("/health/ready").status, 200);
}

#[test]
fn requests_are_counted_by_their_route() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.get("/subjects/s/versions/latest");
    registry.get("/subjects/none/versions/latest");
    let metrics = registry.get("/metrics");
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    let route = "/subjects/{subject}/versions/{version}";
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(route)).collect();
    for status in ["200", "404"] {
        let counted =
            lines.iter().any(|line| line.contains(&format!("\"{status}\"")) && line.ends_with(" 1"));
        assert!(counted, "no {status} of {route} in\n{text}");
    }
    assert!(!text.contains("none"), "a subject became a label:\n{text}");
}

#[test]
fn figures_are_made_anew_each_time() {
    let registry = Registry::start();
    let figure = |name: &str| {
        let text = registry.get("/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
    };
    let asked = "registry_http_requests_total{route=\"/metrics\",method=\"GET\",status=\"200\"}";
    assert_eq!(figure("registry_store_versions"), "0");
    assert_eq!(figure(asked), "1");
    registry.register("s", &record(&[A]));
    assert_eq!(figure("registry_store_versions"), "1");
    assert_eq!(figure(asked), "3");
}

#[test]
fn the_documentation_is_served() {
    let registry = Registry::start();
    let committed = std::fs::read_to_string(repository().join("openapi.yaml")).expect("the committed file");
    assert_eq!(registry.get("/openapi.yaml").text(), committed);
    let page = registry.get("/docs");
    assert_eq!((page.status, page.content_type()), (200, "text/html"));
    let policy = page.header("content-security-policy").map(str::to_owned);
    assert!(policy.is_some());
    assert_eq!(registry.get("/docs").header("content-security-policy").map(str::to_owned), policy);
    let without = Registry::start_with(&["--docs", "false"]);
    without.get("/docs").assert_refused(404, 404);
}

#[test]
fn a_request_in_flight_is_answered_before_the_server_ends() {
    let mut registry = Registry::start();
    let body = json!({ "schema": record(&[A]) }).to_string();
    let (begun, rest) = body.split_at(10);
    let head = format!(
        "POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{begun}",
        body.len()
    );
    let mut connection = raw::open(registry.address(), head.as_bytes());
    // Another answer proves that the server has had time to see the first connection.
    assert_eq!(registry.connect().get("/").status, 200);
    registry.ask_to_end();
    connection.write_all(rest.as_bytes()).expect("the server still reads");
    let answer = raw::read_answer(connection).expect("the server still answers");
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    assert!(registry.stop().success());
    registry.start_again();
    assert_eq!(registry.get("/subjects/s/versions").seen(), (200, json!([1])));
}
