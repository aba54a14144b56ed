//! What producers and consumers of Kafka need around serialized keys and values.
//!
//! # Partitions and schema ids
//!
//! A producer chooses a partition by the hash of a key's bytes. In the prefix form those bytes begin with the schema
//! id, so **the same key lands in another partition as soon as its schema gets a new id**: a consumer then sees the
//! records of one key out of order, compaction keeps two of them, and joins miss. There are three ways out:
//!
//! 1. The header form: the key's bytes hold the value alone.
//! 2. A partitioner that hashes the value behind the prefix, [`KeyForm::business_value`] and [`partition`].
//! 3. A key schema that never changes.
//!
//! [`KeyHash::moved_keys`] says (and warns) when none of them is taken. None of them helps when the evolution changes
//! the encoded value itself, as a new field of an Avro key does; then hash a string of your own with [`partition`].
//!
//! # Partitioners of other clients
//!
//! [`partition`] equals the default of the Java client. Producers of librdkafka, so those of `rdkafka` too, use another
//! hash unless their setting `partitioner` is `murmur2_random`. Two producers of one topic should agree.
//!
//! The parts that name `rdkafka` are behind the feature `kafka`.

mod key_evolution;
mod partition;

#[cfg(feature = "kafka")]
mod headers;
#[cfg(feature = "kafka")]
mod producer;
#[cfg(feature = "kafka")]
mod record;

pub use key_evolution::{KeyHash, MovedKeys};
pub use partition::{KeyForm, murmur2, partition};

#[cfg(feature = "kafka")]
pub use headers::{key_header, value_header, with_key_header, with_value_header};
#[cfg(feature = "kafka")]
pub use producer::{BusinessValueContext, ByBusinessValue};
#[cfg(feature = "kafka")]
pub use record::{Serialized, base_record, future_record};
