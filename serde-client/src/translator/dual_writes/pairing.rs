//! Which translated record belongs to which native one, and where they differ. Pure.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value as Json;

/// Pairs that differ and are shown.
const SHOWN_MAX: usize = 3;

/// Leaves that are shown of such a pair.
const LEAVES_MAX: usize = 10;

/// The JSON text of a key that is not there; that of a text has quotes.
const KEYLESS: &str = "null";

/// A record as the pinned schemas of the target show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Readable {
    /// Null where there is none.
    pub key: Json,
    /// Null for a tombstone.
    pub value: Json,
}

/// A record with its place: of a translated one that of its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// What it holds; `None` when the target's pinned schemas cannot read it.
    pub readable: Option<Readable>,
}

/// What the comparison has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DualWrites {
    /// Pairs of a translated and a native record that say the same.
    pub equal: u64,
    /// Pairs that do not.
    pub different: u64,
    /// Translated records without a native one of their key: written before the producers wrote both topics, or by one that
    /// does not.
    pub only_translated: u64,
    /// Native records without a translated one.
    pub only_native: u64,
    /// Records that the target's pinned schemas cannot read: of other types, or of schemas that are not compatible.
    pub unreadable: u64,
    /// How many pairs differ at a path; `[]` stands for all elements of a list.
    pub paths: BTreeMap<String, u64>,
    /// Some of the pairs that differ.
    pub shown: Vec<Pair>,
}

/// A pair that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Of both records.
    pub key: Json,
    /// Partition and offset in the source.
    pub origin: (i32, i64),
    /// Partition and offset in the target.
    pub native: (i32, i64),
    /// Where they differ, the first ones.
    pub leaves: Vec<LeafDifference>,
}

/// A leaf that differs; null where one side has none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeafDifference {
    /// Fields with dots between, elements with their index.
    pub path: String,
    /// What the mapping makes.
    pub translated: Json,
    /// What the producer wrote.
    pub native: Json,
}

/// Compares records of the same stretch of time, both sides in the order in which they were written.
///
/// Of a key, records that say the same belong together; of those that are left, the newest with the newest, and so on: both
/// stretches end now, and may begin at different records. Records without a key belong together only when they say the same.
#[must_use]
pub fn compare(translated: Vec<Written>, native: Vec<Written>) -> DualWrites {
    let mut found = DualWrites::default();
    let mut natives = by_key(native, &mut found.unreadable);
    for (key, ours) in by_key(translated, &mut found.unreadable) {
        found.match_key(&key, ours, natives.remove(&key).unwrap_or_default());
    }
    found.only_native += natives.into_values().map(|records| count(records.len())).sum::<u64>();
    found
}

type Place = (i32, i64);

/// Records by the text of their key, in the order of the keys so that the same records always give the same report.
fn by_key(records: Vec<Written>, unreadable: &mut u64) -> BTreeMap<String, Vec<(Place, Readable)>> {
    let mut keys: BTreeMap<String, Vec<(Place, Readable)>> = BTreeMap::new();
    for record in records {
        match record.readable {
            Some(readable) => {
                let key = readable.key.to_string();
                keys.entry(key).or_default().push(((record.partition, record.offset), readable));
            }
            None => *unreadable += 1,
        }
    }
    keys
}

impl DualWrites {
    fn match_key(&mut self, key: &str, ours: Vec<(Place, Readable)>, theirs: Vec<(Place, Readable)>) {
        let text = |record: &(Place, Readable)| record.1.value.to_string();
        let mut unmatched: HashMap<String, u64> = HashMap::new();
        for record in &theirs {
            *unmatched.entry(text(record)).or_default() += 1;
        }
        let mut matched: HashMap<String, u64> = HashMap::new();
        let mut ours = ours;
        ours.retain(|record| {
            let value = text(record);
            let is_equal = take(&mut unmatched, &value);
            if is_equal {
                *matched.entry(value).or_default() += 1;
            }
            !is_equal
        });
        self.equal += matched.values().sum::<u64>();
        let mut theirs = theirs;
        theirs.retain(|record| !take(&mut matched, &text(record)));
        let pairs = if key == KEYLESS { 0 } else { ours.len().min(theirs.len()) };
        self.only_translated += count(ours.len() - pairs);
        self.only_native += count(theirs.len() - pairs);
        for (one, other) in ours.into_iter().rev().zip(theirs.into_iter().rev()).take(pairs) {
            self.differ(one, other);
        }
    }

