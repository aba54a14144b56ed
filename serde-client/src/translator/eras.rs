//! By what the records of a direction were placed, from which offset on: what the state topic remembers of it, so that
//! every instance, every later start and every proof places a record alike.

use serde::{Deserialize, Serialize};

use super::cluster::{ClusterError, CompactedTopic, Connection};
use super::migration::{Direction, Migration};
use super::placement::Placement;

/// See the module. Oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eras(Vec<Era>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Era {
    placement: Placement,
    /// By partition of the source: the first offset of the era. Partitions without one are in it from their start.
    from: Vec<(i32, Option<i64>)>,
}

impl Era {
    fn begins_before(&self, partition: i32, offset: i64) -> bool {
        let own = self.from.iter().find(|(of, _)| *of == partition).and_then(|(_, from)| *from);
        own.is_none_or(|from| from <= offset)
    }
}

impl Eras {
    /// The key of their record in the state topic.
    #[must_use]
    pub fn key(direction: Direction) -> String {
        format!("placement/{}", direction.slug())
    }

    /// Reads them; a direction that has only ever kept the partitions of its source has none. Blocks.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn read(
        connection: &Connection,
        migration: &Migration,
        direction: Direction,
    ) -> Result<Self, ClusterError> {
        let state = CompactedTopic::new(connection, migration.state_topic())?;
        Ok(state.latest(&Self::key(direction))?.unwrap_or_default())
    }

    /// How records are placed now.
    #[must_use]
    pub fn now(&self) -> &Placement {
        self.0.last().map_or(&Placement::Preserve, |era| &era.placement)
    }

    /// How the record of an offset was placed.
    #[must_use]
    pub fn at(&self, partition: i32, offset: i64) -> &Placement {
        let era = self.0.iter().rev().find(|era| era.begins_before(partition, offset));
        era.map_or(&Placement::Preserve, |era| &era.placement)
    }

    /// Records are placed in another way from these offsets on.
    #[must_use]
    pub fn then(mut self, placement: Placement, from: Vec<(i32, Option<i64>)>) -> Self {
        self.0.push(Era { placement, from });
        self
    }

    /// Whether records were ever placed otherwise than by the partition of their source.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::migration::PartitionHash;

    #[test]
    fn each_offset_has_the_placement_of_its_era() {
        let rehash =
            |partitions| Placement::Rehash { hash: PartitionHash::Crc32, key_schema_id: None, partitions };
        let eras = Eras::default()
            .then(rehash(4), vec![(0, Some(10)), (1, None)])
            .then(rehash(6), vec![(0, Some(20)), (1, Some(5))]);
        assert_eq!(*eras.at(0, 9), Placement::Preserve, "before it was rehashed");
        assert_eq!((eras.at(0, 10), eras.at(1, 0), eras.at(1, 4)), (&rehash(4), &rehash(4), &rehash(4)));
        assert_eq!((eras.at(0, 20), eras.at(1, 5), eras.at(7, 0)), (&rehash(6), &rehash(6), &rehash(6)));
        assert_eq!((eras.now(), Eras::default().now()), (&rehash(6), &Placement::Preserve));
    }
}
