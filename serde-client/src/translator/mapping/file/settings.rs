//! The part of a mapping file that says what is migrated and how.

use std::collections::BTreeSet;

use super::members::{Members, duration, integer, list, share, text, word};
use super::yaml::{Data, Node};
use crate::translator::mapping::field::FieldPath;
use crate::translator::mapping::problem::{Place, Problem};
use crate::translator::mapping::rule::path;
use crate::translator::migration::{
    Breaker, ConsumerMove, Delivery, Direction, ErrorPolicy, Headers, Migration, OnError, Pairing,
    PartitionHash, Partitioning, PinnedSchema, Provenance, RegistryPlace, Start, TopicSchemas,
};

/// What `apiVersion` says in files of this language.
const API_VERSION: &str = "srt/v1";
/// What `kind` says.
const KIND: &str = "TopicMigration";

const DIRECTIONS: &[(&str, Direction)] =
    &[("new->old", Direction::NewToOld), ("old->new", Direction::OldToNew)];

/// Takes the settings out of the file's members.
pub(super) fn migration(members: &mut Members<'_>) -> Result<(Migration, Option<FieldPath>), Problem> {
    for (name, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let node = members.require(name)?;
        if text(node, name)? != wanted {
            return Err(Problem::new(node.at, format!("`{name}` is `{wanted}`")));
        }
    }
    let node = members.require("name")?;
    let name = text(node, "name")?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    if name.is_empty() || name.len() > 100 || !name.chars().all(is_plain) {
        let message =
            "`name` has 1 to 100 letters, digits, `.`, `_` or `-`: it becomes part of topic and group names";
        return Err(Problem::new(node.at, message));
    }
    let (directions, pairing, declared_at) = directions_and_pairing(members)?;
    let (partitioning, field) =
        members.take("partitioning").map(partitioning).transpose()?.unwrap_or_default();
    let migration = Migration {
        name: name.to_owned(),
        registry: members.take("registry").map(registry).transpose()?.unwrap_or_default(),
        old: topic(members.require("old")?, "old")?,
        new: topic(members.require("new")?, "new")?,
        directions,
        pairing,
        delivery: members
            .word(
                "delivery",
                &[("exactly_once", Delivery::ExactlyOnce), ("at_least_once", Delivery::AtLeastOnce)],
            )?
            .unwrap_or_default(),
        partitioning,
        start: members.take("start").map(start).transpose()?.unwrap_or_default(),
        headers: members.take("headers").map(headers).transpose()?.unwrap_or_default(),
        errors: members.take("errors").map(errors).transpose()?.unwrap_or_default(),
        consumers: members.take("consumers").map(consumers).transpose()?.unwrap_or_default(),
    };
    migration.check_pairing().map_err(|reason| Problem::new(declared_at, reason))?;
    consistent(&migration, members)?;
    Ok((migration, field))
}

/// Which ways, how two of them get along, and where that is said.
fn directions_and_pairing(
    members: &mut Members<'_>,
) -> Result<(BTreeSet<Direction>, Pairing, Place), Problem> {
    let ways = members.take("directions");
    let writers = members.take("writers");
    let at = ways.or(writers).map_or(members.at, |node| node.at);
    let is_cutover = ways.is_some_and(|node| matches!(&node.data, Data::Text(text) if text == "cutover"));
    let directions = ways.map_or_else(|| Ok([Direction::NewToOld].into()), directions)?;
    let Some(node) = writers else {
        let pairing = if is_cutover { Pairing::Cutover } else { Pairing::Undeclared };
        return Ok((directions, pairing, at));
    };
    let pairing = word(node, "writers", &[("single-per-key", Pairing::SingleWriterPerKey)])?;
    if is_cutover || directions.len() == 1 {
        let message =
            "only `directions: both` has `writers`: elsewhere only one topic is written by producers";
        return Err(Problem::new(node.at, message));
    }
    Ok((directions, pairing, at))
}

