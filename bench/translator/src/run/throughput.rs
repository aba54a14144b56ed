//! How many records a second a program moves through the broker, while there is always more to read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use super::contestant::Contestant;
use super::stage::{Place, Stage};
use crate::failure::{Failure, wrong};
use crate::median;

/// How often the target is looked at.
const TICK: Duration = Duration::from_millis(20);

/// A program that does not get on.
const PATIENCE: Duration = Duration::from_secs(300);

/// The part of the records that is timed: starting and joining a group is not, and neither is the end.
const FROM: f64 = 0.1;
const TO: f64 = 0.9;

/// Measures exactly-once throughput.
#[derive(Args, Debug)]
pub(crate) struct Throughput {
    #[command(flatten)]
    place: Place,
    /// Records in the source.
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Rounds of each program; figures are their medians.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The built application in Java; left out without it.
    #[arg(long)]
    streams: Option<PathBuf>,
    /// Arguments of one more translator, separated by spaces.
    #[arg(long, allow_hyphen_values = true)]
    variant: Vec<String>,
}

/// What one pass of a program has shown.
#[derive(Clone, Copy, Debug)]
struct Pass {
    records_per_second: f64,
    /// Microseconds of the processor per record, from the start to the end.
    processor: f64,
    /// MiB.
    peak: f64,
}

const SOURCE: &str = "bench-clicks";

impl Throughput {
    pub(crate) fn run(self, out: &mut impl std::io::Write) -> Result<(), Failure> {
        let stage = Stage::set(self.place)?;
        stage.fill(SOURCE, self.records)?;
        let translator = |delivery, arguments: &str| Contestant::Translator {
            delivery,
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        };
        let mut contestants = vec![Contestant::Copy, translator("exactly_once", "")];
        contestants.extend(self.variant.iter().map(|arguments| translator("exactly_once", arguments)));
        contestants.push(translator("at_least_once", ""));
        if let Some(program) = self.streams {
            contestants
                .extend([1, 2].map(|threads| Contestant::Streams { program: program.clone(), threads }));
        }
        let mut passes = vec![Vec::new(); contestants.len()];
        for round in 0..self.rounds {
            for (number, (contestant, passes)) in contestants.iter().zip(&mut passes).enumerate() {
                passes.push(pass(&stage, contestant, &format!("bench-{round}-{number}"), self.records)?);
            }
        }
        writeln!(
            out,
            "| program | records per second | to the copy loop | processor, µs per record | peak memory, MiB |"
        )?;
        writeln!(out, "| --- | ---: | ---: | ---: | ---: |")?;
        let speed = |passes: &[Pass]| median(passes.iter().map(|pass| pass.records_per_second));
        let limit = passes.first().map_or(f64::NAN, |passes| speed(passes));
        for (contestant, passes) in contestants.iter().zip(&passes) {
            writeln!(
                out,
                "| {} | {:.0} | {:.2} | {:.1} | {:.0} |",
                contestant.name(),
                speed(passes),
                speed(passes) / limit,
                median(passes.iter().map(|pass| pass.processor)),
                median(passes.iter().map(|pass| pass.peak)),
            )?;
        }
        Ok(())
    }
}

fn pass(stage: &Stage, contestant: &Contestant, name: &str, records: usize) -> Result<Pass, Failure> {
    let round = stage.round(SOURCE, name, contestant.delivery())?;
    let mut running = contestant.start(stage, &round)?;
    let begun = reach(stage, &round.target, records, FROM)?;
    let done = reach(stage, &round.target, records, TO)?;
    reach(stage, &round.target, records, 1.0)?;
    let (processor, peak) = running.used()?;
    drop(running);
    stage.delete(&round.target)?;
    let seconds = done.0.duration_since(begun.0).as_secs_f64();
    let moved = (done.1 - begun.1) as f64;
    Ok(Pass { records_per_second: moved / seconds, processor: processor * 1e6 / records as f64, peak })
}

/// Waits for a share of the records; when it was seen, and how many there were then.
fn reach(stage: &Stage, topic: &str, records: usize, share: f64) -> Result<(Instant, u64), Failure> {
    let started = Instant::now();
    loop {
        let (now, written) = (Instant::now(), stage.written(topic)?);
        if written as f64 >= records as f64 * share {
            return Ok((now, written));
        }
        if started.elapsed() > PATIENCE {
            return Err(wrong(format!("only {written} of {records} records arrive in `{topic}`")));
        }
        std::thread::sleep(TICK);
    }
}
