//! Messages: paired by name inside their file or message, their fields by number.

use foldhash::{HashMap, HashMapExt};

use super::difference::{Difference, FieldPair};
use super::members::{Member, Members};
use super::side::map_entry;
use super::walk::Walk;
use crate::protobuf::names::Declared;
use crate::protobuf::syntax::{Label, Message, Type};

/// Left of the stack when it grows, and by how much it grows.
const STACK_RESERVE: usize = 128 << 10;
const STACK_PIECE: usize = 1 << 20;

/// The messages among `types` by name; of two with the same name the last counts.
fn messages_by_name(types: &[Type]) -> HashMap<&str, &Message> {
    let mut by_name = HashMap::with_capacity(types.len());
    for each in types {
        if let Type::Message(message) = each {
            by_name.insert(message.name.as_str(), message);
        }
    }
    by_name
}

impl<'a> Walk<'_, 'a> {
    /// Compares the messages that two files or messages declare; true if compatible. Enums always are.
    pub(super) fn compare_types(&mut self, writer: &'a [Type], reader: &'a [Type]) -> bool {
        if writer.is_empty() {
            return true;
        }
        let (theirs, ours) = (messages_by_name(writer), messages_by_name(reader));
        let mut compatible = true;
        for each in writer {
            let Type::Message(message) = each else { continue };
            if !theirs.get(message.name.as_str()).is_some_and(|last| std::ptr::eq(*last, message)) {
                continue;
            }
            if !self.spend(1) {
                return false;
            }
            let outer = self.place.enter(self.reader, self.writer, &message.name);
            compatible &= match ours.get(message.name.as_str()) {
                Some(reader) => self.compare_messages(message, reader),
                None => self.is_map_entry(message) || self.add(Difference::MessageRemoved(message)),
            };
            self.place.leave(outer);
        }
        compatible
    }

    /// Whether the message at the current place stands for the entries of a map. The reference registry looks it up by
    /// name from inside itself, where a nested message of the same name comes first.
    fn is_map_entry(&self, message: &Message) -> bool {
        let found = self.writer.resolve(self.place.writer_scope, &message.name);
        found.is_some_and(
            |found| matches!(found.declared, Declared::Message(message) if map_entry(message).is_some()),
        )
    }

    /// Compares two messages at the current place, which bears their name; true if compatible.
    pub(super) fn compare_messages(&mut self, writer: &'a Message, reader: &'a Message) -> bool {
        if !self.spend(1) {
            return false;
        }
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || {
            let mut compatible = true;
            let opened = self.open(writer);
            if opened {
                compatible &= self.compare_members(writer, reader);
            }
            compatible &= self.compare_types(&writer.types, &reader.types);
            if opened {
                self.close(writer);
            }
            compatible
        })
    }

    fn compare_members(&mut self, writer: &'a Message, reader: &'a Message) -> bool {
        let (theirs, ours) = (Members::of(writer), Members::of(reader));
        if !self.spend(theirs.count() + ours.count()) {
            return false;
        }
        let mut compatible = self.compare_oneofs(writer, reader, &theirs);
        for (their, our) in theirs.beside(&ours) {
            compatible &= match (their, our) {
                (Some(their), Some(our)) => self.compare_fields(FieldPair {
                    reader: our.field,
                    writer: their.field,
                    oneof: our.oneof.map(|oneof| oneof.name.as_str()),
                }),
                (Some(their), None) => self.field_removed(their, reader, &ours),
                (None, Some(our)) => self.field_added(our),
                (None, None) => true,
            };
        }
        compatible
    }

    /// A field without a label or with another than `required` may go. A oneof may go as a whole, but not in part: who
    /// reads the rest could not tell the lost field from none.
    fn field_removed(&mut self, their: Member<'a>, reader: &Message, ours: &Members<'a>) -> bool {
        match their.oneof {
            Some(oneof) => {
                let is_kept = reader.oneofs.iter().any(|each| each.name == oneof.name)
                    || oneof.fields.iter().any(|field| ours.find(field.tag).is_some());
                !is_kept || self.add(Difference::OneOfFieldRemoved { oneof, field: their.field })
            }
            None if their.field.label == Some(Label::Required) => {
                self.add(Difference::RequiredRemoved(their.field))
            }
            None => true,
        }
    }

    fn field_added(&mut self, our: Member<'a>) -> bool {
        let is_required = our.oneof.is_none() && our.field.label == Some(Label::Required);
        !is_required || self.add(Difference::RequiredAdded(our.field))
    }
}
