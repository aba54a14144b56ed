//! Says when the old topic may go, and takes it away step by step.
//!
//! A [`Look`] is what the cluster shows at one moment; looks become [`Sample`]s, which the state topic keeps, so that
//! [`gates`] can be answered for a whole window. [`Step`]s go one after the other, each only through open gates. What
//! decides is pure; `journal` and `observe` talk to the cluster.

mod brownout;
mod coverage;
mod evidence;
mod gate;
mod gates;
mod journal;
mod ledger;
mod look;
mod observe;
mod page;
mod sample;
mod step;

pub use brownout::{Brownout, Ending, falls_behind};
pub use evidence::EvidenceReport;
pub use gate::{Gate, GateReport, Verdict, Waiver};
pub use gates::{Criteria, gates};
pub use journal::{Journal, JournalError};
pub use ledger::{Ledger, Passage, Proof, StepRecord, Unreadable};
pub use look::{DeadLettersWaiting, GroupLook, Look, Side, TranslatorLook};
pub use observe::observe;
pub use page::html;
pub use sample::{GroupSample, Sample, fold};
pub use step::Step;
