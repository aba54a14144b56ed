use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use super::*;
use crate::framing;
use crate::translator::mapping::language::{RecordReader, RecordWriter};
use crate::translator::mapping::shape::{Kind, TypeId};

const ORDER: &str = r#"
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/duration.proto";
import "confluent/meta.proto";
import "confluent/type/decimal.proto";
message First {}
message Order {
  string note = 11;
  sint64 id = 1;
  optional int32 count = 2;
  repeated sint32 parts = 3;
  map<int32, Order> inner = 4;
  oneof payment { string card = 5; Cash cash = 6; }
  enum State { option allow_alias = true; NEW = 0; PAID = 2; DONE = 2; }
  State state = 7;
  google.protobuf.Timestamp at = 8;
  google.protobuf.StringValue label = 9;
  uint64 big = 10;
  message Cash { double amount = 1; bytes raw = 2; }
  confluent.type.Decimal price = 12 [(confluent.field_meta) = {
    params: [{key: "precision", value: "9"}, {key: "scale", value: "2"}]}];
  confluent.type.Decimal loose = 13;
  google.protobuf.Duration took = 14;
  repeated string words = 15;
}
"#;

fn parsed(text: &str) -> ParsedSchema {
    let references = ResolvedReferences::none();
    ParsedSchema::parse(SchemaType::Protobuf, text, &references, Strictness::New).unwrap()
}

fn pinned(text: &str, message: &str) -> Pinned {
    Pinned::new(parsed(text), Some(message.to_owned())).unwrap()
}

fn pool(text: &str) -> DescriptorPool {
    let ParsedSchema::Protobuf(schema) = parsed(text) else { panic!("no Protobuf") };
    schema.descriptor_pool().unwrap()
}

/// The record of a message in its JSON form, written by another implementation.
fn foreign(text: &str, message: &str, json: &str) -> Vec<u8> {
    let descriptor = pool(text).get_message_by_name(message).unwrap();
    let mut json = serde_json::Deserializer::from_str(json);
    DynamicMessage::deserialize(descriptor, &mut json).unwrap().encode_to_vec()
}

fn read<'a>(pinned: &Pinned, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
    let plan = plan(&pinned.schema, pinned.message.as_deref().unwrap()).unwrap();
    read::record(&plan, Limits::default(), bytes)
}

fn shapes(pinned: &Pinned, id: TypeId) -> Vec<String> {
    let Kind::Record(record) = pinned.model.kind(id) else { panic!("no record") };
    let shown = |field: &crate::translator::mapping::shape::Field| {
        format!("{}: {}", field.name, pinned.model.describe(field.ty))
    };
    record.fields.iter().map(shown).collect()
}

#[test]
fn messages_look_like_this() {
    let pinned = pinned(ORDER, "shop.Order");
    let expected = [
        "note: string",
        "id: long",
        "count: int or null",
        "parts: list of int",
        "inner: map of record shop.Order",
        "state: enum shop.Order.State",
        "at: timestamp-nanos or null",
        "label: string or null",
        "big: uint64",
        "price: decimal(9,2) in bytes or null",
        "loose: record confluent.type.Decimal or null",
        "took: record google.protobuf.Duration or null",
        "words: list of string",
        "payment: union of card, cash or null",
    ];
    assert_eq!(shapes(&pinned, pinned.model.root), expected);
    let Kind::Record(record) = pinned.model.kind(pinned.model.root) else { panic!("no record") };
    let field = |name: &str| &record.fields[record.position(name).unwrap()];
    assert_eq!((field("id").number, &field("id").default), (Some(1), &Some(Value::Int(0))));
    assert_eq!((field("payment").number, &field("payment").default), (None, &Some(Value::Null)));
    assert_eq!(field("state").default, Some(Value::Symbol(0)));
    assert_eq!(field("words").default, Some(Value::List(Vec::new())));
    let Kind::Enum(state) = pinned.model.kind(field("state").ty) else { panic!("no enum") };
    let symbols: Vec<_> = state.symbols.iter().map(|one| (one.name.as_str(), one.number)).collect();
    assert_eq!(symbols, [("NEW", 0), ("PAID", 2)]);
}

