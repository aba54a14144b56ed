//! Which logical types the reference registry recognises: they decide the order of custom properties.

use super::java_number;
use super::schema::{Kind, Primitive, Properties, Record, Type, TypeId};
use crate::document::Json;

/// The property that names a logical type.
pub(super) const LOGICAL_TYPE: &str = "logicalType";
/// With one of these a type is not taken for a logical type.
const INCOMPATIBLE: [&str; 4] = ["avro.java.string", "java-class", "java-key-class", "java-element-class"];
/// Bytes of a UUID.
const UUID_SIZE: u32 = 16;
/// Bytes of a duration.
const DURATION_SIZE: u32 = 12;

/// A logical type that fits the type it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Logical<'a> {
    /// Known by its name alone.
    Plain(&'a str),
    /// A decimal with its precision and scale.
    Decimal { precision: i32, scale: i32 },
}

/// The logical type of a type, if it is recognised and valid there.
pub(super) fn recognise<'a>(types: &[Type], kind: &Kind, properties: &'a Properties) -> Option<Logical<'a>> {
    let name = property(properties, LOGICAL_TYPE)?.as_str()?;
    let clash = |key: &&str| property(properties, key).is_some_and(|value| value.as_str().is_some());
    if INCOMPATIBLE.iter().any(clash) {
        return None;
    }
    let is = |primitive: Primitive| matches!(kind, Kind::Primitive(found) if *found == primitive);
    let fits = match name {
        "decimal" => return decimal(kind, properties),
        "uuid" => is(Primitive::String) || matches!(kind, Kind::Fixed(fixed) if fixed.size == UUID_SIZE),
        "duration" => matches!(kind, Kind::Fixed(fixed) if fixed.size == DURATION_SIZE),
        "big-decimal" => is(Primitive::Bytes),
        "date" | "time-millis" => is(Primitive::Int),
        "time-micros"
        | "timestamp-millis"
        | "timestamp-micros"
        | "timestamp-nanos"
        | "local-timestamp-millis"
        | "local-timestamp-micros"
        | "local-timestamp-nanos" => is(Primitive::Long),
        "map" => is_list_of_pairs(types, kind),
        "variant" => is_variant(types, kind),
        _ => false,
    };
    fits.then_some(Logical::Plain(name))
}

/// The value of a property.
pub(super) fn property<'a>(properties: &'a Properties, name: &str) -> Option<&'a Json> {
    properties.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn decimal<'a>(kind: &Kind, properties: &Properties) -> Option<Logical<'a>> {
    let precision = whole(property(properties, "precision")?)?;
    let scale = property(properties, "scale").map_or(Some(0), whole)?;
    let precision_max = match kind {
        Kind::Primitive(Primitive::Bytes) => f64::from(i32::MAX),
        Kind::Fixed(fixed) => (std::f64::consts::LOG10_2 * (8.0 * f64::from(fixed.size) - 1.0)).floor(),
        _ => return None,
    };
    let valid = precision > 0 && f64::from(precision) <= precision_max && (0..=precision).contains(&scale);
    valid.then_some(Logical::Decimal { precision, scale })
}

fn whole(value: &Json) -> Option<i32> {
    match value {
        Json::Number(spelling) if java_number::is_whole(spelling) => spelling.parse().ok(),
        _ => None,
    }
}

fn record(types: &[Type], id: TypeId) -> Option<&Record> {
    match &types.get(id.0 as usize)?.kind {
        Kind::Record(record) => Some(record),
        _ => None,
    }
}

fn is_list_of_pairs(types: &[Type], kind: &Kind) -> bool {
    let Kind::Array(element) = kind else { return false };
    record(types, *element).is_some_and(
        |pair| matches!(&*pair.fields, [key, value] if key.name == "key" && value.name == "value"),
    )
}

fn is_variant(types: &[Type], kind: &Kind) -> bool {
    let Kind::Record(record) = kind else { return false };
    let is_bytes = |name: &str| {
        record.fields.iter().any(|field| {
            let found = types.get(field.field_type.0 as usize);
            field.name == name
                && found.is_some_and(|found| matches!(found.kind, Kind::Primitive(Primitive::Bytes)))
        })
    };
    record.fields.len() == 2 && is_bytes("metadata") && is_bytes("value")
}
