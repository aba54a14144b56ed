//! A schema as compiled descriptors, with everything that it imports.
//!
//! Names that are used without importing their file, which a registry takes, get their import here. A file of an edition
//! is compiled as the proto2 file that takes the same data.

use std::collections::BTreeSet;

use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorProto;
use protox::file::File as Source;

use super::canonical::{self, Purpose};
use super::syntax::{Field, File, Import, Label, Message, OptionValue, Position, ProtoOption, Syntax, Type};
use super::{ProtobufSchema, builtin, imports, link};
use crate::format::ParseError;

/// Schemas longer than this, with the files that they import, are not compiled.
const LENGTH_MAX: usize = 1 << 20;

/// The compiled schema. Its own file comes last.
///
/// # Errors
/// [`ParseError`] with the first fault, or when the schema is too long.
pub(super) fn pool(schema: &ProtobufSchema) -> Result<DescriptorPool, ParseError> {
    let own = compilable(schema.file(), link::unimported(schema)?);
    let imported = imports::of(schema, &own)?;
    let mut pool = DescriptorPool::new();
    let mut length_left = LENGTH_MAX;
    for (path, file) in imported.in_order() {
        let is_replaced = schema.dependencies().iter().any(|dependency| dependency.path == path);
        let descriptor = match builtin::descriptor(path) {
            Some(descriptor) if !is_replaced => descriptor,
            _ => compiled(path, &compilable(file, BTreeSet::new()), &mut length_left)?,
        };
        add(&mut pool, descriptor, path)?;
    }
    let mut name = "default".to_owned();
    while imported.contains(&name) {
        name.insert(0, '_');
    }
    let descriptor = compiled(&name, &own, &mut length_left)?;
    add(&mut pool, descriptor, &name)?;
    Ok(pool)
}

fn compiled(path: &str, file: &File, length_left: &mut usize) -> Result<FileDescriptorProto, ParseError> {
    let text = canonical::printed(file, Purpose::Compilation);
    *length_left = length_left.checked_sub(text.len()).ok_or_else(|| {
        let length_max = LENGTH_MAX >> 20;
        ParseError::new(format!(
            "the schema is longer than {length_max} MiB with the files that it imports and cannot be compiled; split it"
        ))
    })?;
    match Source::from_source(path, &text) {
        Ok(source) => Ok(source.file_descriptor_proto().clone()),
        Err(error) => Err(wrong(path, &error.to_string())),
    }
}

fn add(pool: &mut DescriptorPool, descriptor: FileDescriptorProto, path: &str) -> Result<(), ParseError> {
    pool.add_file_descriptor_proto(descriptor).map_err(|error| wrong(path, &error.to_string()))
}

fn wrong(path: &str, error: &str) -> ParseError {
    if path.ends_with("default") {
        return ParseError::new(format!("the schema does not compile: {error}"));
    }
    ParseError::new(format!("the imported file `{path}` does not compile: {error}"))
}

/// The file with each import once, and with these in addition; an edition as proto2.
fn compilable(file: &File, unimported: BTreeSet<String>) -> File {
    let mut file = file.clone();
    let added = unimported.into_iter().map(|path| Import { path, position: Position::default() });
    file.imports.extend(added);
    let mut seen = BTreeSet::new();
    file.public_imports.retain(|import| seen.insert(import.path.clone()));
    file.imports.retain(|import| seen.insert(import.path.clone()));
    file.weak_imports.clear();
    if matches!(file.syntax, Some(Syntax::Edition(_))) {
        file.syntax = Some(Syntax::Proto2);
        without_features(&mut file.options);
        file.extends.iter_mut().flat_map(|extend| &mut extend.fields).for_each(as_proto2);
        types_as_proto2(&mut file.types);
    }
    file
}

fn types_as_proto2(types: &mut [Type]) {
    let mut pending: Vec<_> = types.iter_mut().collect();
    while let Some(each) = pending.pop() {
        match each {
            Type::Message(message) => {
                message_as_proto2(message);
                pending.extend(&mut message.types);
            }
            Type::Enum(declared) => {
                without_features(&mut declared.options);
                declared.constants.iter_mut().for_each(|constant| without_features(&mut constant.options));
            }
        }
    }
}

