use super::linked;
use crate::protobuf::ProtobufSchema;
use crate::references::{ResolvedReference, ResolvedReferences};

fn link(text: &str, imports: &[(&str, &str)]) -> Result<(), String> {
    let reference =
        |(name, text): &(&str, &str)| ResolvedReference { name: (*name).into(), text: (*text).into() };
    let references = ResolvedReferences { in_order: imports.iter().map(reference).collect() };
    let schema = ProtobufSchema::new(text, &references).unwrap_or_else(|error| panic!("{error}"));
    linked(&schema).map_err(|error| error.to_string())
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    let cases = [
        (
            "syntax = \"proto3\";\n import \"no.proto\"; message A { int32 a = 1; }",
            "the import `no.proto` is not there; register that file and add a reference with the name `no.proto`, or \
             remove the import (line 2, column 2)",
        ),
        (
            "syntax = \"proto3\"; message A { oneof o { B b = 1; } }",
            "could not resolve type `B` that the field `b` of `A` uses; declare it, correct its name, or import its \
             file and add the reference (line 1, column 42)",
        ),
        (
            "syntax = \"proto3\"; message A { map<int32, p.B> b = 1; }",
            "could not resolve type `p.B` that the field `b` of `A` uses; declare it, correct its name, or import its \
             file and add the reference (line 1, column 32)",
        ),
        (
            "service S { rpc R (A) returns (A); }",
            "could not resolve type `A` that the procedure `R` uses; declare it, correct its name, or import its file \
             and add the reference (line 1, column 13)",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(link(text, &[]), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn imports_are_followed() {
    let main = "import \"a.proto\"; message M { optional A a = 1; }";
    let a = ("a.proto", "import \"b.proto\"; import \"c.proto\"; message A { optional B b = 1; }");
    let b = ("b.proto", "import public \"d.proto\"; message B {}");
    let c = ("c.proto", "import \"d.proto\"; message C {}");
    let d = ("d.proto", "message D {}");
    assert_eq!(link(main, &[d, b, c, a]), Ok(()));
    let error = link(main, &[b, c, a]).expect_err("a missing file");
    assert!(error.starts_with("the import `d.proto` of the imported file `b.proto` is not there"), "{error}");
    let circular = ("d.proto", "import \"b.proto\";");
    let error = link(main, &[circular, b, c, a]).expect_err("a circle");
    assert_eq!(error, "the imports `b.proto` → `d.proto` → `b.proto` form a circle; remove one of them");
}

#[test]
fn what_is_declared_twice_is_refused_unless_only_one_is_imported() {
    let (a, b) = (("a.proto", "package p; message A {}"), ("b.proto", "package p; message A {}"));
    let both = "import \"a.proto\"; import \"b.proto\";";
    let error = link(both, &[a, b]).expect_err("two declarations");
    assert_eq!(
        error,
        "`p.A` is declared in `a.proto` and again in `b.proto`; rename or remove one of the two"
    );
    let error = link("package p; import \"a.proto\"; message A {}", &[a]).expect_err("two declarations");
    assert_eq!(
        error,
        "`p.A` is declared in this schema and again in `a.proto`; rename or remove one of the two"
    );
    assert_eq!(link("import \"a.proto\";", &[a, b]), Ok(()));
    let date = "package google.type; message Date { optional int32 year = 1; }";
    assert_eq!(link(date, &[]), Ok(()));
    assert_eq!(link("import \"google/type/date.proto\";", &[("google/type/date.proto", date)]), Ok(()));
}

#[test]
fn long_chains_of_imports_are_followed() {
    let files: Vec<_> = (0..20_000)
        .map(|each| (format!("{each}.proto"), format!("import \"{}.proto\";", each + 1)))
        .chain([("20000.proto".to_owned(), String::new())])
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(link("import \"0.proto\";", &files), Ok(()));
}
