//! A brownout: translation pauses, and whoever needs it shows. Pure.

use serde::{Deserialize, Serialize};

use super::look::{GroupLook, Look, Side};

/// A brownout, as the state topic keeps the last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brownout {
    /// Who has begun it.
    pub by: String,
    /// Milliseconds since 1970-01-01.
    pub from: i64,
    /// How long it was to be, in milliseconds.
    pub length: i64,
    /// How it ended; `None` while it goes on, or when whoever watched has died.
    pub ending: Option<Ending>,
}

/// How a brownout ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Nothing happened.
    Passed,
    /// Translation goes on, because of this.
    RolledBack(String),
}

/// What has gone wrong since a brownout began. `growth` is by how many records a group may fall behind.
#[must_use]
pub fn falls_behind(before: &Look, now: &Look, growth: u64) -> Option<String> {
    if let Some(native) = now.native.filter(|native| *native > 0) {
        return Some(format!("{native} records were written to the old topic by somebody else"));
    }
    for group in &now.groups {
        let known = before.groups.iter().find(|known| known.group == group.group && known.side == group.side);
        if let Some(reason) = trouble(known, group, growth) {
            return Some(format!("the group `{}` on the {} topic {reason}", group.group, group.side.word()));
        }
    }
    let gone = |group: &&GroupLook| {
        has_members(group)
            && !now.groups.iter().any(|left| left.group == group.group && left.side == group.side)
    };
    let gone = before.groups.iter().filter(|group| group.side == Side::New).find(gone);
    gone.map(|group| format!("the group `{}` on the new topic is gone", group.group))
}

fn trouble(before: Option<&GroupLook>, now: &GroupLook, growth: u64) -> Option<String> {
    let left = before.map_or(0, |before| before.left);
    if now.left > left.saturating_add(growth) {
        return Some(format!("falls behind: {left} records were left, and now {}", now.left));
    }
    let had_members = before.is_some_and(has_members);
    let lost = now.side == Side::New && had_members && now.clients.as_ref().is_some_and(Vec::is_empty);
    if lost {
        return Some("has lost its members".to_owned());
    }
    let came = now.side == Side::Old && !had_members && has_members(now);
    came.then(|| {
        format!("has members now: {}", now.clients.iter().flatten().cloned().collect::<Vec<_>>().join(", "))
    })
}

fn has_members(group: &GroupLook) -> bool {
    group.clients.as_ref().is_some_and(|clients| !clients.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::look;
    use super::*;

    fn new_side(mut look: Look) -> Look {
        look.groups.iter_mut().for_each(|group| group.side = Side::New);
        look
    }

    #[test]
    fn a_group_may_fall_behind_a_little() {
        let before = new_side(look(0, Some(1), 5, 10));
        assert_eq!(falls_behind(&before, &new_side(look(1, Some(1), 5, 110)), 100), None);
        let behind = falls_behind(&before, &new_side(look(1, Some(1), 5, 111)), 100);
        assert_eq!(
            behind.as_deref(),
            Some("the group `billing` on the new topic falls behind: 10 records were left, and now 111")
        );
    }

    #[test]
    fn who_has_moved_must_stay() {
        let before = new_side(look(0, Some(1), 5, 0));
        let lost = falls_behind(&before, &new_side(look(1, Some(0), 5, 0)), 9);
        assert!(lost.is_some_and(|reason| reason.ends_with("has lost its members")));
        let gone = falls_behind(&before, &Look { groups: Vec::new(), ..before.clone() }, 9);
        assert!(gone.is_some_and(|reason| reason.ends_with("is gone")));
        assert_eq!(
            falls_behind(&look(0, Some(1), 5, 0), &look(1, Some(0), 5, 0), 9),
            None,
            "it leaves the old topic"
        );
    }

    #[test]
    fn who_comes_to_the_old_topic_needs_it() {
        let came = falls_behind(&look(0, Some(0), 5, 0), &look(1, Some(1), 5, 0), 9);
        assert!(came.is_some_and(|reason| reason.ends_with("has members now: c0@host")));
        let native = Look { native: Some(2), ..look(1, Some(0), 5, 0) };
        assert!(falls_behind(&look(0, Some(0), 5, 0), &native, 9).is_some());
    }
}
