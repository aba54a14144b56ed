//! Reads both topics and compares them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tokio::runtime::Handle;

use super::super::cluster::{
    Cluster, ClusterError, CompactedTopic, Connection, Isolation, OwnedRecord, Span, TopicReader,
};
use super::super::cutover::{CUTOVER_KEY, Cutover, Turn, turn};
use super::super::eras::Eras;
use super::super::migration::{Direction, Migration, OnError, Pairing, Provenance, Start};
use super::super::provenance::{MigrationId, Origin};
use super::super::run::DeadLetter;
use super::super::translation::Translate;
use super::comparison::{Comparison, Expected, Written};
use super::expectation::Expectation;
use super::latest::LatestByKey;
use super::report::{Counts, DIFFERENCES_MAX, Difference, Scope, VerifyReport};

/// Why nothing can be proved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The cluster does not do what is asked of it.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// A writer schema cannot be made ready.
    #[error("{0}")]
    Schema(String),
    /// The migration leaves no traces to prove anything by.
    #[error("{0}")]
    Settings(&'static str),
    /// A thread has ended by itself.
    #[error("the proof's thread has panicked")]
    Panicked,
}

/// Proves what became of the records of a direction that its group has committed.
///
/// # Errors
/// [`VerifyError`]: a topic or a schema cannot be read. What is wrong with records is in the report.
pub async fn verify(
    migration: Arc<Migration>,
    direction: Direction,
    translate: Arc<dyn Translate>,
    connection: Connection,
    scope: Scope,
) -> Result<VerifyReport, VerifyError> {
    let runtime = Handle::current();
    let proof = move || Proof::open(&migration, direction, &connection, scope)?.prove(&translate, &runtime);
    let (send, receive) = tokio::sync::oneshot::channel();
    // A proof takes as long as the topics are long, and reading blocks: it gets a thread of its own.
    std::thread::spawn(move || {
        let _abandoned = send.send(proof());
    });
    receive.await.map_err(|_gone| VerifyError::Panicked)?
}

pub(super) struct Proof<'a> {
    pub(super) migration: &'a Migration,
    pub(super) direction: Direction,
    connection: &'a Connection,
    pub(super) scope: Scope,
    pub(super) cluster: Cluster,
    id: MigrationId,
    /// The cutover has ended the direction: whatever its source holds must have been translated.
    is_over: bool,
}

/// Records of the dead-letter queue by partition: their origins, and those that are there again.
pub(super) type DeadLetters = BTreeMap<i32, (HashSet<i64>, Vec<i64>)>;

impl<'a> Proof<'a> {
    fn open(
        migration: &'a Migration,
        direction: Direction,
        connection: &'a Connection,
        scope: Scope,
    ) -> Result<Self, VerifyError> {
        if migration.headers.provenance == Provenance::Off {
            return Err(VerifyError::Settings("without provenance no record says where it came from"));
        }
        let cluster = Cluster::connect(connection, &migration.group(direction))?;
        let id = MigrationId::of(&migration.name);
        let is_over = is_over(migration, direction, connection)?;
        Ok(Self { migration, direction, connection, scope, cluster, id, is_over })
    }

    fn prove(&self, translate: &Arc<dyn Translate>, runtime: &Handle) -> Result<VerifyReport, VerifyError> {
        let mut report = VerifyReport {
            migration: self.migration.name.clone(),
            direction: self.direction.word().to_owned(),
            mapping: translate.mapping_hash().to_owned(),
            scope: self.scope,
            duplicates_allowed: VerifyReport::allows_duplicates(self.migration.delivery),
            spans: Vec::new(),
            counts: Counts::default(),
            shared_keys: 0,
            differences: Vec::new(),
        };
        let mut letters = self.dead_letters()?;
        let eras = Eras::read(self.connection, self.migration, self.direction)?;
        if !eras.is_empty() {
            self.prove_elsewhere((translate, runtime, &eras), letters, &mut report)?;
            report.differences.truncate(DIFFERENCES_MAX);
            return Ok(report);
        }
        for span in self.spans()? {
            let mut expectation =
                Expectation::new(self.migration, self.direction, translate, runtime.clone(), Eras::default());
            let letters = letters.remove(&span.partition).unwrap_or_default();
            let (span, counts, differences) = match self.scope {
                Scope::LatestByKey => self.latest(span, letters.0, &mut expectation)?,
                Scope::Full | Scope::Newest(_) => self.every(span, letters, &mut expectation)?,
            };
            report.spans.push((span.partition, span.from, span.end));
            report.counts.add(&counts);
            report.differences.extend(differences);
        }
        report.differences.truncate(DIFFERENCES_MAX);
        Ok(report)
    }

