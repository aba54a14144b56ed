//! The canonical text: what is stored, hashed and returned.
//!
//! Its layout decides ids of contents, so it follows the reference registry byte by byte: sections in a fixed order,
//! messages before enums, a blank line between sections. The blank lines inside a nested block carry the indentation
//! of the block's first line.

mod members;
mod options;
mod output;
mod types;

#[cfg(test)]
mod tests;

use self::output::Output;
use super::syntax::{File, Syntax, Type};

/// A printed text that has more bytes than this is cut off and must be refused.
pub(super) const LENGTH_MAX: usize = 32 << 20;

/// What a printed text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be stored and returned.
    Storage,
    /// To be compiled: what the layout of the stored text spoils is put right (defaults of `bytes` in quotes).
    Compilation,
}

/// The canonical text of a file.
pub(super) fn text(file: &File) -> String {
    printed(file, Purpose::Storage)
}

/// The text of a file.
pub(super) fn printed(file: &File, purpose: Purpose) -> String {
    let mut output = Output::new(purpose, matches!(file.syntax, Some(Syntax::Edition(_))));
    output.file(file);
    output.text
}

impl Output {
    fn file(&mut self, file: &File) {
        self.head(file);
        if file.kept_imports().next().is_some() {
            self.text.push('\n');
            for import in &file.imports {
                self.words(&["import \"", &output::in_quotes(&import.path), "\";\n"]);
            }
            for import in &file.public_imports {
                self.words(&["import public \"", &output::in_quotes(&import.path), "\";\n"]);
            }
        }
        if !file.options.is_empty() {
            self.text.push('\n');
            self.option_statements(&file.options);
        }
        if !file.types.is_empty() {
            self.text.push('\n');
            self.types(&file.types);
        }
        if !file.extends.is_empty() {
            self.text.push('\n');
            file.extends.iter().for_each(|extend| self.extend(extend));
        }
        if !file.services.is_empty() {
            self.text.push('\n');
            file.services.iter().for_each(|service| self.service(service));
        }
    }

    fn head(&mut self, file: &File) {
        match &file.syntax {
            None => {}
            Some(Syntax::Proto2) => self.text.push_str("syntax = \"proto2\";\n"),
            Some(Syntax::Proto3) => self.text.push_str("syntax = \"proto3\";\n"),
            Some(Syntax::Edition(edition)) => self.words(&["edition = \"", edition, "\";\n"]),
        }
        if let Some(package) = &file.package {
            self.words(&["package ", package, ";\n"]);
        }
    }

    /// Messages, then enums.
    fn types(&mut self, types: &[Type]) {
        for each in types {
            if let Type::Message(message) = each {
                self.message(message);
            }
        }
        for each in types {
            if let Type::Enum(declared) = each {
                self.enum_type(declared);
            }
        }
    }
}
