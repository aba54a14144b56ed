//! The shared Avro record as a plain struct, and the form of the data files.
//!
//! In that form numbers of 64 bits and special floats are texts, bytes are hexadecimal, a decimal is its digits, a date
//! or time is the number on the wire, a duration is a list of its three numbers, and a union is its bare value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::leaves::{
    bytes, decimal, digits, duration, fixed, float, hex, long, number, parts, text, uuid, uuid_bytes,
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AllTypes {
    nothing: (),
    flag: bool,
    small: i32,
    large: i64,
    coarse: f32,
    precise: f64,
    raw: Vec<u8>,
    text: String,
    colour: Colour,
    digest: [u8; 4],
    point: Point,
    numbers: Vec<i64>,
    points: Vec<Point>,
    totals: BTreeMap<String, i64>,
    groups: BTreeMap<String, Vec<Option<String>>>,
    optional: Option<i64>,
    choice: Option<Choice>,
    list: Node,
    price: Vec<u8>,
    balance: [u8; 8],
    identity: String,
    identity_bytes: [u8; 16],
    day: i32,
    time_millis: i32,
    time_micros: i64,
    at_millis: i64,
    at_micros: i64,
    at_nanos: i64,
    local_millis: i64,
    local_micros: i64,
    local_nanos: i64,
    period: [u8; 12],
    optional_price: Option<Vec<u8>>,
    optional_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Colour {
    Red,
    Green,
    Blue,
}

#[derive(Debug, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: f64,
}

#[derive(Debug, Serialize, Deserialize)]
enum Choice {
    Boolean(bool),
    Int(i32),
    String(String),
    Point(Point),
    Array(Vec<String>),
}

#[derive(Debug, Serialize, Deserialize)]
struct Node {
    value: i32,
    next: Option<Box<Node>>,
}

impl AllTypes {
    pub(crate) fn from_canonical(record: &Value) -> Self {
        let some = |name: &str| Some(&record[name]).filter(|value| !value.is_null());
        let list = |name: &str| record[name].as_array().expect("a list").iter();
        Self {
            nothing: (),
            flag: record["flag"].as_bool().expect("a boolean"),
            small: number(&record["small"]),
            large: long(&record["large"]),
            coarse: float(&record["coarse"]),
            precise: float(&record["precise"]),
            raw: bytes(&record["raw"]),
            text: text(&record["text"]),
            colour: serde_json::from_value(record["colour"].clone()).expect("a colour"),
            digest: fixed(&record["digest"]),
            point: Point::from_canonical(&record["point"]),
            numbers: list("numbers").map(long).collect(),
            points: list("points").map(Point::from_canonical).collect(),
            totals: entries(&record["totals"], long),
            groups: entries(&record["groups"], |group| serde_json::from_value(group.clone()).expect("texts")),
            optional: some("optional").map(long),
            choice: some("choice").map(Choice::from_canonical),
            list: serde_json::from_value(record["list"].clone()).expect("a list"),
            price: decimal(&record["price"]),
            balance: balance(&record["balance"]),
            identity: text(&record["identity"]),
            identity_bytes: uuid_bytes(&record["identity_bytes"]),
            day: number(&record["day"]),
            time_millis: number(&record["time_millis"]),
            time_micros: long(&record["time_micros"]),
            at_millis: long(&record["at_millis"]),
            at_micros: long(&record["at_micros"]),
            at_nanos: long(&record["at_nanos"]),
            local_millis: long(&record["local_millis"]),
            local_micros: long(&record["local_micros"]),
            local_nanos: long(&record["local_nanos"]),
            period: duration(&record["period"]),
            optional_price: some("optional_price").map(decimal),
            optional_at: some("optional_at").map(long),
        }
    }

    pub(crate) fn to_canonical(&self) -> Value {
        let texts = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<String>>();
        let totals: BTreeMap<&String, String> =
            self.totals.iter().map(|(name, total)| (name, total.to_string())).collect();
        json!({
            "nothing": self.nothing,
            "flag": self.flag,
            "small": self.small,
            "large": self.large.to_string(),
            "coarse": special(self.coarse.into()),
            "precise": special(self.precise),
            "raw": hex(&self.raw),
            "text": self.text,
            "colour": self.colour,
            "digest": hex(&self.digest),
            "point": self.point,
            "numbers": texts(&self.numbers),
            "points": self.points,
            "totals": totals,
            "groups": self.groups,
            "optional": self.optional.map(|value| value.to_string()),
            "choice": self.choice.as_ref().map(Choice::to_canonical),
            "list": self.list,
            "price": digits(&self.price, 4),
            "balance": digits(&self.balance, 2),
            "identity": self.identity,
            "identity_bytes": uuid(&self.identity_bytes),
            "day": self.day,
            "time_millis": self.time_millis,
            "time_micros": self.time_micros.to_string(),
            "at_millis": self.at_millis.to_string(),
            "at_micros": self.at_micros.to_string(),
            "at_nanos": self.at_nanos.to_string(),
            "local_millis": self.local_millis.to_string(),
            "local_micros": self.local_micros.to_string(),
            "local_nanos": self.local_nanos.to_string(),
            "period": parts(&self.period),
            "optional_price": self.optional_price.as_ref().map(|price| digits(price, 2)),
            "optional_at": self.optional_at.map(|at| at.to_string()),
        })
    }
}

fn entries<T>(value: &Value, convert: impl Fn(&Value) -> T) -> BTreeMap<String, T> {
    let entries = value.as_object().expect("a map").iter();
    entries.map(|(name, value)| (name.clone(), convert(value))).collect()
}

/// The digits of a decimal in all bytes of a fixed.
fn balance(value: &Value) -> [u8; 8] {
    let shortest = decimal(value);
    let sign = if shortest.first().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut fixed = [sign; 8];
    fixed[8 - shortest.len()..].copy_from_slice(&shortest);
    fixed
}

fn special(value: f64) -> Value {
    if value.is_nan() {
        return json!("NaN");
    }
    match (value.is_infinite(), value == 0.0 && value.is_sign_negative(), value > 0.0) {
        (true, _, true) => json!("Infinity"),
        (true, _, false) => json!("-Infinity"),
        (_, true, _) => json!("-0"),
        _ => json!(value),
    }
}

impl Point {
    fn from_canonical(value: &Value) -> Self {
        serde_json::from_value(value.clone()).expect("a point")
    }
}

impl Choice {
    fn from_canonical(value: &Value) -> Self {
        match value {
            Value::Null => panic!("nothing has no branch"),
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(_) => Self::Int(number(value)),
            Value::String(value) => Self::String(value.clone()),
            Value::Array(_) => Self::Array(serde_json::from_value(value.clone()).expect("texts")),
            Value::Object(_) => Self::Point(Point::from_canonical(value)),
        }
    }

    fn to_canonical(&self) -> Value {
        match self {
            Self::Boolean(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::String(value) => json!(value),
            Self::Point(value) => json!(value),
            Self::Array(value) => json!(value),
        }
    }
}
