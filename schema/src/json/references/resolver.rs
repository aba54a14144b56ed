//! Places in schemas, and the way from one to another.

use std::collections::HashMap;
use std::rc::Rc;

use super::index::Index;
use super::pointer::Members;
use super::{meta, uri};
use crate::document::Json;
use crate::json::schema::{Document, JsonSchema};

/// A node of a document, with what is needed to resolve references that stand there. Cheap to copy.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// The node.
    pub(crate) node: &'a Json,
    /// Where it stands.
    pub(crate) scope: Rc<Scope<'a>>,
    /// A second object whose members count as those of `node`: `definitions` for `$defs`.
    pub(super) also: Option<&'a Json>,
}

/// What the nodes of one resource (a schema with an id) have in common.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    /// The document: the edition of a node is that of its document.
    pub(crate) document: &'a Document,
    /// The nearest schema around the node that has an id, else the root of the document.
    pub(crate) resource: &'a Json,
    /// Its URI without fragment, absolute as far as the ids are; empty when there is none.
    pub(crate) base: String,
    /// The URI under which the document is known, seen from the id of the referring schema.
    document_uri: Rc<str>,
}

impl<'a> Place<'a> {
    fn at_root(document: &'a Document, document_uri: &str) -> Self {
        let root = &document.root;
        let scope = Scope {
            document,
            resource: root,
            base: document_uri.to_owned(),
            document_uri: document_uri.into(),
        };
        Self { node: root, scope: Rc::new(scope), also: None }.entered()
    }

    /// The place of a node below this one. Steps may be left out as long as no id stands on them.
    pub(crate) fn child(&self, node: &'a Json) -> Self {
        self.beside(node).entered()
    }

    /// The place of a node without regard to its id.
    pub(super) fn beside(&self, node: &'a Json) -> Self {
        Self { node, scope: Rc::clone(&self.scope), also: None }
    }

    /// Tells nodes apart: equal for the same node, reached on whatever way.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self.node).addr()
    }

    /// Whether this is the root of its document.
    pub(crate) fn is_document_root(&self) -> bool {
        std::ptr::eq(self.node, &self.scope.document.root)
    }

    /// Takes the id of the node into account.
    fn entered(self) -> Self {
        let id = self.node.get(self.scope.document.draft.id_keyword());
        self.with_id(id)
    }

    /// The same, for a node whose id has already been looked up.
    pub(super) fn with_id(mut self, id: Option<&'a Json>) -> Self {
        let Some(id) = id.and_then(Json::as_str) else { return self };
        let (uri, _) = uri::split_fragment(id);
        if !uri.is_empty() {
            self.scope = Rc::new(Scope {
                document: self.scope.document,
                resource: self.node,
                base: uri::join(&self.scope.base, uri),
                document_uri: Rc::clone(&self.scope.document_uri),
            });
        }
        self
    }

    fn resource(&self) -> Self {
        self.beside(self.scope.resource)
    }
}

