//! Topics of a cluster as the translator sees them: how many partitions, from where to where, and their records.
//!
//! Calls block; they are for threads that may wait.

mod administration;
mod compacted;
mod connection;
mod ends;
mod groups;
mod left;
mod left_open;
mod reader;
mod record;
mod topics;

pub use administration::Administration;
pub use compacted::{CompactedTopic, Entry};
pub use connection::{ClusterError, Connection};
pub use groups::{Group, GroupState, Member};
pub use left::left;
pub use reader::{Isolation, Span, TopicReader};
pub use record::OwnedRecord;
pub use topics::Cluster;

pub(crate) use connection::log;
pub(crate) use ends::Ends;
pub(crate) use left_open::{first_open, left_open};
pub(crate) use record::{headers, unreadable_headers};
pub(crate) use topics::{NotedOffset, committed};
