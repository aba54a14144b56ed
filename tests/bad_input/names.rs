//! Names in paths and queries that are no names.

use registry_tests::{Answer, raw};

use crate::{MIB, Victim};

/// Sends a path as it is. A closed connection counts as refused.
fn get(victim: &Victim, path: &[u8]) -> Option<Answer> {
    let answer = raw::request(victim.address(), &[b"GET ", path].concat(), &[], b"");
    victim.is_well();
    answer.map(|answer| victim.checked(answer))
}

#[test]
fn control_characters_in_a_path_are_refused() {
    let victim = Victim::start();
    for escape in ["%00", "%01", "%0a", "%0D", "%1f", "a%00b"] {
        for path in
            [format!("/subjects/{escape}/versions"), format!("/schemas/ids/1{escape}"), format!("/{escape}")]
        {
            let answer = get(&victim, path.as_bytes()).expect("an answer");
            assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        }
    }
    for byte in [0, 1, 0x0b, 0x1f, 0x7f] {
        let answer = get(&victim, &[b"/subjects/", &[byte][..], b"/versions"].concat());
        assert!(answer.is_none_or(|answer| answer.status == 400), "byte {byte}");
    }
}

#[test]
fn broken_escapes_are_refused() {
    let victim = Victim::start();
    for escape in ["%", "%4", "%zz", "%ff", "%C3%28", "%E2%82", "%ED%A0%80"] {
        let path = format!("/subjects/{escape}/versions");
        let answer = get(&victim, path.as_bytes()).expect("an answer");
        assert!(matches!(answer.status, 400 | 404 | 422), "{path}: {} {}", answer.status, answer.text());
    }
}

#[test]
fn bytes_above_ascii_are_refused_or_unknown() {
    let victim = Victim::start();
    for path in
        [&b"/subjects/\xd0\xba/versions"[..], b"/subjects/\xff/versions", b"/subjects?subjectPrefix=\xff"]
    {
        let answer = get(&victim, path);
        assert!(answer.is_none_or(|answer| matches!(answer.status, 200 | 400 | 404 | 422)));
    }
}

#[test]
fn names_of_a_mebibyte_are_refused() {
    let victim = Victim::start();
    let long = "x".repeat(MIB);
    for path in [
        format!("/subjects/{long}/versions"),
        format!("/subjects?subjectPrefix={long}"),
        format!("/{long}"),
        format!("/contexts/{long}/subjects"),
        "/subjects".repeat(MIB / 9),
        format!("/schemas/ids/{}", "9".repeat(MIB)),
    ] {
        let answer = get(&victim, path.as_bytes());
        assert!(answer.is_none_or(|answer| matches!(answer.status, 400 | 404 | 414 | 431)));
    }
}

#[test]
fn odd_paths_are_unknown() {
    let victim = Victim::start();
    for path in [
        "//",
        "/.",
        "/..",
        "/../etc/passwd",
        "/subjects/../mode",
        "/subjects//versions",
        "/subjects/s//",
        "/%2e%2e/",
        "/subjects/s/versions/1/none",
        "/contexts//subjects",
        "/contexts/%2F/subjects",
        "/?",
        "/subjects;x=1",
        "/SUBJECTS",
        "/v1/metadata",
        "/schemas/ids/",
        "/schemas/ids//schema",
        "/config//",
        "/contexts/a/contexts/b",
    ] {
        get(&victim, path.as_bytes()).expect("an answer");
    }
}

#[test]
fn odd_queries_do_no_harm() {
    let victim = Victim::start();
    for query in [
        "=",
        "&",
        "&&&=&",
        "a",
        "deleted",
        "deleted=",
        "subjectPrefix=%zz",
        "subjectPrefix=%ff",
        "subjectPrefix=%00",
        "subjectPrefix=:",
        "subjectPrefix=:.",
        "subjectPrefix=:*:",
        "subjectPrefix=:*",
        "subjectPrefix='%20OR%201=1",
        "subjectPrefix=%25",
        "subjectPrefix=_",
        "limit=0x10&offset=+1",
        "offset=2147483647&limit=2147483647",
    ] {
        for path in ["/subjects", "/schemas"] {
            get(&victim, format!("{path}?{query}").as_bytes()).expect("an answer");
        }
    }
    let repeated = format!("/subjects?{}", "subjectPrefix=a&".repeat(2_000));
    get(&victim, repeated.as_bytes()).expect("an answer");
}

#[test]
fn wildcards_of_the_database_are_plain_characters() {
    let victim = Victim::start();
    for subject in ["a_b", "axb", "a%25b", "a%2Ab", "a%27b", "a%5Cb"] {
        assert_eq!(victim.register(subject, "\"int\"").status, 200);
    }
    for (prefix, found) in
        [("a_", "a_b"), ("a%25", "a%b"), ("a%2A", "a*b"), ("a%27", "a'b"), ("a%5C", "a\\b")]
    {
        assert_eq!(
            victim.0.get(&format!("/subjects?subjectPrefix={prefix}")).json(),
            serde_json::json!([found])
        );
    }
}
