//! What the kinds with keywords of their own are made of.

use super::NodeId;
use super::pattern::Pattern;
use super::properties::Properties;

/// What a schema says about texts.
#[derive(Debug, Default, Hash)]
pub(in crate::json) struct StringRules {
    /// Whether it takes texts only.
    pub(in crate::json) is_required: bool,
    pub(in crate::json) min_length: Option<i32>,
    pub(in crate::json) max_length: Option<i32>,
    pub(in crate::json) pattern: Option<Box<str>>,
    /// Kept where the reference registry has a check for it. No rule looks at it.
    pub(in crate::json) format: Option<Box<str>>,
}

/// What a schema says about numbers.
#[derive(Debug, Default)]
pub(in crate::json) struct NumberRules {
    /// Whether it takes numbers only.
    pub(in crate::json) is_required: bool,
    /// Whether it takes whole numbers only.
    pub(in crate::json) is_integer: bool,
    pub(in crate::json) minimum: Option<f64>,
    pub(in crate::json) maximum: Option<f64>,
    pub(in crate::json) exclusive_minimum: Option<f64>,
    pub(in crate::json) exclusive_maximum: Option<f64>,
    /// The limits as flags, as in draft 4. No rule looks at them.
    pub(in crate::json) exclusive_flags: [bool; 2],
    /// The spelling of the number.
    pub(in crate::json) multiple_of: Option<Box<str>>,
}

/// What a schema says about objects.
#[derive(Debug)]
pub(in crate::json) struct ObjectRules {
    /// Whether it takes objects only.
    pub(in crate::json) is_required: bool,
    pub(in crate::json) properties: Properties,
    /// Every name in `required`, in source order.
    pub(in crate::json) required: Vec<Box<str>>,
    pub(in crate::json) patterns: Vec<(Pattern, NodeId)>,
    /// False if `additionalProperties` is `false`.
    pub(in crate::json) permits_additional: bool,
    pub(in crate::json) additional: Option<NodeId>,
    pub(in crate::json) unevaluated: Option<NodeId>,
    pub(in crate::json) names: Option<NodeId>,
    pub(in crate::json) min_properties: Option<i32>,
    pub(in crate::json) max_properties: Option<i32>,
    /// Names that must be there if another one is; sorted, each once.
    pub(in crate::json) required_with: Vec<(Box<str>, Vec<Box<str>>)>,
    /// Schemas that hold if a name is there.
    pub(in crate::json) schema_with: Vec<(Box<str>, NodeId)>,
}

/// What a schema says about arrays.
#[derive(Debug)]
pub(in crate::json) struct ArrayRules {
    /// Whether it takes arrays only.
    pub(in crate::json) is_required: bool,
    /// The schema of each item.
    pub(in crate::json) items: Option<NodeId>,
    /// The schemas of the first items, one by one.
    pub(in crate::json) tuple: Vec<NodeId>,
    /// False if nothing may follow the tuple.
    pub(in crate::json) permits_additional: bool,
    pub(in crate::json) additional: Option<NodeId>,
    pub(in crate::json) unevaluated: Option<NodeId>,
    pub(in crate::json) contains: Option<NodeId>,
    pub(in crate::json) min_items: Option<i32>,
    pub(in crate::json) max_items: Option<i32>,
    pub(in crate::json) min_contains: Option<i32>,
    pub(in crate::json) max_contains: Option<i32>,
    pub(in crate::json) is_unique: bool,
}

/// What a schema says about names or items beyond those it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::json) enum Content {
    /// Anything goes.
    Open,
    /// What this schema takes.
    Partial(NodeId),
    /// Nothing.
    Closed,
}

impl Default for ObjectRules {
    fn default() -> Self {
        Self {
            is_required: false,
            properties: Properties::default(),
            required: Vec::new(),
            patterns: Vec::new(),
            permits_additional: true,
            additional: None,
            unevaluated: None,
            names: None,
            min_properties: None,
            max_properties: None,
            required_with: Vec::new(),
            schema_with: Vec::new(),
        }
    }
}

impl Default for ArrayRules {
    fn default() -> Self {
        Self {
            is_required: false,
            items: None,
            tuple: Vec::new(),
            permits_additional: true,
            additional: None,
            unevaluated: None,
            contains: None,
            min_items: None,
            max_items: None,
            min_contains: None,
            max_contains: None,
            is_unique: false,
        }
    }
}

impl ObjectRules {
    pub(super) fn memory_size(&self) -> usize {
        let names: usize = self.required.iter().map(|name| name.len() + size_of::<Box<str>>()).sum();
        let patterns = self.patterns.len() * size_of::<(Pattern, NodeId)>();
        let dependencies = (self.required_with.len() + self.schema_with.len()) * 64;
        self.properties.memory_size() + names + patterns + dependencies
    }
}
