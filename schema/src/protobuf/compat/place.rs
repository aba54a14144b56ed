//! Where in the two schemas a comparison stands.

use std::fmt::Write;

use super::side::Side;
use crate::protobuf::names::NameId;

/// The message around the current fields: the name inside its package, which both sides share, and where each side has
/// it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The message's name without its package, e.g. `Outer.Inner`; empty at the top of a file.
    pub(super) local: String,
    /// Where the reader looks names up.
    pub(super) reader_scope: NameId,
    /// Where the writer looks names up.
    pub(super) writer_scope: NameId,
}

/// What [`Place::leave`] needs to go back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    local: usize,
    reader_scope: NameId,
    writer_scope: NameId,
}

impl Place {
    /// The top of both files.
    pub(super) fn top(reader: &Side<'_>, writer: &Side<'_>) -> Self {
        Self { local: String::new(), reader_scope: reader.root_scope(), writer_scope: writer.root_scope() }
    }

    /// Enters a message.
    pub(super) fn enter(&mut self, reader: &Side<'_>, writer: &Side<'_>, name: &str) -> Outer {
        let Self { reader_scope, writer_scope, .. } = *self;
        let outer = Outer { local: self.local.len(), reader_scope, writer_scope };
        if outer.local > 0 {
            self.local.push('.');
        }
        self.local.push_str(name);
        self.reader_scope = reader.inner(reader_scope, name);
        self.writer_scope = writer.inner(writer_scope, name);
        outer
    }

    pub(super) fn leave(&mut self, outer: Outer) {
        self.local.truncate(outer.local);
        (self.reader_scope, self.writer_scope) = (outer.reader_scope, outer.writer_scope);
    }

    /// The path of the message, or of what is at `spot` inside it.
    pub(super) fn path(&self, spot: Spot<'_>) -> String {
        let mut path = format!("#/{}", self.local.replace('.', "/"));
        // Writing to a string cannot fail.
        let _ = match spot {
            Spot::Message => Ok(()),
            Spot::OneOf(oneof) => write!(path, "/{oneof}"),
            Spot::Field { oneof: Some(oneof), tag } => write!(path, "/{oneof}/{tag}"),
            Spot::Field { oneof: None, tag } => write!(path, "/{tag}"),
        };
        path
    }
}

/// A place inside a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot<'a> {
    /// The message itself.
    Message,
    /// A oneof.
    OneOf(&'a str),
    /// A field, with the oneof that it is found in.
    Field {
        /// Name of the oneof.
        oneof: Option<&'a str>,
        /// Number of the field.
        tag: i32,
    },
}
