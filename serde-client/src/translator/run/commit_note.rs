//! What a transaction says beside every offset that it commits: where its records stand.
//!
//! Kafka keeps a text with each committed offset. A broker that ends a transaction only in part (see `transactional`) leaves
//! records without their offset, or an offset without its records; with this text, whoever goes on from the offset knows
//! where to look for them (`evidence`).

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// The first word of the text.
const FORMAT: &str = "srt1";

/// Brokers refuse longer texts (`offset.metadata.max.bytes`). Only records that are scattered over some three hundred
/// partitions would need more; they go without.
pub(crate) const LENGTH_MAX: usize = 4096;

/// A partition that is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sink {
    Target(i32),
    DeadLetters(i32),
}

impl Sink {
    /// Where dead letters of a partition go, in a queue of so many partitions.
    pub(crate) fn of_letters(partition: i32, partitions: i32) -> Self {
        Self::DeadLetters(partition % partitions.max(1))
    }
}

/// Offsets of a partition, the last one excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) begin: i64,
    pub(crate) end: i64,
}

/// The note beside the offset of one partition of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommitNote {
    /// The offset of the first record that the transaction has read.
    pub(crate) from: i64,
    /// Where the partition's records stand, with records of others among them. Later ones of it come behind the beginning of
    /// each stretch, also of an empty one.
    pub(crate) written: BTreeMap<Sink, Stretch>,
}

impl CommitNote {
    /// The text; empty where it would be too long.
    pub(crate) fn text(&self) -> String {
        let text = self.to_string();
        if text.len() > LENGTH_MAX { String::new() } else { text }
    }

    /// Reads the text; `None` when a translator has not written it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        if words.next()? != FORMAT {
            return None;
        }
        let from = words.next()?.parse().ok()?;
        let written = words.map(stretch).collect::<Option<_>>()?;
        Some(Self { from, written })
    }
}

/// `srt1 FROM`, then `tPARTITION:BEGIN+LENGTH` for the target and `d` for the dead-letter queue.
impl fmt::Display for CommitNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORMAT} {}", self.from)?;
        for (sink, Stretch { begin, end }) in &self.written {
            f.write_char(' ')?;
            match sink {
                Sink::Target(partition) => write!(f, "t{partition}")?,
                Sink::DeadLetters(partition) => write!(f, "d{partition}")?,
            }
            write!(f, ":{begin}+{}", end.saturating_sub(*begin))?;
        }
        Ok(())
    }
}

fn stretch(word: &str) -> Option<(Sink, Stretch)> {
    let (sink, offsets) = word.split_once(':')?;
    let (begin, length) = offsets.split_once('+')?;
    let begin: i64 = begin.parse().ok()?;
    let end = begin.checked_add(length.parse().ok()?)?;
    let partition = |digits: &str| digits.parse().ok();
    let sink = match sink.strip_prefix('t') {
        Some(digits) => Sink::Target(partition(digits)?),
        None => Sink::DeadLetters(partition(sink.strip_prefix('d')?)?),
    };
    Some((sink, Stretch { begin, end }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_a_short_text() {
        let written = [
            (Sink::Target(2), Stretch { begin: 1020, end: 1070 }),
            (Sink::DeadLetters(0), Stretch { begin: 7, end: 7 }),
        ];
        let note = CommitNote { from: 950, written: BTreeMap::from(written) };
        assert_eq!(note.text(), "srt1 950 t2:1020+50 d0:7+0");
    }

    #[test]
    fn one_that_brokers_would_refuse_is_left_out() {
        let written =
            (0..400).map(|partition| (Sink::Target(partition), Stretch { begin: 1 << 40, end: 1 << 40 }));
        assert_eq!(CommitNote { from: 0, written: written.collect() }.text(), "");
    }

    #[test]
    fn what_others_write_is_no_note() {
        for text in [
            "",
            "srt1",
            "srt1 x",
            "srt2 4",
            "srt1 4 t1",
            "srt1 4 x1:2+3",
            "srt1 4 t1:2",
            "srt1 4 t1:2+3 ",
            "AQ==",
        ] {
            assert_eq!(CommitNote::parse(text), None, "{text:?}");
        }
        assert_eq!(CommitNote::parse(&format!("srt1 4 t1:{}+1", i64::MAX)), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            from in 0..i64::MAX,
            written in proptest::collection::vec((any::<bool>(), 0..i32::MAX, 0..i64::MAX / 2, 0..100_000_i64), 0..9),
        ) {
            let written = written.into_iter().map(|(letters, partition, begin, length)| {
                let sink = if letters { Sink::DeadLetters(partition) } else { Sink::Target(partition) };
                (sink, Stretch { begin, end: begin + length })
            });
            let note = CommitNote { from, written: written.collect() };
            prop_assert_eq!(CommitNote::parse(&note.text()), Some(note));
        }

        #[test]
        fn whatever_stands_there_is_read_or_refused(text in ".{0,60}") {
            CommitNote::parse(&text);
            CommitNote::parse(&format!("{FORMAT} {text}"));
        }
    }
}
