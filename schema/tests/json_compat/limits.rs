//! Large and hostile schemas end in time, with a report of bounded size.

use schema::model::config::CompatibilityPolicy::Strict;

use crate::schemas::findings;

fn wide(count: usize, kind: &str) -> String {
    let property = |number: usize| format!(r#""p{number}":{{"type":"{kind}"}}"#);
    let properties: Vec<String> = (0..count).map(property).collect();
    format!(r#"{{"type":"object","properties":{{{}}}}}"#, properties.join(","))
}

#[test]
fn a_report_has_at_most_a_thousand_findings() {
    assert_eq!(findings(&wide(1_000, "string"), &wide(1_000, "null"), Strict).len(), 1_000);
    assert_eq!(findings(&wide(1_001, "string"), &wide(1_001, "null"), Strict).len(), 1_000);
}

#[test]
fn a_report_of_long_names_ends_early() {
    let name = "n".repeat(20_000);
    let schema = |kind: &str| wide(200, kind).replace("\"p1", &format!("\"{name}"));
    let found = findings(&schema("string"), &schema("null"), Strict);
    assert!(found.len() > 10 && found.len() < 150, "{}", found.len());
}

/// Each level refers twice to the next one: as many paths as there are subsets of levels.
#[test]
fn shared_definitions_are_compared_once() {
    let ladder = |kind: &str| {
        let level = |number: usize| {
            let next = number + 1;
            format!(
                r##""l{number}":{{"type":"object","properties":{{"a":{{"$ref":"#/definitions/l{next}"}},
                    "b":{{"$ref":"#/definitions/l{next}"}}}}}}"##
            )
        };
        let levels: Vec<String> = (0..60).map(level).collect();
        format!(
            r##"{{"$ref":"#/definitions/l0","definitions":{{{},"l60":{{"type":"{kind}"}}}}}}"##,
            levels.join(",")
        )
    };
    assert!(findings(&ladder("string"), &ladder("string"), Strict).is_empty());
    assert_eq!(findings(&ladder("string"), &ladder("null"), Strict).len(), 1_000);
}

#[test]
fn long_chains_of_references_need_no_deep_stack() {
    let chain = |kind: &str| {
        let link = |number: usize| {
            let next = number + 1;
            format!(
                r##""c{number}":{{"type":"object","properties":{{"n":{{"$ref":"#/definitions/c{next}"}}}}}}"##
            )
        };
        let links: Vec<String> = (0..20_000).map(link).collect();
        format!(
            r##"{{"$ref":"#/definitions/c0","definitions":{{{},"c20000":{{"type":"{kind}"}}}}}}"##,
            links.join(",")
        )
    };
    assert!(findings(&chain("string"), &chain("string"), Strict).is_empty());
    assert_eq!(findings(&chain("string"), &chain("null"), Strict).len(), 1);
}

#[test]
fn deep_schemas_are_compared() {
    let deep = |kind: &str| {
        let open = r#"{"items":"#.repeat(900);
        format!(r#"{open}{{"type":"{kind}"}}{}"#, "}".repeat(900))
    };
    assert!(findings(&deep("string"), &deep("string"), Strict).is_empty());
    assert_eq!(findings(&deep("string"), &deep("null"), Strict).len(), 1);
}

#[test]
fn repeated_types_do_not_multiply() {
    let mut schema = r#"{"type":"string"}"#.to_owned();
    for _ in 0..60 {
        schema = format!(r#"{{"type":["object","object"],"properties":{{"a":{schema}}}}}"#);
    }
    assert!(findings(&schema, &schema, Strict).is_empty());
}
