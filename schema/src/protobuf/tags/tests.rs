use crate::format::SchemaFormat;
use crate::model::api::{SchemaEntity, SchemaTags};
use crate::protobuf::ProtobufSchema;
use crate::references::ResolvedReferences;

const TEXT: &str = r#"
syntax = "proto3"; package p;
message A {
  option (confluent.message_meta).tags = "M";
  int32 a = 1 [deprecated = true, (confluent.field_meta) = { doc: "d", tags: ["X", "Y"] }];
  oneof o { int32 b = 2 [(.confluent.field_meta).tags = "Z", (confluent.field_meta).tags = "Z"]; }
  message B { int32 c = 1; }
}
"#;

fn schema(text: &str) -> ProtobufSchema {
    ProtobufSchema::new(text, &ResolvedReferences::none()).unwrap_or_else(|error| panic!("{error}"))
}

fn tags(path: &str, tags: &[&str]) -> SchemaTags {
    let entity_type = if path.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase)) {
        "sr_record"
    } else {
        "sr_field"
    };
    let schema_entity = SchemaEntity { entity_path: path.into(), entity_type: entity_type.into() };
    SchemaTags { schema_entity, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() }
}

#[test]
fn tags_are_found_in_all_spellings() {
    let expected = [tags("A", &["M"]), tags("A.b", &["Z"]), tags("A.a", &["X", "Y"])];
    assert_eq!(schema(TEXT).tags(), expected);
}

#[test]
fn tags_are_added_before_others_are_removed() {
    let add = [tags("A.a", &["N", "X"]), tags(".A.o.b", &["W"]), tags("A.B.c", &["C"]), tags("A.B", &["R"])];
    let remove = [tags("A.a", &["Y"]), tags("A", &["M"]), tags("A.b", &["Z", "W"])];
    let changed = schema(TEXT).retagged(&add, &remove).expect("known entities");
    let expected = r#"syntax = "proto3";
package p;

message A {
  int32 a = 1 [
    (confluent.field_meta) = {
      doc: "d",
      tags: [
        "X",
        "N"
      ]
    },
    deprecated = true
  ];

  oneof o {
    int32 b = 2;
  }

  message B {
    option (confluent.message_meta) = {
      tags: [
        "R"
      ]
    };
  
    int32 c = 1 [(confluent.field_meta) = {
      tags: [
        "C"
      ]
    }];
  }
}
"#;
    assert_eq!(changed.canonical(), expected);
}

#[test]
fn unknown_entities_are_named() {
    for path in ["B", "A.x", "A.B.x", "A.x.b", "a", "", ".", "A.o.a", "A.B.o.c"] {
        let error = schema(TEXT).retagged(&[tags(path, &["T"])], &[]).expect_err(path);
        assert_eq!(error.0, path);
    }
}
