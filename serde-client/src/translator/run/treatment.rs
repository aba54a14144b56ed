//! What becomes of one record: pure decisions, in the order in which they are taken.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::hash::payload_hash;
use super::super::migration::{Direction, Migration, OnError, Provenance};
use super::super::placement::Placement;
use super::super::provenance::{
    HEADER, MIGRATION_HEADER, MigrationId, ORIGIN_HEADER, Origin, Sighting, sighting,
};
use super::super::translation::{
    FaultCode, RecordFault, SourceRecord, TargetRecord, Translate, TranslateError, WriterSchema,
};
use super::batch::{Batch, Destination, Fate, Place};
use super::dead_letter::{self, Cause};
use super::fence::Fence;
use crate::framing::{KEY_HEADER, VALUE_HEADER};

/// Why a record is not in the batch, and neither is anything behind it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// Its schema must be prepared first.
    Unprepared(WriterSchema),
    /// The error policy is to stop.
    Fault(RecordFault),
    /// The dead-letter queue holds more keys than can be fenced.
    FenceFull,
}

/// Treats the records of one direction, partition by partition in their order.
pub(crate) struct Treatment {
    migration: Arc<Migration>,
    direction: Direction,
    id: MigrationId,
    translate: Arc<dyn Translate>,
    placement: Placement,
    target: TargetRecord,
    /// For [`Placement::of`].
    scratch: Vec<u8>,
    fence: Fence,
    /// By partition and the partition that echoes name: their greatest offset.
    newest: HashMap<(i32, i32), i64>,
    faults: u64,
}

impl Treatment {
    pub(crate) fn new(
        migration: Arc<Migration>,
        direction: Direction,
        translate: Arc<dyn Translate>,
        placement: Placement,
    ) -> Self {
        let id = MigrationId::of(&migration.name);
        let (target, scratch, fence, newest) = Default::default();
        Self { migration, direction, id, translate, placement, target, scratch, fence, newest, faults: 0 }
    }

    /// Puts a record into the batch, in whatever form it goes on.
    pub(crate) fn treat(&mut self, record: &SourceRecord<'_>, batch: &mut Batch) -> Result<Fate, Refusal> {
        match sighting(record, self.id, self.direction, |origin| {
            self.newest.get(&(record.partition, origin)).copied()
        }) {
            Sighting::Native => {}
            Sighting::OwnEcho(origin) => {
                self.newest.insert((record.partition, origin.partition), origin.offset);
                return Ok(done(batch, record, Fate::Echo));
            }
            Sighting::SuspectEcho(_) => return Ok(done(batch, record, Fate::SuspectEcho)),
        }
        if self.fence.holds(record.partition, record.key) {
            return Ok(self.dead_letter(record, &Cause::Fenced, batch));
        }
        let mut target = std::mem::take(&mut self.target);
        let translated = self.translate.translate(record, &mut target);
        let fate = match translated {
            Ok(()) => Ok(self.write(record, &target, batch)),
            Err(TranslateError::Unprepared(schema)) => Err(Refusal::Unprepared(schema)),
            Err(TranslateError::Record(fault))
                if fault.code == FaultCode::Unframed && self.migration.errors.passthrough =>
            {
                Ok(self.pass(record, batch))
            }
            Err(TranslateError::Record(fault)) => self.refuse(record, &fault, batch),
        };
        self.target = target;
        fate
    }

    /// Follows the error policy.
    pub(crate) fn refuse(
        &mut self,
        record: &SourceRecord<'_>,
        fault: &RecordFault,
        batch: &mut Batch,
    ) -> Result<Fate, Refusal> {
        self.faults += 1;
        match self.migration.errors.on_error {
            OnError::Fail => Err(Refusal::Fault(fault.clone())),
            OnError::Skip => Ok(done(batch, record, Fate::Skipped)),
            OnError::DeadLetter { .. } => {
                if self.migration.errors.fence_key {
                    self.fence.close(record.partition, record.key).map_err(|_full| Refusal::FenceFull)?;
                }
                Ok(self.dead_letter(record, &Cause::Fault(fault), batch))
            }
        }
    }

    fn dead_letter(&self, record: &SourceRecord<'_>, cause: &Cause<'_>, batch: &mut Batch) -> Fate {
        let topic = &self.migration.source(self.direction).topic;
        dead_letter::push(batch, record, cause, topic, self.translate.mapping_hash());
        done(batch, record, Fate::DeadLettered)
    }

    fn write(&mut self, record: &SourceRecord<'_>, target: &TargetRecord, batch: &mut Batch) -> Fate {
        let (key, value) = (target.key.payload(), target.value.payload());
        let partition = self.placement.of(record.partition, target, &mut self.scratch);
        batch.push(Destination::Target(partition), Place::of(record), key, value);
        self.copy_headers(record, &[KEY_HEADER, VALUE_HEADER], batch);
        for (name, part) in [(KEY_HEADER, &target.key), (VALUE_HEADER, &target.value)] {
            if part.present && !part.identity_header.is_empty() {
                batch.header(name, Some(&part.identity_header));
            }
        }
        self.sign(record, payload_hash(key, value), batch);
        done(batch, record, Fate::Ok)
    }

