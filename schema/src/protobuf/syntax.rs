//! The syntax tree of a `.proto` file: what the file says, name by name and number by number, before anything is
//! resolved. Comments are not kept.
//!
//! The parser makes it, `descriptor` makes it from a compiled file, and the printers, the normaliser and the checker
//! read it. Sequences keep the order of the source.

/// The largest field number, which is written `max` at the end of a range.
pub const MAX_TAG: i32 = (1 << 29) - 1;

/// Where something stands in the text, counted from 1; zeros when it comes from a descriptor.
///
/// Two positions always compare equal: where a declaration stands is no part of what it says.
#[derive(Clone, Copy, Debug, Default, Eq)]
pub struct Position {
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One `.proto` file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// `syntax = …` or `edition = …`, if written. A file without is proto2.
    pub syntax: Option<Syntax>,
    /// The package, without a leading dot.
    pub package: Option<String>,
    /// Plain imports.
    pub imports: Vec<Import>,
    /// `import public`.
    pub public_imports: Vec<Import>,
    /// `import weak`; the printed text leaves them out.
    pub weak_imports: Vec<Import>,
    /// File options.
    pub options: Vec<ProtoOption>,
    /// Messages and enums.
    pub types: Vec<Type>,
    /// Extensions of other messages, at file level.
    pub extends: Vec<Extend>,
    /// Services.
    pub services: Vec<Service>,
}

/// The language level of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `syntax = "proto2"`.
    Proto2,
    /// `syntax = "proto3"`.
    Proto3,
    /// `edition = "…"`, with its name, for example `2023`.
    Edition(String),
}

/// An import of another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path, with forward slashes.
    pub path: String,
    /// Where it stands.
    pub position: Position,
}

/// A message or an enum.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A message.
    Message(Message),
    /// An enum.
    Enum(Enum),
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// The name alone, without package and enclosing messages.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// `reserved` statements.
    pub reserved: Vec<Reserved>,
    /// `option` statements.
    pub options: Vec<ProtoOption>,
    /// Fields outside of oneofs, maps among them.
    pub fields: Vec<Field>,
    /// Oneofs.
    pub oneofs: Vec<OneOf>,
    /// Groups outside of oneofs.
    pub groups: Vec<Group>,
    /// `extensions` statements.
    pub extensions: Vec<Extensions>,
    /// Extensions of other messages, written inside this one.
    pub extends: Vec<Extend>,
    /// Nested messages and enums.
    pub types: Vec<Type>,
}

/// An enum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Enum {
    /// The name alone.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// `reserved` statements.
    pub reserved: Vec<Reserved>,
    /// `option` statements.
    pub options: Vec<ProtoOption>,
    /// The constants.
    pub constants: Vec<EnumConstant>,
}

/// A constant of an enum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnumConstant {
    /// The name.
    pub name: String,
    /// Its number.
    pub tag: i32,
    /// Options in brackets.
    pub options: Vec<ProtoOption>,
    /// Where it stands.
    pub position: Position,
}

/// A field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// The label, if written.
    pub label: Option<Label>,
    /// The type as written: `int32`, `Other`, `.p.Other` or `map<string, Other>` (spelt with one blank after the comma).
    pub type_name: String,
    /// The name.
    pub name: String,
    /// Its number.
    pub tag: i32,
    /// The `default`, without quotes and escapes; it is none of `options`.
    pub default: Option<String>,
    /// The `json_name`; it is none of `options`.
    pub json_name: Option<String>,
    /// Options in brackets.
    pub options: Vec<ProtoOption>,
    /// Where it stands.
    pub position: Position,
}

/// The label of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `optional`.
    Optional,
    /// `required`.
    Required,
    /// `repeated`.
    Repeated,
}

/// A oneof.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneOf {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// `option` statements.
    pub options: Vec<ProtoOption>,
    /// Its fields; none of them has a label.
    pub fields: Vec<Field>,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// A group: a field and its message in one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The label, if written.
    pub label: Option<Label>,
    /// The name of the message; the field has the same in lower case.
    pub name: String,
    /// Its number.
    pub tag: i32,
    /// Where it stands.
    pub position: Position,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// An `extend` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extend {
    /// The extended message as written.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// The fields added.
    pub fields: Vec<Field>,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// `option` statements.
    pub options: Vec<ProtoOption>,
    /// Its procedures.
    pub rpcs: Vec<Rpc>,
}

