//! Messages and fields as descriptors. Groups are left out, as in the reference.

use super::declared;
use super::wire::Writer;
use super::write::{enumeration, present, reserved};
use super::write_options::options;
use crate::format::ParseError;
use crate::protobuf::names::{NameId, Names};
use crate::protobuf::syntax::{Field, Label, Message, Type};

const OPTIONAL: u64 = 1;
const REQUIRED: u64 = 2;
const REPEATED: u64 = 3;
const TYPE_MESSAGE: u64 = 11;
const TYPE_ENUM: u64 = 14;

/// Writes messages.
pub(super) struct Messages<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    pub(super) is_proto3: bool,
}

/// What a field is besides what it says itself.
#[derive(Clone, Copy, Default)]
struct Role<'f> {
    label: Option<u64>,
    type_name: &'f str,
    extendee: Option<&'f str>,
    oneof: Option<u64>,
    is_synthetic: bool,
    /// A map: its type is the message of its entries.
    is_map: bool,
}

/// The members of a message while they are made.
#[derive(Default)]
struct Members {
    fields: Vec<Writer>,
    /// Messages of the entries of maps, which come after the nested ones.
    entries: Vec<Writer>,
    oneofs: Vec<Writer>,
}

impl Messages<'_, '_> {
    pub(super) fn message(&self, message: &Message, scope: NameId) -> Result<Writer, ParseError> {
        let scope = self.names.inner(scope, &message.name).unwrap_or(scope);
        let mut writer = Writer::default();
        writer.text(1, &message.name);
        let members = self.members(message, scope)?;
        members.fields.iter().for_each(|field| writer.message(2, field));
        for each in message.messages() {
            writer.message(3, &self.message(each, scope)?);
        }
        members.entries.iter().for_each(|entry| writer.message(3, entry));
        for each in &message.types {
            if let Type::Enum(each) = each {
                writer.message(4, &enumeration(each)?);
            }
        }
        extension_ranges(&mut writer, message)?;
        for block in &message.extends {
            for field in &block.fields {
                writer.message(6, &self.extension(field, &block.name, scope)?);
            }
        }
        present(&mut writer, 7, &options(&message.options, declared::MESSAGE)?);
        members.oneofs.iter().for_each(|oneof| writer.message(8, oneof));
        reserved(&mut writer, &message.reserved, [9, 10], false);
        Ok(writer)
    }

    /// An extension of `extendee`.
    pub(super) fn extension(
        &self,
        field: &Field,
        extendee: &str,
        scope: NameId,
    ) -> Result<Writer, ParseError> {
        let label = field.label.map(number_of);
        let role = Role { label, extendee: Some(extendee), type_name: &field.type_name, ..Role::default() };
        self.field(field, role, scope)
    }

    /// Members of oneofs come before the other fields, real oneofs before those that stand for `optional` in proto3.
    fn members(&self, message: &Message, scope: NameId) -> Result<Members, ParseError> {
        let mut members = Members::default();
        for oneof in &message.oneofs {
            let mut writer = Writer::default();
            writer.text(1, &oneof.name);
            writer.message(2, &options(&oneof.options, declared::ONEOF)?);
            let index = Some(members.oneofs.len() as u64);
            members.oneofs.push(writer);
            for field in &oneof.fields {
                let type_name = field.type_name.as_str();
                let role = Role { label: Some(OPTIONAL), type_name, oneof: index, ..Role::default() };
                members.fields.push(self.field(field, role, scope)?);
            }
        }
        for field in &message.fields {
            self.plain_field(field, scope, &mut members)?;
        }
        Ok(members)
    }

