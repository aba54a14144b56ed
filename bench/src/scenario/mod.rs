//! What is measured: each section holds its measurements as data and fills tables with them.

mod against_bare;
mod checks;
mod filled;
mod formats;
mod population;
mod registrations;

use std::time::Duration;

use crate::failure::Result;
use crate::measure::Load;
use crate::report::Table;
use crate::server::Ground;

/// Clients of the measurements that fill a server to capacity.
const CLIENTS: u64 = 16;

/// What all measurements share.
pub(crate) struct Bench {
    pub(crate) ground: Ground,
    pub(crate) rounds: u32,
    pub(crate) duration: Duration,
    /// Texts to look for in the names of measurements; empty to run all.
    pub(crate) only: Vec<String>,
    /// Schemas in the filled registry.
    pub(crate) schemas: u64,
}

impl Bench {
    fn selects(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
    }

    fn load(&self, connections: u64) -> Load {
        Load { connections, warm_up: self.duration / 5, duration: self.duration }
    }
}

/// Measurements that belong together.
pub(crate) struct Section {
    names: fn() -> Vec<&'static str>,
    run: fn(&Bench) -> Result<Vec<Table>>,
}

impl Section {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        (self.names)()
    }

    /// Runs what is selected.
    pub(crate) fn run(&self, bench: &Bench) -> Result<Vec<Table>> {
        if !self.names().iter().any(|name| bench.selects(name)) {
            return Ok(Vec::new());
        }
        (self.run)(bench)
    }
}

/// All sections, in the order of the report.
pub(crate) const SECTIONS: &[Section] = &[
    Section { names: against_bare::names, run: against_bare::run },
    Section { names: registrations::names, run: registrations::run },
    Section { names: checks::names, run: checks::run },
    Section { names: formats::names, run: formats::run },
    Section { names: filled::names, run: filled::run },
];
