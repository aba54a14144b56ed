//! Translated records that wait to be written together.
//!
//! Their bytes lie in one buffer that is used again, so a record costs no allocation of its own.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::super::translation::{SourceHeader, SourceRecord};

/// When a batch is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// Records that were read.
    pub records: usize,
    /// Bytes that will be written.
    pub bytes: usize,
    /// From when its first record could be read until it is committed; a batch is complete earlier by the time that its
    /// write takes.
    pub age: Duration,
}

impl Default for BatchLimits {
    /// Ten thousand records, 8 MiB, 100 ms.
    fn default() -> Self {
        Self { records: 10_000, bytes: 8 << 20, age: Duration::from_millis(100) }
    }
}

/// What became of a record; the `result` of the metric `srt_records_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Translated.
    Ok,
    /// Written to the dead-letter queue.
    DeadLettered,
    /// Left out by the error policy.
    Skipped,
    /// Left out because the other direction had written it.
    Echo,
    /// The same, met again.
    SuspectEcho,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ok, Self::DeadLettered, Self::Skipped, Self::Echo, Self::SuspectEcho];

    /// As metrics spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::DeadLettered => "dlq",
            Self::Skipped => "skip",
            Self::Echo => "echo",
            Self::SuspectEcho => "suspect_echo",
        }
    }
}

/// Where a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// This partition of the target.
    Target(i32),
    DeadLetters,
}

/// Where a record stood in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp: Option<i64>,
}

impl Place {
    pub(crate) fn of(record: &SourceRecord<'_>) -> Self {
        Self { partition: record.partition, offset: record.offset, timestamp: record.timestamp }
    }
}

/// A record of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) destination: Destination,
    pub(crate) place: Place,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    batch: &'a Batch,
    headers: (usize, usize),
}

impl<'a> Outgoing<'a> {
    /// The headers in their order.
    pub(crate) fn headers(&self) -> impl ExactSizeIterator<Item = SourceHeader<'a>> {
        let batch = self.batch;
        let spans = batch.headers.get(self.headers.0..self.headers.1).unwrap_or_default();
        spans.iter().map(move |(name, value)| SourceHeader {
            name: std::str::from_utf8(batch.slice(name)).unwrap_or_default(),
            value: value.as_ref().map(|value| batch.slice(value)),
        })
    }
}

#[derive(Clone, Debug)]
struct Entry {
    destination: Destination,
    place: Place,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers: (usize, usize),
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    headers: Vec<(Range<usize>, Option<Range<usize>>)>,
    entries: Vec<Entry>,
    /// By partition: from the first record that was read to behind the last one.
    offsets: BTreeMap<i32, Range<i64>>,
    fates: BTreeMap<(i32, Fate), u64>,
    read: usize,
}

impl Batch {
    /// Notes that a record was read and what became of it; one that is written is pushed besides.
    pub(crate) fn read(&mut self, place: &Place, fate: Fate) {
        let behind = place.offset + 1;
        self.offsets.entry(place.partition).or_insert(place.offset..behind).end = behind;
        *self.fates.entry((place.partition, fate)).or_default() += 1;
        self.read += 1;
    }

    /// Adds a record to be written. Its headers follow by [`Self::header`].
    pub(crate) fn push(
        &mut self,
        destination: Destination,
        place: Place,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) {
        let key = key.map(|key| self.keep(key));
        let value = value.map(|value| self.keep(value));
        let end = self.headers.len();
        self.entries.push(Entry { destination, place, key, value, headers: (end, end) });
    }