    /// Copies a record that no serializer of a registry wrote.
    fn pass(&self, record: &SourceRecord<'_>, batch: &mut Batch) -> Fate {
        let partition = self.placement.of_unread(record.partition, record.key);
        batch.push(Destination::Target(partition), Place::of(record), record.key, record.value);
        self.copy_headers(record, &[], batch);
        self.sign(record, payload_hash(record.key, record.value), batch);
        done(batch, record, Fate::Ok)
    }

    fn copy_headers(&self, record: &SourceRecord<'_>, replaced: &[&str], batch: &mut Batch) {
        let settings = &self.migration.headers;
        if !settings.copy {
            return;
        }
        for header in record.headers {
            let own = header.name == MIGRATION_HEADER
                || header.name == ORIGIN_HEADER
                || header.name == HEADER
                    && header
                        .value
                        .and_then(Origin::decode)
                        .is_some_and(|origin| origin.migration == self.id);
            let dropped = settings.drop.iter().any(|name| name == header.name);
            if !own && !dropped && !replaced.contains(&header.name) {
                batch.header(header.name, header.value);
            }
        }
    }

    /// Says where the record came from.
    fn sign(&self, record: &SourceRecord<'_>, payload: u64, batch: &mut Batch) {
        let origin = Origin {
            migration: self.id,
            direction: self.direction,
            partition: record.partition,
            offset: record.offset,
            payload,
        };
        let provenance = self.migration.headers.provenance;
        if provenance != Provenance::Off {
            batch.header(HEADER, Some(&origin.encode()));
        }
        if provenance == Provenance::Full {
            let topic = &self.migration.source(self.direction).topic;
            let from = format!("{topic}/{}/{}", record.partition, record.offset);
            batch.header(MIGRATION_HEADER, Some(self.migration.name.as_bytes()));
            batch.header(ORIGIN_HEADER, Some(from.as_bytes()));
        }
    }

    /// Places records in another way from now on.
    pub(crate) fn place_by(&mut self, placement: &Placement) {
        if self.placement != *placement {
            self.placement.clone_from(placement);
        }
    }

    /// Records that could not be translated. Those that only follow one of them are not counted.
    pub(crate) fn faults(&self) -> u64 {
        self.faults
    }

    /// The keys that have records in the dead-letter queue.
    pub(crate) fn fence(&mut self) -> &mut Fence {
        &mut self.fence
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.fence.forget(partition);
        self.newest.retain(|(on, _), _| *on != partition);
    }
}

