//! From the path of a finding to the compiled messages that it is about.

use foldhash::HashSet;
use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::incompatibility::Incompatibility;

/// Namesakes of a message in different packages that are tried.
const NAMESAKES_MAX: usize = 8;

/// What a finding is about.
#[derive(Debug)]
pub(super) enum Located {
    /// A message that the reader lacks.
    Removed {
        /// The message.
        writer: MessageDescriptor,
        /// Messages of the reader with as many fields that the writer lacks: it may have been renamed.
        namesakes: Vec<MessageDescriptor>,
    },
    /// A field of a message of both.
    Field {
        /// The reader's message.
        reader: MessageDescriptor,
        /// The writer's message.
        writer: MessageDescriptor,
        /// Number of the field.
        tag: u32,
    },
    /// A oneof of the reader.
    OneOf {
        /// The reader's message.
        reader: MessageDescriptor,
        /// The writer's message.
        writer: MessageDescriptor,
        /// Numbers of the fields in the oneof.
        tags: Vec<u32>,
    },
}

/// Everything that the path of `finding` may mean, the schemas' own files first. Paths do not name packages.
pub(super) fn locate(
    reader: &DescriptorPool,
    writer: &DescriptorPool,
    finding: &Incompatibility,
) -> Vec<Located> {
    let tokens: Vec<&str> = finding.path.trim_start_matches("#/").split('/').collect();
    if finding.kind == "MESSAGE_REMOVED" {
        let messages = messages_at(writer, &tokens).into_iter();
        return messages.map(|message| removed(reader, writer, message)).collect();
    }
    let Some((last, names)) = tokens.split_last() else { return Vec::new() };
    match last.parse() {
        Ok(tag) => {
            let mut located = fields(reader, writer, names, tag);
            if let Some((_, names)) = names.split_last() {
                located.extend(fields(reader, writer, names, tag));
            }
            located
        }
        Err(_) => oneofs(reader, writer, names, last),
    }
}

fn removed(reader: &DescriptorPool, writer: &DescriptorPool, message: MessageDescriptor) -> Located {
    let known: HashSet<String> = writer.all_messages().map(|each| local_name(&each)).collect();
    let is_namesake = |each: &MessageDescriptor| {
        !each.is_map_entry()
            && each.fields().len() > 0
            && each.fields().len() == message.fields().len()
            && !known.contains(&local_name(each))
    };
    let namesakes = reader.all_messages().filter(is_namesake).take(NAMESAKES_MAX).collect();
    Located::Removed { namesakes, writer: message }
}

fn fields(reader: &DescriptorPool, writer: &DescriptorPool, names: &[&str], tag: u32) -> Vec<Located> {
    let pairs = pairs_at(reader, writer, names).into_iter();
    let is_met = |(reader, writer): &(MessageDescriptor, MessageDescriptor)| {
        reader.get_field(tag).is_some() || writer.get_field(tag).is_some()
    };
    pairs.filter(is_met).map(|(reader, writer)| Located::Field { reader, writer, tag }).collect()
}

fn oneofs(reader: &DescriptorPool, writer: &DescriptorPool, names: &[&str], oneof: &str) -> Vec<Located> {
    let located = |(reader, writer): (MessageDescriptor, MessageDescriptor)| {
        let found = reader.oneofs().find(|each| each.name() == oneof)?;
        let tags = found.fields().map(|field| field.number()).collect();
        Some(Located::OneOf { reader, writer, tags })
    };
    pairs_at(reader, writer, names).into_iter().filter_map(located).collect()
}

fn pairs_at(
    reader: &DescriptorPool,
    writer: &DescriptorPool,
    names: &[&str],
) -> Vec<(MessageDescriptor, MessageDescriptor)> {
    let (ours, theirs) = (messages_at(reader, names), messages_at(writer, names));
    ours.iter().flat_map(|our| theirs.iter().map(move |their| (our.clone(), their.clone()))).collect()
}

/// The messages of a pool whose name without the package is `names`. The schema's own file was added last.
fn messages_at(pool: &DescriptorPool, names: &[&str]) -> Vec<MessageDescriptor> {
    let local = names.join(".");
    if local.is_empty() {
        return Vec::new();
    }
    let is_there = |message: &MessageDescriptor| !message.is_map_entry() && local_part(message) == local;
    let mut found: Vec<MessageDescriptor> = pool.all_messages().filter(is_there).collect();
    found.reverse();
    found.truncate(NAMESAKES_MAX);
    found
}

fn local_part(message: &MessageDescriptor) -> &str {
    let (name, package) = (message.full_name(), message.package_name());
    name.strip_prefix(package).map_or(name, |rest| rest.strip_prefix('.').unwrap_or(rest))
}

fn local_name(message: &MessageDescriptor) -> String {
    local_part(message).to_owned()
}
