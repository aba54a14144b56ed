//! A syntax tree as a descriptor: file, enums and services.

use super::declared;
use super::wire::Writer;
use super::write_message::Messages;
use super::write_options::options;
use crate::format::ParseError;
use crate::protobuf::ProtobufSchema;
use crate::protobuf::names::Names;
use crate::protobuf::syntax::{Enum, File, Reserved, ReservedValue, Rpc, Service, Syntax, Type};

/// Every serialized file has this name.
const NAME: &str = "default";
/// Number of edition 2023; later years count up.
const EDITION_2023: i32 = 1000;

/// The bytes of the descriptor of a schema.
pub(super) fn file(schema: &ProtobufSchema) -> Result<Vec<u8>, ParseError> {
    let (file, names) = (schema.file(), Names::new(schema));
    let messages = Messages { names: &names, is_proto3: file.is_proto3() };
    let mut writer = Writer::default();
    writer.text(1, NAME);
    if let Some(package) = &file.package {
        writer.text(2, package);
    }
    let (paths, public) = dependencies(schema);
    paths.iter().for_each(|path| writer.text(3, path));
    for each in file.messages() {
        writer.message(4, &messages.message(each, names.package())?);
    }
    for each in &file.types {
        if let Type::Enum(each) = each {
            writer.message(5, &enumeration(each)?);
        }
    }
    for each in &file.services {
        writer.message(6, &service(each)?);
    }
    for block in &file.extends {
        for field in &block.fields {
            writer.message(7, &messages.extension(field, &block.name, names.package())?);
        }
    }
    present(&mut writer, 8, &options(&file.options, declared::FILE)?);
    public.iter().for_each(|index| writer.number(10, *index));
    syntax(&mut writer, file);
    Ok(writer.0)
}

fn syntax(writer: &mut Writer, file: &File) {
    match &file.syntax {
        Some(Syntax::Proto2) => writer.text(12, "proto2"),
        Some(Syntax::Proto3) => writer.text(12, "proto3"),
        Some(Syntax::Edition(year)) => {
            writer.text(12, "editions");
            let years = year.parse::<i32>().ok().and_then(|year| year.checked_sub(2023));
            writer.int(14, EDITION_2023 + years.unwrap_or(0).clamp(0, 1000));
        }
        None => {}
    }
}

/// The imports that are there, each once, and which of them are public.
fn dependencies(schema: &ProtobufSchema) -> (Vec<&str>, Vec<u64>) {
    let mut paths: Vec<&str> = Vec::new();
    let mut public = Vec::new();
    let file = schema.file();
    for import in file.imports.iter().filter(|import| schema.imported(&import.path).is_some()) {
        if !paths.contains(&import.path.as_str()) {
            paths.push(&import.path);
        }
    }
    for import in file.public_imports.iter().filter(|import| schema.imported(&import.path).is_some()) {
        let known = paths.iter().position(|path| *path == import.path);
        let index = known.unwrap_or_else(|| {
            paths.push(&import.path);
            paths.len() - 1
        });
        public.push(index as u64);
    }
    (paths, public)
}

/// Options are there only if they say something.
pub(super) fn present(writer: &mut Writer, number: u64, options: &Writer) {
    if !options.0.is_empty() {
        writer.message(number, options);
    }
}

pub(super) fn enumeration(each: &Enum) -> Result<Writer, ParseError> {
    let mut writer = Writer::default();
    writer.text(1, &each.name);
    for constant in &each.constants {
        let mut value = Writer::default();
        value.text(1, &constant.name);
        value.int(2, constant.tag);
        present(&mut value, 3, &options(&constant.options, declared::CONSTANT)?);
        writer.message(2, &value);
    }
    present(&mut writer, 3, &options(&each.options, declared::ENUM)?);
    reserved(&mut writer, &each.reserved, [4, 5], true);
    Ok(writer)
}

/// Ranges, then names. The end of a range is included only in enums.
pub(super) fn reserved(writer: &mut Writer, statements: &[Reserved], numbers: [u64; 2], is_enum: bool) {
    let [ranges, names] = numbers;
    let values = || statements.iter().flat_map(|statement| &statement.values);
    for value in values() {
        if let ReservedValue::Tags(range) = value {
            let end = if is_enum { range.last() } else { range.last().wrapping_add(1) };
            let mut bytes = Writer::default();
            bytes.int(1, range.first());
            bytes.int(2, end);
            writer.message(ranges, &bytes);
        }
    }
    for value in values() {
        if let ReservedValue::Name(name) = value {
            writer.text(names, name);
        }
    }
}

fn service(each: &Service) -> Result<Writer, ParseError> {
    let mut writer = Writer::default();
    writer.text(1, &each.name);
    for each in &each.rpcs {
        writer.message(2, &rpc(each)?);
    }
    present(&mut writer, 3, &options(&each.options, declared::SERVICE)?);
    Ok(writer)
}

fn rpc(each: &Rpc) -> Result<Writer, ParseError> {
    let mut writer = Writer::default();
    writer.text(1, &each.name);
    writer.text(2, &each.request_type);
    writer.text(3, &each.response_type);
    present(&mut writer, 4, &options(&each.options, declared::RPC)?);
    writer.number(5, u64::from(each.request_streaming));
    writer.number(6, u64::from(each.response_streaming));
    Ok(writer)
}
