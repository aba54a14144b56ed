//! Laws of the normal form and of descriptors, on random files; `protox` is the judge of meaning.
//!
//! Enums without negative numbers only: the normal form of the reference sorts constants by number, so that a negative
//! one becomes the first, which proto3 forbids and which is the default in proto2.

#![cfg(test)]

mod protobuf_files;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use prost::Message;
use prost_reflect::prost_types::{DescriptorProto, FileDescriptorProto};
use protobuf_files::{Choices, Enum, Message as FileMessage, ProtoFile};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

fn protobuf(text: &str) -> ParsedSchema {
    ParsedSchema::parse(SchemaType::Protobuf, text, &ResolvedReferences::none(), Strictness::New)
        .unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// Serves one text, and of `google/type` the one file that is used.
struct Texts(String);

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            "main.proto" => File::from_source(name, &self.0),
            "google/type/money.proto" => File::from_source(
                name,
                "syntax = \"proto3\"; package google.type; message Money { int64 units = 2; }",
            ),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// A compiler that has read a text.
fn compiler(text: &str) -> Result<protox::Compiler, protox::Error> {
    let mut resolver = ChainFileResolver::new();
    resolver.add(Texts(text.to_owned()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.open_file("main.proto")?;
    Ok(compiler)
}

/// What a compiler makes of a text.
fn compiled(text: &str) -> FileDescriptorProto {
    let compiler = compiler(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let set = compiler.file_descriptor_set();
    set.file.into_iter().find(|file| file.name() == "main.proto").expect("the file itself")
}

/// The same file with everything in one order that may be in any, and without what a compiler computes.
fn meaning(mut file: FileDescriptorProto) -> FileDescriptorProto {
    file.source_code_info = None;
    if file.syntax() == "proto2" {
        file.syntax = None;
    }
    file.dependency.sort();
    file.message_type.iter_mut().for_each(sort_message);
    for each in &mut file.enum_type {
        each.value.sort_by_key(|value| value.number());
    }
    file
}

fn sort_message(message: &mut DescriptorProto) {
    let oneofs = message.oneof_decl.clone();
    // A oneof is known by its name, wherever it stands.
    let name_of = |index: Option<i32>| {
        let index = index.and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| oneofs.get(index)).map(|oneof| oneof.name().to_owned())
    };
    let mut sorted = oneofs.clone();
    sorted.sort_by(|one, other| one.name().cmp(other.name()));
    for field in &mut message.field {
        if let Some(name) = name_of(field.oneof_index) {
            let place = sorted.iter().position(|oneof| oneof.name() == name);
            field.oneof_index = place.and_then(|place| i32::try_from(place).ok());
        }
    }
    message.oneof_decl = sorted;
    message.field.sort_by_key(prost_reflect::prost_types::FieldDescriptorProto::number);
    message.reserved_range.sort_by_key(|range| range.start());
    message.nested_type.sort_by(|one, other| {
        let is_entry = |message: &DescriptorProto| message.options.as_ref().is_some_and(|it| it.map_entry());
        // Messages that are counted keep their order.
        is_entry(one).cmp(&is_entry(other)).then_with(|| {
            if is_entry(one) { one.name().cmp(other.name()) } else { std::cmp::Ordering::Equal }
        })
    });
    for each in &mut message.enum_type {
        each.value.sort_by_key(|value| value.number());
    }
    message.nested_type.iter_mut().for_each(sort_message);
}

/// A random file.
fn file(choices: &mut Choices<'_>) -> ProtoFile {
    let mut file = protobuf_files::file(choices);
    file.enums.iter_mut().for_each(without_negative);
    file.messages.iter_mut().for_each(without_negative_inside);
    file
}

fn without_negative(each: &mut Enum) {
    each.constants.iter_mut().for_each(|(_, number)| *number = number.abs());
}

fn without_negative_inside(message: &mut FileMessage) {
    message.enums.iter_mut().for_each(without_negative);
    message.messages.iter_mut().for_each(without_negative_inside);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..300)
}

proptest! {
    /// The random files are files that a compiler takes.
    #[test]
    fn a_compiler_takes_them(bytes in proptest::collection::vec(any::<u8>(), 0..300), full: bool) {
        let text = protobuf_files::file(&mut Choices::new(&bytes)).text(full);
        let compiled = compiler(&text).map(|_| ());
        prop_assert!(compiled.is_ok(), "{:?}\n{text}", compiled);
    }
}

proptest! {
    #[test]
    fn what_is_normal_stays_as_it_is(bytes in bytes(), full: bool) {
        let schema = protobuf(&file(&mut Choices::new(&bytes)).text(full));
        let once = schema.normalized().expect("a normal form");
        let twice = once.normalized().expect("a normal form");
        prop_assert_eq!(once.canonical(), twice.canonical());
        let again = protobuf(once.canonical()).normalized().expect("a normal form");
        prop_assert_eq!(again.canonical(), once.canonical());
    }

    #[test]
    fn short_and_full_names_have_one_normal_form(bytes in bytes()) {
        let file = file(&mut Choices::new(&bytes));
        let normal = |full| protobuf(&file.text(full)).normalized().expect("a normal form").canonical().to_owned();
        prop_assert_eq!(normal(true), normal(false));
    }

    #[test]
    fn the_normal_form_means_the_same(bytes in bytes(), full: bool) {
        let text = file(&mut Choices::new(&bytes)).text(full);
        let normal = protobuf(&text).normalized().expect("a normal form");
        prop_assert_eq!(meaning(compiled(&text)), meaning(compiled(normal.canonical())));
    }

    #[test]
    fn a_descriptor_and_its_text_are_one_schema(bytes in bytes(), full: bool) {
        let text = file(&mut Choices::new(&bytes)).text(full);
        let from_descriptor = protobuf(&STANDARD.encode(compiled(&text).encode_to_vec()));
        let normal = protobuf(&text).normalized().expect("a normal form");
        let other = from_descriptor.normalized().expect("a normal form");
        // A compiler writes the name in JSON of every field, so that only what it means can be compared.
        prop_assert_eq!(meaning(compiled(other.canonical())), meaning(compiled(normal.canonical())));
    }

    #[test]
    fn what_is_serialized_is_the_schema(bytes in bytes(), full: bool) {
        let schema = protobuf(&file(&mut Choices::new(&bytes)).text(full));
        let serialized = schema.formatted("serialized").expect("a descriptor");
        let decoded = FileDescriptorProto::decode(&*STANDARD.decode(&serialized).expect("base64"));
        let decoded = decoded.expect("a descriptor");
        prop_assert_eq!(decoded.name(), "default");
        let back = protobuf(&serialized).normalized().expect("a normal form");
        let normal = schema.normalized().expect("a normal form");
        prop_assert_eq!(without_optional(back.canonical()), without_optional(normal.canonical()));
    }

    #[test]
    fn random_bytes_are_no_reason_to_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = STANDARD.encode(bytes);
        let _ = ParsedSchema::parse(SchemaType::Protobuf, &text, &ResolvedReferences::none(), Strictness::New);
    }
}

/// A file without a label reads as one with `optional` where no syntax is given.
fn without_optional(text: &str) -> String {
    text.replace("optional ", "")
}
