//! The normal form of a file: names in full, and everything sorted whose order means nothing.
//!
//! Messages, nested messages, services and procedures keep their order, because clients count messages by it.

mod fields;
mod number;
mod options;
mod order;
mod scope;

#[cfg(test)]
mod tests;

pub(super) use self::options::{as_map, joined_loosely};

use self::fields::{field, resolved_name};
use self::scope::{Budget, Scope};
use super::names::Names;
use super::syntax::{
    Enum, Extend, Extensions, File, Group, Message, OneOf, OptionValue, Rpc, Service, Syntax, Type,
};
use super::{ProtobufSchema, canonical};
use crate::format::ParseError;

/// The schema in normal form.
///
/// # Errors
/// [`ParseError`] that names a type which is nowhere defined, or when the normal form is no schema.
pub(super) fn normalized(schema: &ProtobufSchema) -> Result<ProtobufSchema, ParseError> {
    let (names, budget) = (Names::new(schema), Budget::new());
    let file = file(schema.file(), Scope::new(&names, &budget))?;
    if budget.is_exceeded() {
        return Err(ParseError::new(
            "the full names of the types that the schema uses have more than 16 MiB in sum; shorten the names",
        ));
    }
    schema.with_text(canonical::text(&file))
}

/// The tree whose text is the normal form. Options `default` and `json_name` stand among the options of a field, where
/// the printer keeps their place.
fn file(file: &File, scope: Scope<'_, '_>) -> Result<File, ParseError> {
    Ok(File {
        syntax: file.syntax.clone().filter(|syntax| *syntax != Syntax::Proto2),
        package: file.package.clone(),
        imports: order::imports(&file.imports),
        public_imports: order::imports(&file.public_imports),
        weak_imports: Vec::new(),
        options: options::normalized(file.options.clone(), scope),
        types: types(&file.types, scope)?,
        extends: extends(&file.extends, scope)?,
        services: file.services.iter().map(|each| service(each, scope)).collect::<Result<_, _>>()?,
    })
}

/// Types without the messages that stand for the entries of a map.
fn types(types: &[Type], scope: Scope<'_, '_>) -> Result<Vec<Type>, ParseError> {
    let mut kept = Vec::with_capacity(types.len());
    for each in types {
        match each {
            Type::Message(found) if is_dropped(found, scope) => {}
            Type::Message(found) => {
                kept.push(Type::Message(message(found, scope.inside(&found.name))?));
            }
            Type::Enum(found) => kept.push(Type::Enum(enumeration(found, scope.inside(&found.name)))),
        }
    }
    Ok(kept)
}

fn is_dropped(message: &Message, scope: Scope<'_, '_>) -> bool {
    scope.message(&message.name).is_some_and(is_map_entry)
}

/// Whether the message is the entry of a map.
pub(super) fn is_map_entry(message: &Message) -> bool {
    let last = message.options.iter().rfind(|option| option.name == "map_entry");
    last.is_some_and(|option| match &option.value {
        OptionValue::Boolean(value) => *value,
        OptionValue::String(text) | OptionValue::Enum(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    })
}

fn message(message: &Message, scope: Scope<'_, '_>) -> Result<Message, ParseError> {
    Ok(Message {
        name: message.name.clone(),
        position: message.position,
        reserved: order::reserved(&message.reserved),
        options: options::normalized(message.options.clone(), scope),
        fields: fields::sorted(&message.fields, scope)?,
        oneofs: oneofs(&message.oneofs, scope)?,
        groups: groups(&message.groups, scope)?,
        extensions: extensions(&message.extensions, scope),
        extends: extends(&message.extends, scope)?,
        types: types(&message.types, scope)?,
    })
}

/// Oneofs by their first number; one that has no fields, be it that it has groups, is left out.
fn oneofs(oneofs: &[OneOf], scope: Scope<'_, '_>) -> Result<Vec<OneOf>, ParseError> {
    let mut sorted = Vec::with_capacity(oneofs.len());
    for oneof in oneofs.iter().filter(|oneof| !oneof.fields.is_empty()) {
        sorted.push(OneOf {
            name: oneof.name.clone(),
            position: oneof.position,
            options: options::normalized(oneof.options.clone(), scope),
            fields: fields::sorted(&oneof.fields, scope)?,
            groups: groups(&oneof.groups, scope)?,
        });
    }
    sorted.sort_by_key(|oneof| oneof.fields.first().map_or(i32::MAX, |field| field.tag));
    if sorted.is_empty() && !oneofs.is_empty() {
        // Without a name: the blank line before them stays.
        sorted.push(OneOf::default());
    }
    Ok(sorted)
}

fn groups(groups: &[Group], scope: Scope<'_, '_>) -> Result<Vec<Group>, ParseError> {
    let mut sorted = Vec::with_capacity(groups.len());
    for group in groups {
        sorted.push(Group { fields: fields::sorted(&group.fields, scope)?, ..group.clone() });
    }
    sorted.sort_by_key(|group| group.tag);
    Ok(sorted)
}

fn extensions(statements: &[Extensions], scope: Scope<'_, '_>) -> Vec<Extensions> {
    let mut statements = order::extensions(statements.to_vec());
    for statement in &mut statements {
        statement.options = options::normalized(std::mem::take(&mut statement.options), scope);
    }
    statements
}

/// One block per extended message, in the order in which they are first extended.
fn extends(blocks: &[Extend], scope: Scope<'_, '_>) -> Result<Vec<Extend>, ParseError> {
    let mut grouped: Vec<Extend> = Vec::new();
    for block in blocks.iter().filter(|block| !block.fields.is_empty()) {
        let name = resolved_name(&block.name, block.position, scope)?;
        let fields = block.fields.iter().map(|each| field(each, scope)).collect::<Result<Vec<_>, _>>()?;
        match grouped.iter_mut().find(|known| known.name == name) {
            Some(known) => known.fields.extend(fields),
            None => grouped.push(Extend { name, position: block.position, fields }),
        }
    }
    for block in &mut grouped {
        block.fields.sort_by_key(|field| field.tag);
    }
    if grouped.is_empty() && !blocks.is_empty() {
        // Without a name: the blank line before them stays.
        grouped.push(Extend::default());
    }
    Ok(grouped)
}

fn enumeration(each: &Enum, scope: Scope<'_, '_>) -> Enum {
    let mut constants = each.constants.clone();
    order::constants(&mut constants);
    for constant in &mut constants {
        constant.options = options::normalized(std::mem::take(&mut constant.options), scope);
    }
    Enum {
        name: each.name.clone(),
        position: each.position,
        reserved: order::reserved(&each.reserved),
        options: options::normalized(each.options.clone(), scope),
        constants,
    }
}

fn service(service: &Service, scope: Scope<'_, '_>) -> Result<Service, ParseError> {
    Ok(Service {
        name: service.name.clone(),
        position: service.position,
        options: options::normalized(service.options.clone(), scope),
        rpcs: service.rpcs.iter().map(|each| rpc(each, scope)).collect::<Result<_, _>>()?,
    })
}

fn rpc(rpc: &Rpc, scope: Scope<'_, '_>) -> Result<Rpc, ParseError> {
    Ok(Rpc {
        request_type: resolved_name(&rpc.request_type, rpc.position, scope)?,
        response_type: resolved_name(&rpc.response_type, rpc.position, scope)?,
        options: options::normalized(rpc.options.clone(), scope),
        ..rpc.clone()
    })
}
