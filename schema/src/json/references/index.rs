//! The ids and anchors of all documents of a schema.

use std::collections::HashMap;

use super::resolver::Place;
use super::uri;
use crate::document::Json;
use crate::json::recursion;

type Names<'a> = HashMap<&'a str, Place<'a>, foldhash::fast::RandomState>;

/// Where ids and anchors stand. Of repeated ones the first counts, in the order of the documents and of their texts.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    /// By URI, made absolute as far as possible: `http://x/a.json`, `http://x/a.json#anchor`, `#anchor`.
    by_uri: HashMap<String, Place<'a>, foldhash::fast::RandomState>,
    /// Ids of older editions as they are spelled, by the address of the root of their document: the reference registry
    /// compares those.
    as_spelled: HashMap<usize, Names<'a>, foldhash::fast::RandomState>,
    /// The first id or anchor of a modern schema that stands there twice.
    repeated: Option<String>,
}

impl<'a> Index<'a> {
    pub(super) fn add_document(&mut self, root: &Place<'a>) {
        self.add(root);
    }

    pub(super) fn find(&self, uri: &str) -> Option<&Place<'a>> {
        self.by_uri.get(uri.strip_suffix('#').unwrap_or(uri))
    }

    pub(super) fn find_as_spelled(&self, root: usize, id: &str) -> Option<&Place<'a>> {
        self.as_spelled.get(&root)?.get(id)
    }

    pub(super) fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }

    fn add(&mut self, place: &Place<'a>) {
        recursion::level(|| match place.node {
            Json::Array(items) => {
                for item in items {
                    self.add_child(place, item);
                }
            }
            Json::Object(members) => {
                self.add_names(place);
                for (key, value) in members {
                    match key.as_str() {
                        "enum" | "const" => {}
                        "default" | "examples" if !place.scope.document.draft.is_modern() => {}
                        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                            self.add_values(place, value);
                        }
                        _ => self.add_child(place, value),
                    }
                }
            }
            _ => {}
        });
    }

    /// The values of an object whose names are no keywords.
    fn add_values(&mut self, place: &Place<'a>, value: &'a Json) {
        if let Json::Object(members) = value {
            for (_, value) in members {
                self.add_child(place, value);
            }
        }
    }

    fn add_child(&mut self, place: &Place<'a>, node: &'a Json) {
        if matches!(node, Json::Object(_) | Json::Array(_)) {
            self.add(&place.child(node));
        }
    }

    fn add_names(&mut self, place: &Place<'a>) {
        let scope = &place.scope;
        let draft = scope.document.draft;
        if let Some(id) = place.node.get(draft.id_keyword()).and_then(Json::as_str) {
            if !draft.is_modern() {
                let root = std::ptr::from_ref(&scope.document.root).addr();
                self.as_spelled.entry(root).or_default().entry(id).or_insert_with(|| place.clone());
            }
            match uri::split_fragment(id) {
                (_, None | Some("")) => self.put(scope.base.clone(), place),
                (_, Some(anchor)) => self.put(format!("{}#{anchor}", scope.base), place),
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"].iter().filter(|_| draft.is_modern()) {
            if let Some(anchor) = place.node.get(keyword).and_then(Json::as_str) {
                self.put(format!("{}#{anchor}", scope.base), place);
            }
        }
    }

    fn put(&mut self, uri: String, place: &Place<'a>) {
        let is_modern = place.scope.document.draft.is_modern();
        let known = self.by_uri.get(&uri);
        let is_repeated = known.is_some_and(|known| {
            known.address() != place.address() && std::ptr::eq(known.scope.document, place.scope.document)
        });
        if is_repeated && is_modern && self.repeated.is_none() {
            self.repeated = Some(uri.clone());
        }
        self.by_uri.entry(uri).or_insert_with(|| place.clone());
    }
}
