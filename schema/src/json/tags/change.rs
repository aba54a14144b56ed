//! Adding and removing tags at places of a schema.

use std::collections::VecDeque;

use super::order::Sorting;
use super::view::{Criterion, View};
use super::{RECORD, TAGS, distinct, tags_of};
use crate::document::Json;
use crate::format::UnknownEntity;
use crate::json::references::{Place, Resolver};
use crate::json::schema::JsonSchema;
use crate::json::{parse, recursion};
use crate::model::api::{SchemaEntity, SchemaTags};

/// Adds tags, then removes tags.
pub(in crate::json) fn change(
    schema: &JsonSchema,
    add: &[SchemaTags],
    remove: &[SchemaTags],
) -> Result<JsonSchema, UnknownEntity> {
    let unknown = |tags: &SchemaTags| UnknownEntity(tags.schema_entity.entity_path.clone());
    let Some(first) = add.first().or(remove.first()) else { return Ok(schema.clone()) };
    let mut routes = Vec::new();
    {
        let mut resolver = Resolver::new(schema);
        let root = resolver.root();
        let mut search = Search { resolver };
        for tags in add.iter().chain(remove) {
            let target = search.find(&root, &tags.schema_entity).ok_or_else(|| unknown(tags))?;
            routes.push(target.address());
        }
    }
    let (added, removed) = routes.split_at_checked(add.len()).unwrap_or((&routes, &[]));
    let added = added.iter().copied().zip(add.iter().map(|tags| &tags.tags)).collect();
    let removed = removed.iter().copied().zip(remove.iter().map(|tags| &tags.tags)).collect();
    let root = retagged(schema.root(), &Changes { added, removed });
    parse::with_root(schema, root).map_err(|_| unknown(first))
}

/// Tags by the address of their schema object.
struct Changes<'t> {
    added: Vec<(usize, &'t Vec<String>)>,
    removed: Vec<(usize, &'t Vec<String>)>,
}

/// A copy with changes.
fn retagged(node: &Json, changes: &Changes<'_>) -> Json {
    recursion::level(|| match node {
        Json::Array(items) => Json::Array(items.iter().map(|item| retagged(item, changes)).collect()),
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), retagged(value, changes)));
            let mut members: Vec<_> = members.collect();
            change_members(node, &mut members, changes);
            Json::Object(members)
        }
        other => other.clone(),
    })
}

fn change_members(node: &Json, members: &mut Vec<(String, Json)>, changes: &Changes<'_>) {
    let address = std::ptr::from_ref(node).addr();
    let of_node = |changes: &Vec<(usize, &Vec<String>)>| -> Option<Vec<String>> {
        let mut found = changes.iter().filter(|(at, _)| *at == address).peekable();
        found.peek()?;
        Some(found.flat_map(|(_, tags)| tags.iter().cloned()).collect())
    };
    let (added, removed) = (of_node(&changes.added), of_node(&changes.removed));
    if added.is_none() && removed.is_none() {
        return;
    }
    let removed = removed.unwrap_or_default();
    let present = tags_of(node).into_iter().chain(added.unwrap_or_default());
    let tags: Vec<Json> =
        distinct(present).into_iter().filter(|tag| !removed.contains(tag)).map(Json::String).collect();
    match (members.iter().position(|(key, _)| key == TAGS), tags.is_empty()) {
        (Some(at), true) => {
            members.remove(at);
        }
        (None, true) => {}
        (Some(at), false) => {
            if let Some((_, value)) = members.get_mut(at) {
                *value = Json::Array(tags);
            }
        }
        (None, false) => members.push((TAGS.to_owned(), Json::Array(tags))),
    }
}

struct Search<'a> {
    resolver: Resolver<'a>,
}

type Words<'w> = VecDeque<&'w str>;

impl<'a> Search<'a> {
    /// The schema object that an entity names.
    fn find(&mut self, root: &Place<'a>, entity: &SchemaEntity) -> Option<Place<'a>> {
        let mut words: Words<'_> = entity.entity_path.split('.').collect();
        let mut place = root.clone();
        loop {
            let word = words.pop_front()?;
            if word == "object" && words.is_empty() {
                let is_found = entity.entity_type == RECORD && matches!(place.node, Json::Object(_));
                return is_found.then_some(place);
            }
            place = self.step(&place, word, &mut words)?;
            if word == "object" && words.is_empty() {
                return matches!(place.node, Json::Object(_)).then_some(place);
            }
        }
    }

    fn step(&mut self, place: &Place<'a>, word: &str, words: &mut Words<'_>) -> Option<Place<'a>> {
        match word {
            "object" => {
                let holder = words.front().copied().filter(|word| matches!(*word, "definitions" | "$defs"));
                if holder.is_some() {
                    words.pop_front();
                }
                let holder = holder.unwrap_or("properties");
                let found =
                    place.node.get(holder).and_then(|inner| named(&place.child(inner), &mut words.clone()));
                match found {
                    None if holder == "$defs" => named(&place.child(place.node.get("definitions")?), words),
                    _ => named(&place.child(place.node.get(holder)?), words),
                }
            }
            "array" => place.node.get("items").map(|items| place.child(items)),
            "not" => place.node.get("not").map(|inner| place.child(inner)),
            "anyof" => match place.node.get("anyOf") {
                Some(_) => self.part(place, Criterion::Any, words.pop_front()?),
                // Several types in `type` have no object of their own.
                None => words.pop_front().map(|_| place.clone()),
            },
            "allof" => match place.node.get("allOf") {
                Some(_) => self.part(place, Criterion::All, words.pop_front()?),
                // Nor have keywords beside each other.
                None => words.pop_front().map(|_| place.clone()),
            },
            "conditional" => place.node.get(words.pop_front()?).map(|inner| place.child(inner)),
            "oneof" => self.part(place, Criterion::One, words.pop_front()?),
            _ => None,
        }
    }

    fn part(&mut self, place: &Place<'a>, criterion: Criterion, index: &str) -> Option<Place<'a>> {
        let Json::Array(items) = place.node.get(criterion.keyword())? else { return None };
        let mut parts: Vec<_> = items.iter().map(|item| View::of(place.child(item))).collect();
        Sorting::new(&mut self.resolver).sort(&mut parts);
        parts.into_iter().nth(index.parse().ok()?).map(|part| part.place)
    }
}

/// The member that the next words name: names may have dots in them; the shortest that is there counts.
fn named<'a>(place: &Place<'a>, words: &mut Words<'_>) -> Option<Place<'a>> {
    let mut name = words.pop_front()?.to_owned();
    loop {
        if let Some(found) = place.node.get(&name) {
            return Some(place.child(found));
        }
        name.push('.');
        name.push_str(words.pop_front()?);
    }
}
