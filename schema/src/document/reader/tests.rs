use super::*;

fn fault(text: &str) -> ParseError {
    Json::parse(text).expect_err(text)
}

#[test]
fn faults_have_a_place() {
    for (text, line, column) in [
        ("", 1, 1),
        ("{", 1, 2),
        ("{\n  \"é\": x}", 2, 8),
        ("[1,]", 1, 4),
        ("[1 2]", 1, 4),
        ("{\"a\" 1}", 1, 6),
        ("{a:1}", 1, 2),
        ("nul", 1, 1),
        ("truex", 1, 1),
        ("01", 1, 2),
        ("-", 1, 2),
        ("+1", 1, 1),
        (".5", 1, 1),
        ("1.", 1, 3),
        ("1e", 1, 3),
        ("NaN", 1, 1),
        ("\"a", 1, 3),
        ("\"a\tb\"", 1, 3),
        ("\"\\x\"", 1, 2),
        ("\"\\u12g4\"", 1, 2),
        ("\"\\ud800\"", 1, 2),
        ("\"\\ud800\\u0041\"", 1, 2),
        ("\"\\udc00\"", 1, 2),
        ("{} x", 1, 4),
        ("{} // x", 1, 4),
        ("// x\n{}", 1, 1),
        ("\u{feff}{}", 1, 1),
        ("{}\u{a0}", 1, 3),
    ] {
        let error = fault(text);
        assert_eq!((error.line, error.column), (Some(line), Some(column)), "{text}: {error}");
    }
}

#[test]
fn escapes_and_surrogate_pairs_are_decoded() {
    let json = Json::parse(r#""\"\\\/\b\t\n\f\r\u00e9\uD83D\uDE00\u0000""#).unwrap();
    assert_eq!(json, Json::String("\"\\/\u{8}\t\n\u{c}\ré😀\0".to_owned()));
}

#[test]
fn repeated_names_keep_the_first_place_and_the_last_value() {
    let members: Vec<String> = (0..40).map(|i| format!("\"k{i}\":{i}")).collect();
    let text = format!("{{{},\"k1\":\"x\",\"k39\":\"y\",\"k1\":\"z\"}}", members.join(","));
    let Json::Object(read) = Json::parse(&text).unwrap() else { panic!("an object") };
    assert_eq!(read.len(), 40);
    assert_eq!(read[1], ("k1".to_owned(), Json::String("z".to_owned())));
    assert_eq!(read[39], ("k39".to_owned(), Json::String("y".to_owned())));
    assert_eq!(Json::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().get("a"), Some(&Json::Number("3".to_owned())));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(&nested(DEPTH_MAX)).is_ok_and(|json| json.depth() == DEPTH_MAX));
    assert!(fault(&nested(DEPTH_MAX + 1)).message.contains("deeper"));
    assert!(fault(&nested(100_000)).message.contains("deeper"));
    assert!(fault(&"{\"a\":".repeat(100_000)).message.contains("deeper"));
}

#[test]
fn numbers_are_bounded() {
    assert!(Json::parse(&"1".repeat(NUMBER_LENGTH_MAX)).is_ok());
    assert!(fault(&"1".repeat(NUMBER_LENGTH_MAX + 1)).message.contains("digits"));
}

#[test]
fn comments_stand_where_they_are_allowed() {
    let text = "// a\n{ /* b */ \"a\" /**/ : // c\r 1 }\n ";
    let node = Node::parse(text, Comments::Allowed).unwrap();
    assert_eq!(node, Node::Object(vec![("a".into(), Node::Number("1"))]));
    assert!(Node::parse("/* {}", Comments::Allowed).is_err());
    assert!(Node::parse("{} // x", Comments::Allowed).is_err());
}

#[test]
fn lenient_reading_ignores_what_follows_and_knows_words_for_numbers() {
    let read = |text| Node::parse_lenient(text).map(Node::into_json);
    assert_eq!(read("{} x"), Ok(Json::Object(Vec::new())));
    assert_eq!(read(" true]"), Ok(Json::Bool(true)));
    let texts = ["NaN", "Infinity", "Infinity", "-Infinity", "Infinity", "-Infinity"];
    let expected = texts.map(|text| Json::String(text.to_owned())).to_vec();
    assert_eq!(read("[NaN, Infinity,+Infinity,-Infinity,+INF,-INF]"), Ok(Json::Array(expected)));
    for text in ["", "[", "NaNs", "INF", "+1", "-N", "--Infinity", "Nan", "truex", "nul"] {
        assert!(read(text).is_err(), "{text}");
    }
}
