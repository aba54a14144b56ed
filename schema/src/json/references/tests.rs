use super::*;
use crate::document::Json;
use crate::format::{SchemaFormat, Strictness};
use crate::json::JsonSchema;
use crate::references::{ResolvedReference, ResolvedReferences};

fn schema(text: &str, references: &[(&str, &str)]) -> JsonSchema {
    let in_order = references
        .iter()
        .map(|(name, text)| ResolvedReference { name: (*name).to_owned(), text: (*text).to_owned() });
    let references = ResolvedReferences { in_order: in_order.collect() };
    JsonSchema::parse(text, &references, Strictness::Stored).unwrap()
}

/// What `reference`, standing at the pointer `from` (or the root), leads to.
fn lead(text: &str, references: &[(&str, &str)], from: &str, reference: &str) -> String {
    let schema = schema(text, references);
    let mut resolver = Resolver::new(&schema);
    let root = resolver.root();
    let place = if from.is_empty() { Some(root) } else { resolver.resolve(&root, from) };
    let found = resolver.resolve(&place.expect(from), reference);
    found.map_or("nothing".to_owned(), |place| {
        let mut out = String::new();
        place.node.write_compact(&mut out);
        out
    })
}

const MODERN: &str = r#""$schema":"https://json-schema.org/draft/2020-12/schema""#;

