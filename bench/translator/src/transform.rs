//! What the translator does with a record, without Kafka, beside code written by hand for the same pair of schemas.
//!
//! Processor time of the process, so that other programs cost little of it; the paths take turns, and figures are medians
//! of their rounds. What every path makes of every record is compared before anything is timed.

use clap::Args;
use rustix::time::{ClockId, clock_gettime};

use crate::case::Case;
use crate::failure::Failure;

/// Measures the translator's transform.
#[derive(Args, Debug)]
pub(crate) struct Transform {
    /// Rounds of each path; figures are their medians.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// Records of each kind.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
}

impl Transform {
    pub(crate) fn run(self, out: &mut impl std::io::Write) -> Result<(), Failure> {
        writeln!(
            out,
            "| record | bytes | path | ns per record | fastest | records per second and core | to the code by hand |"
        )?;
        writeln!(out, "| --- | ---: | --- | ---: | ---: | ---: | ---: |")?;
        for case in
            [Case::order(self.records)?, Case::earlier_order(self.records)?, Case::click(self.records)?]
        {
            case.check()?;
            report(&case, self.rounds, out)?;
        }
        Ok(())
    }
}

/// What is measured, in the order of a round.
const PATHS: [&str; 4] = ["translator", "flat program alone", "general path", "by hand"];

fn report(case: &Case, rounds: usize, out: &mut impl std::io::Write) -> Result<(), Failure> {
    let mut times: [Vec<f64>; PATHS.len()] = Default::default();
    for _ in 0..rounds {
        let passes: [&dyn Fn() -> Result<usize, Failure>; PATHS.len()] =
            [&|| case.translated(), &|| case.flat(), &|| case.general(), &|| case.by_hand()];
        for (pass, times) in passes.iter().zip(&mut times) {
            let before = processor_ns();
            std::hint::black_box(pass()?);
            times.push((processor_ns() - before) / case.count() as f64);
        }
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        (times.get(times.len() / 2).copied().unwrap_or(0.0), times.first().copied().unwrap_or(0.0))
    });
    let hand = medians[PATHS.len() - 1].0;
    for (path, (median, fastest)) in PATHS.iter().zip(medians) {
        writeln!(
            out,
            "| {} | {} | {path} | {median:.0} | {fastest:.0} | {:.0} | {:.2}× |",
            case.name(),
            case.mean_length(),
            1e9 / median,
            median / hand
        )?;
    }
    Ok(())
}

fn processor_ns() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
