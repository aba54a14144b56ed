//! Top-level fields whose names a subject has set aside.
//!
//! A schema reserves names in its metadata, see [`RESERVED_PROPERTY`](crate::model::metadata::RESERVED_PROPERTY). Where
//! fields are validated, a reserved name stays reserved and no field goes by it.

use std::collections::BTreeSet;

use super::Finding;
use crate::incompatibility::Direction;
use crate::model::metadata::{Metadata, RESERVED_PROPERTY};

/// Whether the reserved-field rules hold.
#[derive(Clone, Copy, Debug)]
pub enum FieldRules<'a> {
    /// They do not (`validateFields` is off).
    Free,
    /// They do.
    Reserved {
        /// Names that the new schema reserves.
        newer: &'a BTreeSet<String>,
        /// Names that the last version reserves.
        last: &'a BTreeSet<String>,
    },
}

/// A broken rule about reserved names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReservedViolation {
    /// The last version reserves a name that the new schema does not.
    Removed(String),
    /// The new schema has a top-level field of a reserved name.
    Conflict(String),
}

/// The names that a schema with this metadata reserves.
#[must_use]
pub fn reserved_fields(metadata: Option<&Metadata>) -> BTreeSet<String> {
    let list = metadata.and_then(|metadata| metadata.property(RESERVED_PROPERTY)).unwrap_or_default();
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The broken rules of a new schema with the top-level fields `names`: names that it no longer reserves, then fields of
/// names that it reserves itself.
#[must_use]
pub fn reserved_violations(
    names: &[String],
    newer: &BTreeSet<String>,
    last: &BTreeSet<String>,
) -> Vec<ReservedViolation> {
    let removed = last.difference(newer).cloned().map(ReservedViolation::Removed);
    let names: BTreeSet<&String> = names.iter().collect();
    let conflicts =
        newer.iter().filter(|name| names.contains(name)).cloned().map(ReservedViolation::Conflict);
    removed.chain(conflicts).collect()
}

impl ReservedViolation {
    /// The violation as one element of the list of messages.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Removed(name) => format!(
                "The name `{name}` is reserved by the last version and must stay in the metadata property \
                 `{RESERVED_PROPERTY}`"
            ),
            Self::Conflict(name) => format!(
                "The top-level field `{name}` has a name that the metadata property `{RESERVED_PROPERTY}` reserves"
            ),
        }
    }

    pub(super) fn finding(&self, last_version: i32) -> Finding {
        let (kind, name, cure) = match self {
            Self::Removed(name) => (
                "RESERVED_FIELD_REMOVED",
                name,
                format!("Add `{name}` to the metadata property `{RESERVED_PROPERTY}` of the new schema"),
            ),
            Self::Conflict(name) => (
                "FIELD_CONFLICTS_WITH_RESERVED_FIELD",
                name,
                format!("Give the field `{name}` of the new schema another name"),
            ),
        };
        Finding {
            kind: kind.to_owned(),
            direction: Direction::Backward,
            version: last_version,
            path: format!("/{name}"),
            reader: String::new(),
            writer: String::new(),
            explanation: self.message(),
            cure,
            witness: None,
            no_witness: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> BTreeSet<String> {
        list.split_whitespace().map(str::to_owned).collect()
    }

    fn check(fields: &str, newer: &str, last: &str) -> Vec<ReservedViolation> {
        let fields: Vec<String> = names(fields).into_iter().collect();
        reserved_violations(&fields, &names(newer), &names(last))
    }

    #[test]
    fn reserved_names_stay_reserved_and_unused() {
        let removed = |name: &str| ReservedViolation::Removed(name.into());
        let conflict = |name: &str| ReservedViolation::Conflict(name.into());
        assert_eq!(check("a b", "", ""), []);
        assert_eq!(check("a b", "c d", "c"), []);
        assert_eq!(check("a b", "d", "c d"), [removed("c")]);
        assert_eq!(check("a b", "b", ""), [conflict("b")]);
        assert_eq!(check("a b", "b", "b c"), [removed("c"), conflict("b")]);
        assert_eq!(check("c", "", "c"), [removed("c")]);
    }

    #[test]
    fn the_property_is_a_list_with_commas() {
        let property = |text: &str| {
            let properties = [(RESERVED_PROPERTY.to_owned(), text.to_owned())].into();
            reserved_fields(Some(&Metadata { properties, ..Metadata::default() }))
        };
        assert_eq!(property(" a, b ,,c"), names("a b c"));
        assert_eq!(property(""), names(""));
        assert_eq!(reserved_fields(None), names(""));
    }
}