/// What single settings cannot see.
fn consistent(migration: &Migration, members: &Members<'_>) -> Result<(), Problem> {
    let wrong = |message: String| Err(Problem::new(members.at, message));
    if migration.old.topic == migration.new.topic {
        return wrong(format!("`old` and `new` are both the topic `{}`", migration.old.topic));
    }
    if migration.headers.provenance == Provenance::Off && migration.delivery == Delivery::AtLeastOnce {
        return wrong(
            "`provenance: off` is for `delivery: exactly_once`: otherwise repeated records cannot be told"
                .to_owned(),
        );
    }
    if let Partitioning::Rehash { key_schema_id: Some(_), .. } = migration.partitioning {
        if migration.directions.len() > 1 {
            return wrong("`key_schema_id` is of one topic, and `directions` write both".to_owned());
        }
        if migration.old.key.is_none() {
            return wrong(
                "`key_schema_id` needs topics with a `key`: other keys have no schema id".to_owned(),
            );
        }
    }
    if migration.old.key.is_some() != migration.new.key.is_some() {
        return wrong(
            "give both topics a `key`, or neither: keys without a schema are copied as bytes".to_owned(),
        );
    }
    Ok(())
}

fn registry(node: &Node) -> Result<RegistryPlace, Problem> {
    let mut members = Members::of(node, "registry")?;
    let urls = match members.take("url") {
        None => Vec::new(),
        Some(node) => match &node.data {
            Data::List(items) => {
                items.iter().map(|item| text(item, "url").map(str::to_owned)).collect::<Result<_, _>>()?
            }
            _ => text(node, "url")?.split(',').map(|url| url.trim().to_owned()).collect(),
        },
    };
    let context = members.text("context")?.filter(|context| *context != ".").map(str::to_owned);
    members.finish()?;
    Ok(RegistryPlace { urls, context })
}

fn topic(node: &Node, name: &str) -> Result<TopicSchemas, Problem> {
    let mut members = Members::of(node, name)?;
    let topic = TopicSchemas {
        topic: members.required_text("topic")?.to_owned(),
        key: members.take("key").map(pinned).transpose()?,
        value: pinned(members.require("value")?)?,
    };
    members.finish()?;
    Ok(topic)
}

fn pinned(node: &Node) -> Result<PinnedSchema, Problem> {
    let mut members = Members::of(node, "a schema")?;
    let subject = members.required_text("subject")?.to_owned();
    let version = members.require("version")?;
    let version = match &version.data {
        Data::Integer(1..) => integer(version, "version")?,
        _ => {
            let message = "`version` is a number from 1: `latest` would be another schema tomorrow";
            return Err(Problem::new(version.at, message));
        }
    };
    let message = members.text("message")?.map(str::to_owned);
    members.finish()?;
    Ok(PinnedSchema { subject, version, message })
}

fn directions(node: &Node) -> Result<BTreeSet<Direction>, Problem> {
    match &node.data {
        Data::Text(text) if text == "both" || text == "cutover" => {
            Ok(DIRECTIONS.iter().map(|(_, direction)| *direction).collect())
        }
        Data::Text(_) => Ok([word(node, "directions", DIRECTIONS)?].into()),
        _ => {
            let items = list(node, "directions")?;
            if items.is_empty() {
                return Err(Problem::new(node.at, "`directions` names one or two of `new->old`, `old->new`"));
            }
            items.iter().map(|item| word(item, "directions", DIRECTIONS)).collect()
        }
    }
}

/// The setting, and the path that it may name.
fn partitioning(node: &Node) -> Result<(Partitioning, Option<FieldPath>), Problem> {
    if let Data::Text(text) = &node.data {
        return match text.as_str() {
            "preserve" => Ok((Partitioning::Preserve, None)),
            _ => {
                Err(Problem::new(node.at, "`partitioning` is `preserve`, `{rehash: …}` or `{field: $.path}`"))
            }
        };
    }
    let mut members = Members::of(node, "partitioning")?;
    let chosen = match (members.take("rehash"), members.take("field")) {
        (Some(node), None) => {
            let mut members = Members::of(node, "rehash")?;
            let algorithm = members.word(
                "algorithm",
                &[
                    ("detect", PartitionHash::Detect),
                    ("murmur2", PartitionHash::Murmur2),
                    ("crc32", PartitionHash::Crc32),
                    ("fnv1a", PartitionHash::Fnv1a),
                ],
            )?;
            let key_schema_id = members.integer("key_schema_id")?;
            members.finish()?;
            let algorithm = algorithm.unwrap_or(PartitionHash::Detect);
            (Partitioning::Rehash { algorithm, key_schema_id }, None)
        }
        (None, Some(node)) => {
            let path = path::source(text(node, "field")?);
            let path = path.map_err(|reason| Problem::new(node.at, reason))?;
            (Partitioning::Field { path: path.to_string() }, Some(FieldPath { at: node.at, path }))
        }
        _ => return Err(Problem::new(node.at, "`partitioning` has either `rehash` or `field`")),
    };
    members.finish()?;
    Ok(chosen)
}

