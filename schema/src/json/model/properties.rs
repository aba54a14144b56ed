//! The properties of an object schema, by place and by name.

use super::NodeId;

/// Up to this many properties a scan beats a search.
const SCAN_MAX: usize = 8;

/// One entry of `properties`.
#[derive(Debug)]
pub(in crate::json) struct Property {
    pub(in crate::json) name: Box<str>,
    pub(in crate::json) schema: NodeId,
    /// Whether `required` names it.
    pub(in crate::json) is_required: bool,
}

/// The entries of `properties` in source order, with an index by name.
#[derive(Debug, Default)]
pub(in crate::json) struct Properties {
    in_order: Vec<Property>,
    /// Places in `in_order`, sorted by name; empty while a scan is cheaper.
    by_name: Vec<u32>,
}

impl Properties {
    /// Takes the entries, of which no two have the same name, and marks those that are required.
    pub(in crate::json) fn new(entries: Vec<(Box<str>, NodeId)>, required: &[Box<str>]) -> Self {
        let in_order: Vec<Property> =
            entries.into_iter().map(|(name, schema)| Property { name, schema, is_required: false }).collect();
        let mut by_name = Vec::new();
        if in_order.len() > SCAN_MAX {
            by_name.extend((0_u32..).take(in_order.len()));
            by_name.sort_unstable_by(|&one, &other| name_at(&in_order, one).cmp(name_at(&in_order, other)));
        }
        let mut properties = Self { in_order, by_name };
        properties.require(required);
        properties
    }

    /// Marks those that are required.
    pub(in crate::json) fn require(&mut self, required: &[Box<str>]) {
        let mut next = 0;
        for name in required {
            if let Some(at) = self.position(name, next) {
                next = at + 1;
                if let Some(property) = self.in_order.get_mut(at) {
                    property.is_required = true;
                }
            }
        }
    }

    /// The entries in source order.
    pub(in crate::json) fn iter(&self) -> std::slice::Iter<'_, Property> {
        self.in_order.iter()
    }

    /// How many there are.
    pub(in crate::json) fn len(&self) -> usize {
        self.in_order.len()
    }

    /// The entry of this name, which is looked for at the place `hint` first.
    pub(in crate::json) fn find(&self, name: &str, hint: usize) -> Option<&Property> {
        self.in_order.get(self.position(name, hint)?)
    }

    fn position(&self, name: &str, hint: usize) -> Option<usize> {
        if self.in_order.get(hint).is_some_and(|property| &*property.name == name) {
            return Some(hint);
        }
        if self.by_name.is_empty() {
            return self.in_order.iter().position(|property| &*property.name == name);
        }
        let found = self.by_name.binary_search_by(|&at| name_at(&self.in_order, at).cmp(name)).ok()?;
        self.by_name.get(found).map(|&at| at as usize)
    }

    pub(super) fn memory_size(&self) -> usize {
        let names: usize = self.in_order.iter().map(|property| property.name.len()).sum();
        self.in_order.len() * size_of::<Property>() + self.by_name.len() * size_of::<u32>() + names
    }
}

fn name_at(in_order: &[Property], at: u32) -> &str {
    in_order.get(at as usize).map_or("", |property| &property.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_and_without_an_index() {
        for count in [0_u32, 1, 8, 9, 100] {
            let entries = (0..count).map(|number| (format!("p{}", count - number).into(), NodeId(number)));
            let properties = Properties::new(entries.collect(), &["p1".into(), "absent".into()]);
            for number in 0..count {
                for hint in [0, number as usize, 500] {
                    let found = properties.find(&format!("p{}", count - number), hint).unwrap();
                    assert_eq!(found.schema, NodeId(number));
                    assert_eq!(found.is_required, count - number == 1);
                }
            }
            assert!(properties.find("absent", 0).is_none());
        }
    }
}
