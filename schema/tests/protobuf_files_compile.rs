//! The random `.proto` files are files that a compiler takes.

#![cfg(test)]

mod protobuf_files;

use proptest::prelude::*;
use protobuf_files::{Choices, file};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

/// Serves one text, and of `google/type` the one file that is used.
struct Texts(String);

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            "main.proto" => File::from_source(name, &self.0),
            "google/type/money.proto" => File::from_source(
                name,
                "syntax = \"proto3\"; package google.type; message Money { int64 units = 2; }",
            ),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

proptest! {
    #[test]
    fn a_compiler_takes_them(bytes in proptest::collection::vec(any::<u8>(), 0..300), full: bool) {
        let text = file(&mut Choices::new(&bytes)).text(full);
        let mut resolver = ChainFileResolver::new();
        resolver.add(Texts(text.clone()));
        resolver.add(GoogleFileResolver::new());
        let compiled = protox::Compiler::with_file_resolver(resolver).open_file("main.proto").map(|_| ());
        prop_assert!(compiled.is_ok(), "{:?}\n{text}", compiled);
    }
}
