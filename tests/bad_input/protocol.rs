//! Wrong methods and types, and bytes that are no HTTP.

use registry_tests::{Random, raw};

use crate::Victim;

#[test]
fn wrong_methods_are_not_allowed() {
    let victim = Victim::start();
    for (method, path) in [
        ("PUT", "/subjects"),
        ("POST", "/subjects"),
        ("PATCH", "/subjects"),
        ("BREW", "/subjects"),
        ("PUT", "/subjects/s"),
        ("PATCH", "/subjects/s/versions"),
        ("DELETE", "/subjects/s/versions"),
        ("POST", "/subjects/s/versions/1"),
        ("DELETE", "/subjects/s/versions/1/schema"),
        ("GET", "/subjects/s/versions/1/tags"),
        ("POST", "/schemas"),
        ("DELETE", "/schemas/ids/1"),
        ("GET", "/compatibility/subjects/s/versions"),
        ("POST", "/config"),
        ("POST", "/mode/s"),
        ("PUT", "/contexts"),
        ("DELETE", "/"),
    ] {
        let answer = victim.checked(victim.0.send(method, path, &[], None));
        assert_eq!(
            (answer.status, answer.error_code()),
            (405, Some(405)),
            "{method} {path}: {}",
            answer.text()
        );
    }
}

#[test]
fn broken_content_types_are_refused() {
    let victim = Victim::start();
    let body = br#"{"schema":"\"int\""}"#;
    for content_type in
        ["application/", "/", ";", "json", "application/json/x", "text/json", "application/*", "\u{e9}"]
    {
        let header = format!("Content-Type: {content_type}");
        let answer = raw::request(victim.address(), b"POST /subjects/s/versions", &[&header], body);
        let answer = victim.checked(answer.expect("an answer"));
        assert!(matches!(answer.status, 400 | 415), "{content_type}: {} {}", answer.status, answer.text());
    }
}

#[test]
fn broken_accept_headers_are_refused_or_ignored() {
    let victim = Victim::start();
    for accept in
        ["", ",", ";q=1", "application", "*/json", "application/json;q=x", "application/json;q=7", "a/b,,c/d"]
    {
        let header = format!("Accept: {accept}");
        let answer = raw::request(victim.address(), b"GET /subjects", &[&header], b"");
        let answer = victim.checked(answer.expect("an answer"));
        assert!(matches!(answer.status, 200 | 400 | 406), "{accept}: {} {}", answer.status, answer.text());
    }
    let many = format!("Accept: {}application/json", "text/html, ".repeat(500));
    let answer = raw::request(victim.address(), b"GET /subjects", &[&many], b"").expect("an answer");
    assert!(matches!(answer.status, 200 | 431), "{}", answer.text());
}

#[test]
fn what_is_no_http_is_refused() {
    let victim = Victim::start();
    for bytes in [
        &b"\r\n\r\n"[..],
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /subjects\r\n\r\n",
        b"GET /subjects HTTP/9.9\r\n\r\n",
        b"GET subjects HTTP/1.1\r\nHost: h\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /subjects HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /subjects HTTP/1.1\r\n: no name\r\n\r\n",
        b"GET /subjects HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
        b"GET /subjects HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n{}",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n{\"schema\":",
    ] {
        let answer = raw::exchange(victim.address(), bytes);
        let refused = answer.as_ref().is_none_or(|answer| (400..500).contains(&answer.status));
        assert!(refused, "{}: {answer:?}", String::from_utf8_lossy(bytes));
        victim.is_well();
    }
}

#[test]
fn a_length_and_chunks_together_are_refused_or_end_the_connection() {
    let victim = Victim::start();
    let smuggled = b"POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /subjects HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let answer = raw::exchange(victim.address(), smuggled);
    if let Some(answer) = victim_answer(&victim, answer) {
        let second = answer.body.windows(8).any(|window| window == b"HTTP/1.1");
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        assert!(!second, "the smuggled request was answered: {}", answer.text());
    }
}

fn victim_answer(victim: &Victim, answer: Option<registry_tests::Answer>) -> Option<registry_tests::Answer> {
    victim.is_well();
    answer
}

#[test]
fn too_many_or_too_large_headers_are_refused() {
    let victim = Victim::start();
    let many = "X-Many: x\r\n".repeat(10_000);
    let large = format!("X-Large: {}\r\n", "x".repeat(crate::MIB));
    for headers in [many, large] {
        let bytes = format!("GET /subjects HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n");
        let answer = raw::exchange(victim.address(), bytes.as_bytes());
        let answer = victim_answer(&victim, answer);
        assert!(answer.is_none_or(|answer| matches!(answer.status, 400 | 431)));
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let victim = Victim::start();
    let mut random = Random::new(7);
    for _ in 0..200 {
        let length = 1 + random.below(400);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.bits().to_le_bytes()[0]).collect();
        if random.below(2) == 0 {
            bytes.splice(..0, *b"POST /subjects/s/versions HTTP/1.1\r\n");
        }
        let answer = raw::exchange(victim.address(), &bytes);
        assert!(answer.is_none_or(|answer| answer.status < 500), "{bytes:?}");
    }
    victim.is_well();
}
