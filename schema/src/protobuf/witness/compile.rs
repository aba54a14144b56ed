//! A schema as compiled descriptors, with everything that it imports.

use std::cell::Cell;

use prost_reflect::DescriptorPool;
use protox::file::{File, FileResolver, GoogleFileResolver};
use protox::{Compiler, Error};

use crate::protobuf::{ProtobufSchema, canonical};

/// Schemas longer than this, with the files that they import, are not compiled for a witness.
const TEXT_LENGTH_MAX: usize = 1 << 20;

/// The compiled schema. Its own file comes last.
///
/// # Errors
/// A clause that says why there is none.
pub(super) fn pool(schema: &ProtobufSchema) -> Result<DescriptorPool, String> {
    let mut root = "schema.proto".to_owned();
    while schema.imported(&root).is_some() {
        root.insert(0, '_');
    }
    let resolver =
        Resolver { schema: schema.clone(), root: root.clone(), length_left: Cell::new(TEXT_LENGTH_MAX) };
    let mut compiler = Compiler::with_file_resolver(resolver);
    let opened = compiler.open_file(&root).map(|compiler| compiler.descriptor_pool());
    opened.map_err(|error| error.to_string())
}

/// Serves the schema and what it may import.
struct Resolver {
    schema: ProtobufSchema,
    root: String,
    length_left: Cell<usize>,
}

impl FileResolver for Resolver {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        if name == self.root {
            return self.file(name, self.schema.text());
        }
        match self.schema.imported(name) {
            Some(imported) => self.file(name, &canonical::text(imported)),
            None => GoogleFileResolver::new().open_file(name),
        }
    }
}

impl Resolver {
    fn file(&self, name: &str, text: &str) -> Result<File, Error> {
        let Some(left) = self.length_left.get().checked_sub(text.len()) else {
            return Err(Error::new("it is longer than 1 MiB with the files that it imports"));
        };
        self.length_left.set(left);
        File::from_source(name, text)
    }
}
