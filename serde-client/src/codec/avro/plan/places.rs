//! Where values are written: what is asked of a place for every value lies together, and is only looked at.

use super::{Node, Plan};

/// What a value is written as.
#[derive(Clone, Copy, Debug)]
pub(in crate::codec::avro) struct Place {
    /// A type that is no union of null and one other type.
    pub(in crate::codec::avro) node: Node,
    /// Set where null may stand instead: in a union of null and that type.
    pub(in crate::codec::avro) null: Option<Nullable>,
}

/// A union of null and one other type.
#[derive(Clone, Copy, Debug)]
pub(in crate::codec::avro) struct Nullable {
    pub(in crate::codec::avro) branch: NullBranch,
    /// Its number among those of the [`Plan`].
    pub(in crate::codec::avro) index: u32,
}

/// Which branch of a union of two is null. The number is what stands in front of anything else: that of the other branch,
/// in zig-zag form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::codec::avro) enum NullBranch {
    First = 2,
    Second = 0,
}

impl NullBranch {
    /// What is written in front of a null.
    #[inline(always)]
    pub(in crate::codec::avro) fn null_byte(self) -> u8 {
        2 - self.other_byte()
    }

    /// What is written in front of anything else.
    #[inline(always)]
    pub(in crate::codec::avro) fn other_byte(self) -> u8 {
        self as u8
    }
}

impl Place {
    pub(in crate::codec::avro) const NULL: Self = Self::of(Node::Null);
    pub(in crate::codec::avro) const STRING: Self = Self::of(Node::String);
    pub(in crate::codec::avro) const RAW_TEXT: Self = Self::of(Node::RawText);
    pub(in crate::codec::avro) const BYTE: Self = Self::of(Node::Byte);

    const fn of(node: Node) -> Self {
        Self { node, null: None }
    }
}

/// The places of a schema outside of records.
#[derive(Debug)]
pub(in crate::codec::avro) struct Places {
    pub(in crate::codec::avro) root: Place,
    /// By array.
    items: Box<[Place]>,
    /// By map.
    values: Box<[Place]>,
    /// By union of null and another type.
    others: Box<[Place]>,
    /// By union.
    branches: Box<[Box<[Place]>]>,
}

impl Places {
    /// That of the items of an array.
    pub(in crate::codec::avro) fn item(&self, array: u32) -> &Place {
        &self.items[array as usize]
    }

    /// That of the values of a map.
    pub(in crate::codec::avro) fn value(&self, map: u32) -> &Place {
        &self.values[map as usize]
    }

    /// That of what is not null.
    pub(in crate::codec::avro) fn other(&self, nullable: Nullable) -> &Place {
        &self.others[nullable.index as usize]
    }

    /// Those of the branches of a union.
    pub(in crate::codec::avro) fn branches(&self, union: u32) -> &[Place] {
        &self.branches[union as usize]
    }
}

impl Default for Places {
    /// Those of a plan that is not for writing.
    fn default() -> Self {
        let (items, values, others) = Default::default();
        Self { root: Place::NULL, items, values, others, branches: Box::default() }
    }
}

impl Plan {
    /// How a value is written to a node.
    pub(super) fn place(&self, node: Node) -> Place {
        let Node::Optional(index) = node else { return Place::of(node) };
        let optional = self.optional(index);
        let branch = if optional.null == 0 { NullBranch::First } else { NullBranch::Second };
        Place { node: optional.node, null: Some(Nullable { branch, index }) }
    }

    /// The node of all that may stand at a place.
    pub(in crate::codec::avro) fn whole(&self, place: &Place) -> Node {
        place.null.map_or(place.node, |null| Node::Optional(null.index))
    }

    /// All of them.
    pub(super) fn find_places(&self) -> Places {
        let branches =
            |union: &super::UnionPlan| union.branches.iter().map(|node| Place::of(*node)).collect();
        Places {
            root: self.place(self.root),
            items: self.arrays.iter().map(|array| self.place(array.node)).collect(),
            values: self.maps.iter().map(|map| self.place(map.node)).collect(),
            others: self.optionals.iter().map(|optional| Place::of(optional.node)).collect(),
            branches: self.unions.iter().map(branches).collect(),
        }
    }
}
