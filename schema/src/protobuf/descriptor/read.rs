//! A descriptor as a syntax tree.

use super::declared;
use super::read_options::options;
use super::wire::{Fields, Malformed};
use crate::format::ParseError;
use crate::protobuf::parse::NESTING_MAX;
use crate::protobuf::syntax::{
    Enum, EnumConstant, Extend, Extensions, Field, File, Import, Label, Message, OneOf, Position, Reserved,
    ReservedValue, Rpc, Service, Syntax, TagRange, Type,
};

/// The language's names of the types of fields, by number from 1.
const TYPES: [&str; 18] = [
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "group",
    "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64",
];

type Read<T> = Result<T, Malformed>;

/// The tree of a serialized `FileDescriptorProto`.
///
/// # Errors
/// [`ParseError`] when the bytes are none, or messages nest too deeply.
pub(in crate::protobuf) fn tree(bytes: &[u8]) -> Result<File, ParseError> {
    let malformed = |_| {
        ParseError::new(format!(
            "the base64 text holds no serialized FileDescriptorProto with at most {NESTING_MAX} nested messages; send \
             the text of the .proto file or its descriptor"
        ))
    };
    let fields = Fields::parse(bytes).map_err(malformed)?;
    file(&fields).map_err(malformed)
}

fn file(fields: &Fields<'_>) -> Read<File> {
    let syntax = match fields.text(12)?.as_deref() {
        Some("proto2") => Some(Syntax::Proto2),
        Some("proto3") => Some(Syntax::Proto3),
        _ => None,
    };
    let reader = Reader { is_proto3: syntax == Some(Syntax::Proto3) };
    let mut file = File {
        syntax,
        package: fields.text(2)?.filter(|package| !package.is_empty()),
        options: options(fields, 8, declared::FILE)?,
        types: reader.types(fields, [4, 5], 0)?,
        extends: reader.extends(fields, 7)?,
        services: fields.all(6).map(service).collect::<Read<_>>()?,
        ..File::default()
    };
    let (public, weak) = (fields.numbers(10)?, fields.numbers(11)?);
    for (index, path) in (0_u64..).zip(fields.texts(3)?) {
        let import = Import { path, position: Position::default() };
        if public.contains(&index) {
            file.public_imports.push(import);
        } else if weak.contains(&index) {
            file.weak_imports.push(import);
        } else {
            file.imports.push(import);
        }
    }
    Ok(file)
}

/// What the reading of fields depends on.
struct Reader {
    is_proto3: bool,
}

impl Reader {
    /// Messages, then enums, in the fields of these numbers.
    fn types(&self, fields: &Fields<'_>, numbers: [u64; 2], depth: u32) -> Read<Vec<Type>> {
        let [messages, enums] = numbers;
        let mut types = Vec::new();
        for bytes in fields.all(messages) {
            types.push(Type::Message(self.message(bytes, depth + 1)?));
        }
        for bytes in fields.all(enums) {
            types.push(Type::Enum(enumeration(bytes)?));
        }
        Ok(types)
    }

    fn message(&self, bytes: &[u8], depth: u32) -> Read<Message> {
        if depth > NESTING_MAX {
            return Err(Malformed);
        }
        let fields = Fields::parse(bytes)?;
        let mut message = Message {
            name: fields.text(1)?.unwrap_or_default(),
            options: options(&fields, 7, declared::MESSAGE)?,
            oneofs: fields.all(8).map(oneof).collect::<Read<_>>()?,
            extensions: fields.all(5).map(extensions).collect::<Read<_>>()?,
            extends: self.extends(&fields, 6)?,
            types: self.types(&fields, [3, 4], depth)?,
            ..Message::default()
        };
        for bytes in fields.all(2) {
            let each = Fields::parse(bytes)?;
            let is_synthetic = each.flag(17).unwrap_or(false);
            match each.number(9).filter(|_| !is_synthetic) {
                Some(index) => {
                    let index = usize::try_from(index).map_err(|_| Malformed)?;
                    let oneof = message.oneofs.get_mut(index).ok_or(Malformed)?;
                    oneof.fields.push(Field { label: None, ..self.field(&each)? });
                }
                None => message.fields.push(self.field(&each)?),
            }
        }
        message.oneofs.retain(|oneof| !oneof.fields.is_empty());
        message.reserved = reserved(&fields, [9, 10], false)?;
        Ok(message)
    }

