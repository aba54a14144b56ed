//! The producer of a worker. It is served by the worker's own thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{
    BaseProducer, BaseRecord, DeliveryResult, NoCustomPartitioner, Producer, ProducerContext, PurgeConfig,
};
use rdkafka::types::RDKafkaErrorCode;

use super::super::cluster::{ClusterError, OwnedRecord, log};
use super::super::migration::{Delivery, Direction, Migration, OnError};
use super::super::translation::SourceHeader;
use super::batch::{Batch, Destination, Outgoing};
use super::commit_note::Sink;
use super::consumer::member;
use super::ledger::Delivered;
use super::options::Options;

/// One wait for the broker. The client's own waits are longer: it comes back from a poll only when its time is over.
const TICK: Duration = Duration::from_millis(1);

/// How long the broker waits for the end of a transaction before it aborts it.
const TRANSACTION_TIMEOUT_MS: &str = "15000";

/// Of a producer with transactions: when connections are closed that nothing uses, well within the time of a transaction.
///
/// librdkafka (2.12.1; its issues 5511 and 5456) can wait for ever for a group coordinator that has left the cluster, in
/// `send_offsets_to_transaction`, whatever time-out it is given. It looks again whenever a connection opens or closes, and
/// while it waits there this makes one close.
const CONNECTION_IDLE_MS: &str = "5000";

/// What became of a record that was sent.
pub(crate) struct Report {
    /// As it was given to [`Outlet::send`].
    pub(crate) number: usize,
    /// Its offset, or why it has none.
    pub(crate) result: Result<i64, RDKafkaErrorCode>,
}

#[derive(Default)]
pub(crate) struct Reports {
    all: Mutex<Vec<Report>>,
    has_lost_touch: AtomicBool,
}

impl Reports {
    fn lock(&self) -> MutexGuard<'_, Vec<Report>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!("{error}: {reason}");
        self.has_lost_touch.store(true, Ordering::Relaxed);
    }
}

impl ProducerContext<NoCustomPartitioner> for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let result = match result {
            Ok(message) => Ok(message.offset()),
            Err((error, _)) => Err(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail)),
        };
        self.lock().push(Report { number, result });
    }
}

/// See the module.
pub(crate) struct Outlet {
    producer: BaseProducer<Reports>,
    target: String,
    dead_letters: Option<(String, i32)>,
}