#[test]
fn records_of_others_are_read_and_written_back() {
    let json = r#"{"note": "hé", "id": "-5", "count": 0, "parts": [1, -2, 2147483647],
        "inner": {"-7": {"id": "1", "words": ["", "x"]}, "3": {}}, "cash": {"amount": -0.0, "raw": "AP8="},
        "state": "DONE", "at": "1969-12-31T23:59:59.5Z", "label": "", "big": "18446744073709551615",
        "price": {"value": "BNI=", "precision": 9, "scale": 2}, "loose": {"scale": -3}, "took": "-1.5s"}"#;
    let bytes = foreign(ORDER, "shop.Order", json);
    let pinned = pinned(ORDER, "shop.Order");
    let value = read(&pinned, &bytes).unwrap();
    let Value::Record(fields) = &value else { panic!("no record") };
    assert_eq!(fields[1], Value::Int(-5));
    assert_eq!(fields[2], Value::Int(0), "set, though to its default");
    assert_eq!(fields[3], Value::List(vec![Value::Int(1), Value::Int(-2), Value::Int(i32::MAX.into())]));
    let Value::Branch(1, cash) = &fields[13] else { panic!("{:?}", fields[13]) };
    let expected = Value::Record(vec![Value::Double(-0.0), Value::Bytes(vec![0, 255].into())]);
    assert_eq!(**cash, expected);
    assert_eq!(fields[5], Value::Symbol(1));
    assert_eq!(fields[6], Value::Int(-500_000_000));
    assert_eq!(fields[7], Value::String("".into()));
    assert_eq!(fields[8], Value::Unsigned(u64::MAX));
    assert_eq!(fields[9], Value::Bytes(vec![4, 0xd2].into()));
    assert_eq!(fields[11], Value::Record(vec![Value::Int(-1), Value::Int(-500_000_000)]));

    let writer = RecordWriter::new(&pinned).unwrap();
    assert_eq!(writer.message_indexes(), [2, 2]);
    let mut written = Vec::new();
    writer.write(&value, &mut written).unwrap();
    let descriptor = pool(ORDER).get_message_by_name("shop.Order").unwrap();
    let message = DynamicMessage::decode(descriptor.clone(), &*bytes).unwrap();
    assert_eq!(DynamicMessage::decode(descriptor, &*written).unwrap(), message);
    assert_eq!(read(&pinned, &written).unwrap(), value);
}

#[test]
fn what_is_not_set_is_its_default_and_nothing_is_written_of_it() {
    let pinned = pinned(ORDER, "shop.Order");
    let value = read(&pinned, &[]).unwrap();
    let mut written = Vec::new();
    RecordWriter::new(&pinned).unwrap().write(&value, &mut written).unwrap();
    assert!(written.is_empty());
}

