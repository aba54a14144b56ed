//! Which edition of JSON Schema a document is written in.

use crate::document::Json;

/// An edition of JSON Schema, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draft {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7: what a schema is read as that does not say.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
}

impl Draft {
    /// The edition that `$schema` at the root of a schema names. Draft 7 where it is missing or names no known edition.
    #[must_use]
    pub fn of(root: &Json) -> Self {
        named(root).unwrap_or(Self::Draft7)
    }

    /// The edition of a document that a schema of edition `referrer` refers to. As in the reference registry, documents
    /// behind a modern schema are read as modern ones, and a document behind an older one says itself which of
    /// the older ones it is.
    #[must_use]
    pub fn of_referenced(root: &Json, referrer: Self) -> Self {
        match named(root) {
            Some(draft) if draft.is_modern() == referrer.is_modern() => draft,
            _ => referrer,
        }
    }

    /// Whether this is 2019-09 or later: `$defs`, `$anchor`, keywords beside `$ref`.
    #[must_use]
    pub fn is_modern(self) -> bool {
        self >= Self::Draft201909
    }

    /// The keyword that gives a schema its URI.
    #[must_use]
    pub fn id_keyword(self) -> &'static str {
        if self == Self::Draft4 { "id" } else { "$id" }
    }
}

/// The older editions are recognised by how the URI starts, the modern ones by the whole URI, as in the reference
/// registry.
fn named(root: &Json) -> Option<Draft> {
    let uri = root.get("$schema")?.as_str()?;
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"))?;
    let path = rest.strip_prefix("json-schema.org/")?;
    match path.strip_suffix('#').unwrap_or(path) {
        "draft/2019-09/schema" => return Some(Draft::Draft201909),
        "draft/2020-12/schema" => return Some(Draft::Draft202012),
        _ => {}
    }
    [
        ("draft-04/schema", Draft::Draft4),
        ("schema", Draft::Draft4),
        ("draft-06/schema", Draft::Draft6),
        ("draft-07/schema", Draft::Draft7),
    ]
    .into_iter()
    .find_map(|(start, draft)| path.starts_with(start).then_some(draft))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str) -> Draft {
        Draft::of(&Json::parse(&format!(r#"{{"$schema":"{uri}"}}"#)).unwrap())
    }

    #[test]
    fn editions_are_known_by_their_uri() {
        assert_eq!(of("http://json-schema.org/draft-04/schema#"), Draft::Draft4);
        assert_eq!(of("https://json-schema.org/draft-04/schema"), Draft::Draft4);
        assert_eq!(of("http://json-schema.org/schema#"), Draft::Draft4);
        assert_eq!(of("http://json-schema.org/draft-06/schema#"), Draft::Draft6);
        assert_eq!(of("http://json-schema.org/draft-07/schema"), Draft::Draft7);
        assert_eq!(of("http://json-schema.org/draft-07/schema#x"), Draft::Draft7);
        assert_eq!(of("https://json-schema.org/draft/2019-09/schema"), Draft::Draft201909);
        assert_eq!(of("http://json-schema.org/draft/2020-12/schema#"), Draft::Draft202012);
    }

    #[test]
    fn everything_else_is_draft_7() {
        assert_eq!(of("http://json-schema.org/draft-03/schema#"), Draft::Draft7);
        assert_eq!(of("https://json-schema.org/draft/2020-12/schema##"), Draft::Draft7);
        assert_eq!(of("urn:x"), Draft::Draft7);
        assert_eq!(Draft::of(&Json::Bool(true)), Draft::Draft7);
        assert_eq!(Draft::of(&Json::parse(r#"{"$schema":4}"#).unwrap()), Draft::Draft7);
    }

    #[test]
    fn referenced_documents_follow_their_referrer() {
        let four = Json::parse(r#"{"$schema":"http://json-schema.org/draft-04/schema#"}"#).unwrap();
        assert_eq!(Draft::of_referenced(&four, Draft::Draft7), Draft::Draft4);
        assert_eq!(Draft::of_referenced(&four, Draft::Draft202012), Draft::Draft202012);
        assert_eq!(Draft::of_referenced(&Json::Bool(true), Draft::Draft6), Draft::Draft6);
    }
}
