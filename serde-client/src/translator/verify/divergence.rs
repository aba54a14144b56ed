//! Keys that producers have written to both topics. Pure.
//!
//! Both topics hold all records of such a key, those of one side translated. When producers of the old topic were done
//! with a key before those of the new one began, or the other way round, both topics say so, and it has the same order in
//! both: it was handed over. Everything else has an order that nobody can tell, and diverges.

use std::collections::HashMap;

use serde::Serialize;

/// Keys that a report shows; all are counted.
pub(crate) const KEYS_MAX: usize = 20;

/// Characters of a key that a report shows.
const KEY_CHARS: usize = 60;

/// A record of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// A key that producers have written to both topics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The key as the new topic has it: as text where it is one, else in hexadecimal digits.
    pub key: String,
    /// The first record that a producer has written to the old topic, there.
    pub old_first: Position,
    /// The last one.
    pub old_last: Position,
    /// The first record that a producer has written to the new topic, there.
    pub new_first: Position,
    /// The last one.
    pub new_last: Position,
}

/// Who has written which keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DivergenceReport {
    /// Keys that were written on both sides without an order that both topics show.
    pub diverging: u64,
    /// Keys whose producer has moved from one topic to the other.
    pub handed_over: u64,
    /// The first of those that diverge.
    pub keys: Vec<Divergence>,
}

/// A record as one of the topics shows it: where it stands, and where it came from when it was translated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Position,
    pub(crate) origin: Option<Position>,
}

/// The first and the last of some records of a key, in one partition.
#[derive(Clone, Copy, Debug)]
struct Reach {
    first: Seen,
    last: Seen,
}

/// What one partition says about a key.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    native: Option<Reach>,
    translated: Option<Reach>,
}

/// What one topic says about a key, by partition: as a rule there is one.
#[derive(Clone, Debug, Default)]
struct Places(Vec<Sides>);

/// Which side was done before the other one began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    NativeFirst,
    TranslatedFirst,
}

impl Sides {
    fn see(&mut self, seen: Seen) {
        let reach = if seen.origin.is_some() { &mut self.translated } else { &mut self.native };
        reach.get_or_insert(Reach { first: seen, last: seen }).last = seen;
    }

    fn partition(&self) -> Option<i32> {
        self.native.or(self.translated).map(|reach| reach.first.at.partition)
    }
}

impl Places {
    fn see(&mut self, seen: Seen) {
        match self.0.iter_mut().find(|sides| sides.partition() == Some(seen.at.partition)) {
            Some(sides) => sides.see(seen),
            None => {
                let mut sides = Sides::default();
                sides.see(seen);
                self.0.push(sides);
            }
        }
    }

    fn native(&self) -> impl Iterator<Item = Reach> {
        self.0.iter().filter_map(|sides| sides.native)
    }

    fn translated(&self) -> impl Iterator<Item = Reach> {
        self.0.iter().filter_map(|sides| sides.translated)
    }

    /// What all partitions say in which both sides stand. Among partitions there is no order.
    fn order(&self) -> Option<Order> {
        let both = self.0.iter().filter_map(|sides| sides.native.zip(sides.translated));
        let orders = both.map(|(native, translated)| {
            if native.last.at < translated.first.at {
                return Some(Order::NativeFirst);
            }
            (translated.last.at < native.first.at).then_some(Order::TranslatedFirst)
        });
        let mut orders = orders.collect::<Option<Vec<Order>>>()?;
        orders.dedup();
        match orders.as_slice() {
            [order] => Some(*order),
            _ => None,
        }
    }
}

/// See the module. All records of the new topic are given first, then those of the old one.
#[derive(Debug, Default)]
pub(crate) struct Writers {
    new: HashMap<Vec<u8>, Places>,
    old: HashMap<Vec<u8>, Places>,
    /// Keys of the new topic that may diverge, by their first and their last native record there.
    candidates: HashMap<Position, Vec<u8>>,
    /// Keys of the old topic, for those of the new one.
    names: HashMap<Vec<u8>, Vec<u8>>,
}

impl Writers {
    /// A record of the new topic, in the order of its partition. Records without a key have no writer.
    pub(crate) fn see_new(&mut self, key: &[u8], seen: Seen) {
        see(&mut self.new, key, seen);
    }

    /// All of the new topic was seen.
    pub(crate) fn turn(&mut self) {
        self.new.retain(|_, places| places.native().next().is_some() && places.translated().next().is_some());
        for (key, places) in &self.new {
            for native in places.native() {
                self.candidates.insert(native.first.at, key.clone());
                self.candidates.insert(native.last.at, key.clone());
            }
        }
    }

