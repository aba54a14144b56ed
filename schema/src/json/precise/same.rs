//! Whether two places are written alike, through the references in them.

use foldhash::HashSet;

use super::place::Place;
use crate::document::Json;

/// Pairs that are looked at, at most. Two places that are not found alike may still mean the same.
const PAIRS_MAX: usize = 20_000;

/// Keywords that say nothing about documents, or nothing until a reference leads there.
const SILENT: &[&str] = &[
    "title",
    "description",
    "default",
    "examples",
    "$comment",
    "readOnly",
    "writeOnly",
    "deprecated",
    "definitions",
    "$defs",
];
/// Keywords that hold schemas by name.
const MAPS: &[&str] = &["properties", "patternProperties", "dependencies", "dependentSchemas"];
/// Keywords that hold values.
const VALUES: &[&str] = &["enum", "const", "required", "dependentRequired", "type"];

/// Whether two places say the same word for word, apart from annotations and the names of referenced schemas.
pub(crate) fn same(one: Place<'_>, other: Place<'_>) -> bool {
    let mut walk = Walk { assumed: HashSet::default(), left: PAIRS_MAX };
    one.draft == other.draft && walk.same(one, other, Role::Schema)
}

/// What a JSON value is to the schema that holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Schema,
    Map,
    Value,
}

struct Walk {
    assumed: HashSet<(usize, usize)>,
    left: usize,
}

impl Walk {
    /// References that lead back into a pair that is being looked at are taken for the same.
    fn same(&mut self, one: Place<'_>, other: Place<'_>, role: Role) -> bool {
        if one.address() == other.address() {
            return true;
        }
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.compare(one, other, role))
    }

    fn compare(&mut self, one: Place<'_>, other: Place<'_>, role: Role) -> bool {
        match (one.schema, other.schema) {
            (Json::Object(members), Json::Object(others)) if role != Role::Value => {
                let (mine, theirs) = (saying(members, role), saying(others, role));
                mine.len() == theirs.len() && self.same_members(one, &mine, other, role)
            }
            (Json::Array(items), Json::Array(others)) if role != Role::Value => {
                items.len() == others.len()
                    && items.iter().zip(others).all(|(a, b)| self.same(one.within(a), other.within(b), role))
            }
            (a, b) => a == b,
        }
    }

    fn same_members(
        &mut self,
        one: Place<'_>,
        mine: &[&(String, Json)],
        other: Place<'_>,
        role: Role,
    ) -> bool {
        mine.iter().all(|(name, value)| {
            let Some(theirs) = other.schema.get(name) else { return false };
            let inner = match (role, name.as_str()) {
                (Role::Schema, "$ref") if value.as_str().is_some() => return self.same_targets(one, other),
                (Role::Schema, "$dynamicRef" | "$recursiveRef") => return false,
                (Role::Schema, name) if MAPS.contains(&name) => Role::Map,
                (Role::Schema, name) if VALUES.contains(&name) => Role::Value,
                _ => Role::Schema,
            };
            self.same(one.within(value), other.within(theirs), inner)
        })
    }

    fn same_targets(&mut self, one: Place<'_>, other: Place<'_>) -> bool {
        match (one.target(), other.target()) {
            (Some(mine), Some(theirs)) => {
                let pair = (mine.address(), theirs.address());
                mine.draft == theirs.draft
                    && (!self.assumed.insert(pair) || self.same(mine, theirs, Role::Schema))
            }
            _ => false,
        }
    }
}

fn saying(members: &[(String, Json)], role: Role) -> Vec<&(String, Json)> {
    let silent = |name: &str| role == Role::Schema && SILENT.contains(&name);
    members.iter().filter(|(name, _)| !silent(name)).collect()
}