impl Outlet {
    /// A producer of a direction for worker `number`. `dead_letter_partitions` is how many the queue has.
    pub(crate) fn open(
        options: &Options,
        migration: &Migration,
        direction: Direction,
        number: usize,
        dead_letter_partitions: Option<i32>,
    ) -> Result<Self, ClusterError> {
        let member = member(options, migration, direction, number);
        let mut config = options.connection.config(&[]);
        config.set("client.id", &member);
        config.set("queue.buffering.max.kbytes", (options.share().writing >> 10).max(1).to_string());
        for (name, value) in [
            ("enable.idempotence", "true"),
            ("acks", "all"),
            ("linger.ms", "2"),
            ("reconnect.backoff.max.ms", "1000"),
            // Only the topic knows how large a record may be.
            ("message.max.bytes", "1000000000"),
        ] {
            config.set(name, value);
        }
        match migration.delivery {
            Delivery::ExactlyOnce => {
                config.set("transactional.id", &member).set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS);
                config.set("connections.max.idle.ms", CONNECTION_IDLE_MS);
            }
            // A record that was given up would leave a hole; the broker may be away as long as it likes.
            Delivery::AtLeastOnce => {
                config.set("message.timeout.ms", "0");
            }
        }
        for (name, value) in options.connection.properties.iter().chain(&options.producer_properties) {
            config.set(name, value);
        }
        let producer = config.create_with_context(Reports::default());
        let producer: BaseProducer<Reports> = producer.map_err(|error| ClusterError::client(&error))?;
        let dead_letters = match &migration.errors.on_error {
            OnError::DeadLetter { topic } => {
                dead_letter_partitions.map(|partitions| (topic.clone(), partitions.max(1)))
            }
            OnError::Fail | OnError::Skip => None,
        };
        Ok(Self { producer, target: migration.target(direction).topic.clone(), dead_letters })
    }

    /// Hands a record to the client; `Ok(false)` when its memory is full just now.
    pub(crate) fn send(&self, record: &Outgoing<'_>, number: usize) -> Result<bool, KafkaError> {
        let (topic, partition) = match (self.sink(record), &self.dead_letters) {
            (Sink::DeadLetters(partition), Some((topic, _))) => (topic.as_str(), partition),
            (Sink::Target(partition) | Sink::DeadLetters(partition), _) => (self.target.as_str(), partition),
        };
        let headers = owned(record.headers());
        let sent = BaseRecord::<[u8], [u8], usize> {
            topic,
            partition: Some(partition),
            payload: record.value,
            key: record.key,
            timestamp: record.place.timestamp,
            headers,
            delivery_opaque: number,
        };
        match self.producer.send(sent) {
            Ok(()) => Ok(true),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => Ok(false),
            Err((error, _)) => Err(error),
        }
    }

    fn sink(&self, record: &Outgoing<'_>) -> Sink {
        match (record.destination, &self.dead_letters) {
            (Destination::Target(partition), _) => Sink::Target(partition),
            (Destination::DeadLetters, Some((_, partitions))) => {
                Sink::of_letters(record.place.partition, *partitions)
            }
            (Destination::DeadLetters, None) => Sink::Target(record.place.partition),
        }
    }

    /// Where the records of a batch stand that was flushed. Takes the reports.
    pub(crate) fn delivered(&self, batch: &Batch) -> Vec<Delivered> {
        let mut offsets = vec![None; batch.outgoing().len()];
        for report in self.reports() {
            if let (Some(offset), Ok(told @ 0..)) = (offsets.get_mut(report.number), report.result) {
                *offset = Some(told);
            }
        }
        let delivered = |(record, offset): (Outgoing<'_>, Option<i64>)| Delivered {
            partition: record.place.partition,
            sink: self.sink(&record),
            offset,
        };
        batch.outgoing().zip(offsets).map(delivered).collect()
    }

    /// Whether a broker was out of reach since the last call.
    pub(crate) fn has_lost_touch(&self) -> bool {
        self.serve();
        self.producer.context().has_lost_touch.swap(false, Ordering::Relaxed)
    }

    /// Hands a record to the client that is in a topic already.
    pub(crate) fn repeat(&self, topic: &str, record: &OwnedRecord, number: usize) -> Result<(), KafkaError> {
        let sent = BaseRecord::<[u8], [u8], usize> {
            topic,
            partition: Some(record.partition),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp,
            headers: owned(record.source_headers().into_iter()),
            delivery_opaque: number,
        };
        self.producer.send(sent).map_err(|(error, _)| error)
    }

    /// Lets the client report, without waiting.
    pub(crate) fn serve(&self) {
        let mut before = self.reported();
        loop {
            self.producer.poll(Duration::ZERO);
            let now = self.reported();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// The same, and gives the broker a moment.
    pub(crate) fn wait(&self) {
        self.producer.poll(TICK);
        self.serve();
    }

    /// Waits until everything is with the broker. `false` when the time is over or something was refused.
    pub(crate) fn flush(&self, until: Instant) -> bool {
        self.serve();
        while self.producer.in_flight_count() > 0 {
            if Instant::now() >= until || self.has_failure() {
                return false;
            }
            self.wait();
        }
        !self.has_failure()
    }

    /// What became of records since the last call.
    pub(crate) fn reports(&self) -> Vec<Report> {
        std::mem::take(&mut *self.producer.context().lock())
    }

    fn reported(&self) -> usize {
        self.producer.context().lock().len()
    }

    fn has_failure(&self) -> bool {
        self.producer.context().lock().iter().any(|report| report.result.is_err())
    }

    /// Gives up what is not on its way to the broker.
    pub(crate) fn purge(&self) {
        self.producer.purge(PurgeConfig::default().queue());
        self.serve();
    }

    /// For transactions.
    pub(crate) fn client(&self) -> &BaseProducer<Reports> {
        &self.producer
    }

    /// Where it writes: the target and, where there is one, the dead-letter queue.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &str> {
        let letters = self.dead_letters.as_ref().map(|(topic, _)| topic.as_str());
        std::iter::once(self.target()).chain(letters)
    }

    /// The topic that a refused record was for cannot be told from its report: the target, as a rule.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }
}

fn owned<'h>(headers: impl ExactSizeIterator<Item = SourceHeader<'h>>) -> Option<OwnedHeaders> {
    let all = OwnedHeaders::new_with_capacity(headers.len());
    (headers.len() > 0).then(|| {
        headers.fold(all, |all, header| all.insert(Header { key: header.name, value: header.value }))
    })
}
