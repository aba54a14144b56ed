//! A partitioner for `rdkafka`'s producers that takes one.

use rdkafka::client::ClientContext;
use rdkafka::producer::{DeliveryResult, Partitioner, ProducerContext};

use super::partition::{KeyForm, partition};

/// Chooses the partition by what stands behind the key's prefix, with the hash of the Java client.
///
/// A key that does not have the prefix is hashed whole. A record without a key goes to any partition that is available;
/// `rdkafka` asks for those only when `sticky.partitioning.linger.ms` is 0.
///
/// ```
/// use rdkafka::producer::Partitioner;
/// use serde_client::kafka::{ByBusinessValue, KeyForm, partition};
///
/// let by_value = ByBusinessValue(KeyForm::Prefixed);
/// let chosen = by_value.partition("clicks", Some(&[0, 0, 0, 0, 1, b'k']), 12, |_| true);
/// assert_eq!(Some(chosen), partition(b"k", 12), "whatever the schema id");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ByBusinessValue(pub KeyForm);

impl Partitioner for ByBusinessValue {
    fn partition(
        &self,
        _topic: &str,
        key: Option<&[u8]>,
        partitions: i32,
        is_available: impl Fn(i32) -> bool,
    ) -> i32 {
        let Some(key) = key else {
            let start = fastrand::i32(0..partitions.max(1));
            let around = (start..partitions).chain(0..start);
            return around.into_iter().find(|partition| is_available(*partition)).unwrap_or(start);
        };
        partition(self.0.business_value(key).unwrap_or(key), partitions).unwrap_or_default()
    }
}

/// A context with [`ByBusinessValue`] for the `BaseProducer` and the `ThreadedProducer`. It logs what could not be
/// delivered.
///
/// The `FutureProducer` takes no partitioner: give its records a partition, see [`super::future_record`].
///
/// ```no_run
/// use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
/// use rdkafka::message::OwnedHeaders;
/// use rdkafka::producer::ThreadedProducer;
/// use serde_client::kafka::{BusinessValueContext, ByBusinessValue, KeyForm, Serialized, base_record};
///
/// let mut config = ClientConfig::new();
/// config.set("bootstrap.servers", "127.0.0.1:9092");
/// let context = BusinessValueContext::new(KeyForm::Prefixed);
/// let producer: ThreadedProducer<BusinessValueContext, ByBusinessValue> =
///     ThreadedProducer::from_config_and_context(&config, context)?;
/// let key = [0, 0, 0, 0, 1, b'k'];
/// let record = base_record("clicks", Serialized::prefixed(&key), Serialized::null(), OwnedHeaders::new());
/// producer.send(record).map_err(|(error, _)| error)?;
/// # Ok::<(), rdkafka::error::KafkaError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BusinessValueContext {
    partitioner: ByBusinessValue,
}

impl BusinessValueContext {
    /// A context for keys of one form.
    #[must_use]
    pub fn new(form: KeyForm) -> Self {
        Self { partitioner: ByBusinessValue(form) }
    }
}

impl ClientContext for BusinessValueContext {}

impl ProducerContext<ByBusinessValue> for BusinessValueContext {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _opaque: ()) {
        if let Err((error, message)) = result {
            tracing::error!(topic = rdkafka::Message::topic(message), "a record was not delivered: {error}");
        }
    }

    fn get_custom_partitioner(&self) -> Option<&ByBusinessValue> {
        Some(&self.partitioner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_where_they_are_under_another_id() {
        let partitioner = ByBusinessValue(KeyForm::Prefixed);
        let of = |key: &[u8]| partitioner.partition("t", Some(key), 12, |_| true);
        assert_eq!(of(&[0, 0, 0, 0, 1, b'k']), of(&[0, 0, 0, 0, 2, b'k']));
        assert_eq!(Some(of(b"plain key")), partition(b"plain key", 12));
    }

    #[test]
    fn a_record_without_a_key_goes_where_there_is_a_leader() {
        let partitioner = ByBusinessValue(KeyForm::Prefixed);
        for _ in 0..50 {
            assert_eq!(partitioner.partition("t", None, 12, |partition| partition == 5), 5);
        }
        let nobody = partitioner.partition("t", None, 12, |_| false);
        assert!((0..12).contains(&nobody));
    }
}