    fn differ(&mut self, (origin, ours): (Place, Readable), (native, theirs): (Place, Readable)) {
        let mut leaves = Vec::new();
        differences("", &ours.value, &theirs.value, &mut leaves);
        self.different += 1;
        let mut paths: Vec<String> = leaves.iter().map(|leaf| without_indexes(&leaf.path)).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            *self.paths.entry(path).or_default() += 1;
        }
        if self.shown.len() < SHOWN_MAX {
            leaves.truncate(LEAVES_MAX);
            self.shown.push(Pair { key: ours.key, origin, native, leaves });
        }
    }
}

/// Takes one of a text away, if there is one.
fn take(counts: &mut HashMap<String, u64>, text: &str) -> bool {
    match counts.get_mut(text) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Gathers the leaves that differ. What one side has and the other has not is one leaf, however large.
fn differences(path: &str, ours: &Json, theirs: &Json, out: &mut Vec<LeafDifference>) {
    match (ours, theirs) {
        (Json::Object(ours), Json::Object(theirs)) => {
            let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let side = |members: &serde_json::Map<String, Json>| {
                    members.get(name).cloned().unwrap_or(Json::Null)
                };
                differences(&inner, &side(ours), &side(theirs), out);
            }
        }
        (Json::Array(ours), Json::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
                differences(&format!("{path}[{index}]"), one, other, out);
            }
        }
        _ if ours == theirs => {}
        _ => out.push(LeafDifference {
            path: path.to_owned(),
            translated: ours.clone(),
            native: theirs.clone(),
        }),
    }
}

/// `a[3].b` as `a[].b`.
fn without_indexes(path: &str) -> String {
    let mut parts = path.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("[]");
        text.push_str(part.split_once(']').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(offset: i64, key: &str, value: Json) -> Written {
        let key = if key.is_empty() { Json::Null } else { json!(key) };
        Written { partition: 0, offset, readable: Some(Readable { key, value }) }
    }

    #[test]
    fn records_that_say_the_same_belong_together_in_whatever_order() {
        let ours = vec![record(0, "a", json!(1)), record(1, "a", json!(2)), record(2, "b", json!(1))];
        let theirs = vec![record(7, "a", json!(2)), record(8, "b", json!(1)), record(9, "a", json!(1))];
        let found = compare(ours, theirs);
        assert_eq!(found, DualWrites { equal: 3, ..DualWrites::default() });
    }

    #[test]
    fn the_newest_that_are_left_belong_together() {
        let ours = (0..3).map(|at| record(at, "a", json!({"x": at}))).collect();
        let theirs = vec![record(10, "a", json!({"x": -1})), record(11, "a", json!({"x": -2}))];
        let found = compare(ours, theirs);
        assert_eq!((found.different, found.only_translated, found.only_native), (2, 1, 0));
        assert_eq!(found.paths, [("x".to_owned(), 2)].into());
        let places: Vec<_> = found.shown.iter().map(|pair| (pair.origin.1, pair.native.1)).collect();
        assert_eq!(places, [(2, 11), (1, 10)]);
    }

    #[test]
    fn leaves_say_where_pairs_differ() {
        let ours = json!({"same": 1, "list": [{"n": 1}, {"n": 2}], "gone": "x", "short": [1]});
        let theirs = json!({"same": 1, "list": [{"n": 3}, {"n": 4}], "short": [1, 2]});
        let found = compare(vec![record(0, "a", ours)], vec![record(0, "a", theirs)]);
        let paths =
            [("gone", 1), ("list[].n", 1), ("short", 1)].map(|(path, count)| (path.to_owned(), count));
        assert_eq!(found.paths, paths.into());
        let leaves: Vec<&str> = found.shown[0].leaves.iter().map(|leaf| leaf.path.as_str()).collect();
        assert_eq!(leaves, ["gone", "list[0].n", "list[1].n", "short"]);
    }

    #[test]
    fn tombstones_and_repeated_values_are_counted_one_by_one() {
        let ours = vec![record(0, "a", Json::Null), record(1, "a", json!(1)), record(2, "a", json!(1))];
        let theirs = vec![record(0, "a", json!(1)), record(1, "a", Json::Null)];
        let found = compare(ours, theirs);
        assert_eq!((found.equal, found.only_translated, found.different), (2, 1, 0));
    }

    #[test]
    fn without_a_key_nothing_says_that_records_belong_together() {
        let found = compare(vec![record(0, "", json!(1))], vec![record(0, "", json!(2))]);
        assert_eq!((found.different, found.only_translated, found.only_native), (0, 1, 1));
    }

    #[test]
    fn what_cannot_be_read_is_counted() {
        let other = Written { partition: 0, offset: 3, readable: None };
        assert_eq!(compare(vec![], vec![other]).unreadable, 1);
    }
}
