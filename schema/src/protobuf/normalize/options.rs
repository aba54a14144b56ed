//! Options: custom names in full, dotted names as maps, equal names merged, sorted by name.

use super::number::formatted;
use super::order::by_text;
use super::scope::Scope;
use crate::protobuf::builtin;
use crate::protobuf::syntax::{Field, Label, Message, OptionValue, ProtoOption};

/// The entries of an aggregate.
type Entries = Vec<(String, OptionValue)>;

/// The options as the normalised text has them.
pub(super) fn normalized(options: Vec<ProtoOption>, scope: Scope<'_, '_>) -> Vec<ProtoOption> {
    let mut options: Vec<ProtoOption> = options.into_iter().map(|option| in_full(option, scope)).collect();
    options.sort_by(|one, other| by_text(&one.name, &other.name));
    let mut merged: Vec<ProtoOption> = Vec::with_capacity(options.len());
    for option in options {
        match merged.last_mut().filter(|last| last.name == option.name) {
            Some(last) => match scope.extension_in_full(&option.name) {
                Some(field) if field.label != Some(Label::Repeated) => {
                    let existing = std::mem::replace(&mut last.value, OptionValue::List(Vec::new()));
                    *last = joined(field, existing, option, scope);
                }
                _ => merged.push(option),
            },
            None => merged.push(option),
        }
    }
    for option in &mut merged {
        let value = std::mem::replace(&mut option.value, OptionValue::List(Vec::new()));
        option.value = outer_value(value, scope);
    }
    merged
}

/// A custom option with the full name of its extension, and with a map instead of a dotted name. An option that
/// nobody declares stays as it is.
fn in_full(option: ProtoOption, scope: Scope<'_, '_>) -> ProtoOption {
    if !option.is_custom {
        return option;
    }
    match scope.extension(&option.name) {
        Some(name) => ProtoOption { name, is_custom: true, value: as_map(option.value) },
        None => option,
    }
}

/// A dotted name as aggregates within each other.
pub(in crate::protobuf) fn as_map(value: OptionValue) -> OptionValue {
    match value {
        OptionValue::Nested(nested) => OptionValue::Map(vec![(nested.name, as_map(nested.value))]),
        other => other,
    }
}

/// Two settings of an option that can be set once: aggregates are put together, and else the later one counts.
fn joined(field: &Field, existing: OptionValue, option: ProtoOption, scope: Scope<'_, '_>) -> ProtoOption {
    let value = match (existing, as_map(option.value)) {
        (OptionValue::Map(existing), OptionValue::Map(replacement)) => {
            OptionValue::Map(joined_entries(scope.message(&field.type_name), existing, replacement, scope))
        }
        (_, replacement) => replacement,
    };
    ProtoOption { name: option.name, is_custom: option.is_custom, value }
}

fn joined_entries<'a>(
    container: Option<&'a Message>,
    mut entries: Entries,
    replacement: Entries,
    scope: Scope<'_, 'a>,
) -> Entries {
    for (key, value) in replacement {
        let named = |message: &'a Message| message.all_fields().find(|field| field.name == key);
        let field = container.and_then(|message| Some((message, named(message)?)));
        match entries.iter_mut().find(|(existing, _)| *existing == key) {
            Some((_, existing)) => {
                let first = std::mem::replace(existing, OptionValue::List(Vec::new()));
                *existing = joined_values(field, first, value, scope);
            }
            None => entries.push((key, value)),
        }
    }
    entries
}

fn joined_values<'a>(
    field: Option<(&'a Message, &'a Field)>,
    first: OptionValue,
    second: OptionValue,
    scope: Scope<'_, 'a>,
) -> OptionValue {
    let singular = field.filter(|(container, field)| !is_repeated(container, field));
    let Some((_, field)) = singular else { return distinct(first, second) };
    match (first, second) {
        (OptionValue::Map(first), OptionValue::Map(second)) => match scope.message(&field.type_name) {
            Some(message) => OptionValue::Map(joined_entries(Some(message), first, second, scope)),
            None => OptionValue::Map(second),
        },
        (_, second) => second,
    }
}

