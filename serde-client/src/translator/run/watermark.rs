//! Up to where everything of a partition is delivered.

use std::collections::VecDeque;

/// The contiguous delivered records of one partition. Offsets come in rising, with gaps where the source has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watermark {
    /// What is behind the position: offsets and whether they are delivered.
    waiting: VecDeque<(i64, bool)>,
    position: Option<i64>,
    committed: Option<i64>,
}

impl Watermark {
    /// A record was handed to the producer.
    pub(crate) fn sent(&mut self, offset: i64) {
        self.waiting.push_back((offset, false));
    }

    /// Everything before an offset was read; what was not sent needs no delivery.
    pub(crate) fn read_to(&mut self, position: i64) {
        if self.waiting.back().is_none_or(|(last, _)| last + 1 < position) {
            self.waiting.push_back((position - 1, true));
        }
        self.advance();
    }

    /// A record that was sent is with the broker.
    pub(crate) fn delivered(&mut self, offset: i64) {
        if let Ok(at) = self.waiting.binary_search_by_key(&offset, |(offset, _)| *offset)
            && let Some((_, delivered)) = self.waiting.get_mut(at)
        {
            *delivered = true;
        }
        self.advance();
    }

    fn advance(&mut self) {
        while let Some((offset, true)) = self.waiting.front().copied() {
            self.waiting.pop_front();
            self.position = Some(offset + 1);
        }
    }

    /// The offset to commit, when it is another one than was committed last.
    pub(crate) fn due(&self) -> Option<i64> {
        self.position.filter(|position| self.committed != Some(*position))
    }

    /// The group has an offset of this partition.
    pub(crate) fn commit(&mut self, position: i64) {
        self.committed = Some(position);
    }

    /// Whether everything that was sent is delivered.
    pub(crate) fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(mark: &mut Watermark) -> Option<i64> {
        let due = mark.due()?;
        mark.commit(due);
        Some(due)
    }

    #[test]
    fn it_waits_for_the_oldest() {
        let mut mark = Watermark::default();
        for offset in [3, 4, 7] {
            mark.sent(offset);
        }
        mark.delivered(4);
        mark.delivered(7);
        assert_eq!((take(&mut mark), mark.is_settled()), (None, false));
        mark.delivered(3);
        assert_eq!((take(&mut mark), mark.is_settled()), (Some(8), true));
        assert_eq!(take(&mut mark), None, "nothing new");
    }

    #[test]
    fn what_is_left_out_advances_it_in_its_turn() {
        let mut mark = Watermark::default();
        mark.read_to(1);
        assert_eq!(take(&mut mark), Some(1));
        mark.sent(1);
        mark.read_to(2);
        mark.sent(2);
        mark.read_to(4);
        assert_eq!(take(&mut mark), None);
        mark.delivered(2);
        assert_eq!(take(&mut mark), None);
        mark.delivered(1);
        assert_eq!(take(&mut mark), Some(4));
    }

    #[test]
    fn a_report_of_a_record_that_is_not_awaited_changes_nothing() {
        let mut mark = Watermark::default();
        mark.delivered(5);
        assert_eq!(take(&mut mark), None);
    }
}
