//! When a run that is to end at the end may end.

use std::time::{Duration, Instant};

use super::super::cluster::{ClusterError, Isolation, Span, TopicReader};
use super::session::{Interruption, Session};

/// How often the group is asked about partitions that others read.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

impl Session {
    /// Whether everything is committed that was there at the start: also what other members have, or had before they
    /// died. Their partitions come here once the group has noticed.
    pub(super) fn is_finished(&mut self) -> Result<bool, Interruption> {
        if !self.is_done() {
            return Ok(false);
        }
        let others = self.job.ends.iter().filter(|span| !self.assigned.contains(&span.partition));
        let others: Vec<Span> = others.copied().collect();
        if others.is_empty() {
            return Ok(true);
        }
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK_INTERVAL) {
            return Ok(false);
        }
        self.looked = Some(Instant::now());
        match self.is_committed(&others) {
            Ok(committed) => Ok(committed),
            // An open transaction, as a rule: it will be another answer soon.
            Err(error) => {
                tracing::debug!("{error}");
                Ok(false)
            }
        }
    }

    fn is_committed(&self, spans: &[Span]) -> Result<bool, ClusterError> {
        let partitions: Vec<i32> = spans.iter().map(|span| span.partition).collect();
        let committed = self.consumer.committed(&partitions)?;
        let mut rest = Vec::new();
        for (span, (_, committed, _)) in spans.iter().zip(committed) {
            rest.push(Span { from: committed.unwrap_or(span.from), ..*span });
        }
        rest.retain(|span| span.from < span.end);
        if rest.is_empty() {
            return Ok(true);
        }
        // What is left may be nothing but markers of transactions.
        let connection = &self.job.options.connection;
        let mut reader = TopicReader::open(connection, self.consumer.topic(), &rest, Isolation::Committed)?;
        Ok(reader.read()?.is_none())
    }
}
