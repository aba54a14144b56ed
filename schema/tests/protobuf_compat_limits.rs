//! Protobuf schemas made to be hard to compare, and an ordinary one that must be fast.

#![cfg(test)]

mod protobuf_parsing;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use protobuf_parsing::{findings, protobuf};

/// `count` messages of which each has a field of every other.
fn clique(count: usize, kind: &str) -> String {
    let message = |number: usize| {
        let fields = (0..count).map(|other| format!("optional N{other} f{other} = {};", other + 1));
        let fields: Vec<String> = fields.collect();
        let last = if number + 1 == count { format!("optional {kind} q = 900;") } else { String::new() };
        format!("message N{number} {{ {} {last} }}", fields.join(" "))
    };
    format!("package a; {}", (0..count).map(message).collect::<Vec<_>>().join(" "))
}

#[test]
fn imported_types_that_all_refer_to_each_other() {
    let text = "import \"a.proto\"; message M { optional a.N0 x = 1; }";
    for count in [2, 5, 30] {
        let (writer, reader) = (clique(count, "int32"), clique(count, "string"));
        let writer = protobuf(text, &[("a.proto", &writer)]);
        let reader = protobuf(text, &[("a.proto", &reader)]);
        let started = Instant::now();
        let found = findings(&reader, &writer);
        let kinds: BTreeSet<&str> = found.iter().map(|each| each.kind).collect();
        assert_eq!(
            kinds.into_iter().collect::<Vec<_>>(),
            ["FIELD_NAMED_TYPE_CHANGED", "FIELD_SCALAR_KIND_CHANGED"]
        );
        assert!(found.iter().any(|each| each.path == "#/M/1"), "{count}");
        let places: BTreeSet<(&str, &str)> =
            found.iter().map(|each| (each.kind, each.path.as_str())).collect();
        assert_eq!(places.len(), found.len(), "listed once");
        assert!(findings(&writer, &writer).is_empty());
        assert!(started.elapsed() < Duration::from_secs(10), "{count}: {:?}", started.elapsed());
    }
}

#[test]
fn long_chains_of_imported_types() {
    let count = 20_000;
    let file = |kind: &str| {
        let message = |number: usize| format!("message N{number} {{ optional N{} next = 1; }}", number + 1);
        let messages: Vec<String> = (0..count).map(message).collect();
        format!("package a; {} message N{count} {{ optional {kind} q = 1; }}", messages.join(" "))
    };
    let text = "import \"a.proto\"; message M { optional a.N0 x = 1; }";
    let (writer, reader) = (file("int32"), file("string"));
    let writer = protobuf(text, &[("a.proto", &writer)]);
    let reader = protobuf(text, &[("a.proto", &reader)]);
    assert!(findings(&writer, &writer).is_empty());
    assert_eq!(findings(&reader, &writer).len(), 1_000);
}

#[test]
fn findings_are_bounded_in_number_and_length() {
    let file = |kind: &str| {
        let name = "n".repeat(100_000);
        let fields: Vec<String> = (1..3_000).map(|tag| format!("optional {kind} f{tag} = {tag};")).collect();
        protobuf(&format!("message {name} {{ {} }}", fields.join(" ")), &[])
    };
    let found = findings(&file("int32"), &file("string"));
    assert!(!found.is_empty() && found.len() < 100, "{}", found.len());
}

#[test]
fn map_entries_that_refer_to_themselves_end() {
    let file = |key: &str| {
        protobuf(
            &format!(
                "message M {{ repeated E x = 1; \
                 message E {{ option map_entry = true; optional {key} key = 1; optional E value = 2; }} }}"
            ),
            &[],
        )
    };
    assert!(findings(&file("int32"), &file("int32")).is_empty());
    assert_eq!(findings(&file("int32"), &file("string")).len(), 3);
}

/// Files with `messages` messages of 10 fields and `imports` imported files.
fn ordinary(messages: usize, imports: usize) -> schema::parsed::ParsedSchema {
    let message = |number: usize| {
        let other = (number * 7) % messages;
        format!(
            "message Message{number} {{ string a = 1; int64 b = 2; repeated Message{other} c = 3; map<string, int32> d = 4; \
             optional bool e = 5; oneof f {{ string g = 6; Message{other} h = 7; }} i{}.T i = 8; State j = 9; double k = 10; }}",
            number % imports
        )
    };
    let import = |number: usize| {
        (
            format!("i{number}.proto"),
            format!(
                "syntax = \"proto3\"; package i{number}; message T {{ string a = 1; U b = 2; }} message U {{ int32 c = 1; }}"
            ),
        )
    };
    let imports: Vec<(String, String)> = (0..imports).map(import).collect();
    let imports: Vec<(&str, &str)> =
        imports.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let lines: Vec<String> = imports.iter().map(|(path, _)| format!("import \"{path}\";")).collect();
    let messages: Vec<String> = (0..messages).map(message).collect();
    let text = format!(
        "syntax = \"proto3\"; package big; {} {} enum State {{ ON = 0; OFF = 1; }}",
        lines.join(" "),
        messages.join(" ")
    );
    protobuf(&text, &imports)
}

#[test]
fn five_hundred_messages_are_compared_fast() {
    let (writer, reader) = (ordinary(500, 5), ordinary(500, 5));
    assert!(findings(&reader, &writer).is_empty());
    let mut times: Vec<Duration> = (0..20)
        .map(|_| {
            let started = Instant::now();
            findings(&reader, &writer);
            started.elapsed()
        })
        .collect();
    times.sort();
    // Without optimisation, and beside other tests, it takes longer.
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 5_000 } else { 20 });
    assert!(times[10] < limit, "{:?}", times[10]);
    println!("500 messages: {:?}", times[10]);
}
