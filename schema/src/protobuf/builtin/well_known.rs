//! The files of `google/protobuf`, from the descriptors that come with the compiler: what they declare, without options.

use prost_types::field_descriptor_proto::{Label as ProtoLabel, Type as ProtoType};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto};
use protox::file::{FileResolver, GoogleFileResolver};

use crate::protobuf::syntax::{
    Enum, EnumConstant, Extensions, Field, File, Import, Label, MAX_TAG, Message, OneOf, Position, Syntax,
    TagRange, Type,
};

/// The paths.
const PATHS: [&str; 11] = [
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
];

/// The files with their paths.
pub(super) fn files() -> impl Iterator<Item = (&'static str, File)> {
    PATHS.into_iter().filter_map(|path| Some((path, file(&descriptor(path)?))))
}

/// The descriptor of a file.
pub(super) fn descriptor(path: &str) -> Option<FileDescriptorProto> {
    let path = PATHS.into_iter().find(|known| *known == path)?;
    let file = GoogleFileResolver::new().open_file(path).ok()?;
    Some(file.file_descriptor_proto().clone())
}

fn file(descriptor: &FileDescriptorProto) -> File {
    let is_proto3 = descriptor.syntax() == "proto3";
    let import = |path: &String| Import { path: path.clone(), position: Position::default() };
    File {
        syntax: Some(if is_proto3 { Syntax::Proto3 } else { Syntax::Proto2 }),
        package: descriptor.package.clone(),
        imports: descriptor.dependency.iter().map(import).collect(),
        types: types(&descriptor.message_type, &descriptor.enum_type, is_proto3),
        ..File::default()
    }
}

fn types(messages: &[DescriptorProto], enums: &[EnumDescriptorProto], is_proto3: bool) -> Vec<Type> {
    let messages = messages.iter().map(|each| Type::Message(message(each, is_proto3)));
    messages.chain(enums.iter().map(|each| Type::Enum(enum_type(each)))).collect()
}

fn message(descriptor: &DescriptorProto, is_proto3: bool) -> Message {
    let mut message = Message {
        name: descriptor.name().to_owned(),
        types: types(&descriptor.nested_type, &descriptor.enum_type, is_proto3),
        ..Message::default()
    };
    let oneof = |name: &str| OneOf { name: name.to_owned(), ..OneOf::default() };
    message.oneofs = descriptor.oneof_decl.iter().map(|each| oneof(each.name())).collect();
    for each in &descriptor.field {
        let index = each.oneof_index.and_then(|index| usize::try_from(index).ok());
        match index.and_then(|index| message.oneofs.get_mut(index)) {
            Some(oneof) => oneof.fields.push(Field { label: None, ..field(each, is_proto3) }),
            None => message.fields.push(field(each, is_proto3)),
        }
    }
    for range in &descriptor.extension_range {
        let last = range.end().saturating_sub(1).min(MAX_TAG);
        let values = vec![TagRange::Range(range.start(), last)];
        message.extensions.push(Extensions { values, ..Extensions::default() });
    }
    message
}

/// A field; a map stays what it is on the wire, a repeated message.
fn field(descriptor: &FieldDescriptorProto, is_proto3: bool) -> Field {
    let label = match descriptor.label() {
        ProtoLabel::Optional if is_proto3 => None,
        ProtoLabel::Optional => Some(Label::Optional),
        ProtoLabel::Required => Some(Label::Required),
        ProtoLabel::Repeated => Some(Label::Repeated),
    };
    let type_name = match descriptor.r#type() {
        ProtoType::Message | ProtoType::Enum | ProtoType::Group => descriptor.type_name().to_owned(),
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_ascii_lowercase(),
    };
    Field {
        label,
        type_name,
        name: descriptor.name().to_owned(),
        tag: descriptor.number(),
        ..Field::default()
    }
}

fn enum_type(descriptor: &EnumDescriptorProto) -> Enum {
    let constant = |name: &str, tag| EnumConstant { name: name.to_owned(), tag, ..EnumConstant::default() };
    let constants = descriptor.value.iter().map(|each| constant(each.name(), each.number())).collect();
    Enum { name: descriptor.name().to_owned(), constants, ..Enum::default() }
}
