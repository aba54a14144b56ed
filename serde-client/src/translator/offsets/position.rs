//! Where a group goes on, from what its own topic and the other one hold. Pure.

use super::super::provenance::Origin;

/// Where a group goes on in a partition of the other topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// With this offset: what is before it was read in the topic that the group leaves.
    At(i64),
    /// Not yet: so many records that the translator did not write are unread, and they are in no other topic.
    DrainFirst(u64),
    /// Not yet: the translator has so many offsets to go until what the group has read.
    TranslateFirst(u64),
}

/// A group that leaves the target of a direction for its source. Records of a partition of the target are given in their
/// order, from somewhere before what the group has committed to the end.
#[derive(Clone, Copy, Debug)]
pub struct ToSource {
    committed: i64,
    native: u64,
    first_unread: Option<i64>,
    last_read: Option<i64>,
}

impl ToSource {
    /// The group has committed this offset in the target.
    #[must_use]
    pub fn new(committed: i64) -> Self {
        Self { committed, native: 0, first_unread: None, last_read: None }
    }

    /// A record of the target; `origin` is absent where the translator did not write it.
    pub fn see(&mut self, offset: i64, origin: Option<&Origin>) {
        match origin {
            None if offset >= self.committed => self.native += 1,
            None => {}
            Some(origin) if offset >= self.committed => {
                // After a crash at least once, records come again that the group has read.
                let again = self.last_read.is_some_and(|last| origin.offset <= last);
                if !again {
                    self.first_unread.get_or_insert(origin.offset);
                }
            }
            Some(origin) => {
                let last = self.last_read.map_or(origin.offset, |last| last.max(origin.offset));
                self.last_read = Some(last);
            }
        }
    }

    /// Whether a record was seen that the group has read: then nothing older matters.
    #[must_use]
    pub fn is_anchored(&self) -> bool {
        self.last_read.is_some()
    }

    /// The place in the source of the first record that is unread and not native.
    #[must_use]
    pub fn first_unread(&self) -> Option<i64> {
        self.first_unread
    }

    /// The position in the source; `start` is where the translator began there.
    #[must_use]
    pub fn position(&self, start: i64) -> Position {
        if self.native > 0 {
            return Position::DrainFirst(self.native);
        }
        Position::At(self.first_unread.or_else(|| Some(self.last_read? + 1)).unwrap_or(start))
    }
}

/// A group that leaves the source of a direction for its target. Records of a partition of the target are given in any
/// order, from the end back to one that the group has read.
#[derive(Clone, Copy, Debug)]
pub struct ToTarget {
    committed: i64,
    first_unread: Option<i64>,
    anchored: bool,
}

impl ToTarget {
    /// The group has committed this offset in the source.
    #[must_use]
    pub fn new(committed: i64) -> Self {
        Self { committed, first_unread: None, anchored: false }
    }

    /// A record of the target that the translator wrote.
    pub fn see(&mut self, offset: i64, origin: &Origin) {
        if origin.offset >= self.committed {
            self.first_unread = Some(self.first_unread.map_or(offset, |first| first.min(offset)));
        } else {
            self.anchored = true;
        }
    }

    /// Whether a record was seen that the group has read: then nothing older matters.
    #[must_use]
    pub fn is_anchored(&self) -> bool {
        self.anchored
    }

    /// The place in the target of the first record that is unread.
    #[must_use]
    pub fn first_unread(&self) -> Option<i64> {
        self.first_unread
    }

    /// The position in the target. `translated` is what the translator has committed in the source, `end` the end of the
    /// target.
    #[must_use]
    pub fn position(&self, translated: i64, end: i64) -> Position {
        match self.first_unread {
            Some(offset) => Position::At(offset),
            None if translated < self.committed => {
                Position::TranslateFirst(self.committed.abs_diff(translated))
            }
            None => Position::At(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::migration::Direction;
    use crate::translator::provenance::MigrationId;

    fn from(offset: i64) -> Origin {
        Origin { migration: MigrationId(1), direction: Direction::NewToOld, partition: 0, offset, payload: 0 }
    }

    #[test]
    fn the_first_unread_record_names_its_place_in_the_source() {
        let mut group = ToSource::new(10);
        group.see(9, Some(&from(100)));
        group.see(10, Some(&from(104)));
        group.see(11, Some(&from(105)));
        assert_eq!(group.position(0), Position::At(104));
        assert!(group.is_anchored());
    }

    #[test]
    fn a_group_that_has_read_everything_goes_on_behind_the_last_origin() {
        let mut group = ToSource::new(10);
        group.see(9, Some(&from(100)));
        assert_eq!(group.position(7), Position::At(101));
        assert_eq!(ToSource::new(10).position(7), Position::At(7), "nothing was translated yet");
    }

    #[test]
    fn unread_native_records_must_be_read_where_they_are() {
        let mut group = ToSource::new(10);
        group.see(9, None);
        group.see(10, None);
        group.see(11, Some(&from(3)));
        group.see(12, None);
        assert_eq!(group.position(0), Position::DrainFirst(2));
    }

    #[test]
    fn what_comes_again_was_read() {
        let mut group = ToSource::new(10);
        for (offset, origin) in [(8, 5), (9, 6), (10, 5), (11, 6)] {
            group.see(offset, Some(&from(origin)));
        }
        assert_eq!(group.position(0), Position::At(7));
        group.see(12, Some(&from(7)));
        group.see(13, Some(&from(8)));
        assert_eq!(group.position(0), Position::At(7));
    }

    #[test]
    fn the_first_record_that_the_group_has_not_read_is_its_place_in_the_target() {
        let mut group = ToTarget::new(100);
        group.see(40, &from(99));
        group.see(42, &from(103));
        group.see(43, &from(104));
        assert_eq!(group.position(200, 50), Position::At(42));
        assert_eq!(ToTarget::new(100).position(100, 50), Position::At(50));
        assert_eq!(ToTarget::new(100).position(90, 50), Position::TranslateFirst(10));
    }
}
