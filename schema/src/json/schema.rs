//! What a JSON Schema is made of.

use std::sync::{Arc, OnceLock};

use super::dialect::Draft;
use super::load;
use super::model::Model;
use crate::document::Json;
use crate::format::{ParseError, Strictness};

/// A parsed JSON Schema with the documents that it refers to. Copies share everything.
#[derive(Clone, Debug)]
pub struct JsonSchema {
    /// The canonical text; reading it gives the root of `document`.
    pub(super) canonical: Arc<str>,
    /// The schema itself. Its name is empty.
    pub(super) document: Arc<Document>,
    /// Registered references, direct or not, dependencies first; names are unique.
    pub(super) references: Arc<[Document]>,
    /// How the text was read, and how texts made from this schema are read.
    pub(super) strictness: Strictness,
    /// What keeps the schema from being loaded, found only in schemas read as stored ones.
    pub(super) fault: Option<Arc<ParseError>>,
    /// What the compatibility rules see; read when it is first needed.
    pub(super) model: Arc<OnceLock<Model>>,
}

/// One JSON document.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the referring schemas call it, as registered: the URI in their `$ref`. Empty for the schema itself.
    pub name: String,
    /// The parsed text, with numbers in their canonical spelling.
    pub root: Json,
    /// The edition it is read as.
    pub draft: Draft,
}

impl JsonSchema {
    /// The schema itself.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The registered references, direct or not.
    #[must_use]
    pub fn references(&self) -> &[Document] {
        &self.references
    }

    /// The parsed text of the schema itself.
    #[must_use]
    pub fn root(&self) -> &Json {
        &self.document.root
    }

    /// The edition the schema is read as.
    #[must_use]
    pub fn draft(&self) -> Draft {
        self.document.draft
    }

    /// What keeps the schema from being loaded, if it was read as a stored one.
    pub(super) fn fault(&self) -> Option<&ParseError> {
        self.fault.as_deref()
    }

    /// What the compatibility rules see of it.
    pub(super) fn model(&self) -> &Model {
        self.model.get_or_init(|| load::load(self))
    }
}