fn start(node: &Node) -> Result<Start, Problem> {
    let mut members = Members::of(node, "start")?;
    let at = members.require("at")?;
    let start = match &at.data {
        Data::Text(text) if text == "earliest" => Start::Earliest,
        Data::Text(text) if text == "latest" => Start::Latest,
        Data::Integer(_) => Start::Timestamp(integer(at, "at")?),
        Data::Map(entries) => {
            let offsets = entries.iter().map(|entry| {
                let partition = entry.key.parse().map_err(|_| {
                    Problem::new(entry.at, "`at` maps partitions to offsets: partitions are numbers from 0")
                })?;
                Ok((partition, integer(&entry.value, "an offset")?))
            });
            Start::Offsets(offsets.collect::<Result<_, _>>()?)
        }
        _ => {
            let message = "`at` is `earliest`, `latest`, milliseconds since 1970-01-01, or a map of partitions to offsets";
            return Err(Problem::new(at.at, message));
        }
    };
    members.finish()?;
    Ok(start)
}

fn headers(node: &Node) -> Result<Headers, Problem> {
    let mut members = Members::of(node, "headers")?;
    let headers = Headers {
        copy: members.word("copy", &[("all", true), ("none", false)])?.unwrap_or(true),
        drop: match members.take("drop") {
            None => Vec::new(),
            Some(node) => list(node, "drop")?
                .iter()
                .map(|item| text(item, "drop").map(str::to_owned))
                .collect::<Result<_, _>>()?,
        },
        provenance: members
            .word(
                "provenance",
                &[("compact", Provenance::Compact), ("full", Provenance::Full), ("off", Provenance::Off)],
            )?
            .unwrap_or_default(),
    };
    members.finish()?;
    Ok(headers)
}

fn errors(node: &Node) -> Result<ErrorPolicy, Problem> {
    let mut members = Members::of(node, "errors")?;
    let topic = members.text("topic")?;
    let on_error = match (members.text("policy")?.unwrap_or("fail"), topic) {
        ("fail", None) => OnError::Fail,
        ("skip", None) => OnError::Skip,
        ("dlq", Some(topic)) => OnError::DeadLetter { topic: topic.to_owned() },
        ("dlq", None) => return Err(Problem::new(node.at, "`policy: dlq` needs a `topic`")),
        ("fail" | "skip", Some(_)) => return Err(Problem::new(node.at, "only `policy: dlq` has a `topic`")),
        _ => return Err(Problem::new(node.at, "`policy` is one of `fail`, `dlq`, `skip`")),
    };
    let breaker = members.take("breaker").map(|node| {
        let mut members = Members::of(node, "breaker")?;
        let breaker = Breaker {
            ratio: share(members.require("ratio")?, "ratio")?,
            window: duration(members.require("window")?, "window")?,
        };
        members.finish()?;
        Ok(breaker)
    });
    let policy = ErrorPolicy {
        on_error,
        breaker: breaker.transpose()?,
        fence_key: members.boolean("fence_key")?.unwrap_or(true),
        passthrough: members.boolean("passthrough")?.unwrap_or(false),
    };
    members.finish()?;
    Ok(policy)
}

fn consumers(node: &Node) -> Result<Vec<ConsumerMove>, Problem> {
    let read = |node: &Node| {
        let mut members = Members::of(node, "a consumer")?;
        let moved = ConsumerMove {
            old: members.required_text("old")?.to_owned(),
            new: members.required_text("new")?.to_owned(),
            owner: members.text("owner")?.map(str::to_owned),
        };
        members.finish()?;
        Ok(moved)
    };
    list(node, "consumers")?.iter().map(read).collect()
}
