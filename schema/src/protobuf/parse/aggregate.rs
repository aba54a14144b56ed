//! Aggregates `{key: value}` and lists `[a, b]` as values of options.

use std::collections::HashMap;

use super::reader::{Reader, Result};
use crate::protobuf::syntax::{OptionValue, ProtoOption};

/// What stands between the name and the value of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// In a statement and in brackets.
    Equals,
    /// In an aggregate.
    Colon,
}

impl Reader<'_> {
    /// Entries up to the closing brace, in order of first appearance.
    pub(super) fn aggregate(&mut self) -> Result<Vec<(String, OptionValue)>> {
        self.enter()?;
        self.require(b'{')?;
        let mut entries = Entries::default();
        while !self.takes(b'}')? {
            entries.add(self.option(Separator::Colon)?);
            if !self.takes(b',')? {
                self.takes(b';')?;
            }
        }
        self.leave();
        Ok(entries.in_order)
    }

    /// Elements up to the closing bracket.
    pub(super) fn list(&mut self) -> Result<Vec<OptionValue>> {
        self.enter()?;
        self.require(b'[')?;
        let mut elements = Vec::new();
        while !self.takes(b']')? {
            self.count()?;
            elements.push(self.value()?);
            if !self.takes(b',')? && self.peek()? != b']' {
                let found = self.character();
                return Err(self.wrong(format!("expected `,` or `]` in a list but found `{found}`")));
            }
        }
        self.leave();
        Ok(elements)
    }
}

/// The entries of an aggregate while it is read.
#[derive(Default)]
struct Entries {
    in_order: Vec<(String, OptionValue)>,
    by_key: HashMap<String, usize>,
}

impl Entries {
    /// Adds an entry; a key that comes again turns its value into a list.
    fn add(&mut self, option: ProtoOption) {
        let ProtoOption { name, value, .. } = option;
        let known = self.by_key.get(&name).and_then(|&index| self.in_order.get_mut(index));
        let Some((_, known)) = known else {
            self.by_key.insert(name.clone(), self.in_order.len());
            self.in_order.push((name, value));
            return;
        };
        if !matches!(known, OptionValue::List(_)) {
            let first = std::mem::replace(known, OptionValue::List(Vec::new()));
            *known = OptionValue::List(vec![first]);
        }
        if let OptionValue::List(list) = known {
            match value {
                OptionValue::List(more) => list.extend(more),
                value => list.push(value),
            }
        }
    }
}
