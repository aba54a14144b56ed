//! The walk over all schemas that can be reached.

use foldhash::HashSet;

use super::keywords::{self, Shape, TYPES};
use super::{kind, pattern};
use crate::document::Json;
use crate::format::ParseError;
use crate::json::dialect::Draft;
use crate::json::references::{Place, Resolver, is_uri_reference};
use crate::json::schema::JsonSchema;

/// One step of the way to a node; ways are kept as chains, since most are never told.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Name(&'a str),
    Index(usize),
    /// Through a `$ref`: the way is told from here.
    Reference(&'a str),
}

/// The way to a node: a position in [`Walk::ways`].
type Way = usize;

pub(super) struct Walk<'a> {
    resolver: Resolver<'a>,
    ways: Vec<(Way, Step<'a>)>,
    open: Vec<(Place<'a>, Way)>,
    /// Nodes that were looked at; not kept where no reference can lead to a node a second time.
    seen: Option<HashSet<usize>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(schema: &'a JsonSchema) -> Self {
        let mut resolver = Resolver::new(schema);
        let root = resolver.root();
        let ways = vec![(0, Step::Reference(""))];
        let seen = schema.canonical.contains(r#"Ref":"#) || schema.canonical.contains(r#""$ref":"#);
        Self { resolver, ways, open: vec![(root, 0)], seen: seen.then(HashSet::default) }
    }

    pub(super) fn run(mut self) -> Result<(), ParseError> {
        while let Some((place, way)) = self.open.pop() {
            if self.seen.as_mut().is_none_or(|seen| seen.insert(place.address())) {
                let first = self.open.len();
                self.schema(&place, way)?;
                // The first child is looked at first, so that the first fault is the one that is told.
                self.open[first..].reverse();
            }
        }
        match self.resolver.repeated_name() {
            Some(name) => Err(ParseError::new(format!(
                "the id or anchor `{name}` stands at two schemas; give one of them another name"
            ))),
            None => Ok(()),
        }
    }

    fn schema(&mut self, place: &Place<'a>, way: Way) -> Result<(), ParseError> {
        let members = match place.node {
            Json::Bool(_) => return Ok(()),
            Json::Object(members) => members,
            other => return Err(self.wrong(way, "a schema (an object, `true` or `false`)", other)),
        };
        let draft = place.scope.document.draft;
        let has_reference = !draft.is_modern() && place.node.get("$ref").is_some();
        let is_root = place.is_document_root();
        for (keyword, value) in members {
            if is_root && keyword == "$schema" && !matches!(value, Json::String(_)) {
                return Err(self.wrong_at(way, keyword, "a text", value));
            }
            if is_root && keyword == "definitions" && draft.is_modern() {
                self.definitions(place, value, way);
                continue;
            }
            let Some(shape) = keywords::shape(draft, keyword) else { continue };
            if has_reference && !keywords::counts_beside_reference(draft, keyword) {
                continue;
            }
            if draft.is_modern()
                && matches!(keyword.as_str(), "then" | "else")
                && place.node.get("if").is_none()
            {
                continue;
            }
            let (waiting, ways) = (self.open.len(), self.ways.len());
            let way = self.way(way, Step::Name(keyword));
            self.keyword(place, shape, value, way)?;
            if self.open.len() == waiting {
                // Nothing below it will ever ask for the way.
                self.ways.truncate(ways);
            }
        }
        Ok(())
    }

    /// Modern schemas may have their `$defs` in `definitions` at the root of a document.
    fn definitions(&mut self, place: &Place<'a>, value: &'a Json, way: Way) {
        let defs = place.node.get("$defs");
        let is_read = matches!(defs, None | Some(Json::Object(_)));
        if let (true, Json::Object(members)) = (is_read, value) {
            let way = self.way(way, Step::Name("definitions"));
            let inner = place.child(value);
            let known: HashSet<&str> = match defs {
                Some(Json::Object(defs)) => defs.iter().map(|(name, _)| name.as_str()).collect(),
                _ => HashSet::default(),
            };
            for (name, value) in members {
                if !known.contains(name.as_str()) {
                    self.later(&inner, value, way, Step::Name(name));
                }
            }
        }
    }

    fn keyword(
        &mut self,
        place: &Place<'a>,
        shape: Shape,
        value: &'a Json,
        way: Way,
    ) -> Result<(), ParseError> {
        match shape {
            Shape::Text | Shape::Uri | Shape::UriIfText | Shape::Pattern | Shape::Type => {
                self.text(shape, value, way)
            }
            Shape::Boolean if matches!(value, Json::Bool(_)) => Ok(()),
            Shape::Boolean => Err(self.wrong(way, "`true` or `false`", value)),
            Shape::Number | Shape::Whole | Shape::Divisor => self.number(shape, value, way),
            Shape::Array => self.array(value, way).map(|_| ()),
            Shape::Texts => self.texts(value, way),
            Shape::TextsByName => {
                for (name, value) in self.object(value, way)? {
                    let way = self.way(way, Step::Name(name));
                    self.texts(value, way)?;
                }
                Ok(())
            }
            Shape::Schema => {
                self.open.push((place.child(value), way));
                Ok(())
            }
            Shape::Schemas => self.schemas(place, value, way),
            Shape::SchemaOrSchemas => match value {
                Json::Array(_) => self.schemas(place, value, way),
                _ => self.schema_but_in_draft_4(place, value, way),
            },
            Shape::SchemasByName | Shape::Properties | Shape::SchemasByPattern => {
                self.schemas_by_name(place, shape, value, way)
            }
            Shape::Dependencies => self.dependencies(place, value, way),
            Shape::Reference => self.reference(place, value, way),
        }
    }

    fn reference(&mut self, place: &Place<'a>, value: &'a Json, way: Way) -> Result<(), ParseError> {
        let Json::String(reference) = value else { return Err(self.wrong(way, "a text", value)) };
        if !is_uri_reference(reference) {
            let message = format!("`{reference}` is no URI reference; write special characters as `%20`");
            return Err(self.fault(way, message));
        }
        if let Some(target) = self.resolver.resolve(place, reference) {
            if !matches!(target.node, Json::Object(_) | Json::Bool(_)) {
                let found = kind(target.node);
                let message = format!("`{reference}` leads to {found}; refer to a schema");
                return Err(self.fault(way, message));
            }
            if self.seen.as_ref().is_none_or(|seen| !seen.contains(&target.address())) {
                let way = self.way(way, Step::Reference(reference));
                self.open.push((target, way));
            }
            return Ok(());
        }
        let message = self.missing(place, reference);
        Err(self.fault(way, message))
    }

    fn missing(&mut self, place: &Place<'a>, reference: &str) -> String {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let is_known = !uri.is_empty() && self.resolver.resolve(place, uri).is_some();
        let where_to = if uri.is_empty() { "this schema".to_owned() } else { format!("`{uri}`") };
        if !uri.is_empty() && !is_known {
            return format!(
                "the reference `{reference}` leads nowhere; register that schema and list it in `references` under \
                 the name `{uri}`"
            );
        }
        if fragment.starts_with('/') {
            return format!(
                "the reference `{reference}` leads nowhere; {where_to} has nothing at `#{fragment}`"
            );
        }
        format!("the reference `{reference}` leads nowhere; {where_to} has no anchor or id `{fragment}`")
    }
}

/// The values at keywords.
impl<'a> Walk<'a> {
    fn text(&self, shape: Shape, value: &Json, way: Way) -> Result<(), ParseError> {
        let text = match (value, shape) {
            (Json::String(text), _) => text,
            (_, Shape::UriIfText) => return Ok(()),
            (Json::Array(names), Shape::Type) => {
                return names.iter().try_for_each(|name| self.type_name(name, way));
            }
            (_, Shape::Type) => {
                return Err(self.wrong(way, "the name of a type or an array of names", value));
            }
            _ => return Err(self.wrong(way, "a text", value)),
        };
        match shape {
            Shape::Uri | Shape::UriIfText if !is_uri_reference(text) => {
                let message = format!("`{text}` is no URI; write special characters as `%20`");
                Err(self.fault(way, message))
            }
            Shape::Pattern => self.pattern(text, way),
            Shape::Type => self.type_name(value, way),
            _ => Ok(()),
        }
    }

    fn pattern(&self, text: &str, way: Way) -> Result<(), ParseError> {
        pattern::check(text)
            .map_err(|problem| self.fault(way, format!("`{text}` is no regular expression: {problem}")))
    }

    fn type_name(&self, value: &Json, way: Way) -> Result<(), ParseError> {
        match value.as_str() {
            Some(name) if TYPES.contains(&name) => Ok(()),
            Some(name) => {
                let message = format!("`{name}` is no type; use one of {}", TYPES.join(", "));
                Err(self.fault(way, message))
            }
            None => Err(self.wrong(way, "the name of a type", value)),
        }
    }

    fn number(&self, shape: Shape, value: &Json, way: Way) -> Result<(), ParseError> {
        match (value, shape) {
            (Json::Number(spelling), Shape::Whole) if spelling.parse::<i32>().is_err() => {
                let message = format!("expected a whole number up to {}, found `{spelling}`", i32::MAX);
                Err(self.fault(way, message))
            }
            (Json::Number(spelling), Shape::Divisor) if spelling.parse() == Ok(0.0_f64) => {
                Err(self.fault(way, "nothing is a multiple of 0; use another number".to_owned()))
            }
            (Json::Number(_), _) => Ok(()),
            _ => Err(self.wrong(way, "a number", value)),
        }
    }

    fn array(&self, value: &'a Json, way: Way) -> Result<&'a [Json], ParseError> {
        match value {
            Json::Array(items) => Ok(items),
            _ => Err(self.wrong(way, "an array", value)),
        }
    }

    fn object(&self, value: &'a Json, way: Way) -> Result<&'a [(String, Json)], ParseError> {
        match value {
            Json::Object(members) => Ok(members),
            _ => Err(self.wrong(way, "an object", value)),
        }
    }

    fn texts(&self, value: &'a Json, way: Way) -> Result<(), ParseError> {
        match self.array(value, way)?.iter().find(|item| !matches!(item, Json::String(_))) {
            Some(other) => Err(self.wrong(way, "an array of texts", other)),
            None => Ok(()),
        }
    }

    fn schemas(&mut self, place: &Place<'a>, value: &'a Json, way: Way) -> Result<(), ParseError> {
        for (index, item) in self.array(value, way)?.iter().enumerate() {
            self.later(place, item, way, Step::Index(index));
        }
        Ok(())
    }

    fn schemas_by_name(
        &mut self,
        place: &Place<'a>,
        shape: Shape,
        value: &'a Json,
        way: Way,
    ) -> Result<(), ParseError> {
        let members = self.object(value, way)?;
        let inner = place.child(value);
        let id_keyword = place.scope.document.draft.id_keyword();
        for (name, value) in members {
            if shape == Shape::Properties && name == id_keyword && !matches!(value, Json::Object(_)) {
                continue;
            }
            if shape == Shape::SchemasByPattern {
                self.pattern(name, way)?;
            }
            self.later(&inner, value, way, Step::Name(name));
        }
        Ok(())
    }

    fn dependencies(&mut self, place: &Place<'a>, value: &'a Json, way: Way) -> Result<(), ParseError> {
        let inner = place.child(value);
        for (name, value) in self.object(value, way)? {
            let way = self.way(way, Step::Name(name));
            match value {
                Json::Array(_) => self.texts(value, way)?,
                _ => self.schema_but_in_draft_4(&inner, value, way)?,
            }
        }
        Ok(())
    }

    /// In draft 4 `items` and `dependencies` hold no booleans.
    fn schema_but_in_draft_4(
        &mut self,
        place: &Place<'a>,
        value: &'a Json,
        way: Way,
    ) -> Result<(), ParseError> {
        if place.scope.document.draft == Draft::Draft4 {
            self.object(value, way)?;
        }
        self.open.push((place.child(value), way));
        Ok(())
    }

    fn later(&mut self, place: &Place<'a>, node: &'a Json, way: Way, step: Step<'a>) {
        let way = self.way(way, step);
        self.open.push((place.child(node), way));
    }
}

/// Ways and faults.
impl<'a> Walk<'a> {
    fn way(&mut self, parent: Way, step: Step<'a>) -> Way {
        self.ways.push((parent, step));
        self.ways.len() - 1
    }

    fn wrong(&self, way: Way, expected: &str, found: &Json) -> ParseError {
        self.fault(way, format!("expected {expected}, found {}", kind(found)))
    }

    fn wrong_at(&mut self, way: Way, keyword: &'a str, expected: &str, found: &Json) -> ParseError {
        let way = self.way(way, Step::Name(keyword));
        self.wrong(way, expected, found)
    }

    fn fault(&self, way: Way, message: String) -> ParseError {
        ParseError::at(self.pointer(way), message)
    }

    /// The JSON pointer of a node, seen from the last `$ref` on the way to it.
    fn pointer(&self, mut way: Way) -> String {
        let mut steps = Vec::new();
        while let Some((parent, step)) = self.ways.get(way) {
            match step {
                Step::Name(name) => steps.push(name.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => steps.push(index.to_string()),
                Step::Reference(reference) => {
                    let start = reference.strip_prefix('#').unwrap_or(reference);
                    let steps: String = steps.iter().rev().flat_map(|step| ["/", step]).collect();
                    return format!("{start}{steps}");
                }
            }
            way = *parent;
        }
        String::new()
    }
}