#[test]
fn later_parts_go_on_where_earlier_ones_ended() {
    let pinned = pinned(ORDER, "shop.Order");
    let mut bytes =
        foreign(ORDER, "shop.Order", r#"{"cash": {"amount": 1.5}, "inner": {"1": {"big": "1"}}}"#);
    let second = r#"{"cash": {"raw": "AQ=="}, "inner": {"1": {"big": "2"}}, "parts": [1]}"#;
    bytes.extend(foreign(ORDER, "shop.Order", second));
    bytes.extend([3 << 3, 3]);
    let Value::Record(fields) = read(&pinned, &bytes).unwrap() else { panic!("no record") };
    let Value::Branch(1, cash) = &fields[13] else { panic!("{:?}", fields[13]) };
    assert_eq!(**cash, Value::Record(vec![Value::Double(1.5), Value::Bytes(vec![1].into())]));
    let Value::Map(entries) = &fields[4] else { panic!("no map") };
    assert_eq!(entries.len(), 1);
    let Value::Record(inner) = &entries[0].1 else { panic!("no record") };
    assert_eq!(inner[8], Value::Unsigned(2));
    assert_eq!(fields[3], Value::List(vec![Value::Int(1), Value::Int(-2)]), "packed, then not");
}

#[test]
fn bytes_that_are_no_record_say_where() {
    let pinned = pinned(ORDER, "shop.Order");
    for (bytes, path, reason) in [
        (&[7 << 3, 5][..], "state", "the number 5 is no symbol of the enum"),
        (&[1 << 3 | 2, 0], "id", "the field has wire type 2, where the schema has 0"),
        (&[4 << 3 | 2, 4, 0x12, 2, 7 << 3, 9], "inner.state", "the number 9 is no symbol of the enum"),
        (&[11 << 3 | 2, 1, 0xff], "note", "the text is not UTF-8"),
        (&[11 << 3 | 2, 9], "note", "a length reaches beyond what is there"),
        (&[1 << 3], "id", "a number is cut off or too long"),
        (&[0], "", "the number of a field is out of range"),
        (&[4], "", "the number of a field is out of range"),
        (&[8 << 3 | 2, 6, 8, 0xff, 0xff, 0xff, 0xff, 0x7f], "at", "the timestamp of 34359738367 s"),
        (&[12 << 3 | 2, 2, 3 << 3, 4], "price", "a decimal of scale 4, where the schema fixes 2"),
        (&[99 << 3 & 0x7f | 3 | 0x80, 6, 1 << 3, 0], "", "the group 99 has no end"),
    ] {
        let error = read(&pinned, bytes).unwrap_err();
        assert_eq!(error.path(), path, "{bytes:?}: {error}");
        assert!(error.reason().starts_with(reason), "{bytes:?}: {error}");
        assert!(error.offset() <= bytes.len(), "{error:?}");
    }
}

#[test]
fn nesting_and_memory_are_bounded() {
    let pinned = pinned(ORDER, "shop.Order");
    let mut bytes = Vec::new();
    for _ in 0..200 {
        let mut entry = vec![0x12];
        prost::encoding::encode_varint(bytes.len() as u64, &mut entry);
        entry.append(&mut bytes);
        bytes.push(4 << 3 | 2);
        prost::encoding::encode_varint(entry.len() as u64, &mut bytes);
        bytes.append(&mut entry);
    }
    assert_eq!(read(&pinned, &bytes).unwrap_err().reason(), "messages nest too deeply");
    let plan = plan(&pinned.schema, "shop.Order").unwrap();
    let limits = Limits { allocation_max: 4096, ..Limits::default() };
    let empty: Vec<u8> = [4 << 3 | 2, 0].repeat(1000);
    let error = read::record(&plan, limits, &empty).unwrap_err();
    assert!(error.reason().contains("more memory"), "{error}");
}

#[test]
fn values_that_do_not_fit_say_where() {
    let pinned = pinned(ORDER, "shop.Order");
    let writer = RecordWriter::new(&pinned).unwrap();
    let Value::Record(fields) = read(&pinned, &[]).unwrap() else { panic!("no record") };
    for (position, value, path) in [
        (1, Value::String("x".into()), "id"),
        (3, Value::List(vec![Value::Int(0), Value::Int(1 << 31)]), "parts.1"),
        (4, Value::Map(vec![("x".into(), Value::Record(fields.clone()))]), "inner.x"),
        (4, Value::Map(vec![("1".into(), Value::Null)]), "inner.1"),
        (13, Value::Branch(2, Box::new(Value::Null)), "card"),
        (5, Value::Symbol(2), "state"),
        (8, Value::Int(-1), "big"),
    ] {
        let mut fields = fields.clone();
        fields[position] = value;
        let error = writer.write(&Value::Record(fields), &mut Vec::new()).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
    }
}

#[test]
fn writers_are_known_by_the_full_name_of_their_message() {
    let pinned = pinned(ORDER, "shop.Order");
    let writer = r#"syntax = "proto3"; package shop; message Order { sint64 id = 1; string new = 77; }"#;
    let reader = RecordReader::new(&parsed(writer), &pinned, Limits::default()).unwrap();
    let mut payload = vec![0, 0, 0, 0, 1, 0];
    payload.extend(foreign(writer, "shop.Order", r#"{"id": "4", "new": "x"}"#));
    let value = reader.read(framing::read(&payload, None).unwrap().body).unwrap();
    let Value::Record(fields) = value else { panic!("no record") };
    assert_eq!(fields[1], Value::Int(4));

    let several = RecordReader::new(&pinned.schema, &pinned, Limits::default()).unwrap();
    let error = several.read(framing::read(&payload, None).unwrap().body).unwrap_err();
    assert_eq!(error.reason(), "the record holds a message `shop.First`, where `shop.Order` is read");
    let other = parsed(r#"syntax = "proto3"; message Order {}"#);
    assert!(RecordReader::new(&other, &pinned, Limits::default()).is_err());
}

#[test]
fn proto2_has_required_fields_and_groups() {
    let text = r#"syntax = "proto2"; message M { required int32 id = 1; optional int32 n = 2 [default = 7];
        repeated group Part = 3 { required string name = 1; } }"#;
    let pinned = pinned(text, "M");
    let shown = shapes(&pinned, pinned.model.root);
    assert_eq!(shown, ["id: int", "n: int or null", "part: list of record M.Part"]);
    assert_eq!(
        read(&pinned, &[]).unwrap_err().to_string(),
        "the field is required and not set at `id` (byte 0)"
    );
    let bytes = foreign(text, "M", r#"{"id": 0, "part": [{"name": "a"}, {"name": ""}]}"#);
    let value = read(&pinned, &bytes).unwrap();
    let mut written = Vec::new();
    RecordWriter::new(&pinned).unwrap().write(&value, &mut written).unwrap();
    assert_eq!(written, bytes);
    let none = Value::Record(vec![Value::Null, Value::Null, Value::List(Vec::new())]);
    assert_eq!(RecordWriter::new(&pinned).unwrap().write(&none, &mut Vec::new()).unwrap_err().path(), "id");
}
