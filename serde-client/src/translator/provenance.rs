//! Where a translated record came from: a header of thirty bytes, and what it says about loops.
//!
//! | bytes | content |
//! |---|---|
//! | 1 | format, 1 |
//! | 8 | migration: hash of its name |
//! | 1 | direction: 0 new to old, 1 old to new |
//! | 4 | partition of the source |
//! | 8 | offset in the source |
//! | 8 | hash of the key and value that were written |
//!
//! Numbers are big-endian.

use super::hash::{payload_hash, xxh64};
use super::migration::Direction;
use super::translation::SourceRecord;

/// The name of the header.
pub const HEADER: &str = "srt";

/// Readable companions of [`HEADER`]: the migration's name.
pub const MIGRATION_HEADER: &str = "srt-migration";

/// Readable companions of [`HEADER`]: topic, partition and offset, with slashes between.
pub const ORIGIN_HEADER: &str = "srt-origin";

const FORMAT: u8 = 1;
const LENGTH: usize = 30;

/// Tells migrations apart in records: a hash of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MigrationId(pub u64);

impl MigrationId {
    /// The id of a migration's name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(xxh64(name.as_bytes(), 0))
    }
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The migration that translated it.
    pub migration: MigrationId,
    /// The direction in which it was translated.
    pub direction: Direction,
    /// The partition that it was read from.
    pub partition: i32,
    /// The offset that it was read from.
    pub offset: i64,
    /// The hash of the key and value that were written, see [`payload_hash`].
    pub payload: u64,
}

impl Origin {
    /// The value of the header.
    #[must_use]
    pub fn encode(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[0] = FORMAT;
        bytes[1..9].copy_from_slice(&self.migration.0.to_be_bytes());
        bytes[9] = match self.direction {
            Direction::NewToOld => 0,
            Direction::OldToNew => 1,
        };
        bytes[10..14].copy_from_slice(&self.partition.to_be_bytes());
        bytes[14..22].copy_from_slice(&self.offset.to_be_bytes());
        bytes[22..].copy_from_slice(&self.payload.to_be_bytes());
        bytes
    }

    /// Reads the value of a header; `None` when it is not one of this format.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
        let (format, rest) = bytes.split_first()?;
        let (migration, rest) = rest.split_first_chunk()?;
        let (direction, rest) = rest.split_first()?;
        let (partition, rest) = rest.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let direction = match direction {
            0 => Direction::NewToOld,
            1 => Direction::OldToNew,
            _ => return None,
        };
        (*format == FORMAT).then_some(Self {
            migration: MigrationId(u64::from_be_bytes(*migration)),
            direction,
            partition: i32::from_be_bytes(*partition),
            offset: i64::from_be_bytes(*offset),
            payload: u64::from_be_bytes(rest.try_into().ok()?),
        })
    }

    /// What the last header of a record says that names this migration. Headers of other migrations may stand beside it
    /// where migrations follow one another.
    #[must_use]
    pub fn of(record: &SourceRecord<'_>, migration: MigrationId) -> Option<Self> {
        let own = record.headers.iter().rev().filter(|header| header.name == HEADER);
        own.filter_map(|header| Self::decode(header.value?)).find(|origin| origin.migration == migration)
    }

    /// The origin of a record that a direction of this migration has written; `None` for one of anybody else, also of a
    /// service that has read a translated record and written another one with the same headers.
    #[must_use]
    pub fn of_translated(
        record: &SourceRecord<'_>,
        migration: MigrationId,
        direction: Direction,
    ) -> Option<Self> {
        Self::of(record, migration).filter(|origin| {
            origin.direction == direction && origin.payload == payload_hash(record.key, record.value)
        })
    }
}

/// What a record is to a direction that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// A producer's own, to be translated: also one that was changed on the way and kept its headers.
    Native,
    /// Written by the other direction of this migration: it would come back as itself.
    OwnEcho(Origin),
    /// The same bytes again, later than they were translated: a service republished them, or a translator repeated them.
    SuspectEcho(Origin),
}

/// Decides whether a record that `reading` reads is an echo. `newest` is the greatest origin offset that was met before on
/// this partition from the partition that the record names.
#[must_use]
pub fn sighting(
    record: &SourceRecord<'_>,
    migration: MigrationId,
    reading: Direction,
    newest: impl FnOnce(i32) -> Option<i64>,
) -> Sighting {
    // The topic that this direction reads is the target of the other one.
    let Some(origin) = Origin::of_translated(record, migration, reading.reverse()) else {
        return Sighting::Native;
    };
    if newest(origin.partition).is_some_and(|newest| origin.offset <= newest) {
        return Sighting::SuspectEcho(origin);
    }
    Sighting::OwnEcho(origin)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::translator::translation::SourceHeader;

    const MINE: MigrationId = MigrationId(7);

    fn origin(direction: Direction) -> Origin {
        Origin {
            migration: MINE,
            direction,
            partition: 3,
            offset: 41,
            payload: payload_hash(Some(b"k"), Some(b"v")),
        }
    }

    fn seen(headers: &[&[u8]], value: &[u8], newest: Option<i64>) -> Sighting {
        let headers: Vec<SourceHeader<'_>> =
            headers.iter().map(|value| SourceHeader { name: HEADER, value: Some(value) }).collect();
        let record = SourceRecord {
            key: Some(b"k"),
            value: Some(value),
            headers: &headers,
            timestamp: None,
            partition: 3,
            offset: 9,
        };
        sighting(&record, MINE, Direction::NewToOld, |_| newest)
    }

    #[test]
    fn an_echo_is_what_the_other_direction_wrote_and_nobody_changed() {
        let echo = origin(Direction::OldToNew);
        let bytes = echo.encode();
        assert_eq!(seen(&[&bytes], b"v", None), Sighting::OwnEcho(echo));
        assert_eq!(seen(&[&bytes], b"v", Some(40)), Sighting::OwnEcho(echo));
        assert_eq!(seen(&[&bytes], b"v", Some(41)), Sighting::SuspectEcho(echo));
        assert_eq!(seen(&[&bytes], b"changed", None), Sighting::Native);
        assert_eq!(seen(&[], b"v", None), Sighting::Native);
    }

    #[test]
    fn headers_of_the_same_direction_and_of_other_migrations_are_no_echoes() {
        let copied = origin(Direction::NewToOld).encode();
        assert_eq!(seen(&[&copied], b"v", None), Sighting::Native);
        let echo = origin(Direction::OldToNew);
        let foreign = Origin { migration: MigrationId(8), ..echo };
        assert_eq!(seen(&[&foreign.encode()], b"v", None), Sighting::Native);
        assert_eq!(seen(&[&echo.encode(), &foreign.encode()], b"v", None), Sighting::OwnEcho(echo));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(migration: u64, old_to_new: bool, partition: i32, offset: i64, payload: u64) {
            let direction = if old_to_new { Direction::OldToNew } else { Direction::NewToOld };
            let origin = Origin { migration: MigrationId(migration), direction, partition, offset, payload };
            prop_assert_eq!(Origin::decode(&origin.encode()), Some(origin));
        }

        #[test]
        fn whatever_the_header_holds_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(origin) = Origin::decode(&bytes) {
                prop_assert_eq!(&origin.encode()[..], &bytes[..]);
            }
        }
    }
}
