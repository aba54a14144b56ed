//! The rule book: what the registry answers and refuses. Knows neither HTTP nor SQL.

mod bundle;
mod compatibility;
mod config;
mod content;
mod contexts;
mod deks;
mod error;
mod mode;
mod references;
mod schemas;
mod scope;
mod subjects;
mod tally;
mod view;

use std::sync::Arc;

use schema::model::config::CompatibilityLevel;

pub use compatibility::{CheckAgainst, CompatibilityAnswer};
pub use deks::create::NewDek;
pub use deks::keks::{NewKek, UpdatedKek};
pub use error::RegistryError;
pub use schemas::{IdAnswerOptions, ListOptions};
pub use scope::global_place;
pub use subjects::delete::DeleteKind;
pub use subjects::lookup::LookupOptions;
pub use subjects::read::{ReadOptions, VersionsFilter};
pub use subjects::register::{RegisterOptions, RegisterRequest};
pub use tally::Tally;
pub use view::{Dependencies, View};

use crate::counted_cache::CacheFigures;
use crate::store::{Changes, Store};
use content::Parser;

/// What an operator decides about the rules.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The level where nothing is configured.
    pub default_level: CompatibilityLevel,
    /// Whether modes may be changed.
    pub mode_mutability: bool,
    /// Whether Protobuf editions are taken, which the reference registry refuses.
    pub protobuf_editions: bool,
    /// Bytes that a canonical schema text may have.
    pub schema_size_max: usize,
    /// Rows that a listing of schemas returns at the most, and by default.
    pub search_limit: u32,
    /// Key encryption keys, and data encryption keys, that are kept at the most.
    pub keys_max: u32,
    /// Bytes that parsed schemas may take in memory.
    pub parsed_cache_bytes: u64,
}

/// The registry: rules over a store. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    rules: Rules,
    parser: Parser,
}

impl Registry {
    /// Puts the rules over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, rules: Rules) -> Self {
        let parser = Parser::new(rules.parsed_cache_bytes, rules.protobuf_editions);
        Self { inner: Arc::new(Inner { store, rules, parser }) }
    }

    /// Starts the reads of one request.
    #[must_use]
    pub fn view(&self) -> View {
        View::new(Arc::clone(&self.inner.store))
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.inner.rules
    }

    /// What has changed since when.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        self.inner.store.changes()
    }

    /// How full the cache of parsed schemas is.
    #[must_use]
    pub fn parsed_cache(&self) -> CacheFigures {
        self.inner.parser.figures()
    }

    fn parser(&self) -> &Parser {
        &self.inner.parser
    }
}
