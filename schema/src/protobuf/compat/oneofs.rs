//! Oneofs: fields that were independent may not come to exclude each other.

use super::difference::Difference;
use super::members::Members;
use super::walk::Walk;
use crate::protobuf::syntax::{Field, Message, OneOf};

/// Where the fields of a reader's oneof are in the writer, as far as it has them: the first field of each oneof and each
/// field outside of oneofs can be set together.
pub(super) struct Origins<'a> {
    /// One field per origin, with the oneof that it comes from.
    pub(super) independent: Vec<(&'a Field, Option<&'a str>)>,
    /// How many of them are outside of oneofs.
    pub(super) outside: usize,
}

impl<'a> Origins<'a> {
    /// The origins of the fields of `oneof` among `theirs`.
    pub(super) fn of(oneof: &OneOf, theirs: &Members<'a>) -> Self {
        let mut origins = Self { independent: Vec::new(), outside: 0 };
        for field in &oneof.fields {
            let Some(their) = theirs.find(field.tag) else { continue };
            let name = their.oneof.map(|oneof| oneof.name.as_str());
            let is_known = origins.independent.iter().any(|(known, from)| match name {
                Some(_) => *from == name,
                None => known.tag == field.tag,
            });
            if !is_known {
                origins.independent.push((their.field, name));
                origins.outside += usize::from(name.is_none());
            }
        }
        origins
    }
}

impl<'a> Walk<'_, 'a> {
    /// Compares the reader's oneofs with the writer's fields; true if compatible.
    pub(super) fn compare_oneofs(
        &mut self,
        writer: &'a Message,
        reader: &'a Message,
        theirs: &Members<'a>,
    ) -> bool {
        let mut compatible = true;
        for oneof in &reader.oneofs {
            let origins = Origins::of(oneof, theirs);
            if origins.independent.len() > 1 {
                let several_outside = origins.outside > 1;
                compatible &= self.add(Difference::MovedToOneOf { oneof, writer, several_outside });
            }
        }
        compatible
    }
}
