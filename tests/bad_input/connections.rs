//! Clients that begin a request and never end it.

use std::process::Command;

use registry_tests::{raw, run};
use serde_json::json;

use crate::Victim;

const HALF_OPEN: usize = 1_000;

#[test]
fn half_open_connections_starve_nobody() {
    allow_open_files(4 * HALF_OPEN);
    let victim = Victim::start();
    for begun in [
        &b""[..],
        b"GET /subj",
        b"GET /subjects HTTP/1.1\r\nHost: h\r\n",
        b"POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n{\"schema\":",
        b"POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sch",
    ] {
        let connections: Vec<_> = (0..HALF_OPEN).map(|_| raw::open(victim.address(), begun)).collect();
        let another = victim.0.connect();
        assert_eq!(another.get("/subjects").seen(), (200, json!([])));
        victim.is_well();
        drop(connections);
    }
    assert_eq!(victim.register("s", "\"int\"").status, 200);
}

#[test]
fn a_client_that_leaves_before_its_answer_does_no_harm() {
    let victim = Victim::start();
    let body = json!({ "schema": "\"int\"" }).to_string();
    for _ in 0..200 {
        let request = format!(
            "POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        drop(raw::open(victim.address(), request.as_bytes()));
    }
    assert_eq!(victim.register("s", "\"int\"").json()["version"], 1);
    victim.is_well();
}

#[test]
fn a_client_that_does_not_read_holds_up_only_itself() {
    let victim = Victim::start();
    assert_eq!(
        victim.register("s", &format!(r#"{{"type":"int","doc":"{}"}}"#, "x".repeat(1 << 20))).status,
        200
    );
    let request = b"GET /subjects/s/versions/1 HTTP/1.1\r\nHost: h\r\n\r\n".repeat(100);
    let unread: Vec<_> = (0..20).map(|_| raw::open(victim.address(), &request)).collect();
    assert_eq!(victim.0.get("/subjects").seen(), (200, json!(["s"])));
    victim.is_well();
    drop(unread);
    victim.is_well();
}

/// Raises the soft limit of open files, which the server inherits, where it is too low for the test.
fn allow_open_files(needed: usize) {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("Linux tells the limits of a process");
    let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("a limit of open files");
    let soft = line.split_whitespace().nth(3).and_then(|word| word.parse().ok());
    if soft.is_some_and(|soft: usize| soft < needed) {
        run(Command::new("prlimit")
            .arg(format!("--pid={}", std::process::id()))
            .arg(format!("--nofile={needed}:")));
    }
}
