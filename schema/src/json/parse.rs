//! From text to schema.

use std::sync::Arc;

use super::dialect::Draft;
use super::schema::{Document, JsonSchema};
use super::{loadable, number, recursion};
use crate::document::{Json, Node};
use crate::format::{ParseError, Strictness};
use crate::references::{ResolvedReference, ResolvedReferences};

/// Reads a schema and the documents that it refers to.
pub(super) fn parse(
    text: &str,
    references: &ResolvedReferences,
    strictness: Strictness,
) -> Result<JsonSchema, ParseError> {
    let root = read(text)?;
    let draft = Draft::of(&root);
    let references = references.in_order.iter().map(|reference| referenced(reference, draft, strictness));
    let references = references.collect::<Result<Vec<_>, _>>()?.into();
    build(root, references, strictness)
}

/// The same schema with another text of its own.
pub(super) fn with_root(schema: &JsonSchema, root: Json) -> Result<JsonSchema, ParseError> {
    build(root, Arc::clone(&schema.references), schema.strictness)
}

fn build(root: Json, references: Arc<[Document]>, strictness: Strictness) -> Result<JsonSchema, ParseError> {
    let mut canonical = String::new();
    root.write_compact(&mut canonical);
    let draft = Draft::of(&root);
    let document = Arc::new(Document { name: String::new(), root, draft });
    let mut schema = JsonSchema {
        canonical: canonical.into(),
        document,
        references,
        strictness,
        fault: None,
        model: Arc::default(),
    };
    match (loadable::check(&schema), strictness) {
        (Ok(()), _) => {}
        (Err(fault), Strictness::New) => return Err(fault),
        (Err(fault), Strictness::Stored) => schema.fault = Some(Arc::new(fault)),
    }
    Ok(schema)
}

/// A document behind a reference. What is no JSON is refused for new schemas and empty for stored ones, since it may
/// have been accepted where nothing was checked.
fn referenced(
    reference: &ResolvedReference,
    referrer: Draft,
    strictness: Strictness,
) -> Result<Document, ParseError> {
    let root = match (read(&reference.text), strictness) {
        (Ok(root), _) => root,
        (Err(_), Strictness::Stored) => Json::Null,
        (Err(error), Strictness::New) => {
            let message = format!(
                "the reference `{}` is no JSON document: {}; refer to a subject of type JSON",
                reference.name, error.message
            );
            return Err(ParseError { message, ..error });
        }
    };
    let draft = Draft::of_referenced(&root, referrer);
    Ok(Document { name: reference.name.clone(), root, draft })
}

/// Reads a document, with numbers in their canonical spelling.
fn read(text: &str) -> Result<Json, ParseError> {
    into_canonical(Node::parse_lenient(text)?)
}

fn into_canonical(node: Node<'_>) -> Result<Json, ParseError> {
    Ok(match node {
        Node::Number(spelling) => Json::Number(number::respell(spelling).ok_or_else(|| {
            ParseError::new(format!("the exponent of the number `{spelling}` is out of range; write it out"))
        })?),
        Node::Array(items) => recursion::level(|| {
            let mut read = Vec::with_capacity(items.len());
            for item in items {
                read.push(into_canonical(item)?);
            }
            Ok(Json::Array(read))
        })?,
        Node::Object(members) => recursion::level(|| {
            let mut read = Vec::with_capacity(members.len());
            for (key, value) in members {
                read.push((key.into_owned(), into_canonical(value)?));
            }
            Ok(Json::Object(read))
        })?,
        other => other.into_json(),
    })
}
