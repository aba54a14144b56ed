//! Looks over time, for the question whether something held all along. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::cluster::GroupState;
use super::look::{DeadLettersWaiting, GroupLook, Look, Side};

/// Clients of a group that a sample names.
const CLIENTS_MAX: usize = 20;

/// Samples of one such stretch of time become one when it is over: an hour, in milliseconds.
const STRETCH: i64 = 3_600_000;

/// How long samples are kept, in milliseconds: 32 days.
const KEPT: i64 = 32 * 24 * STRETCH;

/// One look, or all looks of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When its first look was taken, in milliseconds since 1970-01-01.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// How many.
    pub looks: u32,
    /// The longest time without a look before one of them, in milliseconds.
    pub gap: i64,
    /// Records of the old topic that the translator did not write, since the sample before.
    pub native: Option<u64>,
    /// When the last look was taken that has found such a record.
    pub native_at: Option<i64>,
    /// See [`Look::scanned`].
    pub scanned: BTreeMap<i32, i64>,
    /// By group and topic.
    pub groups: Vec<GroupSample>,
    /// See [`Look::dead_letters`].
    pub dead_letters: DeadLettersWaiting,
}

/// What a group did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSample {
    /// Its id.
    pub group: String,
    /// The topic.
    pub side: Side,
    /// At the last look.
    pub state: GroupState,
    /// Looks at which it was there.
    pub looks: u32,
    /// The fewest members; `None` where a look could not tell.
    pub members_min: Option<u32>,
    /// The most members; `None` where a look could not tell.
    pub members_max: Option<u32>,
    /// Members at the last look.
    pub members: Option<u32>,
    /// Client ids and hosts, of the last look that saw some.
    pub clients: Vec<String>,
    /// See [`GroupLook::positions`].
    pub positions: BTreeMap<i32, i64>,
    /// Records that were left at the last look.
    pub left: u64,
    /// The most that were left at a look.
    pub left_max: u64,
    /// Offsets by which it went on.
    pub progress: u64,
    /// When the last look was taken that saw it go on.
    pub progress_at: Option<i64>,
    /// Whether it went on without a member: somebody reads who has assigned partitions to himself.
    pub reads_alone: bool,
}

impl Sample {
    /// A look after `previous`.
    #[must_use]
    pub fn of(look: &Look, previous: Option<&Self>) -> Self {
        let before = |group: &GroupLook| previous.and_then(|sample| sample.group(&group.group, group.side));
        Self {
            from: look.at,
            to: look.at,
            looks: 1,
            gap: previous.map_or(0, |previous| look.at.saturating_sub(previous.to).max(0)),
            native: look.native,
            native_at: look.native.filter(|count| *count > 0).map(|_| look.at),
            scanned: look.scanned.clone(),
            groups: look.groups.iter().map(|group| GroupSample::of(group, before(group), look.at)).collect(),
            dead_letters: look.dead_letters.clone(),
        }
    }

    /// What it says about a group.
    #[must_use]
    pub fn group(&self, name: &str, side: Side) -> Option<&GroupSample> {
        self.groups.iter().find(|group| group.group == name && group.side == side)
    }

    /// Takes up a later sample.
    fn absorb(&mut self, later: Self) {
        self.to = later.to;
        self.looks = self.looks.saturating_add(later.looks);
        self.gap = self.gap.max(later.gap);
        self.native = self.native.zip(later.native).map(|(one, other)| one.saturating_add(other));
        self.native_at = later.native_at.or(self.native_at);
        self.scanned = later.scanned;
        self.dead_letters = later.dead_letters;
        for group in later.groups {
            let known =
                self.groups.iter_mut().find(|known| known.group == group.group && known.side == group.side);
            match known {
                Some(known) => known.absorb(group),
                None => self.groups.push(group),
            }
        }
    }
}

impl GroupSample {
    fn of(look: &GroupLook, before: Option<&Self>, at: i64) -> Self {
        let count = |clients: &Vec<String>| u32::try_from(clients.len()).unwrap_or(u32::MAX);
        let members = look.clients.as_ref().map(count);
        let went = |before: &Self| {
            let by = |(partition, position): (&i32, &i64)| {
                u64::try_from(position - before.positions.get(partition).unwrap_or(position))
                    .unwrap_or_default()
            };
            look.positions.iter().map(by).sum()
        };
        let progress: u64 = before.map_or(0, went);
        let nobody = members == Some(0) && before.is_some_and(|before| before.members == Some(0));
        let mut clients = look.clients.clone().unwrap_or_default();
        clients.truncate(CLIENTS_MAX);
        Self {
            group: look.group.clone(),
            side: look.side,
            state: look.state,
            looks: 1,
            members_min: members,
            members_max: members,
            members,
            clients,
            positions: look.positions.clone(),
            left: look.left,
            left_max: look.left,
            progress,
            progress_at: (progress > 0).then_some(at),
            reads_alone: progress > 0 && nobody,
        }
    }

    /// Takes up a later sample of the same group.
    pub(super) fn absorb(&mut self, later: Self) {
        self.state = later.state;
        self.looks = self.looks.saturating_add(later.looks);
        self.members_min = self.members_min.zip(later.members_min).map(|(one, other)| one.min(other));
        self.members_max = self.members_max.zip(later.members_max).map(|(one, other)| one.max(other));
        self.members = later.members;
        if !later.clients.is_empty() {
            self.clients = later.clients;
        }
        self.positions = later.positions;
        self.left = later.left;
        self.left_max = self.left_max.max(later.left_max);
        self.progress = self.progress.saturating_add(later.progress);
        self.progress_at = later.progress_at.or(self.progress_at);
        self.reads_alone |= later.reads_alone;
    }
}

