//! Translating a topic: from the consumer group to the records of the other topic.
//!
//! A run has workers. Each is a thread with a consumer of the migration's group and a producer; what it reads goes through
//! one `treatment` into a `batch`, in order per partition, and from there in a transaction together with the offsets
//! (`exactly_once`), or as it comes, with offsets committed behind what is delivered (`at_least_once`).
//!
//! State is in Kafka alone: a worker that dies loses nothing that its successor does not find there.

mod assignment;
mod at_least_once;
pub(crate) mod batch;
mod breaker;
mod commit_note;
mod consumer;
mod dead_letter;
mod error;
mod evidence;
mod exactly_once;
mod fence;
mod health;
mod inbox;
mod intake;
mod ledger;
mod letters;
mod metrics;
mod once;
mod options;
mod pace;
pub(crate) mod placed;
mod producer;
mod proof;
mod replay;
mod report;
mod runner;
mod sampler;
mod session;
mod standstill;
mod start;
mod state;
mod target_watch;
mod traces;
mod transactional;
pub(crate) mod treatment;
mod watch;
mod watermark;
mod worker;
mod writer;

pub use batch::{BatchLimits, Fate};
pub(crate) use dead_letter::unknown_schema;
pub use dead_letter::{
    CODE_HEADER, DeadLetter, FENCED, MAPPING_HEADER, MESSAGE_HEADER, OFFSET_HEADER, PARTITION_HEADER,
    PATH_HEADER, REPLAYED_HEADER, TOPIC_HEADER,
};
pub use error::RunError;
pub use letters::{LetterPlace, Letters};
pub use options::{Options, Step, StepHook};
pub use replay::{ReplayError, ReplayReport, dead_letters, replay};
pub use report::RunReport;
pub use runner::{run, run_all};
