//! The members of a schema object, sorted by what they mean.

use std::borrow::Cow;

use super::java_number;
use crate::document::{Json, Node};

/// Members of a type's object. Those that no kind of type knows are custom properties.
#[derive(Default)]
pub(super) struct TypeAttributes<'a> {
    pub(super) kind: Option<Node<'a>>,
    pub(super) name: Option<Node<'a>>,
    pub(super) namespace: Option<Node<'a>>,
    pub(super) doc: Option<Node<'a>>,
    pub(super) fields: Option<Node<'a>>,
    pub(super) items: Option<Node<'a>>,
    pub(super) values: Option<Node<'a>>,
    pub(super) symbols: Option<Node<'a>>,
    pub(super) size: Option<Node<'a>>,
    pub(super) aliases: Option<Node<'a>>,
    pub(super) custom: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl<'a> TypeAttributes<'a> {
    pub(super) fn sort(members: Vec<(Cow<'a, str>, Node<'a>)>) -> Self {
        let mut sorted = Self::default();
        for (key, value) in members {
            let slot = match &*key {
                "type" => &mut sorted.kind,
                "name" => &mut sorted.name,
                "namespace" => &mut sorted.namespace,
                "doc" => &mut sorted.doc,
                "fields" => &mut sorted.fields,
                "items" => &mut sorted.items,
                "values" => &mut sorted.values,
                "symbols" => &mut sorted.symbols,
                "size" => &mut sorted.size,
                "aliases" => &mut sorted.aliases,
                _ => {
                    sorted.custom.push((key, value));
                    continue;
                }
            };
            *slot = Some(value);
        }
        sorted
    }

    /// Takes `default` out of the custom properties: only enums know it.
    pub(super) fn take_default(&mut self) -> Option<Node<'a>> {
        let at = self.custom.iter().position(|(key, _)| key == "default")?;
        Some(self.custom.remove(at).1)
    }
}

/// Members of a field's object.
#[derive(Default)]
pub(super) struct FieldAttributes<'a> {
    pub(super) name: Option<Node<'a>>,
    pub(super) field_type: Option<Node<'a>>,
    pub(super) doc: Option<Node<'a>>,
    pub(super) default: Option<Node<'a>>,
    pub(super) order: Option<Node<'a>>,
    pub(super) aliases: Option<Node<'a>>,
    pub(super) custom: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl<'a> FieldAttributes<'a> {
    pub(super) fn sort(members: Vec<(Cow<'a, str>, Node<'a>)>) -> Self {
        let mut sorted = Self::default();
        for (key, value) in members {
            let slot = match &*key {
                "name" => &mut sorted.name,
                "type" => &mut sorted.field_type,
                "doc" => &mut sorted.doc,
                "default" => &mut sorted.default,
                "order" => &mut sorted.order,
                "aliases" => &mut sorted.aliases,
                _ => {
                    sorted.custom.push((key, value));
                    continue;
                }
            };
            *slot = Some(value);
        }
        sorted
    }
}

/// The text, where there is one. Other values count as absent, as in the reference registry.
pub(super) fn text(node: Option<Node<'_>>) -> Option<Cow<'_, str>> {
    match node {
        Some(Node::String(text)) => Some(text),
        _ => None,
    }
}

/// A default or property value, numbers in Java's spelling.
pub(super) fn respelled(node: Node<'_>) -> Json {
    match node {
        Node::Number(spelling) => java_number::respell(spelling),
        Node::Array(items) => Json::Array(items.into_iter().map(respelled).collect()),
        Node::Object(members) => Json::Object(
            members.into_iter().map(|(key, value)| (key.into_owned(), respelled(value))).collect(),
        ),
        other => other.into_json(),
    }
}

/// The first whole number in a value that does not fit 64 bits.
pub(super) fn number_beyond_long(value: &Json) -> Option<&str> {
    match value {
        Json::Number(spelling) if java_number::is_whole(spelling) && spelling.parse::<i64>().is_err() => {
            Some(spelling)
        }
        Json::Array(items) => items.iter().find_map(number_beyond_long),
        Json::Object(members) => members.iter().find_map(|(_, value)| number_beyond_long(value)),
        _ => None,
    }
}
