//! A parsed schema: the tree of its text, and the trees of the texts it refers to.

use std::sync::Arc;

use super::syntax::{File, Type};
use super::{builtin, canonical, descriptor, parse};
use crate::format::ParseError;
use crate::references::ResolvedReferences;

/// The full names of all messages and enums of a file may have this many bytes together.
const FULL_NAMES_LENGTH_MAX: usize = 16 << 20;

/// A parsed schema of this language. Clones share what they hold.
#[derive(Clone, Debug)]
pub struct ProtobufSchema {
    file: Arc<File>,
    canonical: Arc<str>,
    dependencies: Arc<[Dependency]>,
}

/// A registered schema that another one may import.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The path under which it is imported: the name of the reference.
    pub path: String,
    /// What it says.
    pub file: File,
    /// Bytes of its text.
    length: usize,
}

impl ProtobufSchema {
    /// Parses a text, or else a serialized `FileDescriptorProto` in base64.
    pub(super) fn new(text: &str, references: &ResolvedReferences) -> Result<Self, ParseError> {
        let mut dependencies = Vec::with_capacity(references.in_order.len());
        for reference in &references.in_order {
            let file = parsed(&reference.text).map_err(|error| ParseError {
                message: format!(
                    "the referenced schema `{}` cannot be read: {}",
                    reference.name, error.message
                ),
                ..error
            })?;
            dependencies.push(Dependency {
                path: reference.name.clone(),
                file,
                length: reference.text.len(),
            });
        }
        Self::of(parsed(text)?, dependencies.into())
    }

    /// The schema of a tree, with the dependencies of this one.
    ///
    /// # Errors
    /// [`ParseError`] when its text would be unreasonably long.
    pub fn with_file(&self, file: File) -> Result<Self, ParseError> {
        Self::of(file, Arc::clone(&self.dependencies))
    }

    /// The schema that `text` says in the normal form, with the dependencies of this one. The text is kept as it is.
    ///
    /// # Errors
    /// [`ParseError`] when the text is no schema, or unreasonably long.
    pub(super) fn with_text(&self, text: String) -> Result<Self, ParseError> {
        let mut schema = Self::of(parse::file(&text)?, Arc::clone(&self.dependencies))?;
        schema.canonical = text.into();
        Ok(schema)
    }

    fn of(file: File, dependencies: Arc<[Dependency]>) -> Result<Self, ParseError> {
        check_full_names(&file)?;
        let canonical = canonical::text(&file);
        if canonical.len() > canonical::LENGTH_MAX {
            let length_max = canonical::LENGTH_MAX >> 20;
            let message =
                format!("the schema would be longer than {length_max} MiB once printed; nest it less deeply");
            return Err(ParseError::new(message));
        }
        Ok(Self { file: Arc::new(file), canonical: canonical.into(), dependencies })
    }

    /// Bytes that the trees and the text keep, roughly: declarations take some ten times as much as their text.
    pub(super) fn kept_size(&self) -> usize {
        let texts = self.dependencies.iter().map(|dependency| dependency.length).sum::<usize>();
        (self.canonical.len() + texts).saturating_mul(11)
    }

    /// What the schema says.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The canonical text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.canonical
    }

    /// Everything it refers to, directly or not, in dependency order.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// The file behind an import: a dependency, else a file that every schema may import.
    #[must_use]
    pub fn imported(&self, path: &str) -> Option<&File> {
        let dependency = self.dependencies.iter().find(|dependency| dependency.path == path);
        dependency.map(|dependency| &dependency.file).or_else(|| builtin::file(path))
    }

    /// The file whose types this schema stands for: itself, or, if it holds nothing but one public import of a file
    /// with types, that file.
    #[must_use]
    pub fn effective_file(&self) -> &File {
        let file = self.file();
        let is_wrapper = file.types.is_empty()
            && file.imports.is_empty()
            && file.services.is_empty()
            && file.extends.is_empty();
        match file.public_imports.as_slice() {
            [only] if is_wrapper => {
                self.imported(&only.path).filter(|imported| !imported.types.is_empty()).unwrap_or(file)
            }
            _ => file,
        }
    }
}

/// The tree of a text, or of a serialized descriptor in base64.
fn parsed(text: &str) -> Result<File, ParseError> {
    match parse::file(text) {
        Ok(file) => Ok(file),
        Err(error) => descriptor::decoded(text).unwrap_or(Err(error)),
    }
}

/// Refuses a file whose names would be unreasonably long if each was written in full.
fn check_full_names(file: &File) -> Result<(), ParseError> {
    let package = file.package.as_ref().map_or(0, String::len);
    let mut pending: Vec<_> = file.types.iter().map(|each| (package, each)).collect();
    let mut length = 0_usize;
    while let Some((scope, each)) = pending.pop() {
        let full = scope + 1 + each.name().len();
        length = length.saturating_add(full);
        if length > FULL_NAMES_LENGTH_MAX {
            let length_max = FULL_NAMES_LENGTH_MAX >> 20;
            let message = format!(
                "the full names of all types are longer than {length_max} MiB together; shorten the names"
            );
            return Err(ParseError::new(message));
        }
        if let Type::Message(message) = each {
            pending.extend(message.types.iter().map(|inner| (full, inner)));
        }
    }
    Ok(())
}
