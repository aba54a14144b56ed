//! One difference that matters, with what it is about on both sides.

use super::place::Spot;
use crate::protobuf::syntax::{Field, Message, OneOf};

/// A difference between a message of the writer and its namesake of the reader, or between the files.
#[derive(Clone, Copy, Debug)]
pub(super) enum Difference<'a> {
    /// The files have different packages.
    PackageChanged,
    /// The reader lacks the message.
    MessageRemoved(&'a Message),
    /// The type of a field is of another kind.
    FieldKind(FieldPair<'a>),
    /// A scalar field is encoded in another way.
    ScalarKind(FieldPair<'a>),
    /// A field of a message type has another message type.
    NamedType(FieldPair<'a>),
    /// A field of a message type has a type of the same name that changed in an incompatible way.
    Definition(FieldPair<'a>),
    /// A numeric field has another label.
    NumericLabel(FieldPair<'a>),
    /// The reader demands a field that the writer lacks.
    RequiredAdded(&'a Field),
    /// The writer demands a field that the reader lacks.
    RequiredRemoved(&'a Field),
    /// The reader lacks a field of the writer's oneof.
    OneOfFieldRemoved {
        /// The writer's oneof.
        oneof: &'a OneOf,
        /// Its field.
        field: &'a Field,
    },
    /// Fields that the writer may set together exclude each other in the reader.
    MovedToOneOf {
        /// The reader's oneof.
        oneof: &'a OneOf,
        /// The writer's message.
        writer: &'a Message,
        /// Whether more than one of them was outside of oneofs.
        several_outside: bool,
    },
}

/// A field of both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldPair<'a> {
    pub(super) reader: &'a Field,
    pub(super) writer: &'a Field,
    /// The reader's oneof around it.
    pub(super) oneof: Option<&'a str>,
}

impl<'a> Difference<'a> {
    /// The reference registry's `errorType`.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::PackageChanged => "PACKAGE_CHANGED",
            Self::MessageRemoved(_) => "MESSAGE_REMOVED",
            Self::FieldKind(_) => "FIELD_KIND_CHANGED",
            Self::ScalarKind(_) => "FIELD_SCALAR_KIND_CHANGED",
            Self::NamedType(_) | Self::Definition(_) => "FIELD_NAMED_TYPE_CHANGED",
            Self::NumericLabel(_) => "FIELD_NUMERIC_LABEL_CHANGED",
            Self::RequiredAdded(_) => "REQUIRED_FIELD_ADDED",
            Self::RequiredRemoved(_) => "REQUIRED_FIELD_REMOVED",
            Self::OneOfFieldRemoved { .. } => "ONEOF_FIELD_REMOVED",
            Self::MovedToOneOf { several_outside: true, .. } => "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
            Self::MovedToOneOf { several_outside: false, .. } => "FIELD_MOVED_TO_EXISTING_ONEOF",
        }
    }

    /// The place inside the message.
    pub(super) fn spot(self) -> Spot<'a> {
        match self {
            Self::PackageChanged | Self::MessageRemoved(_) => Spot::Message,
            Self::FieldKind(pair)
            | Self::ScalarKind(pair)
            | Self::NamedType(pair)
            | Self::Definition(pair)
            | Self::NumericLabel(pair) => Spot::Field { oneof: pair.oneof, tag: pair.reader.tag },
            Self::RequiredAdded(field) | Self::RequiredRemoved(field) => {
                Spot::Field { oneof: None, tag: field.tag }
            }
            Self::OneOfFieldRemoved { oneof, field } => {
                Spot::Field { oneof: Some(&oneof.name), tag: field.tag }
            }
            Self::MovedToOneOf { oneof, .. } => Spot::OneOf(&oneof.name),
        }
    }

    /// The reference registry's `description`.
    pub(super) fn description(self, path: &str) -> String {
        match self {
            Self::PackageChanged => format!(
                "The package at '{path}' in the {{reader}} schema does not match the package in the {{writer}} schema"
            ),
            Self::MessageRemoved(_) => format!(
                "The {{reader}} schema is missing a MESSAGE type at path '{path}' in the {{writer}} schema"
            ),
            Self::FieldKind(_) => format!(
                "The type of a field at path '{path}' in the {{reader}} schema does not match the {{writer}} schema"
            ),
            Self::ScalarKind(_) => format!(
                "The kind of a SCALAR field at path '{path}' in the {{reader}} schema does not match its kind in the \
                 {{writer}} schema"
            ),
            Self::NamedType(_) | Self::Definition(_) => format!(
                "The type of a MESSAGE field at path '{path}' in the {{reader}} schema does not match its type in the \
                 {{writer}} schema"
            ),
            Self::NumericLabel(_) => format!(
                "The label for a NUMERIC field at path '{path}' in the {{reader}} schema does not match its label in \
                 the {{writer}} schema"
            ),
            // The two blanks and, below, the colon are the reference registry's.
            Self::RequiredAdded(_) => format!(
                "A required field  at path '{path}' in the {{reader}} schema is missing in the {{writer}} schema"
            ),
            Self::RequiredRemoved(_) => format!(
                "The {{reader}} schema is missing a required field at path: '{path}' in the {{writer}} schema"
            ),
            Self::OneOfFieldRemoved { .. } => format!(
                "The {{reader}} schema is missing a oneof field at path '{path}' in the {{writer}} schema"
            ),
            Self::MovedToOneOf { several_outside: true, .. } => format!(
                "Multiple fields in the oneof at path '{path}' in the {{reader}} schema are outside a oneof in the \
                 {{writer}} schema"
            ),
            Self::MovedToOneOf { several_outside: false, .. } => format!(
                "A field in the oneof at path '{path}' in the {{reader}} schema is outside an existing oneof in the \
                 {{writer}} schema"
            ),
        }
    }
}
