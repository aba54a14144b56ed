//! Looks at the cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;

use super::super::cluster::{
    Cluster, ClusterError, Connection, Group, Isolation, Member, Span, TopicReader, left,
};
use super::super::migration::{Direction, Migration, OnError, Provenance};
use super::super::pause::now;
use super::super::provenance::{MigrationId, Origin};
use super::super::run::{DeadLetter, Letters};
use super::look::{DeadLettersWaiting, GroupLook, Look, PartitionLag, Side, TranslatorLook};
use super::sample::Sample;

/// Groups that are asked for their offsets at the same time: each needs a client of its own.
const ASKED_AT_ONCE: usize = 4;

/// What the cluster shows now; `previous` is where records are counted from. Blocks.
///
/// # Errors
/// [`ClusterError`]: what cannot be seen is no evidence.
pub fn observe(
    migration: &Migration,
    connection: &Connection,
    previous: Option<&Sample>,
) -> Result<Look, ClusterError> {
    Observer { migration, connection, cluster: Cluster::connect(connection, "srt.observer")? }.look(previous)
}

struct Observer<'a> {
    migration: &'a Migration,
    connection: &'a Connection,
    cluster: Cluster,
}

impl Observer<'_> {
    fn look(&self, previous: Option<&Sample>) -> Result<Look, ClusterError> {
        let old = self.cluster.spans(&self.migration.old.topic)?;
        let new = self.cluster.spans(&self.migration.new.topic)?;
        let at = now();
        let all = self.cluster.groups()?;
        let translators = self.translators(&all, &old, &new)?;
        let own: BTreeSet<String> = [Direction::NewToOld, Direction::OldToNew]
            .map(|direction| self.migration.group(direction))
            .into();
        let others: Vec<&Group> = all.iter().filter(|group| !own.contains(&group.name)).collect();
        let (native, scanned) = self.native(&old, previous)?;
        Ok(Look {
            at,
            native,
            scanned,
            groups: self.groups(&others, &old, &new)?,
            dead_letters: self.dead_letters(previous)?,
            translators,
        })
    }

    /// Records of the old topic that the translator did not write.
    fn native(
        &self,
        old: &[Span],
        previous: Option<&Sample>,
    ) -> Result<(Option<u64>, BTreeMap<i32, i64>), ClusterError> {
        let ends = old.iter().map(|span| (span.partition, span.end)).collect();
        if self.migration.headers.provenance == Provenance::Off {
            return Ok((None, ends));
        }
        // Nothing is known of the time before the first look.
        let Some(previous) = previous else {
            return Ok((Some(0), ends));
        };
        let fresh = |span: &Span| {
            // A partition that was added begins with its first record.
            let from = previous.scanned.get(&span.partition).copied().unwrap_or(span.from);
            Span { from: from.max(span.from), ..*span }
        };
        let spans: Vec<Span> = old.iter().map(fresh).filter(|span| span.from < span.end).collect();
        if spans.is_empty() {
            return Ok((Some(0), ends));
        }
        let id = MigrationId::of(&self.migration.name);
        let topic = &self.migration.old.topic;
        let mut reader = TopicReader::open(self.connection, topic, &spans, Isolation::Committed)?;
        let mut native = 0;
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            let origin = Origin::of_translated(&record.source(&headers), id, Direction::NewToOld);
            native += u64::from(origin.is_none());
        }
        Ok((Some(native), ends))
    }

    fn groups(&self, groups: &[&Group], old: &[Span], new: &[Span]) -> Result<Vec<GroupLook>, ClusterError> {
        let shared = Mutex::new(Ok(Vec::new()));
        let looks = &shared;
        let share = groups.len().div_ceil(ASKED_AT_ONCE).max(1);
        std::thread::scope(|scope| {
            for groups in groups.chunks(share) {
                scope.spawn(move || {
                    for group in groups {
                        let found = self.group(group, old, new);
                        let mut looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
                        match (&mut *looks, found) {
                            (Ok(looks), Ok(found)) => looks.extend(found),
                            (looks @ Ok(_), Err(error)) => *looks = Err(error),
                            (Err(_), _) => {}
                        }
                    }
                });
            }
        });
        let mut looks = shared.into_inner().unwrap_or_else(PoisonError::into_inner)?;
        looks.sort_by(|one, other| (one.side, &one.group).cmp(&(other.side, &other.group)));
        Ok(looks)
    }

    /// What a group has to do with the topics.
    fn group(&self, group: &Group, old: &[Span], new: &[Span]) -> Result<Vec<GroupLook>, ClusterError> {
        let cluster = Cluster::connect(self.connection, &group.name)?;
        let mut looks = Vec::new();
        for (side, spans) in [(Side::Old, old), (Side::New, new)] {
            let topic = match side {
                Side::Old => &self.migration.old.topic,
                Side::New => &self.migration.new.topic,
            };
            let positions = committed(&cluster, topic, spans)?;
            let reads = |member: &&Member| member.topics.contains(topic);
            let readers: Vec<&Member> = group.members.iter().filter(reads).collect();
            if positions.is_empty() && readers.is_empty() {
                continue;
            }
            let told = group.state != super::super::cluster::GroupState::Hidden;
            looks.push(GroupLook {
                group: group.name.clone(),
                side,
                state: group.state,
                clients: told.then(|| readers.into_iter().map(client).collect()),
                left: left(self.connection, topic, &behind(spans, &positions))?.values().sum(),
                positions,
            });
        }
        Ok(looks)
    }

    fn dead_letters(&self, previous: Option<&Sample>) -> Result<DeadLettersWaiting, ClusterError> {
        let OnError::DeadLetter { topic } = &self.migration.errors.on_error else {
            return Ok(DeadLettersWaiting::default());
        };
        let spans = self.cluster.spans(topic)?;
        let ends: BTreeMap<i32, i64> = spans.iter().map(|span| (span.partition, span.end)).collect();
        if let Some(previous) = previous.filter(|previous| previous.dead_letters.ends == ends) {
            return Ok(previous.dead_letters.clone());
        }
        let mut reader = TopicReader::open(self.connection, topic, &spans, Isolation::Committed)?;
        let mut letters = Letters::default();
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            if let Some(letter) = DeadLetter::of(&record.source(&headers)) {
                letters.take(letter, record.key, ());
            }
        }
        Ok(DeadLettersWaiting { records: letters.count(), keys: letters.keys(), ends })
    }

    fn translators(
        &self,
        groups: &[Group],
        old: &[Span],
        new: &[Span],
    ) -> Result<Vec<TranslatorLook>, ClusterError> {
        let mut looks = Vec::new();
        for direction in &self.migration.directions {
            let name = self.migration.group(*direction);
            let (topic, spans) = match direction {
                Direction::NewToOld => (&self.migration.new.topic, new),
                Direction::OldToNew => (&self.migration.old.topic, old),
            };
            let positions = committed(&Cluster::connect(self.connection, &name)?, topic, spans)?;
            // A translator without offsets begins with the oldest record, as a rule.
            let unread: Vec<Span> = spans
                .iter()
                .map(|span| Span { from: *positions.get(&span.partition).unwrap_or(&span.from), ..*span })
                .collect();
            let lags = left(self.connection, topic, &unread)?;
            let partitions = spans.iter().map(|span| PartitionLag {
                partition: span.partition,
                committed: positions.get(&span.partition).copied(),
                end: span.end,
                left: lags.get(&span.partition).copied().unwrap_or_default(),
            });
            let group = groups.iter().find(|group| group.name == name);
            looks.push(TranslatorLook {
                direction: direction.word().to_owned(),
                group: name,
                state: group.map(|group| group.state),
                clients: group.iter().flat_map(|group| &group.members).map(client).collect(),
                partitions: partitions.collect(),
                left: lags.values().sum(),
            });
        }
        Ok(looks)
    }
}

fn client(member: &Member) -> String {
    format!("{}@{}", member.client_id, member.host)
}

fn committed(cluster: &Cluster, topic: &str, spans: &[Span]) -> Result<BTreeMap<i32, i64>, ClusterError> {
    let partitions: Vec<i32> = spans.iter().map(|span| span.partition).collect();
    let found = cluster.committed(topic, &partitions)?;
    Ok(found.into_iter().filter_map(|(partition, offset)| Some((partition, offset?))).collect())
}

/// What lies behind positions; partitions without one are left out.
fn behind(spans: &[Span], positions: &BTreeMap<i32, i64>) -> Vec<Span> {
    let behind = |span: &Span| {
        let position = *positions.get(&span.partition)?;
        Some(Span { from: position.max(span.from), ..*span })
    };
    spans.iter().filter_map(behind).collect()
}
