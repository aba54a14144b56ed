//! The partition that a key belongs to. Pure; nothing is allocated.

use crate::framing::{self, FramingError};

/// The hash that the Java client chooses partitions by (MurmurHash2, 32 bits, with the seed of `Utils.murmur2`).
#[must_use]
pub fn murmur2(bytes: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const MULTIPLIER: u32 = 0x5bd1_e995;
    let (words, rest) = bytes.as_chunks();
    // The original counts in 32 bits too; a Kafka record is shorter.
    let length = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or_default();
    let mut hash = SEED ^ length;
    for word in words {
        let mut word = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        word ^= word >> 24;
        hash = hash.wrapping_mul(MULTIPLIER) ^ word.wrapping_mul(MULTIPLIER);
    }
    if !rest.is_empty() {
        for (at, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * at);
        }
        hash = hash.wrapping_mul(MULTIPLIER);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}

/// The partition of a key's bytes among `partitions`, as the Java client's default partitioner computes it; `None` when
/// there are no partitions.
///
/// ```
/// use serde_client::kafka::partition;
///
/// // A key of the application's own making does not depend on how the record's key is encoded.
/// assert_eq!(partition(b"customer-42", 12), partition(b"customer-42", 12));
/// assert_eq!(partition(b"customer-42", 0), None);
/// ```
#[must_use]
pub fn partition(bytes: &[u8], partitions: i32) -> Option<i32> {
    let count = u32::try_from(partitions).ok().filter(|count| *count > 0)?;
    // The sign bit is cut off, as `Utils.toPositive` does.
    i32::try_from((murmur2(bytes) & 0x7fff_ffff) % count).ok()
}

/// What stands in front of the value in a key's bytes.
///
/// ```
/// use serde_client::kafka::KeyForm;
///
/// let protobuf = [0, 0, 0, 0, 7, 0, b'k'];
/// assert_eq!(KeyForm::PrefixedWithMessageIndexes.business_value(&protobuf)?, b"k");
/// assert_eq!(KeyForm::Prefixed.business_value(&protobuf)?, b"\0k", "of Avro this would be the value");
/// assert_eq!(KeyForm::Bare.business_value(b"k")?, b"k");
/// # Ok::<(), serde_client::framing::FramingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// The schema's id or guid: Avro and JSON Schema.
    Prefixed,
    /// The schema's id or guid, then message indexes: Protobuf.
    PrefixedWithMessageIndexes,
    /// Nothing: the identity is in the header `__key_schema_id`, or the key has no schema.
    Bare,
}

impl KeyForm {
    /// The bytes of a key that do not change with its schema id.
    ///
    /// ```
    /// use serde_client::kafka::{KeyForm, partition};
    ///
    /// let (first, second) = ([0, 0, 0, 0, 7, b'k'], [0, 0, 0, 0, 8, b'k']);
    /// let value = KeyForm::Prefixed.business_value(&first)?;
    /// assert_eq!(value, b"k");
    /// assert_eq!(partition(value, 6), partition(KeyForm::Prefixed.business_value(&second)?, 6));
    /// # Ok::<(), serde_client::framing::FramingError>(())
    /// ```
    ///
    /// # Errors
    /// [`FramingError`] when the key does not begin with a prefix of this form.
    pub fn business_value(self, key: &[u8]) -> Result<&[u8], FramingError> {
        match self {
            Self::Bare => Ok(key),
            Self::Prefixed => Ok(framing::read(key, None)?.body.record()),
            Self::PrefixedWithMessageIndexes => Ok(framing::read(key, None)?.body.indexed_record()?.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of Kafka's own `UtilsTest`, and lengths around a word from its implementation.
    #[test]
    fn murmur2_is_that_of_the_java_client() {
        for (text, hash) in [
            ("21", -973_932_308_i32),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(text.as_bytes()), hash.cast_unsigned(), "{text}");
        }
    }

    #[test]
    fn a_partition_is_never_negative() {
        assert_eq!(
            partition(b"21", 7),
            i32::try_from((-973_932_308_i32).cast_unsigned() & 0x7fff_ffff).ok().map(|hash| hash % 7)
        );
        assert_eq!((partition(b"21", 1), partition(b"21", 0), partition(b"21", -1)), (Some(0), None, None));
    }

    #[test]
    fn a_new_schema_id_does_not_move_a_business_value() {
        let guid = [&[1][..], &[9; 16], b"key"].concat();
        for key in [&[0, 0, 0, 0, 1, b'k', b'e', b'y'][..], &[0, 0, 0, 1, 0, b'k', b'e', b'y'], &guid] {
            assert_eq!(KeyForm::Prefixed.business_value(key), Ok(&b"key"[..]));
        }
        let indexed = [0, 0, 0, 0, 1, 4, 2, 2, b'k', b'e', b'y'];
        assert_eq!(KeyForm::PrefixedWithMessageIndexes.business_value(&indexed), Ok(&b"key"[..]));
        assert_eq!(KeyForm::Bare.business_value(&indexed), Ok(&indexed[..]));
    }

    #[test]
    fn a_key_without_the_prefix_is_refused() {
        assert_eq!(KeyForm::Prefixed.business_value(b"key"), Err(FramingError::UnknownMagic(b'k')));
        let cut = [0, 0, 0, 0, 1, 4];
        assert!(matches!(
            KeyForm::PrefixedWithMessageIndexes.business_value(&cut),
            Err(FramingError::MessageIndexes(_))
        ));
    }
}
