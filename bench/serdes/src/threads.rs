//! Threads that share one serializer, beside as many with one each.

use std::hint::black_box;
use std::thread;

use serde_client::codec::avro::native::AvroNative;
use serde_client::serializer::TopicSerializer;

use crate::cli::Selection;
use crate::failure::Failure;
use crate::peers::whole;
use crate::report::median;
use crate::runner::processor_time;
use crate::shape::{Data, Shape};

const THREADS: usize = 8;
/// Passes over all records that a sample consists of, over all threads: starting them should not count.
const PASSES: usize = 80;

type Serializer<S> = TopicSerializer<AvroNative, <S as Shape>::Owned>;

/// Measures one thread, threads with a serializer each, and threads that share one; a table of processor time.
pub(crate) fn measured<S: Shape>(data: &Data<S>, selection: &Selection) -> Result<String, Failure> {
    let first = data.records().next().unwrap_or_default();
    let own = (0..THREADS).map(|_| whole::prepared::<AvroNative, S>(first).map(|(writer, _)| writer));
    let own = own.collect::<Result<Vec<Serializer<S>>, _>>()?;
    let one: Vec<&Serializer<S>> = own.iter().take(1).collect();
    let shared: Vec<&Serializer<S>> = own.iter().cycle().step_by(THREADS).take(THREADS).collect();
    let own: Vec<&Serializer<S>> = own.iter().collect();
    check(data, &shared)?;
    let rows = [("one thread", one), ("eight, a serializer each", own), ("eight that share one", shared)];
    let mut samples = rows.each_ref().map(|_| Vec::new());
    for _ in 0..selection.rounds {
        for ((_, writers), samples) in rows.iter().zip(&mut samples) {
            let before = processor_time();
            run(data, writers)?;
            let records = PASSES / writers.len() * writers.len() * data.values.len();
            samples.push((processor_time() - before) as f64 / records as f64);
        }
    }
    let mut out = format!("Record \"{}\", written by one or several threads:\n\n", S::NAME);
    out.push_str("| threads | ns of processor time per record | records per second of processor time | ratio to each its own |\n| --- | ---: | ---: | ---: |\n");
    let [_, reference, _] = &samples;
    for ((name, _), found) in rows.iter().zip(&samples) {
        let ratios: Vec<f64> =
            found.iter().zip(reference).map(|(found, reference)| found / reference).collect();
        let time = median(found);
        out.push_str(&format!("| {name} | {time:.0} | {:.0} | {:.2}× |\n", 1e9 / time, median(&ratios)));
    }
    Ok(out)
}

/// Has a thread for each writer write all records, some times over.
fn run<S: Shape>(data: &Data<S>, writers: &[&Serializer<S>]) -> Result<(), Failure> {
    let write = |writer: &Serializer<S>| {
        let mut out = Vec::new();
        for value in std::iter::repeat_n(&data.values, PASSES / writers.len()).flatten() {
            out.clear();
            writer.serialize_into(black_box(value), &mut out).map_err(Failure::other)?;
            black_box(&out);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = writers.iter().map(|writer| scope.spawn(|| write(writer))).collect();
        threads.into_iter().try_for_each(|thread| joined(thread.join()))
    })
}

/// Has them write all records once, and compares each with the reference.
fn check<S: Shape>(data: &Data<S>, writers: &[&Serializer<S>]) -> Result<(), Failure> {
    let check = |writer: &Serializer<S>| {
        let same = data
            .values
            .iter()
            .zip(data.records())
            .all(|(value, expected)| writer.serialize(value).is_ok_and(|record| record == expected));
        if same { Ok(()) } else { Err(Failure::other("a thread writes another record than the reference")) }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = writers.iter().map(|writer| scope.spawn(|| check(writer))).collect();
        threads.into_iter().try_for_each(|thread| joined(thread.join()))
    })
}

fn joined(outcome: thread::Result<Result<(), Failure>>) -> Result<(), Failure> {
    outcome.unwrap_or_else(|_| Err(Failure::other("a thread has panicked")))
}