    fn field(&self, fields: &Fields<'_>) -> Read<Field> {
        let label = match fields.number(4) {
            _ if fields.flag(17) == Some(true) => Some(Label::Optional),
            Some(3) => Some(Label::Repeated),
            _ if self.is_proto3 => None,
            Some(2) => Some(Label::Required),
            _ => Some(Label::Optional),
        };
        let simple = fields.number(5).and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        let simple = simple.and_then(|index| TYPES.get(index)).copied().unwrap_or("double");
        Ok(Field {
            label,
            type_name: fields.text(6)?.unwrap_or_else(|| simple.to_owned()),
            name: fields.text(1)?.unwrap_or_default(),
            tag: fields.int(3).unwrap_or(0),
            default: fields.text(7)?.filter(|_| !self.is_proto3),
            json_name: fields.text(10)?,
            options: options(fields, 8, declared::FIELD)?,
            position: Position::default(),
        })
    }

    /// One block per extended message.
    fn extends(&self, fields: &Fields<'_>, number: u64) -> Read<Vec<Extend>> {
        let mut blocks: Vec<Extend> = Vec::new();
        for bytes in fields.all(number) {
            let each = Fields::parse(bytes)?;
            let (name, field) = (each.text(2)?.unwrap_or_default(), self.field(&each)?);
            match blocks.iter_mut().find(|block| block.name == name) {
                Some(block) => block.fields.push(field),
                None => blocks.push(Extend { name, fields: vec![field], ..Extend::default() }),
            }
        }
        Ok(blocks)
    }
}

fn oneof(bytes: &[u8]) -> Read<OneOf> {
    let fields = Fields::parse(bytes)?;
    let options = options(&fields, 2, declared::ONEOF)?;
    Ok(OneOf { name: fields.text(1)?.unwrap_or_default(), options, ..OneOf::default() })
}

fn enumeration(bytes: &[u8]) -> Read<Enum> {
    let fields = Fields::parse(bytes)?;
    Ok(Enum {
        name: fields.text(1)?.unwrap_or_default(),
        position: Position::default(),
        reserved: reserved(&fields, [4, 5], true)?,
        options: options(&fields, 3, declared::ENUM)?,
        constants: fields.all(2).map(constant).collect::<Read<_>>()?,
    })
}

fn constant(bytes: &[u8]) -> Read<EnumConstant> {
    let fields = Fields::parse(bytes)?;
    Ok(EnumConstant {
        name: fields.text(1)?.unwrap_or_default(),
        tag: fields.int(2).unwrap_or(0),
        options: options(&fields, 3, declared::CONSTANT)?,
        position: Position::default(),
    })
}

/// Ranges, then names, each a statement. The end of a range is included only in enums.
fn reserved(fields: &Fields<'_>, numbers: [u64; 2], is_enum: bool) -> Read<Vec<Reserved>> {
    let [ranges, names] = numbers;
    let mut values = Vec::new();
    for bytes in fields.all(ranges) {
        values.push(ReservedValue::Tags(range(&Fields::parse(bytes)?, is_enum)));
    }
    values.extend(fields.texts(names)?.into_iter().map(ReservedValue::Name));
    Ok(values.into_iter().map(|value| Reserved { values: vec![value], ..Reserved::default() }).collect())
}

fn range(fields: &Fields<'_>, is_enum: bool) -> TagRange {
    let (start, end) = (fields.int(1).unwrap_or(0), fields.int(2).unwrap_or(0));
    let last = if is_enum { end } else { end.wrapping_sub(1) };
    if start == last { TagRange::One(start) } else { TagRange::Range(start, last) }
}

fn extensions(bytes: &[u8]) -> Read<Extensions> {
    let fields = Fields::parse(bytes)?;
    let options = options(&fields, 3, declared::EXTENSION_RANGE)?;
    Ok(Extensions { values: vec![range(&fields, false)], options, position: Position::default() })
}

fn service(bytes: &[u8]) -> Read<Service> {
    let fields = Fields::parse(bytes)?;
    Ok(Service {
        name: fields.text(1)?.unwrap_or_default(),
        position: Position::default(),
        options: options(&fields, 3, declared::SERVICE)?,
        rpcs: fields.all(2).map(rpc).collect::<Read<_>>()?,
    })
}

fn rpc(bytes: &[u8]) -> Read<Rpc> {
    let fields = Fields::parse(bytes)?;
    Ok(Rpc {
        name: fields.text(1)?.unwrap_or_default(),
        position: Position::default(),
        request_type: fields.text(2)?.unwrap_or_default(),
        response_type: fields.text(3)?.unwrap_or_default(),
        request_streaming: fields.flag(5).unwrap_or(false),
        response_streaming: fields.flag(6).unwrap_or(false),
        options: options(&fields, 4, declared::RPC)?,
    })
}
