//! The order of what the normalised text sorts.

use std::cmp::Ordering;

use crate::protobuf::syntax::{EnumConstant, Extensions, Import, Reserved, ReservedValue, TagRange};

/// The order of the reference's strings: by UTF-16 code units.
pub(super) fn by_text(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}

/// Each path once, in order.
pub(super) fn imports(imports: &[Import]) -> Vec<Import> {
    let mut sorted = imports.to_vec();
    sorted.sort_by(|one, other| by_text(&one.path, &other.path));
    sorted.dedup_by(|later, earlier| later.path == earlier.path);
    sorted
}

/// One value per statement, numbers first.
pub(super) fn reserved(statements: &[Reserved]) -> Vec<Reserved> {
    let each = |statement: &Reserved| {
        let position = statement.position;
        let values = statement.values.clone().into_iter();
        values.map(move |value| Reserved { values: vec![value], position }).collect::<Vec<_>>()
    };
    let mut single: Vec<Reserved> = statements.iter().flat_map(each).collect();
    single.sort_by_cached_key(|statement| match statement.values.first() {
        Some(ReservedValue::Tags(range)) => (range.first(), text_of(*range)),
        Some(ReservedValue::Name(name)) => (i32::MAX, name.encode_utf16().collect()),
        None => (i32::MAX, Vec::new()),
    });
    for value in single.iter_mut().flat_map(|statement| &mut statement.values) {
        if let ReservedValue::Tags(range) = value {
            *range = shortest(*range);
        }
    }
    single
}

/// Equal starts go by their text.
fn text_of(range: TagRange) -> Vec<u16> {
    let text = match range {
        TagRange::One(tag) => tag.to_string(),
        TagRange::Range(first, last) => format!("{first}..{last}"),
    };
    text.encode_utf16().collect()
}

fn shortest(range: TagRange) -> TagRange {
    match range {
        TagRange::Range(first, last) if first == last => TagRange::One(first),
        other => other,
    }
}

/// One range per statement, by first number.
pub(super) fn extensions(statements: Vec<Extensions>) -> Vec<Extensions> {
    let mut single: Vec<Extensions> = Vec::new();
    for statement in statements {
        for range in &statement.values {
            single.push(Extensions { values: vec![shortest(*range)], ..statement.clone() });
        }
    }
    single.sort_by_key(|statement| statement.values.first().map_or(i32::MAX, |range| range.first()));
    single
}

/// By number, then name.
pub(super) fn constants(constants: &mut [EnumConstant]) {
    constants.sort_by(|one, other| one.tag.cmp(&other.tag).then_with(|| by_text(&one.name, &other.name)));
}
