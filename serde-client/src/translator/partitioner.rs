//! Which partitioner the producers of a topic use, from the keys that lie in its partitions. Pure.

use super::migration::PartitionHash;
use crate::kafka::murmur2;

/// The share of keys that must lie where a partitioner puts them for it to count as found.
const FOUND_SHARE: f64 = 0.999;
/// Keys that say enough: a wrong partitioner is right by chance for one key in as many as there are partitions.
const KEYS_MIN: usize = 20;

/// The partitioners that can be told apart.
const KNOWN: [PartitionHash; 3] = [PartitionHash::Murmur2, PartitionHash::Crc32, PartitionHash::Fnv1a];

/// How well a partitioner explains a topic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// The partitioner.
    pub hash: PartitionHash,
    /// Keys that lie where it puts them, of all keys: 0 to 1.
    pub share: f64,
}

/// What the keys of a topic say.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// Keys that were looked at.
    pub keys: usize,
    /// Every partitioner, the best one first.
    pub matches: Vec<Match>,
    /// The one that explains the topic; `None` when none does, when there are too few keys, or only one partition.
    pub found: Option<PartitionHash>,
}

/// Looks for the partitioner of a topic among `keys`: bytes with their prefix, and the partition where they lie.
#[must_use]
pub fn detect<'k>(keys: impl IntoIterator<Item = (&'k [u8], i32)>, partitions: i32) -> Detection {
    let mut hits = [0_usize; KNOWN.len()];
    let mut count = 0;
    for (key, partition) in keys {
        count += 1;
        for (hash, hits) in KNOWN.into_iter().zip(&mut hits) {
            *hits += usize::from(partition_of(hash, key, partitions) == Some(partition));
        }
    }
    let share = |hits: usize| {
        // Counts of a sample are far below the precision of a double.
        let [hits, all] =
            [hits, count.max(1)].map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        hits / all
    };
    let mut matches: Vec<Match> =
        KNOWN.into_iter().zip(hits).map(|(hash, hits)| Match { hash, share: share(hits) }).collect();
    matches.sort_by(|one, other| other.share.total_cmp(&one.share));
    let is_telling = count >= KEYS_MIN && partitions > 1;
    let found = matches.first().filter(|best| is_telling && best.share >= FOUND_SHARE).map(|best| best.hash);
    Detection { keys: count, matches, found }
}

/// The partition that a partitioner chooses for a key; `None` without partitions, or for [`PartitionHash::Detect`].
#[must_use]
pub fn partition_of(hash: PartitionHash, key: &[u8], partitions: i32) -> Option<i32> {
    let count = u32::try_from(partitions).ok().filter(|count| *count > 0)?;
    let hashed = match hash {
        // The Java client cuts the sign off. Records without a key are placed by nobody: see `placement`.
        PartitionHash::Murmur2 => murmur2(key) & 0x7fff_ffff,
        // librdkafka's default, `consistent_random`, is this one but for empty keys, which it places at random.
        PartitionHash::Crc32 => crc32(key),
        PartitionHash::Fnv1a => fnv1a(key).cast_signed().unsigned_abs(),
        PartitionHash::Detect => return None,
    };
    i32::try_from(hashed % count).ok()
}

/// CRC-32 as in zlib (reflected polynomial 0xedb88320): librdkafka's `consistent`.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg()))
    })
}

/// FNV-1a of 32 bits; sarama and librdkafka take the absolute value of it as a signed number.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_their_inventors() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!((fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")), (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968));
    }

    /// Where real clients put keys among 3, 7 and 64 partitions. Made by calling the partitioners themselves:
    /// `BuiltInPartitioner.partitionForKey` of kafka-clients 4.4.0; `StickyKeyPartitioner(nil)` of franz-go 1.22.3;
    /// `rd_kafka_msg_partitioner_murmur2`, `…_consistent` and `…_fnv1a` of librdkafka 2.16.0; `NewHashPartitioner` of
    /// sarama 1.61.1. The first three of them agree on every key here, and so do the last two.
    const PLACED: [(&[u8], [[i32; 3]; 3]); 7] = [
        // Java, franz-go and librdkafka's murmur2; librdkafka's consistent; librdkafka's fnv1a and sarama.
        (b"", [[0, 2, 25], [0, 0, 0], [0, 2, 59]]),
        (b"a", [[1, 5, 60], [0, 4, 3], [0, 6, 20]]),
        (b"key 1", [[2, 6, 24], [0, 5, 55], [1, 4, 49]]),
        (b"customer-42", [[0, 1, 25], [2, 5, 21], [0, 4, 2]]),
        ("ü中".as_bytes(), [[2, 6, 62], [2, 3, 45], [2, 2, 31]]),
        (b"a longer key with thirty-three b", [[1, 0, 55], [2, 4, 45], [1, 5, 45]]),
        (&[0, 0, 0, 0, 41, 2, 0xff, 0x80], [[1, 4, 10], [1, 3, 33], [1, 1, 5]]),
    ];

    #[test]
    fn keys_are_where_real_clients_put_them() {
        for (key, [murmur2, crc32, fnv1a]) in PLACED {
            for (hash, wanted) in [
                (PartitionHash::Murmur2, murmur2),
                (PartitionHash::Crc32, crc32),
                (PartitionHash::Fnv1a, fnv1a),
            ] {
                let placed = [3, 7, 64].map(|partitions| partition_of(hash, key, partitions).unwrap());
                assert_eq!(placed, wanted, "{hash} of {key:?}");
            }
        }
    }

    #[test]
    fn each_partitioner_is_found_by_its_keys() {
        let keys: Vec<Vec<u8>> =
            (0_u32..500).map(|number| [&[0, 0, 0, 0, 7][..], &number.to_be_bytes()].concat()).collect();
        for hash in KNOWN {
            let placed = keys.iter().map(|key| (&**key, partition_of(hash, key, 6).unwrap()));
            let found = detect(placed, 6);
            assert_eq!(found.found, Some(hash));
            assert!(found.matches[1].share < 0.5, "{found:?}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_taken_for_an_answer() {
        let few = [(&b"a"[..], 0), (b"b", 0)];
        assert_eq!(detect(few, 1).found, None, "one partition takes every key");
        let by_hand: Vec<Vec<u8>> = (0_u8..100).map(|number| vec![number]).collect();
        let placed = by_hand.iter().map(|key| (&**key, i32::from(key[0] % 4)));
        assert_eq!(detect(placed, 4).found, None);
    }
}
