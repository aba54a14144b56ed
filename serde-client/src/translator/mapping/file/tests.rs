use super::*;
use crate::translator::mapping::rule::{Action, Body, BranchTarget, Overflow, Term};
use crate::translator::migration::{Delivery, OnError, Pairing, Partitioning};

const HEAD: &str = "apiVersion: srt/v1
kind: TopicMigration
name: orders-v2
old: {topic: orders, key: {subject: orders-key, version: 3}, value: {subject: orders-value, version: 7}}
new: {topic: orders.v2, key: {subject: orders.v2-key, version: 1}, value: {subject: orders.v2-value, version: 1}}
";

fn file(rest: &str) -> Result<MappingFile, Problem> {
    MappingFile::parse(&format!("{HEAD}{rest}"))
}

#[test]
fn every_rule_of_the_language_is_read() {
    let file = file(include_str!("tests/orders.yaml")).unwrap();
    let rules = &file.maps[&Direction::NewToOld];
    assert_eq!(rules.auto, Auto::Widen);
    assert_eq!(rules.value.len(), 23);
    let action = |target: &str| {
        let names = path::target(target).unwrap();
        &rules.value.iter().find(|rule| rule.target == names).unwrap().rule.action
    };
    assert!(
        matches!(action("address.zip"), Action::Term(Term::Path(path)) if path.to_string() == "$.shipTo.postal.code")
    );
    assert!(matches!(action("qty"), Action::Cast { overflow: Some(Overflow::Error), .. }));
    let Action::Union { branches, .. } = action("payment") else { panic!() };
    assert!(matches!(&branches[1].to, BranchTarget::Null));
    assert!(matches!(&branches[2].to, BranchTarget::Error));
    assert!(
        matches!(action("lines"), Action::Each { item: Body::Map(map), condition: Some(_), .. } if map.len() == 2)
    );
    assert!(matches!(action("label"), Action::Concat(pieces) if pieces.len() == 3));
    assert_eq!(rules.drop[0].approved_by.as_deref(), Some("data-platform"));
    assert_eq!(file.migration.delivery, Delivery::ExactlyOnce);
    assert_eq!(file.migration.partitioning, Partitioning::Preserve);
    assert_eq!(file.migration.errors.on_error, OnError::DeadLetter { topic: "orders.v2.dlq".to_owned() });
    assert_eq!(file.migration.errors.breaker.map(|breaker| breaker.window.as_secs()), Some(300));
    assert_eq!(file.roundtrip.len(), 2);
    assert_eq!(file.fixtures.len(), 1);
}

#[test]
fn mistakes_are_found_where_they_stand() {
    for (rest, line, column, part) in [
        ("map: {new->old: {value: {a: id}}}", 6, 29, "begins with `$`"),
        ("map:\n  new->old:\n    value:\n      a: {cst: $.b}", 9, 10, "one of `const`"),
        ("map:\n  new->old:\n    value:\n      a: {const: 1, cel: \"2\"}", 9, 10, "does one thing"),
        (
            "map:\n  new->old:\n    value:\n      a: {cast: $.b, to: int, overlow: dlq}",
            9,
            31,
            "`overlow` is not known",
        ),
        ("map:\n  new->old: {vale: {}}", 7, 14, "`vale` is not known"),
        ("partitioning: {field: customer}\nmap: {new->old: {}}", 6, 23, "begin with `$`"),
        ("partitioning: {rehash: {algorithm: md5}}\nmap: {new->old: {}}", 6, 36, "`murmur2`"),
        (
            "partitioning: {rehash: {key_schema_id: 4}}\ndirections: both\nwriters: single-per-key\nmap: {}",
            1,
            1,
            "of one topic",
        ),
        ("errors: {policy: dlq}\nmap: {new->old: {}}", 6, 9, "needs a `topic`"),
        ("map: {}", 1, 1, "no rules for `new->old`"),
        ("map: {new->old: {value: {a: 5}}}", 6, 29, "{const: …}"),
        ("map: [", 6, 6, ""),
    ] {
        let problem = file(rest).unwrap_err();
        assert!(problem.message.contains(part), "{rest}: {problem}");
        assert_eq!((problem.at.line, problem.at.column), (line, column), "{rest}: {problem}");
    }
}

#[test]
fn a_moving_version_is_refused() {
    let text = HEAD.replace("version: 7", "version: latest");
    let problem = MappingFile::parse(&text).unwrap_err();
    assert!(problem.message.contains("`latest`"), "{problem}");
    assert_eq!(problem.at.line, 4);
}

#[test]
fn provenance_is_given_up_only_where_nothing_needs_it() {
    let rest = "headers: {provenance: off}\ndelivery: at_least_once\nmap: {new->old: {}}";
    assert!(file(rest).unwrap_err().message.contains("exactly_once"));
    assert!(file("headers: {provenance: off}\nmap: {new->old: {}}").is_ok());
}

#[test]
fn two_directions_say_how_they_get_along() {
    const MAPS: &str = "map: {new->old: {}, old->new: {}}";
    let pairing = |rest: &str| file(&format!("{rest}\n{MAPS}")).map(|file| file.migration.pairing);
    assert_eq!(pairing("directions: [new->old]"), Ok(Pairing::Undeclared));
    let declared = pairing("directions: both\nwriters: single-per-key");
    assert_eq!(declared, Ok(Pairing::SingleWriterPerKey));
    assert_eq!(pairing("directions: cutover"), Ok(Pairing::Cutover));
    for (rest, line, column, part) in [
        ("directions: both", 6, 13, "writers: single-per-key"),
        ("delivery: exactly_once\ndirections: [old->new, new->old]", 7, 13, "directions: cutover"),
        ("directions: both\nwriters: many", 7, 10, "one of `single-per-key`"),
        ("writers: single-per-key", 6, 10, "only `directions: both`"),
        ("directions: cutover\nwriters: single-per-key", 7, 10, "only `directions: both`"),
        ("directions: both\nwriters: single-per-key\nheaders: {provenance: off}", 6, 13, "need provenance"),
        ("directions: cutover\nheaders: {provenance: off}", 6, 13, "need provenance"),
    ] {
        let problem = pairing(rest).unwrap_err();
        assert!(problem.message.contains(part), "{rest}: {problem}");
        assert_eq!((problem.at.line, problem.at.column), (line, column), "{rest}: {problem}");
    }
}