    /// Adds a header to the record that was pushed last.
    pub(crate) fn header(&mut self, name: &str, value: Option<&[u8]>) {
        let name = self.keep(name.as_bytes());
        let value = value.map(|value| self.keep(value));
        self.headers.push((name, value));
        if let Some(last) = self.entries.last_mut() {
            last.headers.1 = self.headers.len();
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// The records to be written, in the order in which they were read.
    pub(crate) fn outgoing(&self) -> impl ExactSizeIterator<Item = Outgoing<'_>> + DoubleEndedIterator {
        self.entries.iter().map(|entry| Outgoing {
            destination: entry.destination,
            place: entry.place,
            key: entry.key.as_ref().map(|key| self.slice(key)),
            value: entry.value.as_ref().map(|value| self.slice(value)),
            batch: self,
            headers: entry.headers,
        })
    }

    /// By partition: the offset from which to go on once this batch is written.
    pub(crate) fn positions(&self) -> impl Iterator<Item = (i32, i64)> {
        self.offsets.iter().map(|(partition, offsets)| (*partition, offsets.end))
    }

    /// By partition: the first record that was read.
    pub(crate) fn begins(&self) -> impl Iterator<Item = (i32, i64)> {
        self.offsets.iter().map(|(partition, offsets)| (*partition, offsets.start))
    }

    /// How many records had which fate.
    pub(crate) fn fates(&self) -> impl Iterator<Item = (i32, Fate, u64)> {
        self.fates.iter().map(|((partition, fate), count)| (*partition, *fate, *count))
    }

    /// Forgets what came from a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.entries.retain(|entry| entry.place.partition != partition);
        self.offsets.remove(&partition);
        let gone: u64 = Fate::ALL.iter().filter_map(|fate| self.fates.remove(&(partition, *fate))).sum();
        self.read = self.read.saturating_sub(usize::try_from(gone).unwrap_or(usize::MAX));
    }

    /// Drops the first records, which are written. Their bytes stay until the batch is cleared.
    pub(crate) fn sent(&mut self, count: usize) {
        self.entries.drain(..count.min(self.entries.len()));
    }

    /// Whether nothing was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// Records that were read.
    pub(crate) fn records(&self) -> usize {
        self.read
    }

    /// Bytes of keys, values and headers.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds as much as it may.
    pub(crate) fn is_full(&self, limits: &BatchLimits) -> bool {
        self.read >= limits.records || self.bytes.len() >= limits.bytes
    }

    /// Empties it and keeps the memory, up to what a full batch takes.
    pub(crate) fn clear(&mut self, limits: &BatchLimits) {
        self.bytes.clear();
        self.bytes.shrink_to(limits.bytes);
        self.headers.clear();
        self.entries.clear();
        self.entries.shrink_to(limits.records);
        self.offsets.clear();
        self.fates.clear();
        self.read = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(partition: i32, offset: i64) -> Place {
        Place { partition, offset, timestamp: Some(5) }
    }

    fn filled() -> Batch {
        let mut batch = Batch::default();
        batch.push(Destination::Target(0), place(0, 10), Some(b"k"), None);
        batch.header("one", Some(b"1"));
        batch.header("two", None);
        batch.read(&place(0, 10), Fate::Ok);
        batch.read(&place(1, 4), Fate::Echo);
        batch.push(Destination::DeadLetters, place(1, 5), None, Some(b""));
        batch.read(&place(1, 5), Fate::DeadLettered);
        batch
    }

    #[test]
    fn what_is_pushed_comes_out_in_its_order() {
        let batch = filled();
        let records: Vec<Outgoing<'_>> = batch.outgoing().collect();
        assert_eq!((records[0].key, records[0].value, records[0].place.offset), (Some(&b"k"[..]), None, 10));
        let headers: Vec<_> = records[0].headers().map(|header| (header.name, header.value)).collect();
        assert_eq!(headers, [("one", Some(&b"1"[..])), ("two", None)]);
        assert_eq!((records[1].key, records[1].value), (None, Some(&b""[..])));
        assert_eq!((records[1].destination, records[1].headers().len()), (Destination::DeadLetters, 0));
        assert_eq!(batch.begins().collect::<Vec<_>>(), [(0, 10), (1, 4)]);
        assert_eq!(batch.positions().collect::<Vec<_>>(), [(0, 11), (1, 6)]);
    }

    #[test]
    fn a_forgotten_partition_leaves_nothing() {
        let mut batch = filled();
        batch.forget(1);
        assert_eq!((batch.records(), batch.outgoing().len()), (1, 1));
        assert_eq!(batch.positions().collect::<Vec<_>>(), [(0, 11)]);
        assert_eq!(batch.fates().collect::<Vec<_>>(), [(0, Fate::Ok, 1)]);
        batch.forget(0);
        assert!(batch.is_empty());
    }

    #[test]
    fn records_or_bytes_fill_it() {
        let limits = |records, bytes| BatchLimits { records, bytes, age: Duration::ZERO };
        let mut batch = filled();
        assert!(batch.is_full(&limits(3, 1000)) && batch.is_full(&limits(9, 8)));
        assert!(!batch.is_full(&limits(4, 1000)));
        batch.clear(&limits(4, 1000));
        assert!(batch.is_empty() && batch.bytes() == 0 && batch.outgoing().len() == 0);
    }
}
