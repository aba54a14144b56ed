//! What the keys of both topics say: where they are, where the mapping would put them, and whether it makes one of two.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::topics::TopicsReport;
use crate::framing::{self, KEY_HEADER, SchemaIdentity};
use crate::translator::cluster::OwnedRecord;
use crate::translator::migration::{Migration, PartitionHash, Partitioning};
use crate::translator::placement::Placement;
use crate::translator::translation::{SourceRecord, TargetRecord, Translate, TranslateError};

/// A key of the source, and what becomes of it.
pub(super) struct KeyPair {
    /// Without its prefix: the same key in two versions of its schema is one key.
    source: Vec<u8>,
    partition: i32,
    target: TargetRecord,
}

/// Translates the keys of records; those that cannot be are left out.
pub(super) async fn key_pairs(
    migration: &Migration,
    mapped: &dyn Translate,
    records: &[OwnedRecord],
) -> Vec<KeyPair> {
    // Where a value decides the partition, a key alone cannot be placed.
    let is_whole = matches!(migration.partitioning, Partitioning::Field { .. });
    let mut pairs = Vec::new();
    for record in records {
        let headers = record.source_headers();
        let whole = record.source(&headers);
        let source = SourceRecord { value: whole.value.filter(|_| is_whole), ..whole };
        let mut target = TargetRecord::default();
        while let Err(TranslateError::Unprepared(schema)) = mapped.translate(&source, &mut target) {
            if mapped.prepare(schema).await.is_err() {
                break;
            }
        }
        let (Some(key), Ok(())) = (source.key, mapped.translate(&source, &mut target)) else { continue };
        let body = framing::read(key, source.header(KEY_HEADER)).map_or(key, |frame| frame.body.record());
        pairs.push(KeyPair { source: body.to_vec(), partition: record.partition, target });
    }
    pairs
}

/// The schema id that most keys of a topic have.
pub(super) fn key_schema_id(records: &[OwnedRecord]) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for record in records {
        let headers = record.source_headers();
        let header = record.source(&headers).header(KEY_HEADER);
        let frame = record.key.as_deref().and_then(|key| framing::read(key, header).ok());
        if let Some(SchemaIdentity::Id(id)) = frame.map(|frame| frame.identity) {
            *counts.entry(id.cast_unsigned()).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(id, _)| id)
}

/// Two keys that become one: what is written for one deletes or overtakes what is written for the other.
pub(super) fn merged(pairs: &[KeyPair]) -> Option<String> {
    let mut sources: HashMap<&[u8], HashSet<&[u8]>> = HashMap::new();
    for pair in pairs {
        if let Some(key) = pair.target.key.payload() {
            sources.entry(key).or_default().insert(&pair.source);
        }
    }
    let merged: Vec<_> = sources.into_iter().filter(|(_, sources)| sources.len() > 1).collect();
    let (target, from) = merged.first()?;
    let mut from: Vec<String> = from.iter().map(|key| key.escape_ascii().to_string()).collect();
    from.sort();
    from.truncate(2);
    Some(format!(
        "{} keys of the target are made of several keys of the source, such as `{}` of `{}`: their records and \
         tombstones mix; change the rules of `key`, or accept it with --accept-key-merge",
        merged.len(),
        target.escape_ascii(),
        from.join("` and `")
    ))
}

/// Keys whose records the source has in several partitions: with other partitions their order is lost.
pub(super) fn shared(pairs: &[KeyPair]) -> Option<String> {
    let mut partitions: HashMap<&[u8], HashSet<i32>> = HashMap::new();
    for pair in pairs {
        if let Some(key) = pair.target.key.payload() {
            partitions.entry(key).or_default().insert(pair.partition);
        }
    }
    let shared = partitions.values().filter(|partitions| partitions.len() > 1).count();
    (shared > 0).then(|| {
        format!(
            "{shared} of {} keys have records in several partitions of the source: nothing says in which order those \
             come to the target",
            partitions.len()
        )
    })
}

/// How many keys would land elsewhere than `history` has put them, and what would be better.
pub(super) fn moved(
    migration: &Migration,
    pairs: &[KeyPair],
    history: &Placement,
    report: &mut TopicsReport,
) {
    let Placement::Rehash { hash, key_schema_id, partitions } = history else { return };
    let (name, placement) = match &migration.partitioning {
        Partitioning::Preserve => ("preserve", Placement::Preserve),
        Partitioning::Rehash { algorithm, key_schema_id } => {
            let hash = if *algorithm == PartitionHash::Detect { *hash } else { *algorithm };
            ("rehash", Placement::Rehash { hash, key_schema_id: *key_schema_id, partitions: *partitions })
        }
        // It is there to put keys elsewhere.
        Partitioning::Field { .. } => return,
    };
    let mut scratch = Vec::new();
    let (mut all, mut elsewhere) = (0_u32, 0_u32);
    for pair in pairs.iter().filter(|pair| pair.target.key.present) {
        let there = history.of(pair.partition, &pair.target, &mut scratch);
        all += 1;
        elsewhere += u32::from(placement.of(pair.partition, &pair.target, &mut scratch) != there);
    }
    if all == 0 {
        return;
    }
    if elsewhere == 0 {
        report.notes.push(format!("with `{name}`, {all} of {all} keys land where their history is"));
        return;
    }
    let share = f64::from(elsewhere) * 100.0 / f64::from(all);
    let id = key_schema_id.map_or_else(String::new, |id| format!(", key_schema_id: {id}"));
    report.notes.push(format!(
        "with `{name}`, {share:.1} % of {all} keys land in another partition than their history: readers that join or \
         compact by key see both; `partitioning: {{rehash: {{algorithm: {hash}{id}}}}}` puts them where it is"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::translation::TargetPart;

    fn pair(source: &str, partition: i32, target: &str) -> KeyPair {
        let key = TargetPart { present: true, bytes: target.into(), ..TargetPart::default() };
        KeyPair { source: source.into(), partition, target: TargetRecord { key, ..TargetRecord::default() } }
    }

    #[test]
    fn two_keys_that_become_one_are_named() {
        assert_eq!(merged(&[pair("a", 0, "A"), pair("a", 1, "A"), pair("b", 0, "B")]), None);
        let found = merged(&[pair("a", 0, "A"), pair("b", 0, "A")]).unwrap();
        assert!(found.contains("1 keys") && found.contains("`A` of `a` and `b`"), "{found}");
    }

    #[test]
    fn keys_in_several_partitions_are_counted() {
        assert_eq!(shared(&[pair("a", 0, "A"), pair("a", 0, "A")]), None);
        let found = shared(&[pair("a", 0, "A"), pair("a", 1, "A"), pair("b", 1, "B")]).unwrap();
        assert!(found.starts_with("1 of 2 keys"), "{found}");
    }

    #[test]
    fn the_id_that_most_keys_have_is_that_of_the_producers() {
        let record = |id: u8| OwnedRecord {
            key: Some(vec![0, 0, 0, 0, id, 2]),
            value: None,
            headers: Some(Vec::new()),
            timestamp: None,
            is_append_time: false,
            partition: 0,
            offset: 0,
        };
        assert_eq!(key_schema_id(&[record(3), record(41), record(41)]), Some(41));
        assert_eq!(key_schema_id(&[OwnedRecord { key: Some(vec![7]), ..record(1) }]), None);
    }
}
