//! Messages to try: few, small, and of values that betray a wrong reading.

use prost_reflect::bytes::Bytes;
use prost_reflect::{Cardinality, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

/// Messages that are tried for one finding.
pub(super) const SAMPLES_MAX: usize = 3_000;
/// Messages inside messages that are filled.
const DEPTH_MAX: usize = 4;
/// Values of one field that lies inside another.
const INNER_SAMPLES_MAX: usize = 24;
/// Required fields may nest: beyond this depth they stay empty.
const REQUIRED_DEPTH_MAX: usize = 16;
/// Messages that a message holds for its required fields: types may require each other many times over.
const REQUIRED_MAX: usize = 200;
/// Messages that are made for one finding, those inside others included.
const MADE_MAX: usize = 20_000;
/// The same for a pair of fields.
const MADE_FOR_PAIR_MAX: usize = 200;

/// Messages that may still be made.
struct Budget(usize);

impl Budget {
    /// Takes from what is left; false when that is not enough.
    fn take(&mut self, messages: usize) -> bool {
        let left = self.0.checked_sub(messages);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// The message with nothing but its required fields.
pub(super) fn least(message: &MessageDescriptor) -> DynamicMessage {
    least_and_size(message).0
}

/// The least message, and how many messages it consists of.
fn least_and_size(message: &MessageDescriptor) -> (DynamicMessage, usize) {
    let mut budget = Budget(REQUIRED_MAX);
    let made = filled(message, REQUIRED_DEPTH_MAX, &mut budget);
    (made, REQUIRED_MAX - budget.0)
}

fn filled(message: &MessageDescriptor, depth: usize, budget: &mut Budget) -> DynamicMessage {
    let mut made = DynamicMessage::new(message.clone());
    let Some(depth) = depth.checked_sub(1).filter(|_| budget.take(1)) else { return made };
    for field in message.fields().filter(|field| field.cardinality() == Cardinality::Required) {
        let value = match field.kind() {
            Kind::Message(inner) => Value::Message(filled(&inner, depth, budget)),
            kind => scalars(&kind).into_iter().next().unwrap_or_else(|| Value::default_value(&kind)),
        };
        made.set_field(&field, value);
    }
    made
}

/// The least message with one field set, to each of its sample values.
pub(super) fn with_field(
    message: &MessageDescriptor,
    field: &FieldDescriptor,
) -> impl Iterator<Item = DynamicMessage> {
    let mut budget = Budget(MADE_MAX);
    let values = values(field, DEPTH_MAX, &mut budget);
    set_to(message, field, values, &mut budget)
}

fn set_to(
    message: &MessageDescriptor,
    field: &FieldDescriptor,
    mut values: Vec<Value>,
    budget: &mut Budget,
) -> impl Iterator<Item = DynamicMessage> + use<> {
    let ((least, size), field) = (least_and_size(message), field.clone());
    values.truncate(budget.0 / size.max(1));
    budget.take(values.len() * size.max(1));
    values.into_iter().map(move |value| {
        let mut made = least.clone();
        made.set_field(&field, value);
        made
    })
}

/// Samples of a whole message: the least, then each field alone, then all fields that go together.
pub(super) fn messages(message: &MessageDescriptor) -> impl Iterator<Item = DynamicMessage> {
    inner_messages(message, DEPTH_MAX, &mut Budget(MADE_MAX)).into_iter()
}

/// The least message with two fields of `tags` set that do not exclude each other.
pub(super) fn pairs(message: &MessageDescriptor, tags: &[u32]) -> Vec<DynamicMessage> {
    let fields: Vec<FieldDescriptor> = tags.iter().filter_map(|&tag| message.get_field(tag)).collect();
    let mut made = Vec::new();
    for (index, one) in fields.iter().enumerate() {
        for other in fields.iter().skip(index + 1).filter(|other| !excludes(one, other)) {
            let [first, second] = [one, other].map(|field| values(field, 2, &mut Budget(MADE_FOR_PAIR_MAX)));
            if let (Some(first), Some(second)) = (first.into_iter().next(), second.into_iter().next()) {
                let mut message = least(message);
                message.set_field(one, first);
                message.set_field(other, second);
                made.push(message);
            }
            if made.len() >= INNER_SAMPLES_MAX {
                return made;
            }
        }
    }
    made
}

fn excludes(one: &FieldDescriptor, other: &FieldDescriptor) -> bool {
    one.containing_oneof().is_some() && one.containing_oneof() == other.containing_oneof()
}

fn inner_messages(message: &MessageDescriptor, depth: usize, budget: &mut Budget) -> Vec<DynamicMessage> {
    let mut made = vec![least(message)];
    let Some(depth) = depth.checked_sub(1) else { return made };
    let mut whole = least(message);
    let mut chosen = Vec::new();
    for field in message.fields() {
        if budget.0 == 0 {
            break;
        }
        let values = values(&field, depth, budget);
        let is_free = field.containing_oneof().is_none_or(|oneof| !chosen.contains(&oneof));
        if let (true, Some(value)) = (is_free, values.first()) {
            chosen.extend(field.containing_oneof());
            whole.set_field(&field, value.clone());
        }
        if made.len() < SAMPLES_MAX {
            made.extend(set_to(message, &field, values, budget));
        }
    }
    made.push(whole);
    made
}

/// Sample values of a field.
fn values(field: &FieldDescriptor, depth: usize, budget: &mut Budget) -> Vec<Value> {
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let keys: Vec<MapKey> = scalars(&key.kind()).into_iter().filter_map(Value::into_map_key).collect();
        let values = singles(&value.kind(), depth, budget);
        let (first_key, first_value) = (keys.first().cloned(), values.first().cloned());
        let by_key = keys
            .into_iter()
            .zip(std::iter::repeat(first_value))
            .filter_map(|(key, value)| Some((key, value?)));
        let by_value = values
            .into_iter()
            .zip(std::iter::repeat(first_key))
            .filter_map(|(value, key)| Some((key?, value)));
        return by_key.chain(by_value).map(|entry| Value::Map([entry].into())).collect();
    }
    let singles = singles(&field.kind(), depth, budget);
    if !field.is_list() {
        return singles;
    }
    let pairs = singles.iter().zip(singles.iter().skip(1));
    let pairs = pairs.take(1).map(|(one, other)| Value::List(vec![one.clone(), other.clone()]));
    singles.iter().map(|value| Value::List(vec![value.clone()])).chain(pairs.collect::<Vec<_>>()).collect()
}

fn singles(kind: &Kind, depth: usize, budget: &mut Budget) -> Vec<Value> {
    match kind {
        Kind::Message(message) => {
            let mut made = inner_messages(message, depth, budget);
            let whole = made.pop();
            made.truncate(INNER_SAMPLES_MAX);
            // The least message comes first, where it is empty, and shows little.
            if made.len() > 1 {
                made.rotate_left(1);
            }
            made.into_iter().chain(whole).map(Value::Message).collect()
        }
        kind => scalars(kind),
    }
}

/// Values other than the default, the telling ones first.
fn scalars(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Double => [1.5, -1.0, 1e300].map(Value::F64).to_vec(),
        Kind::Float => [1.5, -1.0, 1e30].map(Value::F32).to_vec(),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => [1, -1, 1_000_000, i32::MIN].map(Value::I32).to_vec(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => [1, -1, 1 << 40, i64::MIN].map(Value::I64).to_vec(),
        Kind::Uint32 | Kind::Fixed32 => [1, 2, 1_000_000, u32::MAX].map(Value::U32).to_vec(),
        Kind::Uint64 | Kind::Fixed64 => [1, 2, 1 << 40, u64::MAX].map(Value::U64).to_vec(),
        Kind::Bool => vec![Value::Bool(true)],
        Kind::String => ["hello", "a", "é"].map(|text| Value::String(text.to_owned())).to_vec(),
        Kind::Bytes => {
            vec![Value::Bytes(Bytes::from_static(b"hello")), Value::Bytes(Bytes::from_static(b"\xff"))]
        }
        Kind::Enum(declared) => {
            let mut numbers: Vec<i32> = declared.values().map(|value| value.number()).collect();
            numbers.sort_by_key(|&number| number == 0);
            numbers.truncate(INNER_SAMPLES_MAX);
            numbers.into_iter().map(Value::EnumNumber).collect()
        }
        Kind::Message(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::format::{SchemaFormat, Strictness};
    use crate::protobuf::{ProtobufSchema, compile};
    use crate::references::ResolvedReferences;

    /// Messages that require, or may have, each of the others.
    fn woven(label: &str) -> MessageDescriptor {
        let mut text = String::from("syntax = \"proto2\";\n");
        for number in 0..12 {
            let _ = write!(text, "message M{number} {{ optional string name = 100;");
            for field in 0..12 {
                let _ = write!(text, " {label} M{field} f{field} = {};", field + 1);
            }
            text.push_str(" }\n");
        }
        let schema = ProtobufSchema::parse(&text, &ResolvedReferences::none(), Strictness::New).unwrap();
        compile::pool(&schema).unwrap().get_message_by_name("M0").unwrap()
    }

    #[test]
    fn messages_that_hold_each_other_are_few_and_small() {
        for label in ["required", "optional", "repeated"] {
            let message = woven(label);
            let (_, size) = least_and_size(&message);
            assert!(size <= REQUIRED_MAX, "{label}: {size}");
            assert!(messages(&message).count() <= MADE_MAX, "{label}");
            let field = message.get_field(1).unwrap();
            assert!(with_field(&message, &field).count() <= SAMPLES_MAX, "{label}");
        }
    }
}
