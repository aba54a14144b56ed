use crate::protobuf::ProtobufSchema;
use crate::protobuf::names::Names;
use crate::references::{ResolvedReference, ResolvedReferences};

fn schema(text: &str, imports: &[(&str, &str)]) -> ProtobufSchema {
    let reference =
        |(name, text): &(&str, &str)| ResolvedReference { name: (*name).into(), text: (*text).into() };
    let references = ResolvedReferences { in_order: imports.iter().map(reference).collect() };
    ProtobufSchema::new(text, &references).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_innermost_scope_comes_first() {
    let schema = schema(
        "syntax = \"proto3\"; package p.q; message A { message B { message A { } } enum C { Z = 0; } } message B {}
         extend A { int32 x = 1; }",
        &[("b.proto", "package p; message B {} message D {}"), ("c.proto", "package q; message B {}")],
    );
    let names = Names::new(&schema);
    let top = names.package();
    let inner = |path: &str| names.inner(top, path).expect("a scope");
    let resolved = |scope, name| names.resolve(scope, name).map(|found| names.full_name(found.id));
    let cases = [
        (top, "B", "p.q.B"),
        (inner("A"), "B", "p.q.A.B"),
        (inner("A.B"), "A", "p.q.A.B.A"),
        (inner("A.B"), "C", "p.q.A.C"),
        (inner("A.B"), "B.A", "p.q.A.B.A"),
        (top, "D", "p.D"),
        (top, ".q.B", "q.B"),
        (top, "q.B", "p.q.B"),
        (top, "p.B", "p.B"),
        (top, "google.type.Date", "google.type.Date"),
    ];
    for (scope, name, full_name) in cases {
        assert_eq!(resolved(scope, name).as_deref(), Some(full_name), "{name}");
    }
    for unknown in ["E", ".B", "A.D", "p.q", "", ".", "A.", "x"] {
        assert_eq!(resolved(top, unknown), None, "{unknown}");
    }
    let extension = names.resolve_extension(inner("A"), "q.x").expect("an extension");
    assert_eq!((extension.field.tag, names.full_name(extension.id).as_str()), (1, "p.q.x"));
}

#[test]
fn looking_names_up_is_bounded() {
    let nested = format!("{}{}", "message a {".repeat(99), "}".repeat(99));
    let fields: String = (1..20_000).map(|tag| format!("{}x f{tag} = {tag};", "a.".repeat(199))).collect();
    let package = vec!["a"; 100].join(".");
    let text = format!("syntax = \"proto3\"; package {package}; {nested} message b {{ {fields} }}");
    let schema = schema(&text, &[]);
    super::super::link::linked(&schema).expect_err("unknown types");
}