/// Resolves the references of one schema. Building it costs next to nothing; ids and anchors are collected when a
/// reference first needs them, in one walk over all documents.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    schema: &'a JsonSchema,
    /// The URI that the schema gives itself; what is registered is seen from there.
    base: String,
    /// Registered references by the URIs under which they can be reached.
    registered: HashMap<String, &'a Document, foldhash::fast::RandomState>,
    /// The roots of the documents met so far, by their address.
    roots: HashMap<usize, Place<'a>, foldhash::fast::RandomState>,
    members: Members<'a>,
    index: Option<Index<'a>>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(schema: &'a JsonSchema) -> Self {
        let root = Place::at_root(schema.document(), "");
        let base = root.scope.base.clone();
        let roots = HashMap::from_iter([(root.address(), root)]);
        let mut registered = HashMap::default();
        for document in schema.references() {
            let name = document.name.as_str();
            for uri in [uri::join(&base, name), name.to_owned(), uri::join("", name)] {
                registered.entry(uri).or_insert(document);
            }
        }
        Self { schema, base, registered, roots, members: Members::default(), index: None }
    }

    /// The root of the schema itself.
    pub(crate) fn root(&mut self) -> Place<'a> {
        self.root_at(self.schema.document(), "")
    }

    /// Where `reference`, the value of a `$ref` or `$dynamicRef` that stands at `place`, leads: the node with its own
    /// document and base. `None` when nothing is there. The node may be of any kind.
    pub(crate) fn resolve(&mut self, place: &Place<'a>, reference: &str) -> Option<Place<'a>> {
        let (uri, fragment) = uri::split_fragment(reference);
        if uri.is_empty() {
            return self.inside(place, fragment.unwrap_or_default(), reference);
        }
        let scope = Rc::clone(&place.scope);
        let is_modern = scope.document.draft.is_modern();
        if !is_modern && let Some(found) = self.spelled(place, reference) {
            return Some(found);
        }
        // Names may have a fragment; modern schemas take names as they are before they look at their own id.
        let whole = if fragment.is_some() { reference } else { uri };
        if (is_modern || fragment.is_some())
            && let Some(document) = self.registered.get(whole)
        {
            return Some(self.root_of(document));
        }
        let joined = uri::join(&scope.base, uri);
        let from_document = uri::join(&scope.document_uri, uri);
        let mut found = None;
        for candidate in [uri, &joined, &from_document].into_iter().skip(usize::from(!is_modern)) {
            found = found.or_else(|| self.resource_at(candidate));
        }
        let resource = found.or_else(|| self.resource_at(uri))?;
        self.within(&resource, fragment.unwrap_or_default())
    }

    /// Whether an id or anchor of a modern schema stands there twice, which the reference registry refuses.
    pub(crate) fn repeated_name(&mut self) -> Option<String> {
        if !self.schema.draft().is_modern() {
            return None;
        }
        self.index().repeated().map(str::to_owned)
    }

    /// References without a URI: pointers and anchors of the same document. Pointers of older editions start at the
    /// root of the document, those of modern ones at the nearest schema with an id.
    fn inside(&mut self, place: &Place<'a>, fragment: &str, reference: &str) -> Option<Place<'a>> {
        if place.scope.document.draft.is_modern() {
            return self.within(&place.resource(), fragment);
        }
        let root = self.root_at(place.scope.document, &place.scope.document_uri);
        if fragment.is_empty() {
            return Some(root);
        }
        if fragment.starts_with('/') {
            let found = self.members.follow(&root, fragment);
            return found.or_else(|| self.members.follow(&place.resource(), fragment));
        }
        self.within(&place.resource(), fragment).or_else(|| self.spelled(place, reference))
    }

    /// What `fragment` names inside of a resource.
    fn within(&mut self, resource: &Place<'a>, fragment: &str) -> Option<Place<'a>> {
        if fragment.is_empty() {
            return Some(resource.clone());
        }
        if fragment.starts_with('/') {
            return self.members.follow(resource, fragment);
        }
        let mut uri = resource.scope.base.clone();
        uri.push('#');
        uri.push_str(fragment);
        self.index().find(&uri).cloned()
    }

    /// A resource by its URI: ids first, then what is registered, then the meta-schemas.
    fn resource_at(&mut self, uri: &str) -> Option<Place<'a>> {
        if let Some(found) = self.index().find(uri) {
            return Some(found.clone());
        }
        if let Some(document) = self.registered.get(uri).copied() {
            return Some(self.root_of(document));
        }
        let document = meta::document_at(uri)?;
        self.registered.insert(uri.to_owned(), document);
        let root = self.root_at(document, uri);
        if let Some(index) = &mut self.index {
            index.add_document(&root);
        }
        Some(root)
    }

    fn spelled(&mut self, place: &Place<'a>, reference: &str) -> Option<Place<'a>> {
        let root = std::ptr::from_ref(&place.scope.document.root).addr();
        self.index().find_as_spelled(root, reference).cloned()
    }

    fn root_of(&mut self, document: &'a Document) -> Place<'a> {
        let uri = uri::join(&self.base, uri::split_fragment(&document.name).0);
        self.root_at(document, &uri)
    }

    fn root_at(&mut self, document: &'a Document, uri: &str) -> Place<'a> {
        let address = std::ptr::from_ref(&document.root).addr();
        self.roots.entry(address).or_insert_with(|| Place::at_root(document, uri)).clone()
    }

    fn index(&mut self) -> &Index<'a> {
        let schema = self.schema;
        if self.index.is_none() {
            let mut index = Index::default();
            index.add_document(&self.root());
            for document in schema.references() {
                index.add_document(&self.root_of(document));
            }
            self.index = Some(index);
        }
        self.index.get_or_insert_default()
    }
}
