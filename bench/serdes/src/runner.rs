//! Runs all measurements by turns, so that a slow moment of the machine hits all of them.

use rustix::time::{ClockId, clock_gettime};

use crate::allocations;
use crate::cli::Selection;
use crate::external::External;
use crate::failure::Failure;
use crate::pass::Pass;
use crate::peer::{self, Operation};
use crate::shape::{Data, Shape};

/// A sample lasts at least so long, in nanoseconds: passes are repeated until then.
const SAMPLE: u64 = 4_000_000;
/// Nor is a pass repeated more often than this.
const REPETITIONS_MAX: u64 = 1_000;

/// What was measured of one operation of one peer.
pub(crate) struct Figures {
    /// The peer.
    pub(crate) peer: String,
    /// The operation.
    pub(crate) operation: Operation,
    /// Nanoseconds of processor time per record, one for each round.
    pub(crate) samples: Vec<f64>,
    /// Allocations per record, where they can be counted.
    pub(crate) allocations: Option<f64>,
}

struct Running<'d> {
    figures: Figures,
    pass: Box<dyn Pass + 'd>,
    repetitions: u64,
}

/// Checks and measures all that is selected, and what runs in `externals` beside this process.
pub(crate) fn run<S: Shape>(
    data: &Data<S>,
    selection: &Selection,
    externals: &mut [External],
) -> Result<Vec<Figures>, Failure> {
    let mut running = Vec::new();
    for peer in peer::all::<S>() {
        for (operation, pass) in peer.passes(data)? {
            if selection.holds(S::NAME, peer.name(), operation) {
                running.push(started(peer.name(), operation, pass, data.values.len())?);
            }
        }
    }
    for _ in 0..selection.rounds {
        for measurement in &mut running {
            let before = processor_time();
            (0..measurement.repetitions).for_each(|_| measurement.pass.run());
            let spent = processor_time() - before;
            let operations = measurement.repetitions * data.values.len() as u64;
            measurement.figures.samples.push(spent as f64 / operations as f64);
        }
        externals.iter_mut().try_for_each(External::round)?;
    }
    let own = running.into_iter().map(|measurement| measurement.figures);
    Ok(own.chain(externals.iter_mut().flat_map(External::take_figures)).collect())
}

/// Checks the answers, counts allocations, and finds how many passes make a sample.
fn started<'d>(
    peer: &'static str,
    operation: Operation,
    mut pass: Box<dyn Pass + 'd>,
    records: usize,
) -> Result<Running<'d>, Failure> {
    pass.check().map_err(|wrong| Failure::WrongAnswer {
        peer: peer.to_owned(),
        operation: operation.name(),
        record: wrong.record,
        reason: wrong.reason,
    })?;
    let before = allocations::count();
    pass.run();
    let allocations = (allocations::count() - before) as f64 / records as f64;
    let before = processor_time();
    pass.run();
    let spent = (processor_time() - before).max(1);
    let repetitions = SAMPLE.div_ceil(spent).clamp(1, REPETITIONS_MAX);
    let figures =
        Figures { peer: peer.to_owned(), operation, samples: Vec::new(), allocations: Some(allocations) };
    Ok(Running { figures, pass, repetitions })
}

/// Nanoseconds that all threads of this process have run. What other processes do costs wall time, but not this.
pub(crate) fn processor_time() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
