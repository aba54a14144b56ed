//! From text to model.
//!
//! Drafts 4, 6 and 7 are read as the reference registry's older library reads them ([`classic`]), 2019-09 and 2020-12
//! as its newer one with the translation behind it ([`modern`]); what a document is made of depends on its own edition.
//!
//! Every value is read at most twice: once where it stands, and once for all references that lead to it or into what
//! surrounds it. So the work is linear in the text, and recursive schemas end. Levels are bounded by the depth of the
//! documents for what stands inside each other, and not at all for references: the stack grows.

mod annotations;
mod classic;
mod keywords;
mod modern;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::JsonSchema;
use super::model::{Kind, Model, Node, NodeId, Reference};
use super::recursion;
use super::references::{Place, Resolver};

use crate::document::Json;

/// Reads the model of a schema. What has no place in a schema is passed over: whether the schema is one was asked when
/// it was parsed.
pub(in crate::json) fn load(schema: &JsonSchema) -> Model {
    let mut loader = Loader::new(schema);
    let place = loader.resolver.root();
    let root = if place.scope.document.draft.is_modern() {
        // A reference to the root of a modern schema gives the very same node.
        loader.shared(place)
    } else {
        loader.load(place)
    };
    Model { nodes: loader.nodes, root }
}

/// Reads documents into an arena.
struct Loader<'a> {
    resolver: Resolver<'a>,
    nodes: Vec<Node>,
    /// Nodes that references lead to, and what stands inside them, by address.
    shared: HashMap<usize, NodeId>,
    /// Whether what is being read belongs to those.
    is_shared: bool,
    /// Nodes of the same that are still being read.
    unfinished: HashSet<NodeId>,
    annotations_left: usize,
}

impl<'a> Loader<'a> {
    fn new(schema: &'a JsonSchema) -> Self {
        Self {
            resolver: Resolver::new(schema),
            nodes: Vec::new(),
            shared: HashMap::new(),
            is_shared: false,
            unfinished: HashSet::new(),
            annotations_left: annotations::VALUES_MAX,
        }
    }

    /// Reads a schema that stands inside the one at `outer`.
    fn child(&mut self, outer: &Place<'a>, value: &'a Json) -> NodeId {
        let place = outer.child(value);
        if self.is_shared { self.shared(place) } else { self.load(place) }
    }

    /// Reads what a reference leads to, unless it was read for another one.
    fn shared(&mut self, place: Place<'a>) -> NodeId {
        if let Some(&known) = self.shared.get(&place.address()) {
            return known;
        }
        let id = self.reserve(place.address());
        self.shared.insert(place.address(), id);
        self.unfinished.insert(id);
        let outer = std::mem::replace(&mut self.is_shared, true);
        self.fill(id, &place);
        self.is_shared = outer;
        self.unfinished.remove(&id);
        id
    }

    fn load(&mut self, place: Place<'a>) -> NodeId {
        let id = self.reserve(place.address());
        self.fill(id, &place);
        id
    }

    fn fill(&mut self, id: NodeId, place: &Place<'a>) {
        recursion::level(|| match place.node {
            Json::Bool(true) => self.finish(id, Kind::True),
            Json::Bool(false) => self.finish(id, Kind::False),
            Json::Object(members) if place.scope.document.draft.is_modern() => {
                modern::load(self, id, place, members);
            }
            Json::Object(members) => classic::load(self, id, place, members),
            _ => {}
        });
    }

    /// A node that is to be filled in.
    fn reserve(&mut self, source: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            kind: Kind::Empty,
            source,
            has_default: false,
            is_connect_bytes: false,
            is_generated: false,
            annotations: 0,
        });
        id
    }

    /// A node for one of several parts into which a schema object falls.
    fn part(&mut self, place: &Place<'a>, kind: Kind) -> NodeId {
        let id = self.reserve(place.address());
        self.finish(id, kind);
        id
    }

    fn finish(&mut self, id: NodeId, kind: Kind) {
        self.node(id).kind = kind;
    }

    fn node(&mut self, id: NodeId) -> &mut Node {
        // Only ids that `reserve` gave are in use.
        &mut self.nodes[id.index()]
    }

    /// The node of a `$ref`. Whether it leads anywhere is asked when a schema is registered.
    fn reference(&mut self, place: &Place<'a>, text: &str) -> Reference {
        let target = self.resolver.resolve(place, text).filter(|target| is_schema(target.node));
        let target = target.map(|target| self.shared(target));
        Reference { text: text.into(), target }
    }
}

fn is_schema(value: &Json) -> bool {
    matches!(value, Json::Object(_) | Json::Bool(_))
}
