//! Measures the translator: its transform beside code written by hand, its run beside a plain copy loop and Kafka Streams.

mod case;
mod failure;
mod hand;
mod records;
mod run;
mod transform;

use clap::Parser;

use failure::Failure;

/// Measures the translator.
#[derive(Debug, Parser)]
enum Command {
    /// What is done with a record, without Kafka.
    Transform(transform::Transform),
    /// Records a second from topic to topic.
    Throughput(run::Throughput),
    /// How much later a record can be read in the target.
    Latency(run::Latency),
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match Command::parse() {
        Command::Transform(transform) => transform.run(&mut out),
        Command::Throughput(throughput) => throughput.run(&mut out),
        Command::Latency(latency) => latency.run(&mut out),
    }
}

/// The middle one; that of nothing is no number.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
