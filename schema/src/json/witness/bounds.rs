//! Values just beyond a limit.

use super::search::Search;
use crate::document::Json;
use crate::json::precise::facts::{Facts, Limit};
use crate::json::precise::gather::limits;
use crate::json::precise::place::{Place, count};
use crate::json::precise::types::Types;

impl Search<'_> {
    pub(super) fn counter_number(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> Vec<Json> {
        let mut beyond = facts.of_types(Types::NUMBER);
        let (low, high) = limits(goal);
        match keyword {
            "minimum" | "exclusiveMinimum" => {
                beyond.high =
                    low.first().map(|low| Limit { exclusive: !low.exclusive, ..*low }).or(beyond.high);
            }
            "maximum" | "exclusiveMaximum" => {
                beyond.low =
                    high.first().map(|high| Limit { exclusive: !high.exclusive, ..*high }).or(beyond.low);
            }
            _ => {}
        }
        self.some_numbers(&beyond)
    }

    fn some_numbers(&mut self, facts: &Facts<'_>) -> Vec<Json> {
        (0..12).filter_map(|variant| self.instance(facts, variant)).collect()
    }

    pub(super) fn counter_text(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> Vec<Json> {
        let texts = facts.of_types(Types::STRING);
        let length = goal.keyword(keyword).and_then(count);
        match keyword {
            "minLength" | "maxLength" => match self.resized(&texts, keyword, length) {
                Some(facts) => (0..4).filter_map(|variant| self.instance(&facts, variant)).collect(),
                None => Vec::new(),
            },
            _ => {
                let mut found: Vec<Json> = Vec::new();
                for variant in 0..40 {
                    let made = self.instance(&texts, variant);
                    found.extend(made.filter(|value| !found.contains(value)));
                }
                found
            }
        }
    }

    /// The facts for a value that is one too small or one too great for a keyword.
    pub(super) fn resized<'s>(
        &self,
        facts: &Facts<'s>,
        keyword: &str,
        limit: Option<u64>,
    ) -> Option<Facts<'s>> {
        let mut resized = facts.clone();
        let counts = match keyword {
            "minLength" | "maxLength" => &mut resized.length,
            "minItems" | "maxItems" => &mut resized.items,
            _ => &mut resized.members,
        };
        if keyword.starts_with("min") {
            counts.at_most(limit?.checked_sub(1)?);
        } else {
            counts.at_least(limit?.checked_add(1)?);
        }
        (!counts.is_empty()).then_some(resized)
    }
}
