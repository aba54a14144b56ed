//! Two fields of the same number: kind, encoding, label, and the types they name.

use super::difference::{Difference, FieldPair};
use super::kinds::{Group, Kind};
use super::walk::Walk;
use crate::protobuf::syntax::Label;

/// Maps of maps can only be written with declared map entries, which may refer to themselves.
const MAP_DEPTH_MAX: usize = 32;

/// A type as a field, or the value of a map, names it.
#[derive(Clone, Copy)]
struct Use<'a> {
    type_name: &'a str,
    label: Option<Label>,
}

impl<'a> Walk<'_, 'a> {
    /// Compares two fields of the same number; true if compatible.
    pub(super) fn compare_fields(&mut self, pair: FieldPair<'a>) -> bool {
        let (reader, writer) = (pair.reader, pair.writer);
        let ours = Use { type_name: &reader.type_name, label: reader.label };
        let theirs = Use { type_name: &writer.type_name, label: writer.label };
        self.compare_uses(pair, ours, theirs, MAP_DEPTH_MAX)
    }

    fn compare_uses(
        &mut self,
        pair: FieldPair<'a>,
        ours: Use<'a>,
        theirs: Use<'a>,
        depth_left: usize,
    ) -> bool {
        let our_kind = self.reader.kind(self.place.reader_scope, ours.type_name);
        let their_kind = self.writer.kind(self.place.writer_scope, theirs.type_name);
        match (our_kind, their_kind) {
            (Kind::Scalar(our_group), Kind::Scalar(their_group)) => {
                if our_group != their_group {
                    return self.add(Difference::ScalarKind(pair));
                }
                let is_relabelled = ours.label.zip(theirs.label).is_some_and(|(our, their)| our != their);
                let is_numeric = our_group != Group::Text;
                !(is_relabelled && is_numeric) || self.add(Difference::NumericLabel(pair))
            }
            (Kind::Message, Kind::Message) => self.compare_named(pair, ours.type_name, theirs.type_name),
            (Kind::Map(our_key, our_value), Kind::Map(their_key, their_value)) => {
                let Some(depth_left) = depth_left.checked_sub(1) else { return true };
                let unlabelled = |type_name| Use { type_name, label: None };
                let keys = self.compare_uses(pair, unlabelled(our_key), unlabelled(their_key), depth_left);
                let values =
                    self.compare_uses(pair, unlabelled(our_value), unlabelled(their_value), depth_left);
                keys & values
            }
            _ => self.add(Difference::FieldKind(pair)),
        }
    }

    /// Compares two names of messages, and the messages themselves where another file declares one of them.
    fn compare_named(&mut self, pair: FieldPair<'a>, ours: &str, theirs: &str) -> bool {
        let (reader, writer) = (self.reader, self.writer);
        let our_type = reader.resolve_twice(self.place.reader_scope, ours);
        let their_type = writer.resolve_twice(self.place.writer_scope, theirs);
        let (Some((our_type, our_name)), Some((their_type, their_name))) = (our_type, their_type) else {
            return ours == theirs || self.add(Difference::NamedType(pair));
        };
        let local = reader.local_part(our_type, &our_name);
        if local != writer.local_part(their_type, &their_name) {
            return self.add(Difference::NamedType(pair));
        }
        if our_type.origin.is_own() && their_type.origin.is_own() {
            return true;
        }
        self.compare_declared(our_type, their_type, local) || self.add(Difference::Definition(pair))
    }
}
