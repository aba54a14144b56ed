//! One of the two schemas: its own file, and every type that its names may mean.

use super::kinds::{Group, Kind, map_types};
use crate::protobuf::ProtobufSchema;
use crate::protobuf::names::{Declared, Found, NameId, Names, Origin, package_of};
use crate::protobuf::syntax::{Field, File, Message, OptionValue};

/// One schema as the checker sees it.
pub(super) struct Side<'a> {
    schema: &'a ProtobufSchema,
    names: Names<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn new(schema: &'a ProtobufSchema) -> Self {
        Self { schema, names: Names::new(schema) }
    }

    /// The schema's own file.
    pub(super) fn root(&self) -> &'a File {
        self.schema.file()
    }

    /// The scope of the top-level types of the schema's own file.
    pub(super) fn root_scope(&self) -> NameId {
        self.names.package()
    }

    /// The scope of the message `name` within `scope`.
    pub(super) fn inner(&self, scope: NameId, name: &str) -> NameId {
        self.names.inner(scope, name).unwrap_or(scope)
    }

    /// The type that `name` means in `scope`.
    pub(super) fn resolve(&self, scope: NameId, name: &str) -> Option<Found<'a>> {
        self.names.resolve(scope, name)
    }

    /// The type that `name` means in `scope`, with its full name.
    ///
    /// The reference registry looks the full name of what it found up in the scope once more, and so does this: a scope
    /// may have a namesake of it inside.
    pub(super) fn resolve_twice(&self, scope: NameId, name: &str) -> Option<(Found<'a>, String)> {
        let full_name = self.names.full_name(self.resolve(scope, name)?.id);
        self.resolve(scope, &full_name).map(|found| (found, full_name))
    }

    /// The part of a full name that is inside the package of the file that declares `found`.
    pub(super) fn local_part<'n>(&self, found: Found<'a>, full_name: &'n str) -> &'n str {
        let file = match found.origin {
            Origin::Own => Some(self.schema.file()),
            Origin::Import(path) => self.schema.imported(path),
        };
        let package = file.map(package_of).unwrap_or_default();
        full_name.strip_prefix(package).and_then(|rest| rest.strip_prefix('.')).unwrap_or(full_name)
    }

    /// What a type name means in `scope`.
    pub(super) fn kind(&self, scope: NameId, type_name: &'a str) -> Kind<'a> {
        if let Some(group) = Group::of(type_name) {
            return Kind::Scalar(group);
        }
        if let Some((key, value)) = map_types(type_name) {
            return Kind::Map(key, value);
        }
        match self.resolve(scope, type_name).map(|found| found.declared) {
            Some(Declared::Enum(_)) => Kind::Scalar(Group::General),
            Some(Declared::Message(message)) => {
                map_entry(message).map_or(Kind::Message, |(key, value)| Kind::Map(key, value))
            }
            None => Kind::Message,
        }
    }
}

/// Types of key and value, if a message is declared to stand for the entries of a map.
pub(super) fn map_entry(message: &Message) -> Option<(&str, &str)> {
    let option = message.options.iter().find(|option| option.name == "map_entry")?;
    let is_on = match &option.value {
        OptionValue::Boolean(is_on) => *is_on,
        OptionValue::String(text) | OptionValue::Enum(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    };
    let named = |name: &str| -> Option<&Field> { message.fields.iter().find(|field| field.name == name) };
    let (key, value) = (named("key")?, named("value")?);
    is_on.then_some((key.type_name.as_str(), value.type_name.as_str()))
}
