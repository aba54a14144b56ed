//! What the compatibility rules see of a schema: an arena of nodes, one per schema object.
//!
//! The kinds and what belongs to them follow the reference registry, so that two schemas that it takes for the same kind
//! are of the same kind here. A `$ref` is a node that names another node, so recursive schemas need no cyclic pointers.

pub(in crate::json) mod decimal;
pub(in crate::json) mod identity;
pub(in crate::json) mod pattern;
pub(in crate::json) mod properties;
pub(in crate::json) mod rules;
pub(in crate::json) mod value;

pub(in crate::json) use rules::{ArrayRules, NumberRules, ObjectRules, StringRules};

/// The index of a node in its [`Model`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::json) struct NodeId(pub(in crate::json) u32);

/// A schema with everything that it refers to.
#[derive(Debug)]
pub(in crate::json) struct Model {
    pub(in crate::json) nodes: Vec<Node>,
    pub(in crate::json) root: NodeId,
}

/// One schema.
#[derive(Debug)]
pub(in crate::json) struct Node {
    pub(in crate::json) kind: Kind,
    /// The address of the value it was made from, which stays where it is as long as the schema lives: enough to find
    /// the piece of text again. The parts into which one schema object falls share it.
    pub(in crate::json) source: usize,
    /// Whether it has a default value. As in the reference registry, one beside `$ref` does not count.
    pub(in crate::json) has_default: bool,
    /// Whether `connect.type` says `bytes`.
    pub(in crate::json) is_connect_bytes: bool,
    /// Whether this is an `allOf` that the loader made from keywords beside each other.
    pub(in crate::json) is_generated: bool,
    /// A hash of the keywords that no rule looks at, but which keep two schemas from being the same one.
    pub(in crate::json) annotations: u64,
}

/// What kind of schema a node is.
#[derive(Debug)]
pub(in crate::json) enum Kind {
    /// No constraint at all.
    Empty,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `"type": "boolean"`.
    Boolean,
    /// `"type": "null"`.
    Null,
    /// Texts.
    String(Box<StringRules>),
    /// Numbers.
    Number(Box<NumberRules>),
    /// Objects.
    Object(Box<ObjectRules>),
    /// Arrays.
    Array(Box<ArrayRules>),
    /// `enum`: the values in the spelling of [`value::key`], sorted, each once.
    Enum(Vec<Box<str>>),
    /// `const`, in the same spelling.
    Const(Box<str>),
    /// `not`.
    Not(NodeId),
    /// `allOf`, `anyOf`, `oneOf`, and parts that lie beside each other in one schema object.
    Combined(Criterion, Vec<NodeId>),
    /// `if`, `then`, `else`. The rules do not look inside.
    Conditional([Option<NodeId>; 3]),
    /// `$ref`.
    Reference(Reference),
}

/// A `$ref`.
#[derive(Debug)]
pub(in crate::json) struct Reference {
    /// The text of it.
    pub(in crate::json) text: Box<str>,
    /// What it refers to; absent if nothing has that name.
    pub(in crate::json) target: Option<NodeId>,
}

/// How many parts of a combined schema must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::json) enum Criterion {
    /// All of them.
    All,
    /// At least one.
    Any,
    /// Exactly one.
    One,
}

impl Criterion {
    /// The keyword.
    pub(in crate::json) fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}

impl Model {
    /// The node of the whole schema.
    pub(in crate::json) fn root(&self) -> NodeId {
        self.root
    }

    /// The node.
    pub(in crate::json) fn node(&self, id: NodeId) -> &Node {
        // Ids come from the loader of this very model.
        &self.nodes[id.index()]
    }

    /// What stands behind references, however many; `None` if one of them leads nowhere or only to itself.
    pub(in crate::json) fn resolved(&self, id: NodeId) -> Option<NodeId> {
        let mut at = id;
        for _ in 0..=self.nodes.len() {
            match &self.node(at).kind {
                Kind::Reference(reference) => at = reference.target?,
                _ => return Some(at),
            }
        }
        None
    }

    /// Bytes on the heap, roughly.
    pub(in crate::json) fn memory_size(&self) -> usize {
        self.nodes.iter().map(|node| size_of::<Node>() + node.kind.memory_size()).sum()
    }
}

impl NodeId {
    pub(in crate::json) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Kind {
    /// The number of the kind: two nodes with the same one are compared by the rules of their kind.
    pub(in crate::json) fn class(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::True => 1,
            Self::False => 2,
            Self::Boolean => 3,
            Self::Null => 4,
            Self::String(_) => 5,
            Self::Number(_) => 6,
            Self::Object(_) => 7,
            Self::Array(_) => 8,
            Self::Enum(_) => 9,
            Self::Const(_) => 10,
            Self::Not(_) => 11,
            Self::Combined(..) => 12,
            Self::Conditional(_) => 13,
            Self::Reference(_) => 14,
        }
    }

    /// Whether it takes everything.
    pub(in crate::json) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty | Self::True)
    }

    /// Whether it takes nothing, said with `false`.
    pub(in crate::json) fn is_false(&self) -> bool {
        matches!(self, Self::False)
    }

    fn memory_size(&self) -> usize {
        match self {
            Self::String(_) => size_of::<StringRules>(),
            Self::Number(_) => size_of::<NumberRules>(),
            Self::Object(rules) => size_of::<ObjectRules>() + rules.memory_size(),
            Self::Array(rules) => size_of::<ArrayRules>() + rules.tuple.len() * size_of::<NodeId>(),
            Self::Enum(values) => values.iter().map(|value| value.len() + size_of::<Box<str>>()).sum(),
            Self::Const(value) => value.len(),
            Self::Combined(_, parts) => parts.len() * size_of::<NodeId>(),
            Self::Reference(reference) => reference.text.len(),
            _ => 0,
        }
    }
}
