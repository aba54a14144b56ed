//! Validators of documents, made of a schema and its registered references. Nothing is ever fetched.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Retrieve, Uri, ValidationOptions, Validator};
use serde_json::Value;

use super::{Draft, JsonSchema};
use crate::document::Json;

/// Bytes of text that a schema with its references may have to be made into a validator.
pub(crate) const TEXT_LENGTH_MAX: usize = 256 * 1024;
/// Levels of nesting that a schema may have for the same.
pub(crate) const DEPTH_MAX: usize = 200;
/// Steps back that a pattern may take on one text.
const BACKTRACK_MAX: usize = 50_000;
/// Bytes that a compiled pattern may take.
const PATTERN_SIZE_MAX: usize = 1 << 20;
/// The validators recurse as deep as schemas and documents nest.
const STACK: usize = 64 * 1024 * 1024;

/// Tells whether a document is valid for one schema.
pub struct DocumentValidator {
    validator: Validator,
}

/// What a validator says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is valid.
    Valid,
    /// It is not, for this reason: a clause.
    Invalid(String),
    /// A pattern took too long.
    Undecided,
}

impl DocumentValidator {
    /// The validator of a schema.
    ///
    /// # Errors
    /// A clause that says why there is none.
    pub fn of(schema: &JsonSchema) -> Result<Self, String> {
        let references = schema.references().iter();
        let length: usize = references.clone().map(|document| text_of(&document.root).len()).sum();
        if length + text_of(schema.root()).len() > TEXT_LENGTH_MAX {
            return Err(format!("the schema is longer than {TEXT_LENGTH_MAX} bytes"));
        }
        let deepest = references.map(|document| document.root.depth()).max().unwrap_or(0);
        if deepest.max(schema.root().depth()) > DEPTH_MAX {
            return Err(format!("the schema nests deeper than {DEPTH_MAX} levels"));
        }
        let root = value_of(schema.root(), schema.draft()).ok_or("the schema has numbers out of range")?;
        let options = options(schema.draft()).with_retriever(Registered::of(schema));
        let validator = with_stack(|| options.build(&root));
        let validator = validator.map_err(|error| format!("no validator takes the schema: {error}"))?;
        Ok(Self { validator })
    }

    /// Whether a document is valid.
    pub fn judge(&self, document: &Value) -> Verdict {
        with_stack(|| match self.validator.validate(document) {
            Ok(()) => Verdict::Valid,
            Err(error) if is_undecided(error.kind()) => Verdict::Undecided,
            Err(error) => {
                let place = error.instance_path().to_string();
                let place = if place.is_empty() { "/".to_owned() } else { place };
                let keyword = error.schema_path().to_string();
                Verdict::Invalid(format!("{} at `{place}` (`{keyword}`)", error.masked_with("the value")))
            }
        })
    }
}

/// The validator of a schema without references; `None` when it is none.
pub(super) fn keyword(schema: &Value, draft: Draft) -> Option<Validator> {
    options(draft).with_retriever(Registered::default()).build(schema).ok()
}

/// Whether a value is valid; `None` when a pattern took too long.
pub(super) fn answer(validator: &Validator, value: &Value) -> Option<bool> {
    match validator.validate(value) {
        Ok(()) => Some(true),
        Err(error) if is_undecided(error.kind()) => None,
        Err(_) => Some(false),
    }
}

fn is_undecided(kind: &ValidationErrorKind) -> bool {
    matches!(kind, ValidationErrorKind::BacktrackLimitExceeded { .. })
}

fn with_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK / 2, STACK, work)
}

fn options<'i>(draft: Draft) -> ValidationOptions<'i> {
    let patterns = PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_MAX).size_limit(PATTERN_SIZE_MAX);
    jsonschema::options().with_draft(edition(draft)).with_pattern_options(patterns)
}

fn edition(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        Draft::Draft202012 => jsonschema::Draft::Draft202012,
    }
}

fn edition_uri(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
        Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
    }
}

/// The registered references, by what the schema calls them.
#[derive(Default)]
struct Registered {
    documents: Vec<(String, Value)>,
}

impl Registered {
    fn of(schema: &JsonSchema) -> Self {
        let documents = schema.references().iter();
        let documents =
            documents.filter_map(|one| Some((one.name.clone(), value_of(&one.root, one.draft)?))).collect();
        Self { documents }
    }

    /// The document whose name the URI is, or ends in where the name is relative: the longest of these.
    fn find(&self, uri: &str) -> Option<&Value> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        let means = |name: &str| {
            let name = name.strip_suffix('#').unwrap_or(name);
            let name = name.strip_prefix("./").unwrap_or(name);
            match uri.strip_suffix(name) {
                Some(rest) => rest.is_empty() || name.starts_with('/') || rest.ends_with(['/', ':']),
                None => false,
            }
        };
        let found = self.documents.iter().filter(|(name, _)| means(name));
        found.max_by_key(|(name, _)| name.len()).map(|(_, document)| document)
    }
}

impl Retrieve for Registered {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.find(uri.as_str()).cloned();
        found.ok_or_else(|| format!("`{}` is not among the references", uri.as_str()).into())
    }
}

fn text_of(json: &Json) -> String {
    let mut text = String::new();
    json.write_compact(&mut text);
    text
}

/// The document as the validators take it, read as the given edition.
fn value_of(root: &Json, draft: Draft) -> Option<Value> {
    let mut value = serde_value(root)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("$schema".to_owned(), Value::String(edition_uri(draft).to_owned()));
    }
    Some(value)
}

/// As deep as the text nests, which is bounded.
pub(crate) fn serde_value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(spelling) => Value::Number(spelling.parse().ok()?),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(serde_value).collect::<Option<_>>()?),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| Some((name.clone(), serde_value(value)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
    })
}
