//! Whether a new schema of a key moves the topic's keys to other partitions.

use std::fmt;

use crate::framing::SchemaIdentity;
use crate::kafka::KeyForm;

/// Which bytes of a key a producer chooses the partition by.
///
/// ```
/// use serde_client::framing::SchemaIdentity::Id;
/// use serde_client::kafka::{KeyForm, KeyHash};
///
/// let moves = |hash: KeyHash| hash.moved_keys("orders", &[Id(7)], Id(8)).is_some();
/// assert!(moves(KeyHash::WholeKey(KeyForm::Prefixed)));
/// assert!(!moves(KeyHash::WholeKey(KeyForm::Bare)), "the id is in a header, which nobody hashes");
/// assert!(!moves(KeyHash::BusinessValue));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyHash {
    /// All of them: what every client does unless told otherwise.
    WholeKey(KeyForm),
    /// Those behind the prefix, or bytes of the application's own.
    BusinessValue,
}

impl KeyHash {
    /// Says whether keys that were written with the schemas of `used` land in other partitions once `next` is written,
    /// because the identity of the schema is part of what is hashed. Logs a warning if so.
    ///
    /// Ask once per topic, when its key serializer is prepared. `used` are the identities that the topic's keys were
    /// written with so far: those of the subject's earlier versions will do.
    ///
    /// ```
    /// use serde_client::framing::SchemaIdentity::Id;
    /// use serde_client::kafka::{KeyForm, KeyHash};
    ///
    /// let hash = KeyHash::WholeKey(KeyForm::Prefixed);
    /// assert!(hash.moved_keys("orders", &[Id(7)], Id(7)).is_none());
    /// let moved = hash.moved_keys("orders", &[Id(7)], Id(8)).expect("another id is hashed");
    /// assert!(moved.to_string().contains("other partitions"));
    /// assert!(KeyHash::BusinessValue.moved_keys("orders", &[Id(7)], Id(8)).is_none());
    /// ```
    #[must_use]
    pub fn moved_keys(self, topic: &str, used: &[SchemaIdentity], next: SchemaIdentity) -> Option<MovedKeys> {
        let (Self::BusinessValue | Self::WholeKey(KeyForm::Bare)) = self else {
            let moved: Vec<SchemaIdentity> =
                used.iter().copied().filter(|identity| *identity != next).collect();
            if moved.is_empty() {
                return None;
            }
            let moved = MovedKeys { topic: topic.to_owned(), used: moved, next };
            tracing::warn!(topic, "{moved}");
            return Some(moved);
        };
        None
    }
}

/// Keys of a topic land in other partitions than before.
///
/// ```
/// use serde_client::framing::SchemaIdentity::Id;
/// use serde_client::kafka::{KeyForm, KeyHash};
///
/// let hash = KeyHash::WholeKey(KeyForm::Prefixed);
/// // Before the producer starts: what was written under these ids is elsewhere.
/// let moved = hash.moved_keys("orders", &[Id(7), Id(8)], Id(8)).expect("another id");
/// assert_eq!((moved.used, moved.next), (vec![Id(7)], Id(8)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedKeys {
    /// The topic.
    pub topic: String,
    /// The earlier identities that differ from the next one.
    pub used: Vec<SchemaIdentity>,
    /// The identity that keys are written with from now on.
    pub next: SchemaIdentity,
}

impl fmt::Display for MovedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "keys of topic `{}` move to other partitions: they were written with ",
            self.topic
        )?;
        for (at, identity) in self.used.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            write!(formatter, "{separator}{}", Named(*identity))?;
        }
        write!(
            formatter,
            " and now with {}, which is part of the bytes that are hashed; write the identity into the header, or \
             partition by the business value",
            Named(self.next)
        )
    }
}

/// An identity in a sentence.
struct Named(SchemaIdentity);

impl fmt::Display for Named {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            SchemaIdentity::Id(id) => write!(formatter, "schema id {id}"),
            SchemaIdentity::Guid(guid) => write!(formatter, "guid {guid}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use schema::model::ids::Guid;

    use super::*;
    use crate::framing::SchemaIdentity::Id;
    use crate::kafka::partition;

    const PREFIXED: KeyHash = KeyHash::WholeKey(KeyForm::Prefixed);

    #[test]
    fn another_id_in_the_hashed_bytes_moves_keys() {
        let moved = PREFIXED.moved_keys("orders", &[Id(1), Id(2), Id(3)], Id(2)).unwrap();
        assert_eq!((moved.used.as_slice(), moved.next), (&[Id(1), Id(3)][..], Id(2)));
        assert_eq!(
            moved.to_string(),
            "keys of topic `orders` move to other partitions: they were written with schema id 1, schema id 3 and now \
             with schema id 2, which is part of the bytes that are hashed; write the identity into the header, or \
             partition by the business value"
        );
        // The claim itself: the same key with the two ids.
        assert_ne!(partition(&[0, 0, 0, 0, 1, b'k'], 12), partition(&[0, 0, 0, 0, 2, b'k'], 12));
    }

    #[test]
    fn the_guid_of_a_schema_is_other_bytes_than_its_id() {
        assert!(PREFIXED.moved_keys("orders", &[Id(1)], SchemaIdentity::Guid(Guid([0; 16]))).is_some());
    }

    #[test]
    fn nothing_moves_where_the_identity_is_the_same_or_not_hashed() {
        assert_eq!(PREFIXED.moved_keys("orders", &[Id(1), Id(1)], Id(1)), None);
        assert_eq!(PREFIXED.moved_keys("orders", &[], Id(1)), None);
        assert_eq!(KeyHash::BusinessValue.moved_keys("orders", &[Id(1)], Id(2)), None);
        assert_eq!(KeyHash::WholeKey(KeyForm::Bare).moved_keys("orders", &[Id(1)], Id(2)), None);
    }
}
