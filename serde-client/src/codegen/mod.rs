//! Rust types from `.avsc` files, for build scripts.
//!
//! What is generated are plain `serde` types that the codec [`Avro`](crate::codec::avro::Avro) writes and reads. A record
//! becomes a struct with the schema it was made of, so a serializer can be built with its `own_schema()`.
//!
//! ```no_run
//! // build.rs; the crate says `include!(concat!(env!("OUT_DIR"), "/schemas.rs"));`
//! use serde_client::codegen::{CodegenError, Generator};
//!
//! fn main() -> Result<(), CodegenError> {
//!     Generator::new().file("schemas/money.avsc")?.file("schemas/order.avsc")?.write_to_out_dir("schemas.rs")
//! }
//! ```

mod names;
mod types;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use schema::avro::AvroSchema;
use schema::format::{ParseError, SchemaFormat, Strictness};
use schema::references::{ResolvedReference, ResolvedReferences};

use types::Types;

/// No types can be generated.
///
/// ```
/// use serde_client::codegen::{CodegenError, Generator};
///
/// let error = Generator::new().schema("click.avsc", r#"{"type": "rekord"}"#).unwrap_err();
/// assert!(matches!(error, CodegenError::Schema { .. }));
/// assert!(error.to_string().starts_with("click.avsc: "), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A text is no Avro schema.
    #[error("{name}: {error}")]
    Schema {
        /// The file, or what the schema was called.
        name: String,
        /// Where and why.
        error: ParseError,
    },
    /// Two types would have the same name in Rust.
    #[error(
        "`{first}` and `{second}` would both be the Rust type `{rust}`: generate them into different modules"
    )]
    Clash {
        /// The name in Rust.
        rust: String,
        /// Full name of the one.
        first: String,
        /// Full name of the other.
        second: String,
    },
    /// The build script was not started by cargo.
    #[error("OUT_DIR is not set: call this from a build script, or use `Generator::source`")]
    NoOutDir,
}

/// Collects schemas and makes Rust types of them.
///
/// ```
/// use serde_client::codegen::Generator;
///
/// let click = r#"{"type": "record", "name": "Click", "fields": [{"name": "id", "type": "long"}]}"#;
/// let clicks = r#"{"type": "record", "name": "Clicks", "fields": [{"name": "last", "type": "Click"}]}"#;
/// let source = Generator::new().schema("click", click)?.schema("clicks", clicks)?.source();
/// assert!(source.contains("pub struct Click {") && source.contains("pub last: Click,"), "{source}");
/// # Ok::<_, serde_client::codegen::CodegenError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Generator {
    /// Earlier schemas, which later ones may refer to by name.
    texts: Vec<ResolvedReference>,
    types: Types,
    files: Vec<PathBuf>,
}

impl Generator {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the schema of a file. It may use the types of files that were added before.
    ///
    /// # Errors
    /// [`CodegenError`] when the file cannot be read, is no Avro schema, or repeats a name.
    pub fn file(mut self, path: impl AsRef<Path>) -> Result<Self, CodegenError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| CodegenError::File { path: path.to_owned(), error })?;
        self.files.push(path.to_owned());
        self.schema(&path.display().to_string(), &text)
    }

    /// Adds a schema. It may use the types of schemas that were added before; `name` is what errors call it.
    ///
    /// # Errors
    /// [`CodegenError`] when the text is no Avro schema or repeats a name.
    pub fn schema(mut self, name: &str, text: &str) -> Result<Self, CodegenError> {
        let references = ResolvedReferences { in_order: self.texts.clone() };
        let schema = AvroSchema::parse(text, &references, Strictness::New)
            .map_err(|error| CodegenError::Schema { name: name.to_owned(), error })?;
        self.types.add(&schema)?;
        let canonical = schema.canonical().to_owned();
        self.texts.push(ResolvedReference { name: name.to_owned(), text: canonical });
        Ok(self)
    }

    /// The types as Rust source.
    #[must_use]
    pub fn source(&self) -> String {
        self.types.source()
    }

    /// Writes the types into cargo's folder for generated files, and has cargo run the build script again when a schema
    /// changes.
    ///
    /// # Errors
    /// [`CodegenError`] when the file cannot be written, or this is no build script.
    #[expect(clippy::print_stdout, reason = "the way a build script speaks to cargo")]
    pub fn write_to_out_dir(&self, file_name: &str) -> Result<(), CodegenError> {
        let path = Path::new(&env::var_os("OUT_DIR").ok_or(CodegenError::NoOutDir)?).join(file_name);
        for file in &self.files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        fs::write(&path, self.source()).map_err(|error| CodegenError::File { path, error })
    }
}
