//! How much later a record can be read in the target than in the source.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

use super::contestant::Contestant;
use super::stage::{Place, Stage, producer};
use crate::failure::{Failure, wrong};

/// Carries the number of a record.
const NUMBER: &str = "number";

/// How long nothing counts: programs start, and the broker compiles its code.
const WARM_UP: Duration = Duration::from_secs(15);

/// How long records may be on their way at the end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures how much later records arrive.
#[derive(Args, Debug)]
pub(crate) struct Latency {
    #[command(flatten)]
    place: Place,
    /// Records a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Rounds of each program; figures are their medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

impl Latency {
    pub(crate) fn run(self, out: &mut impl std::io::Write) -> Result<(), Failure> {
        let stage = Stage::set(self.place.clone())?;
        let translator = |delivery| Contestant::Translator { delivery, arguments: Vec::new() };
        let contestants = [Contestant::Copy, translator("exactly_once"), translator("at_least_once")];
        let mut passes = vec![Vec::new(); contestants.len()];
        for round in 0..self.rounds {
            for (number, (contestant, passes)) in contestants.iter().zip(&mut passes).enumerate() {
                passes.push(self.pass(&stage, contestant, &format!("late-{round}-{number}"))?);
            }
        }
        writeln!(out, "| program | added latency, ms: p50 | p99 | p99.9 | largest |")?;
        writeln!(out, "| --- | ---: | ---: | ---: | ---: |")?;
        for (contestant, passes) in contestants.iter().zip(&passes) {
            write!(out, "| {} |", contestant.name())?;
            for share in [0.5, 0.99, 0.999, 1.0] {
                let of = |added: &Vec<f64>| {
                    let place = (added.len() as f64 * share).ceil() as usize;
                    added.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
                };
                write!(out, " {:.1} |", crate::median(passes.iter().map(of)))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Milliseconds of every record, the smallest first.
    fn pass(&self, stage: &Stage, contestant: &Contestant, name: &str) -> Result<Vec<f64>, Failure> {
        let source = format!("{name}.new");
        stage.create(&source)?;
        let round = stage.round(&source, name, contestant.delivery())?;
        let running = contestant.start(stage, &round)?;
        let finished = Arc::new(AtomicBool::new(false));
        let readers = [&source, &round.target].map(|topic| {
            let (consumer, finished) = (reader(&self.place, topic), Arc::clone(&finished));
            std::thread::spawn(move || consumer.map(|consumer| arrivals(&consumer, &finished)))
        });
        let sent = self.send(stage, &source)?;
        std::thread::sleep(Duration::from_secs(2));
        let until = Instant::now() + PATIENCE;
        while stage.written(&round.target)? < sent && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(1));
        finished.store(true, Ordering::Relaxed);
        let [first, second] = readers
            .map(|reader| reader.join().map_err(|_panic| wrong("a reader has ended")).and_then(|read| read));
        let (first, second) = (first?, second?);
        drop(running);
        let warm = u64::from(self.rate) * WARM_UP.as_secs();
        let mut added = Vec::new();
        for (number, arrived) in first.range(warm..) {
            let translated =
                second.get(number).ok_or_else(|| wrong(format!("record {number} does not arrive")))?;
            added.push(translated.saturating_duration_since(*arrived).as_secs_f64() * 1e3);
        }
        added.sort_by(f64::total_cmp);
        Ok(added)
    }

    /// One record at a time, at an even pace.
    fn send(&self, stage: &Stage, topic: &str) -> Result<u64, Failure> {
        let producer = producer(&self.place.kafka, "5")?;
        let count = u64::from(self.rate) * (WARM_UP.as_secs() + self.seconds);
        let started = Instant::now();
        for (number, click) in (0..count).zip(stage.clicks.iter().cycle()) {
            let due = started + Duration::from_secs_f64(number as f64 / f64::from(self.rate));
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let partition = i32::try_from(number).unwrap_or_default() % self.place.partitions;
            let bytes = number.to_be_bytes();
            let headers = OwnedHeaders::new().insert(Header { key: NUMBER, value: Some(&bytes) });
            let record =
                BaseRecord::<[u8], [u8]>::to(topic).partition(partition).payload(click).headers(headers);
            producer.send(record).map_err(|(error, _)| wrong(error))?;
        }
        producer.flush(PATIENCE).map_err(wrong)?;
        Ok(count)
    }
}

fn reader(place: &Place, topic: &str) -> Result<BaseConsumer, Failure> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &place.kafka)
        .set("group.id", "translator-bench")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("fetch.wait.max.ms", "100");
    let consumer: BaseConsumer = config.create().map_err(wrong)?;
    let mut all = TopicPartitionList::new();
    for partition in 0..place.partitions {
        all.add_partition_offset(topic, partition, Offset::Beginning).map_err(wrong)?;
    }
    consumer.assign(&all).map_err(wrong)?;
    Ok(consumer)
}

/// When each record was read first.
fn arrivals(consumer: &BaseConsumer, finished: &AtomicBool) -> BTreeMap<u64, Instant> {
    let mut arrivals = BTreeMap::new();
    while !finished.load(Ordering::Relaxed) {
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else {
            continue;
        };
        let now = Instant::now();
        let number = message.headers().and_then(|headers| headers.iter().find(|header| header.key == NUMBER));
        let number = number.and_then(|header| header.value).and_then(|bytes| bytes.try_into().ok());
        if let Some(number) = number {
            arrivals.entry(u64::from_be_bytes(number)).or_insert(now);
        }
    }
    arrivals
}
