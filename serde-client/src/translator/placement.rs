//! The partition of the target in which a record belongs. Pure: a record that is translated again goes to the same one.
//!
//! What has no bytes to hash (records without a key; with `field`, values that are null and records that are passed on
//! unread) keeps the number of its partition, modulo the partitions of the target. Native producers spread such records at
//! random, so nobody can expect them anywhere, and those of one source partition stay in their order.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::migration::PartitionHash;
use super::partitioner::partition_of;
use super::translation::{TargetPart, TargetRecord};
use crate::framing::{GUID_PREFIX_LENGTH, ID_PREFIX_LENGTH, Prefix, SchemaIdentity};

/// How partitions are chosen, with everything that the choice depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Placement {
    /// The number of the source's partition.
    Preserve,
    /// A partitioner's choice for the target's key.
    Rehash {
        /// The partitioner; never [`PartitionHash::Detect`].
        hash: PartitionHash,
        /// The schema id in the bytes that are hashed; `None` hashes what is written.
        key_schema_id: Option<u32>,
        /// Partitions of the target.
        partitions: i32,
    },
    /// What the Java client chooses for a key that is the text of a value.
    Field {
        /// Path of the value in the source.
        path: String,
        /// Partitions of the target.
        partitions: i32,
    },
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preserve => f.write_str("the partition of their source"),
            Self::Rehash { hash, key_schema_id: None, partitions } => {
                write!(f, "{hash} of their keys over {partitions} partitions")
            }
            Self::Rehash { hash, key_schema_id: Some(id), partitions } => {
                write!(f, "{hash} of their keys with schema id {id} over {partitions} partitions")
            }
            Self::Field { path, partitions } => write!(f, "`{path}` over {partitions} partitions"),
        }
    }
}

impl Placement {
    /// The partitions of the target that it counts on; `None` where the source's numbers are kept.
    #[must_use]
    pub fn partitions(&self) -> Option<i32> {
        match self {
            Self::Preserve => None,
            Self::Rehash { partitions, .. } | Self::Field { partitions, .. } => Some(*partitions),
        }
    }

    /// The partition of a translated record from partition `source`. `scratch` is used again from record to record.
    #[must_use]
    pub fn of(&self, source: i32, target: &TargetRecord, scratch: &mut Vec<u8>) -> i32 {
        match self {
            Self::Preserve => source,
            Self::Rehash { hash, key_schema_id, partitions } => {
                let key = match key_schema_id {
                    _ if !target.key.present => None,
                    None => Some(target.key.bytes.as_slice()),
                    Some(id) => Some(with_id(&target.key, *id, scratch)),
                };
                chosen(*hash, key, source, *partitions)
            }
            Self::Field { partitions, .. } => {
                chosen(PartitionHash::Murmur2, target.field.payload(), source, *partitions)
            }
        }
    }

    /// The partition of a record that is passed on as it is.
    #[must_use]
    pub fn of_unread(&self, source: i32, key: Option<&[u8]>) -> i32 {
        match self {
            Self::Preserve => source,
            Self::Rehash { hash, partitions, .. } => chosen(*hash, key, source, *partitions),
            Self::Field { partitions, .. } => chosen(PartitionHash::Murmur2, None, source, *partitions),
        }
    }
}

fn chosen(hash: PartitionHash, bytes: Option<&[u8]>, source: i32, partitions: i32) -> i32 {
    let hashed = bytes.and_then(|bytes| partition_of(hash, bytes, partitions));
    hashed.unwrap_or_else(|| source.checked_rem(partitions).unwrap_or(source))
}

/// The key as a producer writes it that puts this schema id in front.
fn with_id<'s>(key: &TargetPart, id: u32, scratch: &'s mut Vec<u8>) -> &'s [u8] {
    let in_header = !key.identity_header.is_empty();
    let framed = if in_header { &key.identity_header } else { &key.bytes };
    // The first byte of a prefix says which of the two it is. Message indexes may follow it.
    let length = if framed.first() == Some(&0) { ID_PREFIX_LENGTH } else { GUID_PREFIX_LENGTH };
    scratch.clear();
    scratch.extend_from_slice(Prefix::of(SchemaIdentity::Id(id.cast_signed())).as_bytes());
    scratch.extend_from_slice(framed.get(length..).unwrap_or_default());
    if in_header {
        scratch.extend_from_slice(&key.bytes);
    }
    scratch
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: i32 = 6;

    fn record(key: Option<(&[u8], &[u8])>, field: Option<&str>) -> TargetRecord {
        let mut record = TargetRecord::default();
        if let Some((header, bytes)) = key {
            record.key =
                TargetPart { present: true, bytes: bytes.to_vec(), identity_header: header.to_vec() };
        }
        if let Some(text) = field {
            record.field = TargetPart { present: true, bytes: text.into(), ..TargetPart::default() };
        }
        record
    }

    fn rehash(key_schema_id: Option<u32>) -> Placement {
        Placement::Rehash { hash: PartitionHash::Murmur2, key_schema_id, partitions: COUNT }
    }

    fn of(placement: &Placement, record: &TargetRecord) -> i32 {
        placement.of(9, record, &mut Vec::new())
    }

    #[test]
    fn the_bytes_with_the_old_id_are_hashed_in_whatever_form_the_key_is_written() {
        let old = [0, 0, 0, 0, 41, b'k'];
        let wanted = partition_of(PartitionHash::Murmur2, &old, COUNT).unwrap();
        let guid = [&[1][..], &[7; 16]].concat();
        let new = [0, 0, 0, 0, 57, b'k'];
        for key in
            [(&b""[..], &new[..]), (&new[..5], b"k"), (&guid, b"k"), (b"", &[&guid[..], b"k"].concat())]
        {
            assert_eq!(of(&rehash(Some(41)), &record(Some(key), None)), wanted, "{key:?}");
        }
        let written = partition_of(PartitionHash::Murmur2, &new, COUNT).unwrap();
        assert_ne!(written, wanted, "the id matters");
        assert_eq!(of(&rehash(None), &record(Some((b"", &new)), None)), written);
    }

    #[test]
    fn what_has_nothing_to_hash_keeps_its_number_modulo_the_count() {
        let field = Placement::Field { path: "$.a".to_owned(), partitions: COUNT };
        for placement in [&rehash(None), &rehash(Some(1)), &field] {
            assert_eq!(of(placement, &record(None, None)), 3);
        }
        assert_eq!(field.of_unread(9, Some(b"k")), 3);
        assert_eq!(Placement::Preserve.of_unread(9, Some(b"k")), 9);
    }

    #[test]
    fn a_field_goes_where_the_java_client_puts_a_key_of_its_text() {
        let field = Placement::Field { path: "$.a".to_owned(), partitions: COUNT };
        let wanted = partition_of(PartitionHash::Murmur2, b"customer 7", COUNT).unwrap();
        assert_eq!(of(&field, &record(Some((b"", b"any")), Some("customer 7"))), wanted);
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        for placement in [Placement::Preserve, rehash(Some(41)), rehash(None)] {
            let text = serde_json::to_string(&placement).unwrap();
            assert_eq!(serde_json::from_str::<Placement>(&text).unwrap(), placement, "{text}");
        }
    }
}
