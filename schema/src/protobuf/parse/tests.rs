use super::file;

/// Message, line and column of the error.
fn refused(text: &str) -> String {
    file(text).err().unwrap_or_else(|| panic!("taken: {text}")).to_string()
}

fn taken(text: &str) {
    file(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
}

#[test]
fn faults_are_named_with_their_place_and_cure() {
    let cases = [
        ("message {", "expected a name, a number or a keyword but found `{` (line 1, column 9)"),
        (
            "syntax = \"proto9\";",
            "the syntax `proto9` is not known; write `proto2` or `proto3` (line 1, column 1)",
        ),
        (
            "message A {}\nmessage B {}\n  enum A {}",
            "`A` is already defined at line 1, column 1; rename or remove one of the two (line 3, column 3)",
        ),
        (
            "syntax = \"proto3\"; message A { required int32 a = 1; }",
            "proto3 has no required fields; remove `required` (line 1, column 32)",
        ),
        (
            "syntax = \"proto3\"; message A { map<float, A> a = 1; }",
            "`float` cannot be the key of a map; use a whole number type, `bool` or `string` (line 1, column 36)",
        ),
        (
            "message A { repeated map<int32, A> a = 1; }",
            "a map has no label; remove `repeated` (line 1, column 13)",
        ),
        ("/* é", "the comment is not closed; add `*/` (line 1, column 1)"),
        ("option a = 'é", "the string is not closed; add the missing quote (line 1, column 14)"),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn what_the_reference_refuses_is_refused() {
    for text in [
        "message A { int32 a = 1; }",
        ";syntax = \"proto3\";",
        "syntax = \"proto3\"; syntax = \"proto3\";",
        "syntax = \"proto3\"; message A { int32 a = 1; /* no */ int32 b = 2; }",
        "syntax = \"proto3\"; message A { int32 1a = 1; }",
        "syntax = \"proto3\"; message A { int32 a = x; }",
        "syntax = \"proto3\"; message A { int32 a = 99999999999; }",
        "syntax = \"proto3\"; message A { int32 a = 1 []; }",
        "syntax = \"proto3\"; message A { oneof o { int32 a = 1;; } }",
        "enum E { 1 = 1; }",
        "service S { message A {} }",
        "service S {} service S {}",
        "message A { optional group G = 1 { optional group H = 1 {} } }",
        "message A { reserved 1 to 0x10; }",
        "message A { reserved foo; }",
        "option a = ;",
        "edition = \"1999\";",
        "foo",
        "message A { extensions; }",
    ] {
        refused(text);
    }
}

#[test]
fn what_the_reference_takes_is_taken() {
    for text in [
        "",
        ";;;",
        "message A { optional int32 a = 0x7f; } reserved 1;",
        "syntax = \"proto3\"; message A-B.C { int32 (a) = -1; a . b c = 2; group G = 3 { int32 x = 1; } }",
        "syntax = \"proto3\"; message A { int32 a = 1; // é\n int32 b = 2; /* x\n y */ \n }",
        "message A { map<int32, map<int32, A>> a = 1; }",
        "message A { extensions 1, 2 to max [verification = DECLARATION]; option (a) = { [b.c]: 1; d {} e: [] }; }",
        "extend A { reserved 1; option a = 1; optional group G = 1 {} optional int32 b = 2; }",
    ] {
        taken(text);
    }
}

#[test]
fn nesting_is_bounded() {
    let messages = |depth| format!("{}{}", "message A {".repeat(depth), "}".repeat(depth));
    taken(&messages(100));
    assert!(refused(&messages(101)).starts_with("nested more than 100 levels deep"));
    let lists = |depth| format!("option a = {}{};", "[".repeat(depth), "]".repeat(depth));
    taken(&lists(100));
    refused(&lists(101));
    let deep = 1_000_000;
    for text in [
        messages(deep),
        lists(deep),
        format!("option a = {}", "{ a: ".repeat(deep)),
        format!("option (a){} = 1;", ".b".repeat(deep)),
        format!("message A {{ {}", "map<int32, ".repeat(deep)),
    ] {
        refused(&text);
    }
}

#[test]
fn declarations_are_counted() {
    let fields = |count| format!("syntax = \"proto3\"; message A {{ {} }}", "int32 a = 1; ".repeat(count));
    taken(&fields(199_998));
    assert!(refused(&fields(199_999)).starts_with("more than 200000 declarations and options in one file"));
    refused(&format!("option a = [{}];", "1,".repeat(200_000)));
    taken(&format!("package {};", vec!["a"; 100].join(".")));
    refused(&format!("package {};", vec!["a"; 101].join(".")));
}

#[test]
fn large_texts_take_linear_time() {
    let size = 1 << 20;
    for piece in [
        " ",
        "\n",
        ";",
        "/**/",
        "// a\n",
        "a",
        "\"",
        "'\\'",
        "{",
        "message A {",
        "option a = '' '' ",
        "option a={b:1",
    ] {
        let text = piece.repeat(size / piece.len());
        _ = file(&text);
        _ = file(&format!("message A {{ {text}"));
        _ = file(&format!("option (a) = {{ {text}"));
        _ = file(&format!("enum E {{ {text}"));
    }
    let keys: String = (0..190_000).map(|key| format!("k{}: {key} ", key % 70_000)).collect();
    taken(&format!("option (a) = {{ {keys} }};"));
}