    /// Whether any key was written on both sides: otherwise the old topic has nothing to add.
    pub(crate) fn has_candidates(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// A record of the old topic.
    pub(crate) fn see_old(&mut self, key: &[u8], seen: Seen) {
        if let Some(name) = seen.origin.and_then(|origin| self.candidates.get(&origin)) {
            self.names.insert(name.clone(), key.to_vec());
        }
        see(&mut self.old, key, seen);
    }

    /// What both topics say together.
    pub(crate) fn finish(self) -> DivergenceReport {
        let mut report = DivergenceReport::default();
        for (key, places) in &self.new {
            let there = self.names.get(key).and_then(|name| self.old.get(name));
            // What is native in one topic is translated in the other.
            let is_handed_over = match (places.order(), there.map(Places::order)) {
                (Some(Order::NativeFirst), Some(Some(Order::TranslatedFirst)))
                | (Some(Order::TranslatedFirst), Some(Some(Order::NativeFirst))) => true,
                // Nothing of it came to the old topic, so there is no second order.
                (Some(_), None) => true,
                _ => false,
            };
            if is_handed_over {
                report.handed_over += 1;
                continue;
            }
            report.diverging += 1;
            report.keys.extend(divergence(key, places));
        }
        report.keys.sort_by_key(|divergence| divergence.new_first);
        report.keys.truncate(KEYS_MAX);
        report
    }
}

fn divergence(key: &[u8], places: &Places) -> Option<Divergence> {
    let origin = |seen: Seen| seen.origin.unwrap_or(seen.at);
    Some(Divergence {
        key: shown(key),
        old_first: places.translated().map(|reach| origin(reach.first)).min()?,
        old_last: places.translated().map(|reach| origin(reach.last)).max()?,
        new_first: places.native().map(|reach| reach.first.at).min()?,
        new_last: places.native().map(|reach| reach.last.at).max()?,
    })
}

fn see(all: &mut HashMap<Vec<u8>, Places>, key: &[u8], seen: Seen) {
    match all.get_mut(key) {
        Some(places) => places.see(seen),
        None => all.entry(key.to_vec()).or_default().see(seen),
    }
}

/// A key for people.
fn shown(key: &[u8]) -> String {
    let text = std::str::from_utf8(key).ok().filter(|text| !text.chars().any(char::is_control));
    let text = text.map_or_else(|| key.iter().map(|byte| format!("{byte:02x}")).collect(), str::to_owned);
    if text.chars().count() <= KEY_CHARS {
        return text;
    }
    text.chars().take(KEY_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: i64) -> Position {
        Position { partition: 0, offset }
    }

    fn native(offset: i64) -> Seen {
        Seen { at: at(offset), origin: None }
    }

    fn translated(offset: i64, origin: i64) -> Seen {
        Seen { at: at(offset), origin: Some(at(origin)) }
    }

    fn report(new: &[(&str, Seen)], old: &[(&str, Seen)]) -> DivergenceReport {
        let mut writers = Writers::default();
        new.iter().for_each(|(key, seen)| writers.see_new(key.as_bytes(), *seen));
        writers.turn();
        old.iter().for_each(|(key, seen)| writers.see_old(key.as_bytes(), *seen));
        writers.finish()
    }

    #[test]
    fn keys_of_one_side_are_no_matter() {
        let found = report(
            &[("a", native(0)), ("b", translated(1, 0)), ("a", native(2))],
            &[("B", native(0)), ("A", translated(1, 0)), ("A", translated(2, 2))],
        );
        assert_eq!(found, DivergenceReport::default());
    }

    #[test]
    fn a_key_may_be_handed_over_when_both_topics_show_it() {
        let new = [("k", translated(0, 0)), ("k", translated(1, 1)), ("k", native(2))];
        let old = [("K", native(0)), ("K", native(1)), ("K", translated(2, 2))];
        let found = report(&new, &old);
        assert_eq!((found.handed_over, found.diverging), (1, 0));
        // To the new topic the old side was first, and to the old one the new side.
        let found = report(&new, &[("K", translated(0, 2)), ("K", native(1))]);
        assert_eq!((found.handed_over, found.diverging), (0, 1));
    }

    #[test]
    fn who_writes_in_between_diverges_and_says_where() {
        let new = [("k", translated(4, 0)), ("k", native(5)), ("k", translated(6, 2)), ("k", native(7))];
        let old = [("K", native(0)), ("K", translated(1, 5)), ("K", native(2)), ("K", translated(3, 7))];
        let found = report(&new, &old);
        let told = Divergence {
            key: "k".to_owned(),
            old_first: at(0),
            old_last: at(2),
            new_first: at(5),
            new_last: at(7),
        };
        assert_eq!((found.diverging, found.keys), (1, vec![told]));
    }

    #[test]
    fn partitions_have_no_order_among_them() {
        let elsewhere = Seen { at: Position { partition: 1, offset: 9 }, origin: None };
        assert_eq!(report(&[("k", translated(0, 0)), ("k", elsewhere)], &[]).diverging, 1);
        let both = [("k", translated(0, 0)), ("k", native(1)), ("k", elsewhere)];
        assert_eq!(report(&both, &[]).handed_over, 1, "where both stand, their order is told");
    }

    #[test]
    fn keys_are_shown_as_text_or_digits() {
        assert_eq!((shown(b"ab"), shown(b"\0\x01\xff")), ("ab".to_owned(), "0001ff".to_owned()));
        assert_eq!(shown(&[b'x'; 99]).chars().count(), KEY_CHARS + 1);
    }
}
