//! Whether everything that a schema needs is there: its imports and every type it names, each declared once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::names::{Found, NameId, Names, Origin, is_scalar};
use super::parse::wrong_at;
use super::syntax::{Extend, Field, Message, Position, Type};
use super::{ProtobufSchema, imports};
use crate::format::ParseError;

/// The file that declares the options of tags.
const META: &str = "confluent/meta.proto";

type Result = std::result::Result<(), ParseError>;

/// Whether `schema` can be linked.
///
/// A type may be used without importing its file, as long as a reference or a file that every schema may import declares
/// it: the reference registry takes that, and so do schemas that exist.
///
/// # Errors
/// [`ParseError`] with the first fault.
pub(super) fn linked(schema: &ProtobufSchema) -> Result {
    let imported = imports::all(schema)?;
    let names = Names::new(schema);
    let counts = |origin: Origin<'_>| match origin {
        Origin::Own => true,
        Origin::Import(path) => imported.contains(path),
    };
    for duplicate in names.duplicates() {
        let is_within_schema = duplicate.first.is_own() && duplicate.second.is_own();
        if !is_within_schema && counts(duplicate.first) && counts(duplicate.second) {
            return Err(twice(&names.full_name(duplicate.id), duplicate.first, duplicate.second));
        }
    }
    Link { names: &names, used: RefCell::default() }.file(schema)
}

/// Paths of the files that declare what `schema` uses, and that it does not import.
///
/// # Errors
/// [`ParseError`] when an import is missing or a type is unknown.
pub(super) fn unimported(schema: &ProtobufSchema) -> std::result::Result<BTreeSet<String>, ParseError> {
    let imported = imports::all(schema)?;
    let names = Names::new(schema);
    let link = Link { names: &names, used: RefCell::default() };
    link.file(schema)?;
    let mut used = link.used.into_inner();
    // Tags come without an import.
    if schema.text().contains("(confluent.") || schema.text().contains("(.confluent.") {
        used.insert(META);
    }
    used.retain(|path| !imported.contains(path));
    Ok(used.into_iter().map(str::to_owned).collect())
}

fn twice(name: &str, first: Origin<'_>, second: Origin<'_>) -> ParseError {
    let place = |origin: Origin<'_>| match origin {
        Origin::Own => "this schema".to_owned(),
        Origin::Import(path) => format!("`{path}`"),
    };
    let (first, second) = (place(first), place(second));
    ParseError::new(format!(
        "`{name}` is declared in {first} and again in {second}; rename or remove one of the two"
    ))
}

struct Link<'n, 'a> {
    names: &'n Names<'a>,
    /// Paths of the files whose types are used.
    used: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Link<'_, 'a> {
    fn file(&self, schema: &'a ProtobufSchema) -> Result {
        let (file, package) = (schema.file(), self.names.package());
        let mut pending: Vec<_> = file.messages().map(|message| (package, message)).collect();
        pending.reverse();
        while let Some((outer, message)) = pending.pop() {
            // A message is always at home in its own tree.
            let scope = self.names.inner(outer, &message.name).unwrap_or(outer);
            self.message(scope, message)?;
            let inner = message.types.iter().rev().filter_map(|each| match each {
                Type::Message(message) => Some((scope, message)),
                Type::Enum(_) => None,
            });
            pending.extend(inner);
        }
        self.extends(package, &file.extends)?;
        for rpc in file.services.iter().flat_map(|service| &service.rpcs) {
            for type_name in [&rpc.request_type, &rpc.response_type] {
                self.resolved(package, type_name, rpc.position, || format!("the procedure `{}`", rpc.name))?;
            }
        }
        Ok(())
    }

    fn message(&self, scope: NameId, message: &Message) -> Result {
        let groups = message.groups.iter().chain(message.oneofs.iter().flat_map(|oneof| &oneof.groups));
        for field in message.all_fields().chain(groups.flat_map(|group| &group.fields)) {
            self.field(scope, field, &message.name)?;
        }
        self.extends(scope, &message.extends)
    }

    fn extends(&self, scope: NameId, extends: &[Extend]) -> Result {
        for extend in extends {
            if extend.fields.is_empty() {
                continue;
            }
            self.resolved(scope, &extend.name, extend.position, || "an `extend` block".to_owned())?;
            for field in &extend.fields {
                self.field(scope, field, &extend.name)?;
            }
        }
        Ok(())
    }

    fn field(&self, scope: NameId, field: &Field, owner: &str) -> Result {
        let type_name = field.map_types().map_or(field.type_name.as_str(), |(_, value)| value);
        self.resolved(scope, type_name, field.position, || format!("the field `{}` of `{owner}`", field.name))
    }

    fn resolved(
        &self,
        scope: NameId,
        name: &str,
        position: Position,
        user: impl FnOnce() -> String,
    ) -> Result {
        match self.names.resolve(scope, name) {
            _ if is_scalar(name) => return Ok(()),
            Some(Found { origin: Origin::Own, .. }) => return Ok(()),
            Some(Found { origin: Origin::Import(path), .. }) => {
                self.used.borrow_mut().insert(path);
                return Ok(());
            }
            None => {}
        }
        let short: String = name.chars().take(200).collect();
        let message = format!(
            "could not resolve type `{short}` that {} uses; declare it, correct its name, or import its file and add \
             the reference",
            user()
        );
        Err(wrong_at(position, message))
    }
}

#[cfg(test)]
mod tests;
