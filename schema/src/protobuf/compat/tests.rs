//! What can only be seen from inside: the bounds of the walk.

use super::side::Side;
use super::{STEPS_MAX, can_read, can_read_within};
use crate::incompatibility::CHECK_FAILED;
use crate::protobuf::ProtobufSchema;
use crate::references::{ResolvedReference, ResolvedReferences};

fn parse(text: &str, import: &str) -> ProtobufSchema {
    let reference = ResolvedReference { name: "a.proto".into(), text: import.into() };
    let references = ResolvedReferences { in_order: vec![reference] };
    ProtobufSchema::new(text, &references).unwrap_or_else(|error| panic!("{error}"))
}

fn kinds(reader: &ProtobufSchema, writer: &ProtobufSchema, steps_max: [u64; 2]) -> Vec<&'static str> {
    let found = can_read_within(&Side::new(reader), &Side::new(writer), steps_max);
    found.iter().map(|finding| finding.kind).collect()
}

/// Two imported messages of which each has a field of the other; the second ends in a field of the type `kind`.
fn pair(kind: &str) -> ProtobufSchema {
    let import = format!(
        "package a; message A {{ optional B b = 1; optional A a = 2; }} \
         message B {{ optional A a = 1; optional {kind} q = 2; }}"
    );
    parse("import \"a.proto\"; message M { optional a.A x = 1; optional a.B y = 2; }", &import)
}

#[test]
fn too_many_steps_are_no_answer() {
    let (writer, reader) = (pair("int32"), pair("string"));
    let enough = (0..1_000).find(|&steps| kinds(&reader, &writer, [0, steps]) != [CHECK_FAILED]);
    let enough = enough.unwrap_or_else(|| panic!("1,000 steps"));
    assert!((10..100).contains(&enough), "{enough}");
    for steps in 0..enough {
        assert_eq!(kinds(&reader, &writer, [0, steps]), [CHECK_FAILED], "{steps} of {enough}");
    }
    assert!(kinds(&writer, &writer, [0, STEPS_MAX]).is_empty());
    assert_eq!(kinds(&writer, &writer, [0, 3]), [CHECK_FAILED]);
}

#[test]
fn each_pair_once_finds_the_same_kinds() {
    let (writer, reader) = (pair("int32"), pair("string"));
    let every_way = can_read(&reader, &writer);
    let once = can_read_within(&Side::new(&reader), &Side::new(&writer), [0, STEPS_MAX]);
    let paths = |found: &[crate::incompatibility::Incompatibility]| -> Vec<String> {
        found.iter().map(|finding| format!("{} {}", finding.kind, finding.path)).collect()
    };
    let all = [
        "FIELD_SCALAR_KIND_CHANGED #/B/2",
        "FIELD_NAMED_TYPE_CHANGED #/A/1",
        "FIELD_NAMED_TYPE_CHANGED #/M/1",
        "FIELD_NAMED_TYPE_CHANGED #/M/2",
    ];
    assert_eq!(paths(&every_way), all);
    assert_eq!(paths(&once), all);
}
