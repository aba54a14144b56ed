//! The documents of a schema for readers who bring their own idea of what keywords mean.

use std::cell::RefCell;

use super::JsonSchema;
use super::references::{Place, Resolver};
use crate::document::Json;

/// Walks over a schema and the documents that it refers to.
#[derive(Debug)]
pub struct View<'s> {
    resolver: RefCell<Resolver<'s>>,
}

/// A node of one of the documents.
#[derive(Clone, Debug)]
pub struct ViewNode<'s>(Place<'s>);

impl<'s> View<'s> {
    /// The view of a schema.
    #[must_use]
    pub fn of(schema: &'s JsonSchema) -> Self {
        Self { resolver: RefCell::new(Resolver::new(schema)) }
    }

    /// The root of the schema itself.
    #[must_use]
    pub fn root(&self) -> ViewNode<'s> {
        ViewNode(self.resolver.borrow_mut().root())
    }

    /// Where the value of a `$ref` at a node leads; `None` when nothing is there.
    #[must_use]
    pub fn resolve(&self, node: &ViewNode<'s>, reference: &str) -> Option<ViewNode<'s>> {
        self.resolver.borrow_mut().resolve(&node.0, reference).map(ViewNode)
    }
}

impl<'s> ViewNode<'s> {
    /// What stands there.
    #[must_use]
    pub fn json(&self) -> &'s Json {
        self.0.node
    }

    /// The place of something that stands below. Steps may be left out as long as no id stands on them.
    #[must_use]
    pub fn child(&self, below: &'s Json) -> Self {
        Self(self.0.child(below))
    }

    /// Tells nodes apart: equal for the same node, reached on whatever way.
    #[must_use]
    pub fn address(&self) -> usize {
        self.0.address()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{SchemaFormat, Strictness};
    use crate::references::ResolvedReferences;

    #[test]
    fn references_lead_to_one_node() {
        let text = r##"{"properties": {"a": {"$ref": "#/definitions/X"}, "b": {"$ref": "#/definitions/Y"}},
            "definitions": {"X": {"type": "string"}}}"##;
        let schema = JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::Stored).unwrap();
        let view = View::of(&schema);
        let root = view.root();
        let properties = root.json().get("properties").unwrap();
        let at = |name: &str| root.child(properties.get(name).unwrap());
        let found = view.resolve(&at("a"), "#/definitions/X").unwrap();
        assert_eq!(found.json().get("type").and_then(Json::as_str), Some("string"));
        assert_eq!(found.address(), view.resolve(&root, "#/definitions/X").unwrap().address());
        assert!(view.resolve(&at("b"), "#/definitions/Y").is_none());
    }
}