/// A map counts as repeated only in files that every schema may import: the reference knows those by their descriptors.
fn is_repeated(container: &Message, field: &Field) -> bool {
    let is_built_in = || {
        let mut files = builtin::files();
        files.any(|(_, file)| file.messages().any(|message| std::ptr::eq(message, container)))
    };
    field.label == Some(Label::Repeated) || field.map_types().is_some() && is_built_in()
}

/// Two values of one option, of which nobody knows what it declares: of aggregates the members are accumulated.
pub(in crate::protobuf) fn joined_loosely(first: OptionValue, second: OptionValue) -> OptionValue {
    let (OptionValue::Map(mut entries), OptionValue::Map(replacement)) = (first, second.clone()) else {
        return second;
    };
    for (key, value) in replacement {
        match entries.iter_mut().find(|(existing, _)| *existing == key) {
            Some((_, existing)) => {
                let known = std::mem::replace(existing, OptionValue::List(Vec::new()));
                *existing = distinct(known, value);
            }
            None => entries.push((key, value)),
        }
    }
    OptionValue::Map(entries)
}

/// Everything that is in either, each once.
fn distinct(first: OptionValue, second: OptionValue) -> OptionValue {
    let mut values: Vec<OptionValue> = Vec::new();
    for value in elements(first).into_iter().chain(elements(second)) {
        if !values.iter().any(|known| is_same(known, &value)) {
            values.push(value);
        }
    }
    OptionValue::List(values)
}

fn elements(value: OptionValue) -> Vec<OptionValue> {
    match value {
        OptionValue::List(values) => values,
        other => vec![other],
    }
}

/// Equality that does not ask for the order of keys.
fn is_same(one: &OptionValue, other: &OptionValue) -> bool {
    match (one, other) {
        (OptionValue::Map(one), OptionValue::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| {
                    other.iter().any(|(name, found)| name == key && is_same(value, found))
                })
        }
        (OptionValue::List(one), OptionValue::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        _ => one == other,
    }
}

/// The value of an option; a list stays a list.
fn outer_value(value: OptionValue, scope: Scope<'_, '_>) -> OptionValue {
    match value {
        OptionValue::List(values) => {
            OptionValue::List(values.into_iter().map(|value| inner_value(value, scope)).collect())
        }
        OptionValue::Nested(mut nested) => {
            nested.value = outer_value(nested.value, scope);
            OptionValue::Nested(nested)
        }
        other => inner_value(other, scope),
    }
}

/// A value within an aggregate or a list; a list of one is written as its element.
fn inner_value(value: OptionValue, scope: Scope<'_, '_>) -> OptionValue {
    match value {
        OptionValue::Number(text) => OptionValue::Number(formatted(&text)),
        OptionValue::Map(entries) => OptionValue::Map(sorted_entries(entries, scope)),
        OptionValue::List(mut values) => match (values.len(), values.pop()) {
            (1, Some(only)) => inner_value(only, scope),
            (_, last) => {
                let all = values.into_iter().chain(last);
                OptionValue::List(all.map(|value| inner_value(value, scope)).collect())
            }
        },
        OptionValue::Nested(mut nested) => {
            nested.value = outer_value(nested.value, scope);
            OptionValue::Nested(nested)
        }
        other => other,
    }
}

/// Entries by key, with keys of extensions in full and without empty lists. Of equal keys the first counts.
fn sorted_entries(entries: Entries, scope: Scope<'_, '_>) -> Entries {
    let mut sorted: Entries = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        if matches!(&value, OptionValue::List(values) if values.is_empty()) {
            continue;
        }
        let inner = key.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let full = inner.and_then(|name| scope.extension(name)).map(|name| format!("[{name}]"));
        sorted.push((full.unwrap_or(key), inner_value(value, scope)));
    }
    sorted.sort_by(|(one, _), (other, _)| by_text(one, other));
    sorted.dedup_by(|(later, _), (earlier, _)| later == earlier);
    sorted
}