#[test]
fn pointers_lead_to_nodes() {
    let text = r#"{"definitions":{"a/b":{"x":[1,{"y":2}]},"m~n":3,"p q":4,"r+s":5,"%":6,"":7}}"#;
    for (reference, expected) in [
        ("#/definitions/a~1b/x/1", r#"{"y":2}"#),
        ("#/definitions/a~1b/x/1/y", "2"),
        ("#/definitions/m~0n", "3"),
        ("#/definitions/p%20q", "4"),
        ("#/definitions/p+q", "4"),
        ("#/definitions/r+s", "5"),
        ("#/definitions/%25", "6"),
        ("#/definitions/nothing", "nothing"),
        ("#/definitions/a~1b/x/2", "nothing"),
        ("#/definitions/a~1b/x/-1", "nothing"),
        ("#/definitions/m~0n/z", "nothing"),
    ] {
        assert_eq!(lead(text, &[], "", reference), expected, "{reference}");
    }
    for root in ["#", "#/", ""] {
        assert_eq!(lead(r#"{"a":1}"#, &[], "", root), r#"{"a":1}"#, "{root}");
    }
    assert_eq!(lead(r#"{"a":1}"#, &[], "", "#nothing"), "nothing");
    assert_eq!(lead(&format!(r#"{{{MODERN},"":1}}"#), &[], "", "#/"), "1");
}

#[test]
fn definitions_can_be_found_in_defs() {
    let text = r#"{"definitions":{"a":1,"b":2},"$defs":{"b":3}}"#;
    assert_eq!(lead(text, &[], "", "#/$defs/a"), "1");
    assert_eq!(lead(text, &[], "", "#/$defs/b"), "3");
    assert_eq!(lead(text, &[], "", "#/definitions/b"), "2");
    assert_eq!(lead(r#"{"definitions":{"a":1}}"#, &[], "", "#/$defs/a"), "1");
    assert_eq!(lead(r#"{"$defs":{"a":1}}"#, &[], "", "#/definitions/a"), "nothing");
    assert_eq!(lead(r#"{"x":{"definitions":{"a":1}}}"#, &[], "", "#/x/$defs/a"), "nothing");
}

#[test]
fn ids_and_anchors_of_older_editions() {
    let text = r##"{"$id":"http://x/a.json","definitions":{
        "n":{"$id":"n.json","definitions":{"m":{"$id":"#m","type":"null"}}},
        "p":{"$id":"#p","type":"string"}}}"##;
    for (from, reference, expected) in [
        ("", "n.json#/definitions/m/type", "\"null\""),
        ("", "http://x/n.json#m", r##"{"$id":"#m","type":"null"}"##),
        ("", "#p", r##"{"$id":"#p","type":"string"}"##),
        ("", "a.json#/definitions/p/type", "\"string\""),
        ("", "http://x/a.json#p", r##"{"$id":"#p","type":"string"}"##),
        ("#/definitions/n/definitions/m", "a.json#/definitions/p/type", "\"string\""),
        ("#/definitions/n", "#/definitions/p/type", "\"string\""),
        ("#/definitions/n", "#/definitions/m/type", "\"null\""),
        ("", "b.json", "nothing"),
    ] {
        assert_eq!(lead(text, &[], from, reference), expected, "{from} {reference}");
    }
    let four =
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","d":{"id":"x.json","t":1},"e":{"$id":"y"}}"#;
    assert_eq!(lead(four, &[], "", "x.json#/t"), "1");
    assert_eq!(lead(four, &[], "", "y"), "nothing");
}

#[test]
fn ids_and_anchors_of_modern_editions() {
    let text = format!(
        r##"{{{MODERN},"$id":"http://x/a.json","$defs":{{
        "n":{{"$id":"n.json","$defs":{{"m":{{"$anchor":"m","type":"null"}}}}}},
        "p":{{"$dynamicAnchor":"p","type":"string"}}}},
        "properties":{{"$anchor":{{"$anchor":"q","type":"array"}}}},"zzz":{{"$anchor":"z"}}}}"##
    );
    for (from, reference, expected) in [
        ("", "n.json#m", r#"{"$anchor":"m","type":"null"}"#),
        ("", "#m", "nothing"),
        ("#/$defs/n", "#m", r#"{"$anchor":"m","type":"null"}"#),
        ("#/$defs/n", "#/$defs/m/type", "\"null\""),
        ("#/$defs/n", "#/$defs/p", "nothing"),
        ("", "#p", r#"{"$dynamicAnchor":"p","type":"string"}"#),
        ("", "#q", r#"{"$anchor":"q","type":"array"}"#),
        ("", "#z", r#"{"$anchor":"z"}"#),
        ("#/$defs/n", "a.json#p", r#"{"$dynamicAnchor":"p","type":"string"}"#),
    ] {
        assert_eq!(lead(&text, &[], from, reference), expected, "{from} {reference}");
    }
}

#[test]
fn registered_references_are_found_by_name() {
    let other = r#"{"definitions":{"a":1},"$id":"http://y/other.json","b":{"c":2}}"#;
    let plain = r#"{"z":3}"#;
    let references = [("b.json", other), ("c.json#", plain), ("http://z/d.json", plain)];
    for own in [r#"{"x":{}}"#.to_owned(), r#"{"$id":"http://x/a.json"}"#.to_owned(), format!("{{{MODERN}}}")]
    {
        for (reference, expected) in [
            ("b.json#/b/c", "2"),
            ("./b.json#/b/c", "2"),
            ("b.json#/$defs/a", "1"),
            ("c.json#", plain),
            ("http://z/d.json#", plain),
            ("http://z/d.json#/z", "3"),
            ("http://y/other.json#/b", r#"{"c":2}"#),
            ("e.json", "nothing"),
        ] {
            assert_eq!(lead(&own, &references, "", reference), expected, "{own} {reference}");
        }
        assert_eq!(lead(&own, &references, "b.json#/b", "#/definitions/a"), "1");
        assert_eq!(lead(&own, &references, "b.json#/b", "http://z/d.json"), plain);
        assert_eq!(lead(&own, &references, "b.json#/b", "b.json#/b/c"), "2");
    }
}

#[test]
fn meta_schemas_are_bundled() {
    let reference = "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger";
    assert_eq!(lead("{}", &[], "", reference), r#"{"type":"integer","minimum":0}"#);
    assert_eq!(
        lead(
            "{}",
            &[],
            "https://json-schema.org/draft-07/schema",
            "#/definitions/nonNegativeInteger/minimum"
        ),
        "0"
    );
    let modern = format!("{{{MODERN}}}");
    let reference = "https://json-schema.org/draft/2020-12/meta/validation#/$defs/nonNegativeInteger/minimum";
    assert_eq!(lead(&modern, &[], "", reference), "0");
    assert_eq!(lead(&modern, &[], "", "http://json-schema.org/draft-09/schema"), "nothing");
}

#[test]
fn many_references_into_wide_objects_are_cheap() {
    let count = 20_000;
    let members: Vec<String> = (0..count).map(|at| format!(r#""d{at}":{{"type":"string"}}"#)).collect();
    let schema = schema(&format!(r#"{{"definitions":{{{}}}}}"#, members.join(",")), &[]);
    let mut resolver = Resolver::new(&schema);
    let root = resolver.root();
    for at in 0..count {
        let found = resolver.resolve(&root, &format!("#/definitions/d{at}")).unwrap();
        assert!(matches!(found.node, Json::Object(_)));
    }
}
