//! Keywords that no rule looks at, as one number: they keep two schemas from being the same one.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use super::Loader;
use crate::document::Json;
use crate::json::model::value;

/// Values that one schema may have in such keywords before they are no longer told apart: unknown keywords may hold
/// anything, also schemas that hold unknown keywords.
pub(super) const VALUES_MAX: usize = 2_000_000;

impl Loader<'_> {
    /// A hash of the members of a schema object for which `is_annotation` holds; 0 if there are none.
    pub(super) fn annotations(
        &mut self,
        members: &[(String, Json)],
        is_annotation: impl Fn(&str, &Json) -> bool,
    ) -> u64 {
        let mut sum = 0_u64;
        for (name, member) in members {
            if matches!(name.as_str(), "definitions" | "$defs") || !is_annotation(name, member) {
                continue;
            }
            if self.annotations_left == 0 {
                break;
            }
            let mut state = FixedState::with_seed(2).build_hasher();
            state.write(name.as_bytes());
            let count = value::hash(member, &mut state);
            self.annotations_left = self.annotations_left.saturating_sub(count);
            sum = sum.wrapping_add(state.finish());
        }
        sum
    }
}
