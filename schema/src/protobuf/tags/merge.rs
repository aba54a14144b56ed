//! Options with one entry per name, as the reference registry merges them when it changes tags.

use super::{TAGS, text};
use crate::protobuf::syntax::{OptionValue, ProtoOption};

/// Options by name. Dotted options have become aggregates, and aggregates of one name are one.
pub(super) struct Merged {
    options: Vec<ProtoOption>,
}

/// The name of an option without a leading dot.
pub(super) fn key(option: &ProtoOption) -> &str {
    option.name.strip_prefix('.').unwrap_or(&option.name)
}

impl Merged {
    pub(super) fn new<'o>(options: impl Iterator<Item = &'o ProtoOption>) -> Self {
        let mut merged = Self { options: Vec::new() };
        for option in options {
            let option = ProtoOption { value: undotted(option.value.clone()), ..option.clone() };
            merged.push(option);
        }
        merged
    }

    /// Adds an option to the one of its name. Where they are no aggregates both stay: the values of a repeated option.
    fn push(&mut self, option: ProtoOption) {
        let known = self.options.iter_mut().find(|known| key(known) == key(&option));
        match (known.map(|known| &mut known.value), option.value) {
            (Some(OptionValue::Map(entries)), OptionValue::Map(more)) => {
                more.into_iter().for_each(|(key, value)| merge_entry(entries, key, value));
            }
            (_, value) => self.options.push(ProtoOption { value, ..option }),
        }
    }

    /// The tags that the option `meta` holds, each once.
    pub(super) fn tags(&self, meta: &str) -> Vec<String> {
        let mut tags = Vec::new();
        let entries = self.options.iter().rfind(|option| key(option) == meta).map(|option| &option.value);
        if let Some(OptionValue::Map(entries)) = entries {
            let values = entries.iter().filter(|(key, _)| key == TAGS).flat_map(|(_, value)| elements(value));
            for tag in values.filter_map(text) {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
        }
        tags
    }

    pub(super) fn add(&mut self, meta: &str, tags: &[String]) {
        if tags.is_empty() {
            return;
        }
        let mut added: Vec<OptionValue> = Vec::with_capacity(tags.len());
        for tag in tags.iter().cloned().map(OptionValue::String) {
            if !added.contains(&tag) {
                added.push(tag);
            }
        }
        let value = OptionValue::Map(vec![(TAGS.to_owned(), OptionValue::List(added))]);
        self.push(ProtoOption { name: meta.to_owned(), is_custom: true, value });
    }

    /// Removes tags, and the option once nothing is left of it.
    pub(super) fn remove(&mut self, meta: &str, tags: &[String]) {
        let Some(at) = self.options.iter().rposition(|option| key(option) == meta) else { return };
        let Some(OptionValue::Map(entries)) = self.options.get_mut(at).map(|option| &mut option.value) else {
            return;
        };
        let Some(place) = entries.iter().position(|(key, _)| key == TAGS) else { return };
        if tags.is_empty() {
            return;
        }
        let Some((_, value)) = entries.get_mut(place) else { return };
        let is_removed = |value: &OptionValue| text(value).is_some_and(|tag| tags.contains(&tag));
        let left: Vec<_> = elements(value).iter().filter(|value| !is_removed(value)).cloned().collect();
        *value = OptionValue::List(left);
        if matches!(value, OptionValue::List(left) if left.is_empty()) {
            entries.remove(place);
        }
        if entries.is_empty() {
            self.options.remove(at);
        }
    }

    /// The options in the order in which the reference registry's hash table gives them: what it stores and hashes
    /// rests on it.
    pub(super) fn in_order(self) -> Vec<ProtoOption> {
        let mut options = self.options;
        let mut buckets: u32 = 16;
        while options.len() * 4 > buckets as usize * 3 {
            buckets *= 2;
        }
        options.sort_by_key(|option| bucket(key(option)) & (buckets - 1));
        options
    }
}

/// The hash of a string in Java, spread as Java's hash tables do.
fn bucket(text: &str) -> u32 {
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    hash ^ (hash >> 16)
}

fn elements(value: &OptionValue) -> &[OptionValue] {
    match value {
        OptionValue::List(list) => list,
        one => std::slice::from_ref(one),
    }
}

/// `.a.b = 1` as `{a: {b: 1}}`.
fn undotted(value: OptionValue) -> OptionValue {
    match value {
        OptionValue::Nested(inner) => OptionValue::Map(vec![(inner.name, undotted(inner.value))]),
        value => value,
    }
}

/// Adds a value to an aggregate; two values of one key become a list of distinct values.
fn merge_entry(entries: &mut Vec<(String, OptionValue)>, key: String, value: OptionValue) {
    let Some((_, known)) = entries.iter_mut().find(|(known, _)| *known == key) else {
        entries.push((key, value));
        return;
    };
    let mut list: Vec<OptionValue> = Vec::new();
    for value in elements(known).iter().chain(elements(&value)) {
        if !list.contains(value) {
            list.push(value.clone());
        }
    }
    *known = OptionValue::List(list);
}
