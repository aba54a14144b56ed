//! Whole runs through a broker, beside a plain copy loop and an application in Java that does the same.

mod contestant;
mod latency;
mod stage;
mod throughput;

pub(crate) use latency::Latency;
pub(crate) use throughput::Throughput;
