//! Reading with another schema.

use std::borrow::Cow;

use super::*;

/// Reads `value`, written with `theirs`, as `ours`, in each way.
fn check<W: Serialize, T: DeserializeOwned + PartialEq + Debug>(
    (theirs, value): (&str, W),
    (ours, expected): (&str, T),
) {
    let bytes = encoded(theirs, &value).expect(theirs);
    let reader = reader(theirs, Some(ours));
    for turn in 0..5 {
        assert_eq!(
            decoded::<T>(&reader, &bytes).as_ref(),
            Ok(&expected),
            "turn {turn} of {theirs} as {ours}"
        );
    }
    let generic = value_of(&reader, &bytes).expect(theirs);
    assert_eq!(generic.to::<T>(), Ok(expected), "{theirs} as {ours}");
}

fn refused<W: Serialize>((theirs, value): (&str, W), ours: &str) -> DecodeError {
    let bytes = encoded(theirs, &value).expect(theirs);
    value_of(&reader(theirs, Some(ours)), &bytes).expect_err(theirs)
}

#[test]
fn promotions() {
    check((r#""int""#, 5), (r#""long""#, 5_i64));
    check((r#""int""#, 5), (r#""float""#, 5.0_f32));
    check((r#""int""#, 5), (r#""double""#, 5.0_f64));
    check((r#""long""#, 5_i64), (r#""float""#, 5.0_f32));
    check((r#""long""#, 5_i64), (r#""double""#, 5.0_f64));
    check((r#""float""#, 0.5_f32), (r#""double""#, 0.5_f64));
    check((r#""string""#, "abc"), (r#""bytes""#, b"abc".to_vec()));
    let array = |item: &str| format!(r#"{{"type":"array","items":"{item}"}}"#);
    check((&array("bytes"), vec![b"abc".to_vec()]), (&array("string"), vec!["abc".to_owned()]));
    assert_eq!(
        refused((r#""string""#, "x"), r#""int""#).reason(),
        "the writer's string cannot be read as the reader's int"
    );
}

#[derive(Serialize)]
struct Written {
    kept: i32,
    gone: Vec<String>,
    old_name: String,
    last: i64,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wanted {
    last: f64,
    new_name: String,
    added: i64,
    list: Vec<i32>,
    nested: Option<Inner>,
    kept: i64,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    text: String,
    raw: Vec<u8>,
}

#[test]
fn fields_move_go_come_and_change_their_names() {
    let theirs = record(
        r#"{"name":"kept","type":"int"},{"name":"gone","type":{"type":"array","items":"string"}},
           {"name":"old_name","type":"string"},{"name":"last","type":"long"}"#,
    );
    let ours = r#"{"type":"record","name":"New","aliases":["n.R"],"fields":[
        {"name":"added","type":"long","default":7},
        {"name":"nested","type":[{"type":"record","name":"I","fields":[{"name":"text","type":"string"},
            {"name":"raw","type":"bytes","default":"\u0001"}]},"null"],"default":{"text":"d"}},
        {"name":"last","type":"double"},
        {"name":"list","type":{"type":"array","items":"int"},"default":[1,2]},
        {"name":"new_name","type":"string","aliases":["old_name"]},
        {"name":"kept","type":"long"}]}"#;
    let written = Written { kept: 1, gone: vec!["x".to_owned()], old_name: "name".to_owned(), last: 9 };
    let wanted = Wanted {
        last: 9.0,
        new_name: "name".to_owned(),
        added: 7,
        list: vec![1, 2],
        nested: Some(Inner { text: "d".to_owned(), raw: vec![1] }),
        kept: 1,
    };
    check((&theirs, written), (ours, wanted));
}

#[test]
fn a_field_may_fill_two() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Both {
        b: i64,
        a: i32,
    }
    let ours = record(r#"{"name":"a","type":"int"},{"name":"b","type":"long","aliases":["a"]}"#);
    check((&record(r#"{"name":"a","type":"int"}"#), (4,)), (&ours, Both { b: 4, a: 4 }));
}

#[test]
fn fields_without_a_default_are_missed() {
    let error =
        refused((&record(r#"{"name":"a","type":"int"}"#), (4,)), &record(r#"{"name":"b","type":"int"}"#));
    assert_eq!(error.path(), "b");
    assert!(error.reason().contains("no default"), "{error}");
}

#[test]
fn symbols_are_found_by_their_text() {
    let symbols =
        |list: &str, rest: &str| format!(r#"{{"type":"enum","name":"E","symbols":[{list}]{rest}}}"#);
    let theirs = symbols(r#""A","B","C""#, "");
    check((&theirs, "B"), (&symbols(r#""C","B""#, ""), "B".to_owned()));
    check((&theirs, "A"), (&symbols(r#""C","B""#, r#","default":"C""#), "C".to_owned()));
    assert!(refused((&theirs, "A"), &symbols(r#""C","B""#, "")).reason().contains("the symbol `A`"));
}

#[test]
fn unions_against_unions() {
    check((r#"["null","int"]"#, Some(4)), (r#"["null","long"]"#, Some(4_i64)));
    check((r#"["int","string"]"#, 4), (r#"["string","double","long"]"#, 4.0_f64));
    check((r#""int""#, 4), (r#"["null","long","int"]"#, Some(4)));
    check((r#"["null","int"]"#, Some(4)), (r#""long""#, 4_i64));
    let error = refused((r#"["null","int"]"#, None::<i32>), r#""long""#);
    assert_eq!(error.reason(), "the writer's null cannot be read as the reader's long");
    let error = refused((r#"["null","string"]"#, Some("x")), r#"["null","int"]"#);
    assert_eq!(error.reason(), "the writer's string cannot be read as the reader's union of null, int");
}

#[test]
fn branches_by_name_before_branches_by_alias() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Branch {
        A { x: i32 },
        B { x: i32 },
    }
    let branch = |name: &str, rest: &str| {
        format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"x","type":"int"}}]{rest}}}"#)
    };
    let theirs = format!("[{},{}]", branch("A", ""), branch("B", ""));
    let ours = format!("[{},{}]", branch("B", r#","aliases":["A"]"#), branch("A", ""));
    check((&theirs, Branch::A { x: 1 }), (&ours, Branch::A { x: 1 }));
    check((&theirs, Branch::B { x: 1 }), (&ours, Branch::B { x: 1 }));
    check(
        (&branch("A", ""), (1,)),
        (&format!("[{}]", branch("B", r#","aliases":["A"]"#)), Branch::B { x: 1 }),
    );
}

#[test]
fn recursive_types_resolve() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Tree {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        name: Option<String>,
        children: Vec<Tree>,
    }
    let tree = |name: Option<&str>, children| Tree { name: name.map(str::to_owned), children };
    let theirs =
        r#"{"type":"record","name":"T","fields":[{"name":"children","type":{"type":"array","items":"T"}}]}"#;
    let ours = r#"{"type":"record","name":"T","fields":[{"name":"name","type":["string","null"],"default":"x"},
        {"name":"children","type":{"type":"array","items":"T"}}]}"#;
    let written = tree(None, vec![tree(None, vec![]), tree(None, vec![])]);
    check((theirs, written), (ours, tree(Some("x"), vec![tree(Some("x"), vec![]), tree(Some("x"), vec![])])));
}

#[test]
fn empty_default_texts_can_be_borrowed() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
    }
    let ours = record(r#"{"name":"text","type":"string","default":""}"#);
    let reader = reader(&record(""), Some(&ours));
    assert_eq!(decoded(&reader, &[]), Ok(Borrowed { text: "" }));
    assert_eq!(
        value_of(&reader, &[]).unwrap().to::<serde_json::Value>(),
        Ok(serde_json::json!({"text": ""}))
    );
    assert!(matches!(value_of(&reader, &[]), Ok(Value::Record(record)) if record.get("text")
        == Some(&Value::String(Cow::Borrowed("")))));
}