    /// What of the source the group has committed, or all of it when the direction is over.
    pub(super) fn spans(&self) -> Result<Vec<Span>, VerifyError> {
        let topic = &self.migration.source(self.direction).topic;
        let spans = self.cluster.spans(topic)?;
        let partitions: Vec<i32> = spans.iter().map(|span| span.partition).collect();
        let committed: BTreeMap<i32, Option<i64>> =
            self.cluster.committed(topic, &partitions)?.into_iter().collect();
        let committed = |span: Span| {
            let known = committed.get(&span.partition).copied().flatten().unwrap_or(span.from);
            let end = if self.is_over { span.end } else { known };
            let from = match self.scope {
                Scope::Newest(count) => span.from.max(end - i64::from(count)),
                Scope::Full | Scope::LatestByKey => span.from,
            };
            Span { from: from.min(end), end, ..span }
        };
        Ok(spans.into_iter().map(committed).collect())
    }

    fn dead_letters(&self) -> Result<DeadLetters, VerifyError> {
        let mut letters = DeadLetters::new();
        let OnError::DeadLetter { topic } = &self.migration.errors.on_error else {
            return Ok(letters);
        };
        let source = &self.migration.source(self.direction).topic;
        let mut reader = self.read(topic, &self.cluster.spans(topic)?)?;
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            let letter = DeadLetter::of(&record.source(&headers));
            if let Some(letter) = letter.filter(|letter| letter.topic == *source && !letter.replayed) {
                let (first, again) = letters.entry(letter.partition).or_default();
                if !first.insert(letter.offset) {
                    again.push(letter.offset);
                }
            }
        }
        Ok(letters)
    }

    /// The comparison of a partition of the source, whose span is cut to where the group began. `first` is the smallest
    /// origin that the target has.
    pub(super) fn comparison(
        &self,
        span: &mut Span,
        (letters, again): (HashSet<i64>, Vec<i64>),
        first: Option<i64>,
    ) -> Comparison {
        // Where a cutover has begun, every record of a producer before it would be one that is lost.
        let is_turned = self.migration.pairing == Pairing::Cutover && self.direction == Direction::NewToOld;
        if self.migration.start != Start::Earliest && !is_turned {
            // The group did not begin with the oldest record; its first record says where it did.
            let first = letters.iter().copied().chain(first).min().unwrap_or(span.end);
            span.from = span.from.max(first).min(span.end);
        }
        let mut comparison = Comparison::new(span.partition, span.from, letters);
        let in_span = |offset: &&i64| (span.from..span.end).contains(*offset);
        again.iter().filter(in_span).for_each(|origin| comparison.dead_lettered_again(*origin));
        comparison
    }

    /// Compares record by record.
    fn every(
        &self,
        mut span: Span,
        (letters, again): (HashSet<i64>, Vec<i64>),
        expectation: &mut Expectation,
    ) -> Result<(Span, Counts, Vec<Difference>), VerifyError> {
        let target = &self.migration.target(self.direction).topic;
        let mut translated = self.read(target, &[self.cluster.span(target, span.partition)?])?;
        let mut native = 0;
        let mut next = self.next_own(&mut translated, span, &mut native)?;
        let first = next.as_ref().map(|(origin, _)| origin.offset);
        let mut comparison = self.comparison(&mut span, (letters, again), first);
        let mut source = self.read(&self.migration.source(self.direction).topic, &[span])?;
        while let Some(record) = source.read()? {
            // Before this origin stand only repetitions, and origins that the source does not hold.
            while let Some((origin, found)) = next.take_if(|(origin, _)| origin.offset < record.offset) {
                comparison.stray(origin.offset, found.offset);
                next = self.next_own(&mut translated, span, &mut native)?;
            }
            let expected = expectation.of(&record, comparison.is_dead_lettered(record.offset))?;
            match next.take_if(|(origin, _)| origin.offset == record.offset) {
                Some((_, found)) => {
                    comparison.matched(record.offset, &expected, found.offset, &written(&found));
                    next = self.next_own(&mut translated, span, &mut native)?;
                }
                None => comparison.unmatched(record.offset, &expected),
            }
        }
        while let Some((origin, found)) = next.take() {
            comparison.stray(origin.offset, found.offset);
            next = self.next_own(&mut translated, span, &mut native)?;
        }
        comparison.counts.native = native;
        Ok((span, comparison.counts, comparison.differences))
    }

    /// Compares the latest records of keys.
    fn latest(
        &self,
        span: Span,
        letters: HashSet<i64>,
        expectation: &mut Expectation,
    ) -> Result<(Span, Counts, Vec<Difference>), VerifyError> {
        let mut latest = LatestByKey::default();
        self.expect_latest(span, &letters, expectation, |record, expected| {
            if let Some(key) = record.key.as_deref() {
                latest.expect((span.partition, record.offset), key, expected);
            }
        })?;
        let target = &self.migration.target(self.direction).topic;
        let mut translated = self.read(target, &[self.cluster.span(target, span.partition)?])?;
        let mut native = 0;
        while let Some((origin, found)) = self.next_own(&mut translated, span, &mut native)? {
            let place = (found.partition, found.offset);
            latest.find((origin.partition, origin.offset), place, &written(&found));
        }
        latest.finish();
        latest.counts.native = native;
        Ok((span, latest.counts, latest.differences))
    }

    /// Gives what must have become of each record of the source that is no echo.
    pub(super) fn expect_latest(
        &self,
        span: Span,
        letters: &HashSet<i64>,
        expectation: &mut Expectation,
        mut see: impl FnMut(&OwnedRecord, &Expected),
    ) -> Result<(), VerifyError> {
        let mut source = self.read(&self.migration.source(self.direction).topic, &[span])?;
        while let Some(record) = source.read()? {
            let expected = expectation.of(&record, letters.contains(&record.offset))?;
            if expected != Expected::Echo {
                see(&record, &expected);
            }
        }
        Ok(())
    }

    /// The next record of the target that this direction wrote, of an origin that is committed.
    fn next_own(
        &self,
        reader: &mut TopicReader,
        span: Span,
        native: &mut u64,
    ) -> Result<Option<(Origin, OwnedRecord)>, VerifyError> {
        while let Some((origin, record)) = self.next_written(reader, native)? {
            if origin.offset < span.end {
                return Ok(Some((origin, record)));
            }
        }
        Ok(None)
    }

    /// The next record of the target that this direction wrote.
    pub(super) fn next_written(
        &self,
        reader: &mut TopicReader,
        native: &mut u64,
    ) -> Result<Option<(Origin, OwnedRecord)>, VerifyError> {
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            let own = Origin::of_translated(&record.source(&headers), self.id, self.direction);
            drop(headers);
            match own {
                Some(origin) => return Ok(Some((origin, record))),
                None => *native += 1,
            }
        }
        Ok(None)
    }

    pub(super) fn read(&self, topic: &str, spans: &[Span]) -> Result<TopicReader, ClusterError> {
        TopicReader::open(self.connection, topic, spans, Isolation::Committed)
    }
}

fn is_over(
    migration: &Migration,
    direction: Direction,
    connection: &Connection,
) -> Result<bool, ClusterError> {
    if migration.pairing != Pairing::Cutover {
        return Ok(false);
    }
    let state = CompactedTopic::new(connection, migration.state_topic())?;
    let cutover = state.latest::<Cutover>(CUTOVER_KEY)?;
    Ok(turn(migration, direction, cutover.as_ref()) == Turn::Over)
}

pub(super) fn written(record: &OwnedRecord) -> Written {
    Written {
        key: record.key.clone(),
        value: record.value.clone(),
        headers: record.headers.clone().unwrap_or_default(),
        timestamp: record.timestamp.filter(|_| !record.is_append_time),
    }
}
