use crate::protobuf::{canonical, parse};

/// The canonical text of `text`; reading it again must not change it.
fn printed(text: &str) -> String {
    let file = parse::file(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    let canonical = canonical::text(&file);
    let again = parse::file(&canonical).unwrap_or_else(|error| panic!("{error} in\n{canonical}"));
    assert_eq!(canonical::text(&again), canonical);
    canonical
}

#[test]
fn sections_have_a_fixed_order_and_blank_lines_carry_the_indentation_of_their_block() {
    let text = r#"
        syntax = "proto3"; package p; import public "b.proto"; import weak "w.proto"; import 'a.proto';
        service S { rpc R (stream A) returns (.p.A) { option deprecated = true; } option (so) = 1; rpc Q(A) returns (stream A); }
        enum E { A = 0 [(eo) = 1, deprecated = true]; option allow_alias = true; reserved 5 to max, 'x'; }
        option java_package = "x";
        message A { oneof o { int32 c = 3; option (oo) = 1; } message N { message D { int32 d = 1; reserved 2; } int32 a = 1; reserved 2; enum F { Z = 0; } }
          extend A { string e = 100; } extensions 100 to 200, 300; map < string , .p.A > m = 5; reserved "q", 9; int32 b = 2; option (mo).x.(y) = { a: 1 b { c: "d" } l: [1, TWO] l: 3 }; }
        extend A { string g = 101; }
    "#;
    let expected = r#"syntax = "proto3";
package p;

import "a.proto";
import public "b.proto";

option java_package = "x";

message A {
  reserved "q", 9;

  option (mo).x.(y) = {
    a: 1,
    b: {
      c: "d"
    },
    l: [
      1,
      TWO,
      3
    ]
  };

  map<string, .p.A> m = 5;
  int32 b = 2;

  oneof o {
    option (oo) = 1;
  
    int32 c = 3;
  }

  extensions 100 to 200, 300;

  extend A {
    string e = 100;
  }

  message N {
    reserved 2;
  
    int32 a = 1;
  
    message D {
      reserved 2;
    
      int32 d = 1;
    }
    enum F {
      Z = 0;
    }
  }
}
enum E {
  reserved 5 to max, "x";
  option allow_alias = true;
  A = 0 [
    (eo) = 1,
    deprecated = true
  ];
}

extend A {
  string g = 101;
}

service S {
  option (so) = 1;

  rpc R (stream A) returns (.p.A) {
    option deprecated = true;
  };
  rpc Q (A) returns (stream A);
}
"#;
    assert_eq!(printed(text), expected);
}

#[test]
fn default_and_json_name_follow_the_options_and_strings_are_escaped() {
    let text = r#"message A {
        optional string s = 1 [json_name = "x", default = 'a"b\n\'\x41\u00e9', deprecated = true];
        optional bytes b = 2 [default = "abc"];
        optional E e = 3 [default = X];
        optional bytes c = 4 [default = "a b"];
        optional group G = 5 { optional int32 i = 1; }
    } message B {} service S {}"#;
    let expected = r#"
message A {
  optional string s = 1 [
    deprecated = true,
    default = "a\"b\n\'Au00e9",
    json_name = "x"
  ];
  optional bytes b = 2 [default = abc];
  optional E e = 3 [default = X];
  optional bytes c = 4 [default = "a b"];

  optional group G = 5 {
    optional int32 i = 1;
  }
}
message B {}

service S {}
"#;
    assert_eq!(printed(text), expected);
}

#[test]
fn editions_print_their_name_and_bare_reserved_names() {
    let text =
        "edition = '2023'; message A { reserved foo, 3; int32 a = 1 [features.field_presence = IMPLICIT]; }";
    let expected = "edition = \"2023\";\n\nmessage A {\n  reserved foo, 3;\n\n  int32 a = 1 [features.field_presence = IMPLICIT];\n}\n";
    assert_eq!(printed(text), expected);
}
