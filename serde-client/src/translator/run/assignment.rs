//! What a session does when partitions come and go.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::super::cluster::{Cluster, ClusterError, Isolation, TopicReader};
use super::super::migration::OnError;
use super::consumer::Rebalance;
use super::dead_letter::DeadLetter;
use super::error::RunError;
use super::evidence::{self, Standing};
use super::fence::FenceFull;
use super::session::{Interruption, Session, TARGET_WAIT};

/// How long the committed offsets of new partitions may be unknown: an open transaction may hold some.
const OFFSETS_PATIENCE: Duration = Duration::from_secs(60);

/// One wait for them.
const OFFSETS_WAIT: Duration = Duration::from_millis(50);

impl Session {
    /// Answers what the group has decided.
    pub(super) fn answer_rebalances(&mut self) -> Result<(), Interruption> {
        while let Some(rebalance) = self.consumer.rebalance() {
            self.job.metrics.rebalanced();
            match rebalance {
                Rebalance::Assigned(partitions) => self.take(&partitions)?,
                Rebalance::Revoked { partitions, lost } => {
                    if !lost {
                        self.settle_for_revocation()?;
                    }
                    self.forget(&partitions);
                    self.consumer.unassign(&partitions)?;
                }
            }
            let joined = self.joined;
            self.job.state(self.number, |state| state.joined = joined);
        }
        Ok(())
    }

    fn take(&mut self, partitions: &[i32]) -> Result<(), Interruption> {
        let standings = self.standings(partitions)?;
        let positions: Vec<_> =
            standings.iter().map(|(partition, standing)| (*partition, standing.start)).collect();
        self.rebuild_fence(partitions)?;
        if self.job.options.once {
            self.note_ends(&positions)?;
        }
        self.consumer.assign(&positions)?;
        // The client remembers that a partition was paused when it was lost.
        if self.paused {
            self.consumer.pause(partitions)?;
        } else {
            self.consumer.resume(partitions)?;
        }
        self.joined = true;
        self.assigned.extend(partitions);
        for (partition, standing) in standings {
            self.intake.leave_out(partition, standing.done.clone());
            self.writer.take(partition, standing);
        }
        for partition in partitions {
            if let Some(hold) = self.job.lacking(*partition) {
                if self.job.options.once {
                    let topic = self.consumer.topic().to_owned();
                    let reason = hold.reason().to_owned();
                    return Err(RunError::Held { topic, partition: *partition, reason }.into());
                }
                tracing::warn!(group = self.job.group(), partition, "the partition waits: {}", hold.reason());
                self.intake.inbox.hold(*partition, hold, TARGET_WAIT);
                self.consumer.pause(&[*partition])?;
            }
        }
        Ok(())
    }

    /// Reads nothing more once the target has other partitions than records are placed by.
    pub(super) fn hold_displaced(&mut self) -> Result<(), Interruption> {
        let Some(hold) = self.job.displaced() else {
            return Ok(());
        };
        let assigned = self.assigned.iter().copied();
        let free: Vec<i32> =
            assigned.filter(|partition| self.intake.inbox.held(*partition).is_none()).collect();
        let Some(first) = free.first() else {
            return Ok(());
        };
        if self.job.options.once {
            let topic = self.consumer.topic().to_owned();
            return Err(RunError::Held { topic, partition: *first, reason: hold.reason().to_owned() }.into());
        }
        tracing::warn!(group = self.job.group(), "all partitions wait: {}", hold.reason());
        for partition in &free {
            self.intake.inbox.hold(*partition, hold.clone(), TARGET_WAIT);
        }
        Ok(self.consumer.pause(&free)?)
    }

    /// Where to go on. What a transaction that is still open holds is waited for.
    fn standings(&self, partitions: &[i32]) -> Result<BTreeMap<i32, Standing>, Interruption> {
        let started = Instant::now();
        loop {
            let offsets = self.consumer.committed(partitions);
            let looked = offsets
                .and_then(|offsets| Ok((evidence::look(&self.job, &offsets, started.elapsed())?, offsets)));
            let error = match looked {
                Ok((standings, offsets)) => {
                    self.tell(&standings, &evidence::believed(&offsets));
                    return Ok(standings);
                }
                Err(error) => error,
            };
            if self.job.is_stopped() {
                return Err(error.into());
            }
            if started.elapsed() > OFFSETS_PATIENCE {
                return Err(Interruption::rejoin(format!(
                    "{error}: the transaction of an instance that is gone may be open; start one with its \
                     `--instance` once more"
                )));
            }
            tracing::debug!("{error}");
            std::thread::sleep(OFFSETS_WAIT);
        }
    }

    fn tell(&self, standings: &BTreeMap<i32, Standing>, believed: &BTreeMap<i32, Standing>) {
        for (partition, standing) in standings.iter().filter(|(of, found)| believed.get(of) != Some(found)) {
            tracing::warn!(
                group = self.job.group(),
                partition,
                start = standing.start,
                left_out = standing.done.len(),
                "a broker has kept only a part of a transaction: the partition goes on where its records end"
            );
        }
    }

    fn note_ends(&mut self, positions: &[(i32, Option<i64>)]) -> Result<(), Interruption> {
        let cluster = self.job.cluster()?;
        for (partition, position) in positions {
            let span = cluster.span(self.consumer.topic(), *partition)?;
            self.ends.add(*partition, position.unwrap_or(span.from), span.end);
        }
        Ok(())
    }

    /// Reads which keys of these partitions wait in the dead-letter queue.
    fn rebuild_fence(&mut self, partitions: &[i32]) -> Result<(), Interruption> {
        let migration = &self.job.migration;
        let OnError::DeadLetter { topic } = &migration.errors.on_error else {
            return Ok(());
        };
        if !migration.errors.fence_key || partitions.is_empty() {
            return Ok(());
        }
        let connection = &self.job.options.connection;
        let spans = self.job.cluster()?.spans(topic)?;
        let mut reader = TopicReader::open(connection, topic, &spans, Isolation::Committed)?;
        let source = &migration.source(self.job.direction).topic;
        let fence = self.intake.treatment().fence();
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            let letter = DeadLetter::of(&record.source(&headers));
            let Some(letter) =
                letter.filter(|letter| letter.topic == *source && partitions.contains(&letter.partition))
            else {
                continue;
            };
            if letter.replayed {
                fence.open(letter.partition, record.key.as_deref());
            } else {
                let closed = fence.close(letter.partition, record.key.as_deref());
                closed.map_err(|FenceFull| RunError::FenceFull)?;
            }
        }
        Ok(())
    }
}

impl super::worker::Job {
    /// A client for questions, in the place of the group's members.
    pub(super) fn cluster(&self) -> Result<Cluster, ClusterError> {
        Cluster::connect(&self.options.connection, &self.group())
    }
}
