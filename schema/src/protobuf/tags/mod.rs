//! Inline tags: the field `tags` of the options `confluent.message_meta` and `confluent.field_meta`.
//!
//! A path names messages by their names joined with dots, without the package; a field follows its message. The name of
//! a oneof may stand between a message and a field.

mod merge;

#[cfg(test)]
mod tests;

use self::merge::Merged;
use super::ProtobufSchema;
use super::syntax::{Field, File, Message, OptionValue, ProtoOption, Type};
use crate::format::UnknownEntity;
use crate::model::api::{SchemaEntity, SchemaTags};
use crate::tags::{FIELD, RECORD};

/// The option of messages.
const MESSAGE_META: &str = "confluent.message_meta";
/// The option of fields.
const FIELD_META: &str = "confluent.field_meta";
/// The field of both that holds the tags.
const TAGS: &str = "tags";

/// All tags of the schema's own messages: a message before its fields, fields of oneofs first.
pub(super) fn collect(schema: &ProtobufSchema) -> Vec<SchemaTags> {
    let mut found = Vec::new();
    let mut pending: Vec<_> = schema.file().messages().map(|message| (String::new(), message)).collect();
    pending.reverse();
    while let Some((scope, message)) = pending.pop() {
        let path = if scope.is_empty() { message.name.clone() } else { format!("{scope}.{}", message.name) };
        found.extend(entity(&message.options, MESSAGE_META, || path.clone(), RECORD));
        let members = message.oneofs.iter().flat_map(|oneof| &oneof.fields).chain(&message.fields);
        for field in members {
            found.extend(entity(&field.options, FIELD_META, || format!("{path}.{}", field.name), FIELD));
        }
        let inner: Vec<_> = message.messages().collect();
        pending.extend(inner.into_iter().rev().map(|message| (path.clone(), message)));
    }
    found
}

fn entity(
    options: &[ProtoOption],
    meta: &str,
    path: impl FnOnce() -> String,
    entity_type: &str,
) -> Option<SchemaTags> {
    let tags = Merged::new(options.iter().filter(|option| merge::key(option) == meta)).tags(meta);
    if tags.is_empty() {
        return None;
    }
    let schema_entity = SchemaEntity { entity_path: path(), entity_type: entity_type.to_owned() };
    Some(SchemaTags { schema_entity, tags })
}

/// Adds tags, then removes tags.
///
/// The option is not imported by that: every schema may use it, and what the reference registry stores is the same.
pub(super) fn change(
    schema: &ProtobufSchema,
    add: &[SchemaTags],
    remove: &[SchemaTags],
) -> Result<ProtobufSchema, UnknownEntity> {
    let mut file = schema.file().clone();
    let unknown = |tags: &SchemaTags| UnknownEntity(tags.schema_entity.entity_path.clone());
    let Some(first) = add.first().or(remove.first()) else { return Ok(schema.clone()) };
    for (changes, is_added) in [(add, true), (remove, false)] {
        for tags in changes {
            let (options, meta) = find(&mut file, &tags.schema_entity).ok_or_else(|| unknown(tags))?;
            let mut merged = Merged::new(options.iter());
            if is_added {
                merged.add(meta, &tags.tags);
            } else {
                merged.remove(meta, &tags.tags);
            }
            *options = merged.in_order();
        }
    }
    schema.with_file(file).map_err(|_| unknown(first))
}

/// The options of an entity, and the name of the one that holds its tags.
fn find<'f>(file: &'f mut File, entity: &SchemaEntity) -> Option<(&'f mut Vec<ProtoOption>, &'static str)> {
    let path = entity.entity_path.strip_prefix('.').unwrap_or(&entity.entity_path);
    if entity.entity_type == RECORD {
        let message = message_at(&mut file.types, path)?;
        return Some((&mut message.options, MESSAGE_META));
    }
    let (owner, name) = path.rsplit_once('.')?;
    let is_message = message_at(&mut file.types, owner).is_some();
    let field = if is_message {
        field_of(message_at(&mut file.types, owner)?, name)
    } else {
        let (owner, oneof) = owner.rsplit_once('.')?;
        let message = message_at(&mut file.types, owner)?;
        let oneof = message.oneofs.iter_mut().rfind(|each| each.name == oneof)?;
        oneof.fields.iter_mut().find(|field| field.name == name)
    };
    field.map(|field| (&mut field.options, FIELD_META))
}

fn message_at<'f>(types: &'f mut [Type], path: &str) -> Option<&'f mut Message> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let mut message = message_in(types, first)?;
    for name in rest.into_iter().flat_map(|rest| rest.split('.')) {
        message = message_in(&mut message.types, name)?;
    }
    Some(message)
}

fn message_in<'f>(types: &'f mut [Type], name: &str) -> Option<&'f mut Message> {
    types.iter_mut().find_map(|each| match each {
        Type::Message(message) if message.name == name => Some(message),
        _ => None,
    })
}

fn field_of<'f>(message: &'f mut Message, name: &str) -> Option<&'f mut Field> {
    let in_oneofs = message.oneofs.iter_mut().flat_map(|oneof| &mut oneof.fields);
    message.fields.iter_mut().chain(in_oneofs).find(|field| field.name == name)
}

/// The text of a tag; tags are strings, but nothing keeps a schema from having others.
fn text(value: &OptionValue) -> Option<String> {
    match value {
        OptionValue::String(text) | OptionValue::Number(text) | OptionValue::Enum(text) => Some(text.clone()),
        OptionValue::Boolean(value) => Some(value.to_string()),
        OptionValue::Map(_) | OptionValue::List(_) | OptionValue::Nested(_) => None,
    }
}
