//! The meta-schemas, bundled: a `$ref` to one of them leads somewhere without a network.

use std::sync::{Arc, LazyLock};

use referencing::meta;

use crate::document::Json;
use crate::json::dialect::Draft;
use crate::json::schema::Document;

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let core = [&meta::DRAFT4, &meta::DRAFT6, &meta::DRAFT7, &meta::DRAFT201909, &meta::DRAFT202012];
    let vocabularies = [
        &meta::DRAFT201909_APPLICATOR,
        &meta::DRAFT201909_CONTENT,
        &meta::DRAFT201909_CORE,
        &meta::DRAFT201909_FORMAT,
        &meta::DRAFT201909_META_DATA,
        &meta::DRAFT201909_VALIDATION,
        &meta::DRAFT202012_CORE,
        &meta::DRAFT202012_APPLICATOR,
        &meta::DRAFT202012_UNEVALUATED,
        &meta::DRAFT202012_VALIDATION,
        &meta::DRAFT202012_META_DATA,
        &meta::DRAFT202012_FORMAT_ANNOTATION,
        &meta::DRAFT202012_FORMAT_ASSERTION,
        &meta::DRAFT202012_CONTENT,
    ];
    core.into_iter().chain(vocabularies).filter_map(|schema| document(schema)).collect()
});

fn document(schema: &Arc<serde_json::Value>) -> Option<Document> {
    let root = Json::parse(&schema.to_string()).ok()?;
    let draft = Draft::of(&root);
    let id = root.get(draft.id_keyword())?.as_str()?;
    Some(Document { name: id.trim_end_matches('#').to_owned(), root, draft })
}

/// The meta-schema with this URI, which has no fragment. `http` and `https` are the same.
pub(super) fn document_at(uri: &str) -> Option<&'static Document> {
    let path = path(uri)?;
    DOCUMENTS.iter().find(|document| self::path(&document.name) == Some(path))
}

fn path(uri: &str) -> Option<&str> {
    uri.strip_prefix("http://json-schema.org/").or_else(|| uri.strip_prefix("https://json-schema.org/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_schemas_are_bundled() {
        for (uri, draft) in [
            ("http://json-schema.org/draft-04/schema", Draft::Draft4),
            ("https://json-schema.org/draft-06/schema", Draft::Draft6),
            ("http://json-schema.org/draft-07/schema", Draft::Draft7),
            ("https://json-schema.org/draft/2019-09/schema", Draft::Draft201909),
            ("https://json-schema.org/draft/2020-12/meta/unevaluated", Draft::Draft202012),
        ] {
            assert_eq!(document_at(uri).map(|document| document.draft), Some(draft), "{uri}");
        }
        assert!(document_at("http://json-schema.org/draft-05/schema").is_none());
        assert_eq!(DOCUMENTS.len(), 19);
    }
}