fn done(batch: &mut Batch, record: &SourceRecord<'_>, fate: Fate) -> Fate {
    batch.read(&Place::of(record), fate);
    fate
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use futures_util::future::BoxFuture;

    use super::*;
    use crate::translator::migration::{
        Delivery, ErrorPolicy, Headers, Pairing, Partitioning, PinnedSchema, RegistryPlace, Start,
        TopicSchemas,
    };
    use crate::translator::translation::{SchemaProblem, SourceHeader};

    /// Writes the key as value; values that are empty cannot be translated, and those that begin with `x` are unframed.
    struct KeyAsValue;

    impl Translate for KeyAsValue {
        fn translate(
            &self,
            source: &SourceRecord<'_>,
            target: &mut TargetRecord,
        ) -> Result<(), TranslateError> {
            let code = match source.value {
                Some([]) => FaultCode::Unmapped,
                Some([b'x', ..]) => FaultCode::Unframed,
                _ => {
                    target.value.present = true;
                    target.value.bytes = source.key.unwrap_or_default().to_vec();
                    target.value.identity_header = b"id".to_vec();
                    return Ok(());
                }
            };
            Err(TranslateError::Record(RecordFault { code, path: String::new(), reason: String::new() }))
        }

        fn prepare(&self, _schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
            Box::pin(std::future::ready(Ok(())))
        }

        fn mapping_hash(&self) -> &str {
            "hash"
        }
    }

    fn migration(errors: ErrorPolicy) -> Migration {
        let topic = |topic: &str| TopicSchemas {
            topic: topic.to_owned(),
            key: None,
            value: PinnedSchema { subject: topic.to_owned(), version: 1, message: None },
        };
        Migration {
            name: "m".to_owned(),
            registry: RegistryPlace::default(),
            old: topic("old"),
            new: topic("new"),
            directions: BTreeSet::from([Direction::NewToOld, Direction::OldToNew]),
            pairing: Pairing::default(),
            delivery: Delivery::ExactlyOnce,
            partitioning: Partitioning::Preserve,
            start: Start::Earliest,
            headers: Headers { drop: vec!["debug".to_owned()], ..Headers::default() },
            errors,
            consumers: Vec::new(),
        }
    }

    fn treatment(direction: Direction, on_error: OnError) -> Treatment {
        let errors = ErrorPolicy { on_error, passthrough: true, ..ErrorPolicy::default() };
        Treatment::new(Arc::new(migration(errors)), direction, Arc::new(KeyAsValue), Placement::Preserve)
    }

    fn record<'a>(key: &'a [u8], value: &'a [u8], headers: &'a [SourceHeader<'a>]) -> SourceRecord<'a> {
        SourceRecord {
            key: Some(key),
            value: Some(value),
            headers,
            timestamp: Some(1),
            partition: 0,
            offset: 3,
        }
    }

    #[test]
    fn headers_keep_their_order_and_those_of_the_schema_are_replaced() {
        let header = |name, value| SourceHeader { name, value: Some(value) };
        let headers =
            [header("a", b"1"), header(VALUE_HEADER, b"source"), header("debug", b"2"), header("a", b"3")];
        let mut batch = Batch::default();
        let treated =
            treatment(Direction::NewToOld, OnError::Fail).treat(&record(b"k", b"v", &headers), &mut batch);
        assert_eq!(treated, Ok(Fate::Ok));
        let written: Vec<_> =
            batch.outgoing().next().unwrap().headers().map(|it| (it.name, it.value)).collect();
        let (own, others) = written.split_last().unwrap();
        let expected = [("a", Some(&b"1"[..])), ("a", Some(b"3")), (VALUE_HEADER, Some(b"id"))];
        assert_eq!(others, expected);
        let origin = Origin::decode(own.1.unwrap()).unwrap();
        assert_eq!((own.0, origin.offset, origin.payload), (HEADER, 3, payload_hash(None, Some(b"k"))));
    }

    #[test]
    fn what_one_direction_wrote_the_other_leaves_out() {
        let mut batch = Batch::default();
        let there = treatment(Direction::NewToOld, OnError::Fail).treat(&record(b"k", b"v", &[]), &mut batch);
        assert_eq!(there, Ok(Fate::Ok));
        let written = batch.outgoing().next().unwrap();
        let headers: Vec<SourceHeader<'_>> = written.headers().collect();
        let echo = SourceRecord { key: written.key, value: written.value, ..record(b"", b"", &headers) };
        let mut back = treatment(Direction::OldToNew, OnError::Fail);
        let mut second = Batch::default();
        assert_eq!(back.treat(&echo, &mut second), Ok(Fate::Echo));
        assert_eq!(back.treat(&echo, &mut second), Ok(Fate::SuspectEcho));
        let changed = SourceRecord { key: Some(b"other"), ..echo };
        assert_eq!(back.treat(&changed, &mut second), Ok(Fate::Ok));
        let own = |header: &SourceHeader<'_>| header.name == HEADER;
        assert_eq!(
            second.outgoing().next().unwrap().headers().filter(own).count(),
            1,
            "the old one is replaced"
        );
    }

    #[test]
    fn faults_follow_the_policy_and_fence_their_keys() {
        let mut batch = Batch::default();
        let bad = record(b"k", b"", &[]);
        let failed = treatment(Direction::NewToOld, OnError::Fail).treat(&bad, &mut batch);
        assert!(matches!(failed, Err(Refusal::Fault(_))) && batch.is_empty());
        let skipped = treatment(Direction::NewToOld, OnError::Skip).treat(&bad, &mut batch);
        assert_eq!((skipped, batch.outgoing().len()), (Ok(Fate::Skipped), 0));
        let mut queue = treatment(Direction::NewToOld, OnError::DeadLetter { topic: "dlq".to_owned() });
        assert_eq!(queue.treat(&bad, &mut batch), Ok(Fate::DeadLettered));
        assert_eq!(queue.treat(&record(b"k", b"good", &[]), &mut batch), Ok(Fate::DeadLettered));
        assert_eq!(queue.treat(&record(b"other", b"good", &[]), &mut batch), Ok(Fate::Ok));
        assert_eq!(queue.faults(), 1, "who only follows is no fault");
        queue.forget(0);
        assert_eq!(queue.treat(&record(b"k", b"good", &[]), &mut batch), Ok(Fate::Ok));
    }

    #[test]
    fn what_is_unframed_may_pass_as_it_is() {
        let mut batch = Batch::default();
        let treated =
            treatment(Direction::NewToOld, OnError::Fail).treat(&record(b"k", b"x1", &[]), &mut batch);
        let written = batch.outgoing().next().unwrap();
        assert_eq!((treated, written.key, written.value), (Ok(Fate::Ok), Some(&b"k"[..]), Some(&b"x1"[..])));
    }
}