fn message_as_proto2(message: &mut Message) {
    without_features(&mut message.options);
    message.fields.iter_mut().for_each(as_proto2);
    message.extends.iter_mut().flat_map(|extend| &mut extend.fields).for_each(as_proto2);
    for oneof in &mut message.oneofs {
        without_features(&mut oneof.options);
        oneof.fields.iter_mut().for_each(|field| without_features(&mut field.options));
    }
}

fn as_proto2(field: &mut Field) {
    let is_required = |option: &ProtoOption| {
        option.name == "features.field_presence"
            && option.value == OptionValue::Enum("LEGACY_REQUIRED".to_owned())
    };
    if field.label.is_none() && field.map_types().is_none() {
        let is_required = field.options.iter().any(is_required);
        field.label = Some(if is_required { Label::Required } else { Label::Optional });
    }
    without_features(&mut field.options);
}

fn without_features(options: &mut Vec<ProtoOption>) {
    options.retain(|option| option.is_custom || option.name.split('.').next() != Some("features"));
}

#[cfg(test)]
mod tests {
    use super::pool;
    use crate::protobuf::ProtobufSchema;
    use crate::references::{ResolvedReference, ResolvedReferences};

    fn compile(text: &str) -> Result<(), String> {
        let reference =
            |(name, text): (&str, &str)| ResolvedReference { name: name.into(), text: text.into() };
        let files =
            [("a.proto", "package a; import public \"b.proto\";"), ("b.proto", "package b; message B {}")];
        let references = ResolvedReferences { in_order: files.map(reference).into() };
        let schema = ProtobufSchema::new(text, &references).unwrap_or_else(|error| panic!("{error}"));
        pool(&schema).map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_registry_takes_is_compiled() {
        let deep = format!("{}{}", "message A {".repeat(30), "}".repeat(30));
        let nested = format!("option (o) = {}1{};", "{ a: ".repeat(100), "}".repeat(100));
        for text in [
            "syntax = \"proto3\"; import \"a.proto\"; import \"a.proto\"; message A { b.B b = 1; google.type.Date d = 2; }",
            "syntax = \"proto3\"; message A { b.B b = 1 [(confluent.field_meta).tags = \"x\"]; }",
            "syntax = \"proto3\"; message A { google.protobuf.Timestamp t = 1; confluent.type.Decimal d = 2; }",
            "edition = \"2023\"; message A { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; repeated b.B b = 2; oneof o { int32 c = 3; } map<int32, A> m = 4; }",
            "message A { optional bytes b = 1 [default = \"ab\"]; optional group G = 2 { optional int32 i = 1; } extensions 10 to max; }",
            deep.as_str(),
        ] {
            assert_eq!(compile(text), Ok(()), "{text}");
        }
        compile(&nested).expect_err("an option that nobody declares");
    }

    #[test]
    fn faults_are_named() {
        for (text, part) in [
            ("syntax = \"proto3\"; message A { int32 a = 1; int32 a = 2; }", "field 'a'"),
            ("syntax = \"proto3\"; message A { int32 a = 1; int32 b = 1; }", "1"),
            ("syntax = \"proto3\"; message A { int32 a = 0; }", "0"),
            ("syntax = \"proto3\"; enum E { A = 1; }", "enums must be 0"),
            ("syntax = \"proto3\"; message A { int32 a = 1 [(no.such) = 1]; }", "no.such"),
            ("syntax = \"proto3\"; message A-B {}", "does not compile"),
        ] {
            let error = compile(text).expect_err(text);
            assert!(error.starts_with("the schema does not compile: ") && error.contains(part), "{error}");
        }
        let large: String = (0..60_000).map(|each| format!("message Message{each} {{}}\n")).collect();
        let error = compile(&large).expect_err("a large schema");
        assert!(error.starts_with("the schema is longer than 1 MiB"), "{error}");
    }
}
