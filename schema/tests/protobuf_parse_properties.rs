//! Laws of parsing and printing that hold for every Protobuf schema, and bounds that hold for every text.

#![cfg(test)]

mod protobuf_files;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use protobuf_files::Choices;
use schema::format::{SchemaFormat, Strictness};
use schema::protobuf::ProtobufSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

fn parsed(text: &str) -> Result<ProtobufSchema, String> {
    ProtobufSchema::parse(text, &ResolvedReferences::none(), Strictness::New)
        .map_err(|error| error.to_string())
}

/// The canonical text of a canonical text is that text.
fn check_canonical(text: &str) {
    let Ok(schema) = parsed(text) else { return };
    let again =
        parsed(schema.canonical()).unwrap_or_else(|error| panic!("{error} in\n{}", schema.canonical()));
    assert_eq!(again.canonical(), schema.canonical(), "{text}");
    assert!(again.is_same_definition(&schema));
    assert_eq!(again.definition_hash(), schema.definition_hash());
}

/// Pieces that make declarations when luck has it.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("message A {"),
        Just("}"),
        Just("syntax = \"proto3\";"),
        Just("syntax = \"proto2\";"),
        Just("edition = \"2023\";"),
        Just("package p.q;"),
        Just("import \"a'\\\"\\\\.proto\";"),
        Just("enum E {"),
        Just("int32 a = 1;"),
        Just("optional string s = 2 [default = \"a\\n'\\\"\\x01\", json_name = 'é'];"),
        Just("optional bytes b = 3 [default = \"\\0 ;\"];"),
        Just("repeated .p.A r = 4 [(o) = {a: [1, {b: -2}]}];"),
        Just("map<string, A> m = 5;"),
        Just("oneof o {"),
        Just("optional group G = 6 {"),
        Just("extend A {"),
        Just("service S {"),
        Just("rpc R (stream A) returns (A)"),
        Just(";"),
        Just("{ option (a).b.(c) = inf; }"),
        Just("option (x) = [];"),
        Just("option y = { };"),
        Just("option z = [1, \"a\", B, true];"),
        Just("reserved 1, 2 to 5, 7 to max;"),
        Just("reserved \"a\", 'b\\\\\"\\n';"),
        Just("extensions 9 to max [v = 1];"),
        Just("Z = 0;"),
        Just("Y = -1 [deprecated = true, (e) = \"x\"];"),
        Just("// c\n"),
        Just("/* c */\n"),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn canonical_text_is_its_own_canonical_text(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let file = protobuf_files::file(&mut Choices::new(&bytes));
        for names_in_full in [false, true] {
            let text = file.text(names_in_full);
            prop_assert!(parsed(&text).is_ok(), "{}", text);
            check_canonical(&text);
        }
    }

    #[test]
    fn pieces_of_declarations_are_printed_as_they_are_read(text in pieces()) {
        check_canonical(&text);
    }

    #[test]
    fn random_text_never_panics(text in "[\\x00-\\x7fé\"'/*{}\\[\\];=\\\\ \n]{0,200}") {
        check_canonical(&text);
        check_canonical(&format!("message A {{ {text}"));
        check_canonical(&format!("option (a) = {{ {text} }};"));
    }
}

fn large(messages: usize, imports: usize) -> (String, ResolvedReferences) {
    let message = |prefix: &str, each: usize| {
        let fields: String = (1..=10)
            .map(|tag| {
                format!("  optional {prefix}{} field_{tag} = {tag} [deprecated = true];\n", each.max(1) - 1)
            })
            .collect();
        format!("message {prefix}{each} {{\n{fields}  oneof choice {{ string a = 21; int64 b = 22; }}\n}}\n")
    };
    let mut text = "syntax = \"proto3\";\npackage main;\n".to_owned();
    let mut references = ResolvedReferences::none();
    for import in 0..imports {
        let name = format!("file_{import}.proto");
        text.push_str(&format!("import \"{name}\";\n"));
        let declared: String = (0..50).map(|each| message(&format!("Imported{import}x"), each)).collect();
        let imported = format!("syntax = \"proto3\";\npackage imported;\n{declared}");
        references.in_order.push(ResolvedReference { name, text: imported });
    }
    text.extend((0..messages).map(|each| message("Message", each)));
    (text, references)
}

#[test]
fn a_large_schema_is_read_and_linked_quickly() {
    let (text, references) = large(500, 5);
    let start = Instant::now();
    let schema = ProtobufSchema::parse(&text, &references, Strictness::New).expect("a schema");
    let read = start.elapsed();
    schema.linked().expect("everything is there");
    println!("read and printed in {read:?}, with linking {:?}, {} bytes", start.elapsed(), text.len());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn indentation_cannot_make_a_text_endless() {
    let deep = format!(
        "{}option (a) = {}[{}]{};{}",
        "message A {".repeat(40),
        "{ a: ".repeat(58),
        "1,".repeat(190_000),
        "}".repeat(58),
        "}".repeat(40)
    );
    let error = parsed(&deep).expect_err("a text that would be too long");
    assert!(error.starts_with("the schema would be longer than 32 MiB once printed"), "{error}");
    let name = "n".repeat(100_000);
    let nested = format!("{}{}", format!("message {name} {{").repeat(99), "}".repeat(99));
    let error = parsed(&nested).expect_err("names that are too long");
    assert!(error.starts_with("the full names of all types are longer than 16 MiB together"), "{error}");
}
