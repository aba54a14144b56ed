//! Consumer groups of a cluster: their members, and what they have read.

use std::time::Duration;

use rdkafka::consumer::Consumer;
use rdkafka::groups::{GroupInfo, GroupMemberInfo};
use serde::{Deserialize, Serialize};

use super::connection::ClusterError;
use super::topics::Cluster;

/// How long the brokers may take to list their groups.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a group is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Its members have their partitions.
    Stable,
    /// Its members share them out just now.
    Rebalancing,
    /// It has offsets and no member.
    Empty,
    /// It is there, but its members are not told: a group of the newer protocol (KIP-848), or one that is being deleted.
    Hidden,
}

impl GroupState {
    /// As tables show it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Rebalancing => "rebalancing",
            Self::Empty => "empty",
            Self::Hidden => "hidden",
        }
    }
}

/// A consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub name: String,
    /// What it is doing.
    pub state: GroupState,
    /// Those that take part; empty also where they are not told, see [`GroupState::Hidden`].
    pub members: Vec<Member>,
}

/// Somebody who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `client.id`, as the client says it.
    pub client_id: String,
    /// The address that the broker sees.
    pub host: String,
    /// The topics that it subscribes to or has partitions of.
    pub topics: Vec<String>,
}

impl Cluster {
    /// All consumer groups.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn groups(&self) -> Result<Vec<Group>, ClusterError> {
        let list = self.client().fetch_group_list(None, PATIENCE);
        let list = list.map_err(|error| ClusterError::answer("asking for the consumer groups", &error))?;
        // Connect workers and others use groups too, without reading.
        let reads = |group: &&GroupInfo| matches!(group.protocol_type(), "consumer" | "");
        Ok(list.groups().iter().filter(reads).map(group).collect())
    }
}

fn group(info: &GroupInfo) -> Group {
    let state = match info.state() {
        "Stable" => GroupState::Stable,
        "Empty" => GroupState::Empty,
        // Brokers describe groups of the newer protocol as dead to clients of the older one.
        "Dead" | "" => GroupState::Hidden,
        _ => GroupState::Rebalancing,
    };
    Group { name: info.name().to_owned(), state, members: info.members().iter().map(member).collect() }
}

fn member(info: &GroupMemberInfo) -> Member {
    let mut topics = info.assignment().and_then(assigned_topics).unwrap_or_default();
    topics.extend(info.metadata().and_then(subscribed_topics).unwrap_or_default());
    topics.sort();
    topics.dedup();
    Member {
        client_id: info.client_id().to_owned(),
        host: info.client_host().trim_start_matches('/').to_owned(),
        topics,
    }
}

/// Reads what the consumer protocol writes; whatever is not of its form gives nothing.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn int16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(i32::from_be_bytes(self.take(4)?.try_into().ok()?)).ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.int16()?).ok()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }
}

/// `ConsumerProtocolSubscription`: a version, then topics.
fn subscribed_topics(bytes: &[u8]) -> Option<Vec<String>> {
    let mut bytes = Bytes(bytes);
    bytes.int16()?;
    let count = bytes.count()?;
    (0..count).map(|_| bytes.text()).collect()
}

/// `ConsumerProtocolAssignment`: a version, then topics with their partitions.
fn assigned_topics(bytes: &[u8]) -> Option<Vec<String>> {
    let mut bytes = Bytes(bytes);
    bytes.int16()?;
    let count = bytes.count()?;
    let topic = |_| {
        let name = bytes.text()?;
        let partitions = bytes.count()?;
        bytes.take(partitions.checked_mul(4)?)?;
        Some(name)
    };
    (0..count).map(topic).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_of_members_are_read() {
        let subscription = b"\0\x01\0\0\0\x02\0\x01a\0\x02bc\xff\xff\xff\xff";
        assert_eq!(subscribed_topics(subscription), Some(vec!["a".to_owned(), "bc".to_owned()]));
        let assignment = b"\0\0\0\0\0\x01\0\x02bc\0\0\0\x02\0\0\0\0\0\0\0\x07\xff\xff\xff\xff";
        assert_eq!(assigned_topics(assignment), Some(vec!["bc".to_owned()]));
    }

    #[test]
    fn what_is_of_another_form_gives_no_topics() {
        for bytes in [
            &b""[..],
            b"\0",
            b"\0\0\xff\xff\xff\xff",
            b"\0\0\x7f\xff\xff\xff\0\x01a",
            b"\0\0\0\0\0\x01\0\x09a",
        ] {
            assert_eq!((subscribed_topics(bytes), assigned_topics(bytes)), (None, None), "{bytes:?}");
        }
    }
}
