//! All tags of a schema with their places.

use foldhash::HashSet;

use super::order::Sorting;
use super::view::{Kind, View};
use super::{FIELD, RECORD, tags_of};
use crate::document::Json;
use crate::json::recursion;
use crate::json::references::Resolver;
use crate::json::schema::JsonSchema;
use crate::model::api::{SchemaEntity, SchemaTags};

/// All tags, those of objects before those of their properties. What stands behind a `$ref` has its own place.
pub(in crate::json) fn collect(schema: &JsonSchema) -> Vec<SchemaTags> {
    if !schema.canonical.contains(super::TAGS) {
        return Vec::new();
    }
    let mut resolver = Resolver::new(schema);
    let root = View::of(resolver.root());
    let mut collecting =
        Collecting { resolver, path: String::new(), found: Vec::new(), met: HashSet::default() };
    collecting.visit(&root, false);
    collecting.found
}

struct Collecting<'a> {
    resolver: Resolver<'a>,
    /// The place, ending with a dot unless empty.
    path: String,
    found: Vec<SchemaTags>,
    /// Places of objects that were visited: several ways may lead to one name.
    met: HashSet<String>,
}

impl<'a> Collecting<'a> {
    fn visit(&mut self, view: &View<'a>, is_property: bool) {
        recursion::level(|| match view.kind {
            Kind::Array => self.visit_inner("array", view.items()),
            Kind::Not => self.visit_inner("not", view.at("not")),
            Kind::Conditional => {
                for keyword in ["if", "then", "else"] {
                    self.below("conditional", |inner| inner.visit_inner(keyword, view.at(keyword)));
                }
            }
            Kind::Object => self.object(view, is_property),
            _ => self.combined(view),
        });
    }

    fn visit_inner(&mut self, word: &str, inner: Option<View<'a>>) {
        if let Some(inner) = inner {
            self.below(word, |collecting| collecting.visit(&inner, false));
        }
    }

    fn combined(&mut self, view: &View<'a>) {
        let Some((criterion, _)) = view.combined() else { return };
        let mut parts = view.children();
        Sorting::new(&mut self.resolver).sort(&mut parts);
        for (index, part) in parts.iter().enumerate() {
            let word = format!("{}.{index}", criterion.word());
            self.below(&word, |collecting| collecting.visit(part, false));
        }
    }

    fn object(&mut self, view: &View<'a>, is_property: bool) {
        let object = format!("{}object", self.path);
        if !self.met.insert(object.clone()) {
            return;
        }
        if !is_property && view.is_whole {
            self.put(object, RECORD, tags_of(view.place.node));
        }
        if let Some(properties) = view.place.node.get("properties") {
            self.below("object", |collecting| collecting.properties(view, properties));
        }
        if view.is_whole {
            self.definitions(view);
        }
    }

    /// At the root of a modern document, what stands in `definitions` also counts as standing in `$defs`.
    fn definitions(&mut self, view: &View<'a>) {
        let is_modern = view.place.scope.document.draft.is_modern();
        let definitions = members(view.place.node.get("definitions"));
        let defs = members(view.place.node.get("$defs").filter(|_| is_modern));
        let also = if is_modern && view.place.is_document_root() { definitions } else { &[] };
        let known: HashSet<&str> = defs.iter().map(|(name, _)| name.as_str()).collect();
        let also = also.iter().filter(|(name, _)| !known.contains(name.as_str()));
        let named = definitions.iter().map(|member| ("definitions", member));
        for (keyword, (name, value)) in named.chain(defs.iter().chain(also).map(|member| ("$defs", member))) {
            let inner = View::of(view.place.child(value));
            let word = format!("object.{keyword}.{name}");
            self.below(&word, |collecting| collecting.visit(&inner, false));
        }
    }

    fn properties(&mut self, view: &View<'a>, properties: &'a Json) {
        let Json::Object(members) = properties else { return };
        for (name, value) in members {
            let tags = tags_of(value);
            if !tags.is_empty() {
                self.put(format!("{}{name}", self.path), FIELD, tags);
            }
            if matches!(value, Json::Object(_)) {
                let inner = View::of(view.place.child(value));
                self.below(name, |collecting| collecting.visit(&inner, true));
            }
        }
    }

    fn put(&mut self, entity_path: String, entity_type: &str, tags: Vec<String>) {
        if !tags.is_empty() {
            let schema_entity = SchemaEntity { entity_path, entity_type: entity_type.to_owned() };
            self.found.push(SchemaTags { schema_entity, tags });
        }
    }

    fn below(&mut self, word: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(word);
        self.path.push('.');
        visit(self);
        self.path.truncate(length);
    }
}

fn members(value: Option<&Json>) -> &[(String, Json)] {
    match value {
        Some(Json::Object(members)) => members,
        _ => &[],
    }
}
