//! Random valid `.proto` files: nested messages and enums, oneofs, maps, groups of labels, proto2 and proto3, imports.
//!
//! Everything is decided by a list of bytes, so that proptest can shrink a failing file. The model is public to the
//! tests, so that a test may change a file before it writes it.

#[path = "../choices/mod.rs"]
mod choices;
mod text;

pub(crate) use choices::Choices;

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct ProtoFile {
    pub(crate) proto3: bool,
    pub(crate) package: Option<&'static str>,
    pub(crate) imports: Vec<&'static str>,
    pub(crate) messages: Vec<Message>,
    pub(crate) enums: Vec<Enum>,
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    /// Oneofs with their members, which have no label.
    pub(crate) oneofs: Vec<(String, Vec<Field>)>,
    /// First and last number, included.
    pub(crate) reserved: Vec<(u32, u32)>,
    pub(crate) messages: Vec<Self>,
    pub(crate) enums: Vec<Enum>,
}

/// An enum.
#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) constants: Vec<(String, i32)>,
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) label: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) number: u32,
    /// As written in the brackets: `deprecated = true`.
    pub(crate) options: Vec<String>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Scalar(&'static str),
    /// Full name, without a leading dot.
    Message(String),
    /// Full name, without a leading dot.
    Enum(String),
    Map(&'static str, Box<Self>),
}

pub(crate) const SCALARS: [&str; 15] = [
    "int32", "string", "int64", "bool", "bytes", "double", "float", "uint32", "uint64", "sint32", "sint64",
    "fixed32", "fixed64", "sfixed32", "sfixed64",
];
const KEYS: [&str; 4] = ["string", "int32", "bool", "fixed64"];
const PACKAGES: [Option<&str>; 3] = [Some("shop"), None, Some("shop.orders.v1")];
/// Imports that need no reference, with a message of each.
const IMPORTS: [(&str, &str); 3] = [
    ("google/protobuf/timestamp.proto", "google.protobuf.Timestamp"),
    ("google/protobuf/wrappers.proto", "google.protobuf.StringValue"),
    ("google/type/money.proto", "google.type.Money"),
];

/// The types that a field may name.
#[derive(Default)]
struct Known {
    messages: Vec<String>,
    enums: Vec<String>,
}

/// A file with at least one message.
pub(crate) fn file(choices: &mut Choices<'_>) -> ProtoFile {
    let proto3 = !choices.yes();
    let package = PACKAGES[choices.below(PACKAGES.len())];
    let mut messages: Vec<Message> = (0..=choices.below(4)).map(|_| message_outline(choices, 3)).collect();
    let enums: Vec<Enum> = (0..choices.below(3)).map(|_| enumeration(choices)).collect();
    let mut known = Known::default();
    let scope = package.map(str::to_owned).unwrap_or_default();
    known.add(&scope, &messages, &enums);
    let mut imports = Vec::new();
    for (path, name) in IMPORTS {
        if choices.below(4) == 3 {
            imports.push(path);
            known.messages.push(name.to_owned());
        }
    }
    for message in &mut messages {
        fill(message, choices, &known, proto3);
    }
    ProtoFile { proto3, package, imports, messages, enums }
}

impl Known {
    fn add(&mut self, scope: &str, messages: &[Message], enums: &[Enum]) {
        for each in enums {
            self.enums.push(joined(scope, &each.name));
        }
        for message in messages {
            let full = joined(scope, &message.name);
            self.add(&full, &message.messages, &message.enums);
            self.messages.push(full);
        }
    }
}

fn joined(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

fn message_outline(choices: &mut Choices<'_>, depth: usize) -> Message {
    let name = choices.name("M");
    let nested = if depth == 0 { 0 } else { choices.below(6).saturating_sub(3) };
    let messages = (0..nested).map(|_| message_outline(choices, depth - 1)).collect();
    let enums = (0..choices.below(4).saturating_sub(2)).map(|_| enumeration(choices)).collect();
    Message { name, fields: Vec::new(), oneofs: Vec::new(), reserved: Vec::new(), messages, enums }
}

fn enumeration(choices: &mut Choices<'_>) -> Enum {
    let name = choices.name("E");
    let mut constants = vec![(format!("{name}_ZERO"), 0)];
    for index in 1..=choices.below(4) {
        let number = i32::try_from(index * 10 + choices.below(7)).unwrap_or(1);
        constants.push((format!("{name}_C{index}"), if choices.below(5) == 4 { -number } else { number }));
    }
    Enum { name, constants }
}

fn fill(message: &mut Message, choices: &mut Choices<'_>, known: &Known, proto3: bool) {
    let mut number = 0;
    for _ in 0..choices.below(6) {
        let kind = if choices.below(5) == 4 { map(choices, known) } else { kind(choices, known) };
        let label = match kind {
            Kind::Map(..) => None,
            _ => label(choices, proto3),
        };
        message.fields.push(field(choices, kind, label, &mut number));
    }
    for _ in 0..choices.below(4).saturating_sub(2) {
        let name = choices.name("choice");
        let count = 1 + choices.below(3);
        let members: Vec<Field> = (0..count)
            .map(|_| {
                let kind = kind(choices, known);
                field(choices, kind, None, &mut number)
            })
            .collect();
        message.oneofs.push((name, members));
    }
    if choices.below(4) == 3 {
        message.reserved.push((number + 1, number + 1));
        let last = number + 3 + u32::try_from(choices.below(4)).unwrap_or(0);
        message.reserved.insert(0, (number + 3, last));
    }
    if choices.yes() {
        message.fields.reverse();
    }
    for nested in &mut message.messages {
        fill(nested, choices, known, proto3);
    }
}

fn label(choices: &mut Choices<'_>, proto3: bool) -> Option<&'static str> {
    let labels: [Option<&str>; 4] = if proto3 {
        [None, Some("repeated"), Some("optional"), None]
    } else {
        [Some("optional"), Some("repeated"), Some("required"), Some("optional")]
    };
    labels[choices.below(4)]
}

fn map(choices: &mut Choices<'_>, known: &Known) -> Kind {
    Kind::Map(KEYS[choices.below(KEYS.len())], Box::new(kind(choices, known)))
}

fn kind(choices: &mut Choices<'_>, known: &Known) -> Kind {
    match choices.below(8) {
        5 | 6 if !known.messages.is_empty() => {
            Kind::Message(known.messages[choices.below(known.messages.len())].clone())
        }
        7 if !known.enums.is_empty() => Kind::Enum(known.enums[choices.below(known.enums.len())].clone()),
        _ => Kind::Scalar(SCALARS[choices.below(SCALARS.len())]),
    }
}

fn field(choices: &mut Choices<'_>, kind: Kind, label: Option<&'static str>, last: &mut u32) -> Field {
    *last += 1 + u32::from(choices.below(6) == 5);
    let mut options = Vec::new();
    if choices.below(8) == 7 {
        options.push("deprecated = true".to_owned());
    }
    if choices.below(12) == 11 {
        options.push(format!("json_name = \"j{last}\""));
    }
    Field { label, kind, name: choices.name("field_"), number: *last, options }
}