/// What keeping samples asks for at a time: samples that take the place of several ones (under the end of the last of
/// them), and ends of samples that go. `samples` are in their order.
#[must_use]
pub fn fold(samples: &[Sample], now: i64) -> (Vec<Sample>, Vec<i64>) {
    let stretch = |sample: &Sample| sample.to.div_euclid(STRETCH);
    let (mut folded, mut gone) = (Vec::new(), Vec::new());
    let mut stretches: BTreeMap<i64, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        if sample.to < now.saturating_sub(KEPT) {
            gone.push(sample.to);
        } else if stretch(sample) < now.div_euclid(STRETCH) {
            stretches.entry(stretch(sample)).or_default().push(sample);
        }
    }
    for samples in stretches.into_values().filter(|samples| samples.len() > 1) {
        if let Some((first, later)) = samples.split_first() {
            let mut all = Sample::clone(first);
            later.iter().for_each(|sample| all.absorb(Sample::clone(sample)));
            gone.extend(samples.iter().map(|sample| sample.to).filter(|to| *to != all.to));
            folded.push(all);
        }
    }
    (folded, gone)
}

/// The groups that samples know, and what each did over all of them.
pub(super) fn groups<'a>(samples: impl Iterator<Item = &'a Sample>, side: Side) -> Vec<GroupSample> {
    let mut groups: Vec<GroupSample> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for group in samples.flat_map(|sample| &sample.groups).filter(|group| group.side == side) {
        if known.insert(&group.group) {
            groups.push(group.clone());
        } else if let Some(all) = groups.iter_mut().find(|all| all.group == group.group) {
            all.absorb(group.clone());
        }
    }
    groups.sort_by(|one, other| one.group.cmp(&other.group));
    groups
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A look with one group of the old topic: its members, its position, and what is left.
    pub(in super::super) fn look(at: i64, members: Option<usize>, position: i64, left: u64) -> Look {
        let clients = members.map(|count| (0..count).map(|number| format!("c{number}@host")).collect());
        let state = match members {
            Some(0) => GroupState::Empty,
            Some(_) => GroupState::Stable,
            None => GroupState::Hidden,
        };
        let group = |side| GroupLook {
            group: "billing".to_owned(),
            side,
            state,
            clients: clients.clone(),
            positions: [(0, position)].into(),
            left,
        };
        Look {
            at,
            native: Some(0),
            scanned: [(0, 5)].into(),
            groups: vec![group(Side::Old)],
            dead_letters: DeadLettersWaiting::default(),
            translators: Vec::new(),
        }
    }

    /// The samples of looks.
    pub(in super::super) fn samples(looks: &[Look]) -> Vec<Sample> {
        let mut samples: Vec<Sample> = Vec::new();
        for look in looks {
            samples.push(Sample::of(look, samples.last()));
        }
        samples
    }

    #[test]
    fn a_group_that_goes_on_without_a_member_reads_alone() {
        let taken = samples(&[look(0, Some(0), 3, 7), look(30, Some(0), 5, 5), look(60, Some(1), 9, 1)]);
        let alone: Vec<_> = taken.iter().map(|sample| sample.groups[0].reads_alone).collect();
        assert_eq!(alone, [false, true, false]);
        assert_eq!((taken[1].groups[0].progress, taken[1].gap), (2, 30));
    }

    #[test]
    fn the_looks_of_an_hour_become_one_sample_when_it_is_over() {
        let mut looks = [look(10, Some(2), 0, 4), look(20, Some(0), 6, 9), look(STRETCH + 5, Some(1), 7, 0)];
        looks[1].native = Some(3);
        let taken = samples(&looks);
        assert_eq!(fold(&taken, STRETCH - 1), (Vec::new(), Vec::new()), "the hour is not over");
        let (folded, gone) = fold(&taken, STRETCH + 9);
        assert_eq!(gone, [10]);
        let [all] = folded.as_slice() else { panic!("{folded:?}") };
        assert_eq!((all.from, all.to, all.looks, all.native, all.native_at), (10, 20, 2, Some(3), Some(20)));
        let group = &all.groups[0];
        assert_eq!((group.members_min, group.members_max, group.members), (Some(0), Some(2), Some(0)));
        assert_eq!((group.left, group.left_max, group.progress), (9, 9, 6));
        assert_eq!(group.clients, ["c0@host", "c1@host"]);
        assert_eq!(fold(&folded, STRETCH + 9), (Vec::new(), Vec::new()), "once is enough");
    }

    #[test]
    fn samples_go_when_they_are_old() {
        let taken = samples(&[look(10, Some(0), 0, 0), look(STRETCH, Some(0), 0, 0)]);
        assert_eq!(fold(&taken, KEPT + 11), (Vec::new(), vec![10]));
    }

    #[test]
    fn who_cannot_be_seen_once_is_not_known_for_the_hour() {
        let taken = samples(&[look(1, Some(0), 0, 0), look(2, None, 0, 0)]);
        let all = groups(taken.iter(), Side::Old);
        assert_eq!((all[0].members_max, all[0].state, all[0].looks), (None, GroupState::Hidden, 2));
    }
}
