//! Records of the dead-letter queue that wait for their replay. Pure.

use std::collections::BTreeMap;

use super::dead_letter::DeadLetter;

/// Where letters are that wait for one another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterPlace {
    /// The topic that they come from.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Their key; records without one wait for nothing, but are kept together.
    pub key: Option<Vec<u8>>,
}

/// See the module. Each letter stands with something of the caller's.
#[derive(Clone, Debug)]
pub struct Letters<T> {
    waiting: BTreeMap<LetterPlace, BTreeMap<i64, T>>,
}

impl<T> Default for Letters<T> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new() }
    }
}

impl<T> Letters<T> {
    /// The next record of the queue. At least once, one may be there again: the first one stands.
    pub fn take(&mut self, letter: DeadLetter, key: Option<Vec<u8>>, item: T) {
        let DeadLetter { topic, partition, offset, replayed, .. } = letter;
        let is_keyed = key.is_some();
        let place = LetterPlace { topic, partition, key };
        if !replayed {
            self.waiting.entry(place).or_default().entry(offset).or_insert(item);
        } else if is_keyed {
            self.waiting.remove(&place);
        } else if let Some(letters) = self.waiting.get_mut(&place) {
            // Without a key, a marker speaks of one record.
            letters.remove(&offset);
            if letters.is_empty() {
                self.waiting.remove(&place);
            }
        }
    }

    /// Those that wait, by place, in the order of the topic that they come from.
    pub fn waiting(&self) -> impl Iterator<Item = (&LetterPlace, &BTreeMap<i64, T>)> {
        self.waiting.iter()
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.waiting.values().map(|letters| u64::try_from(letters.len()).unwrap_or(u64::MAX)).sum()
    }

    /// How many keys they fence.
    #[must_use]
    pub fn keys(&self) -> u64 {
        let keyed = self.waiting.keys().filter(|place| place.key.is_some()).count();
        u64::try_from(keyed).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(offset: i64, replayed: bool) -> DeadLetter {
        DeadLetter { code: "unmapped".to_owned(), topic: "orders".to_owned(), partition: 0, offset, replayed }
    }

    fn waiting(letters: &[(i64, bool, Option<&str>)]) -> (Vec<i64>, u64) {
        let mut all = Letters::default();
        for (offset, replayed, key) in letters {
            all.take(letter(*offset, *replayed), key.map(|key| key.as_bytes().to_vec()), ());
        }
        let keys = all.keys();
        assert_eq!(all.count(), all.waiting().map(|(_, letters)| letters.len() as u64).sum::<u64>());
        (all.waiting().flat_map(|(_, letters)| letters.keys().copied()).collect(), keys)
    }

    #[test]
    fn a_marker_ends_the_wait_of_its_key_and_not_of_later_records() {
        let letters = [(1, false, Some("a")), (2, false, Some("b")), (3, false, Some("a"))];
        assert_eq!(waiting(&letters), (vec![1, 3, 2], 2));
        let marked = [&letters[..], &[(3, true, Some("a")), (5, false, Some("a"))]].concat();
        assert_eq!(waiting(&marked), (vec![5, 2], 2));
    }

    #[test]
    fn without_a_key_a_marker_speaks_of_one_record() {
        let letters = [(1, false, None), (2, false, None), (1, true, None)];
        assert_eq!(waiting(&letters), (vec![2], 0));
    }

    #[test]
    fn what_is_there_again_waits_once() {
        assert_eq!(waiting(&[(1, false, Some("a")), (1, false, Some("a"))]), (vec![1], 1));
    }
}