/// A procedure of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rpc {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// Type of the request, as written.
    pub request_type: String,
    /// Type of the response, as written.
    pub response_type: String,
    /// Whether the request is a stream.
    pub request_streaming: bool,
    /// Whether the response is a stream.
    pub response_streaming: bool,
    /// `option` statements.
    pub options: Vec<ProtoOption>,
}

/// One `reserved` statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reserved {
    /// What it reserves.
    pub values: Vec<ReservedValue>,
    /// Where it stands.
    pub position: Position,
}

/// What a `reserved` statement may list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReservedValue {
    /// A name.
    Name(String),
    /// Numbers.
    Tags(TagRange),
}

/// One `extensions` statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// The numbers.
    pub values: Vec<TagRange>,
    /// Options in brackets.
    pub options: Vec<ProtoOption>,
    /// Where it stands.
    pub position: Position,
}

/// A number or a range of numbers, as written: `7` and `7 to 7` are different texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagRange {
    /// One number.
    One(i32),
    /// First and last number, both included; `max` is [`MAX_TAG`].
    Range(i32, i32),
}

/// An option: of a statement `option …;` or in brackets.
///
/// `(a.b).c.(d) = 1` is the option `a.b` (in parentheses) with a nested option `c` with a nested option `d`
/// (in parentheses) with the number 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtoOption {
    /// The name without parentheses. Keys of extensions in a map keep their brackets: `[p.ext]`.
    pub name: String,
    /// Whether the name was in parentheses: a custom option.
    pub is_custom: bool,
    /// The value.
    pub value: OptionValue,
}

/// Value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A string, without quotes and escapes.
    String(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A number as written, with its sign.
    Number(String),
    /// An identifier: the constant of an enum, but also `inf` and `nan`.
    Enum(String),
    /// An aggregate `{…}`: keys and values in order of first appearance. A key that is written twice has a list.
    Map(Vec<(String, OptionValue)>),
    /// A list `[…]`.
    List(Vec<OptionValue>),
    /// The rest of a dotted name, with the value.
    Nested(Box<ProtoOption>),
}

impl Type {
    /// The name alone.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Message(message) => &message.name,
            Self::Enum(an_enum) => &an_enum.name,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> Position {
        match self {
            Self::Message(message) => message.position,
            Self::Enum(an_enum) => an_enum.position,
        }
    }
}

impl Field {
    /// Key type and value type of a map field, as written.
    #[must_use]
    pub fn map_types(&self) -> Option<(&str, &str)> {
        let inner = self.type_name.strip_prefix("map<")?.strip_suffix('>')?;
        inner.split_once(',').map(|(key, value)| (key.trim(), value.trim()))
    }
}

impl File {
    /// Whether fields without a label follow the rules of proto3.
    #[must_use]
    pub fn is_proto3(&self) -> bool {
        self.syntax == Some(Syntax::Proto3)
    }

    /// The imports that the printed text keeps: plain, then public.
    pub fn kept_imports(&self) -> impl Iterator<Item = &Import> {
        self.imports.iter().chain(&self.public_imports)
    }

    /// Top-level messages in order of the source.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        messages(&self.types)
    }
}

impl Message {
    /// Nested messages in order of the source.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        messages(&self.types)
    }

    /// Every field, also those of oneofs; groups are none.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(self.oneofs.iter().flat_map(|oneof| &oneof.fields))
    }
}

fn messages(types: &[Type]) -> impl Iterator<Item = &Message> {
    types.iter().filter_map(|each| match each {
        Type::Message(message) => Some(message),
        Type::Enum(_) => None,
    })
}

impl TagRange {
    /// The first number.
    #[must_use]
    pub fn first(self) -> i32 {
        match self {
            Self::One(tag) | Self::Range(tag, _) => tag,
        }
    }

    /// The last number, included.
    #[must_use]
    pub fn last(self) -> i32 {
        match self {
            Self::One(tag) | Self::Range(_, tag) => tag,
        }
    }
}

impl Label {
    /// The keyword.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}