    fn plain_field(&self, field: &Field, scope: NameId, members: &mut Members) -> Result<(), ParseError> {
        let entry = field.map_types().map(|(key, value)| (entry_name(&field.name), key, value));
        let entry_type = entry.as_ref().map(|(name, ..)| format!(".{}.{name}", self.names.full_name(scope)));
        let mut role = Role { label: field.label.map(number_of), ..Role::default() };
        match &entry {
            Some((name, key, value)) => {
                let type_name = entry_type.as_deref().unwrap_or_default();
                role = Role { label: Some(REPEATED), type_name, is_map: true, ..role };
                members.entries.push(self.entry(name, key, value, scope));
            }
            None => role.type_name = &field.type_name,
        }
        if self.is_proto3 && role.label == Some(OPTIONAL) {
            let mut oneof = Writer::default();
            oneof.text(1, &format!("_{}", field.name));
            oneof.message(2, &Writer::default());
            role = Role { oneof: Some(members.oneofs.len() as u64), is_synthetic: true, ..role };
            members.oneofs.push(oneof);
        }
        members.fields.push(self.field(field, role, scope)?);
        Ok(())
    }

    fn entry(&self, name: &str, key: &str, value: &str, scope: NameId) -> Writer {
        let mut writer = Writer::default();
        writer.text(1, name);
        for (name, number, type_name) in [("key", 1, key), ("value", 2, value)] {
            let mut field = Writer::default();
            field.text(1, name);
            field.number(3, number);
            self.type_of(&mut field, type_name, scope);
            writer.message(2, &field);
        }
        let mut map_entry = Writer::default();
        map_entry.number(7, 1);
        writer.message(7, &map_entry);
        writer
    }

    fn field(&self, field: &Field, role: Role<'_>, scope: NameId) -> Result<Writer, ParseError> {
        let mut writer = Writer::default();
        writer.text(1, &field.name);
        if let Some(extendee) = role.extendee {
            writer.text(2, extendee);
        }
        writer.int(3, field.tag);
        if let Some(label) = role.label {
            writer.number(4, label);
        }
        if role.is_map {
            // The message of a map's entries is not declared, so no name leads to it.
            writer.number(5, TYPE_MESSAGE);
        }
        self.type_of(&mut writer, role.type_name, scope);
        if let Some(default) = &field.default {
            writer.text(7, default);
        }
        present(&mut writer, 8, &options(&field.options, declared::FIELD)?);
        if let Some(index) = role.oneof {
            writer.number(9, index);
        }
        if let Some(json_name) = &field.json_name {
            writer.text(10, json_name);
        }
        if role.is_synthetic {
            writer.number(17, 1);
        }
        Ok(writer)
    }

    /// The type; the name of a message or an enum stays as it is written.
    fn type_of(&self, writer: &mut Writer, type_name: &str, scope: NameId) {
        if let Some(number) = scalar(type_name) {
            return writer.number(5, number);
        }
        if let Some(found) = self.names.resolve(scope, type_name) {
            writer.number(5, if found.declared.is_enum() { TYPE_ENUM } else { TYPE_MESSAGE });
        }
        writer.text(6, type_name);
    }
}

fn number_of(label: Label) -> u64 {
    match label {
        Label::Optional => OPTIONAL,
        Label::Required => REQUIRED,
        Label::Repeated => REPEATED,
    }
}

fn scalar(name: &str) -> Option<u64> {
    let number = match name {
        "double" => 1,
        "float" => 2,
        "int64" => 3,
        "uint64" => 4,
        "int32" => 5,
        "fixed64" => 6,
        "fixed32" => 7,
        "bool" => 8,
        "string" => 9,
        "bytes" => 12,
        "uint32" => 13,
        "sfixed32" => 15,
        "sfixed64" => 16,
        "sint32" => 17,
        "sint64" => 18,
        _ => return None,
    };
    Some(number)
}

/// The name of the message that stands for the entries of a map: in camel case only if there is an underscore.
fn entry_name(field: &str) -> String {
    if !field.contains('_') {
        return format!("{field}Entry");
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters.map(|letter| letter.to_ascii_lowercase())).collect::<String>()
    };
    let words: String = field.split('_').map(word).collect();
    format!("{words}Entry")
}

fn extension_ranges(writer: &mut Writer, message: &Message) -> Result<(), ParseError> {
    for statement in &message.extensions {
        let options = options(&statement.options, declared::EXTENSION_RANGE)?;
        for range in &statement.values {
            let mut bytes = Writer::default();
            bytes.int(1, range.first());
            bytes.int(2, range.last().wrapping_add(1));
            bytes.message(3, &options);
            writer.message(5, &bytes);
        }
    }
    Ok(())
}
