//! Places of a schema, and where their references lead.

use foldhash::{HashMap, HashSet};

use crate::document::Json;
use crate::json::references::Resolver;
use crate::json::{Draft, JsonSchema};

/// A schema within a document: what a keyword holds or a reference leads to.
#[derive(Clone, Copy)]
pub(crate) struct Place<'s> {
    pub(crate) schema: &'s Json,
    pub(crate) draft: Draft,
    targets: &'s Targets<'s>,
}

/// Where the references of a schema and of the documents behind it lead, by the address of what holds the `$ref`.
#[derive(Default)]
pub(crate) struct Targets<'s> {
    by_address: HashMap<usize, (&'s Json, Draft)>,
}

impl<'s> Targets<'s> {
    /// Follows every reference that can be reached from the root of `schema`.
    pub(crate) fn of(schema: &'s JsonSchema) -> Self {
        let mut targets = Self::default();
        let mut resolver = Resolver::new(schema);
        let mut open = vec![resolver.root()];
        let mut entered = HashSet::default();
        while let Some(place) = open.pop() {
            if let Some(reference) = place.node.get("$ref").and_then(Json::as_str)
                && let Some(target) = resolver.resolve(&place, reference)
            {
                let known = (target.node, target.scope.document.draft);
                targets.by_address.insert(place.address(), known);
                if entered.insert(target.address()) {
                    open.push(target);
                }
            }
            let children: Vec<&'s Json> = match place.node {
                Json::Object(members) => members.iter().map(|(_, value)| value).collect(),
                Json::Array(items) => items.iter().collect(),
                _ => Vec::new(),
            };
            let nested =
                children.into_iter().filter(|child| matches!(child, Json::Object(_) | Json::Array(_)));
            open.extend(
                nested.filter(|child| entered.insert(address(child))).map(|child| place.child(child)),
            );
        }
        targets
    }

    /// The root of `schema`.
    pub(crate) fn root(&'s self, schema: &'s JsonSchema) -> Place<'s> {
        Place { schema: schema.root(), draft: schema.draft(), targets: self }
    }
}

fn address(schema: &Json) -> usize {
    std::ptr::from_ref(schema).addr()
}

impl<'s> Place<'s> {
    /// What tells this place from every other.
    pub(crate) fn address(self) -> usize {
        address(self.schema)
    }

    /// A schema within this one.
    pub(crate) fn within(self, schema: &'s Json) -> Self {
        Self { schema, ..self }
    }

    /// The value of a keyword that asserts in this edition.
    pub(crate) fn keyword(self, name: &str) -> Option<&'s Json> {
        self.schema.get(name)
    }

    /// The schema that a keyword holds.
    pub(crate) fn schema_at(self, name: &str) -> Option<Self> {
        self.keyword(name).map(|schema| self.within(schema))
    }

    /// The schemas that a keyword lists.
    pub(crate) fn schemas_at(self, name: &str) -> impl Iterator<Item = Self> + use<'s> {
        let list: &'s [Json] = match self.keyword(name) {
            Some(Json::Array(list)) => list,
            _ => &[],
        };
        list.iter().map(move |schema| self.within(schema))
    }

    /// Whether other keywords beside a `$ref` count for nothing here.
    pub(crate) fn is_only_reference(self) -> bool {
        !self.draft.is_modern() && self.keyword("$ref").and_then(Json::as_str).is_some()
    }

    /// Where the `$ref` of this schema leads.
    pub(crate) fn target(self) -> Option<Self> {
        let (schema, draft) = *self.targets.by_address.get(&self.address())?;
        Some(Self { schema, draft, ..self })
    }

    /// Whether keywords beside this schema's own may say what is evaluated.
    pub(crate) fn has_applicators(self) -> bool {
        const APPLICATORS: &[&str] = &[
            "$ref",
            "$dynamicRef",
            "$recursiveRef",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "dependentSchemas",
            "dependencies",
        ];
        APPLICATORS.iter().any(|name| self.keyword(name).is_some())
    }
}

/// The members of an object; none for everything else.
pub(crate) fn members(json: Option<&Json>) -> &[(String, Json)] {
    match json {
        Some(Json::Object(members)) => members,
        _ => &[],
    }
}

/// The texts in an array.
pub(crate) fn texts(json: Option<&Json>) -> impl Iterator<Item = &str> {
    let items: &[Json] = match json {
        Some(Json::Array(items)) => items,
        _ => &[],
    };
    items.iter().filter_map(Json::as_str)
}

/// A count such as that of `minLength`.
pub(crate) fn count(json: &Json) -> Option<u64> {
    let number = super::decimal::Decimal::of(json)?;
    number.whole()
}
