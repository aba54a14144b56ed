//! Messages by their position in a file, as records on the wire name them.

use prost_reflect::DescriptorPool;

use super::syntax::{File, Message, Type};
use super::{ProtobufSchema, builtin, compile};
use crate::format::ParseError;

impl ProtobufSchema {
    /// The full name of the message at a path of positions: among the messages of the file, then of each message around
    /// it. Enums and groups do not count (`MessageIndexes` of the reference client).
    #[must_use]
    pub fn message_name(&self, path: &[u32]) -> Option<String> {
        let file = self.effective_file();
        let mut name = package(file);
        let mut types = &file.types;
        for &index in path {
            let message = messages(types).nth(index as usize)?;
            join(&mut name, &message.name);
            types = &message.types;
        }
        (!path.is_empty()).then_some(name)
    }

    /// The path of positions of the message with a full name: the inverse of [`ProtobufSchema::message_name`].
    #[must_use]
    pub fn message_path(&self, full_name: &str) -> Option<Vec<u32>> {
        let file = self.effective_file();
        let package = package(file);
        let mut rest = match package.as_str() {
            "" => full_name,
            package => full_name.strip_prefix(package)?.strip_prefix('.')?,
        };
        let mut path = Vec::new();
        let mut types = &file.types;
        loop {
            let (name, inner) =
                rest.split_once('.').map_or((rest, None), |(name, inner)| (name, Some(inner)));
            let (index, message) = (0..).zip(messages(types)).find(|(_, message)| message.name == name)?;
            path.push(index);
            let Some(inner) = inner else { return Some(path) };
            (rest, types) = (inner, &message.types);
        }
    }

    /// Full names of the messages at the top of the file, in their order.
    #[must_use]
    pub fn top_level_messages(&self) -> Vec<String> {
        let file = self.effective_file();
        let name = |message: &Message| {
            let mut name = package(file);
            join(&mut name, &message.name);
            name
        };
        messages(&file.types).map(name).collect()
    }

    /// The compiled schema with everything that it imports. Its own file comes last.
    ///
    /// # Errors
    /// [`ParseError`] with the first fault, or when the schema is too long to be compiled.
    pub fn descriptor_pool(&self) -> Result<DescriptorPool, ParseError> {
        compile::pool(self)
    }
}

/// Whether every schema may import the file of this path without a reference to it.
#[must_use]
pub fn is_built_in(path: &str) -> bool {
    builtin::file(path).is_some()
}

fn package(file: &File) -> String {
    file.package.clone().unwrap_or_default()
}

fn join(name: &mut String, inner: &str) {
    if !name.is_empty() {
        name.push('.');
    }
    name.push_str(inner);
}

fn messages(types: &[Type]) -> impl Iterator<Item = &Message> {
    types.iter().filter_map(|each| match each {
        Type::Message(message) => Some(message),
        Type::Enum(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::references::ResolvedReferences;

    #[test]
    fn names_and_paths_agree() {
        let text = "package p.q; enum E { E0 = 0; } message A { message B {} enum F { G = 0; } message C { message D {} } } message E2 {}";
        let schema = ProtobufSchema::new(text, &ResolvedReferences::none()).unwrap();
        for (path, name) in
            [(&[0_u32][..], "p.q.A"), (&[0, 0], "p.q.A.B"), (&[0, 1, 0], "p.q.A.C.D"), (&[1], "p.q.E2")]
        {
            assert_eq!(schema.message_name(path).as_deref(), Some(name));
            assert_eq!(schema.message_path(name).as_deref(), Some(path));
        }
        for path in [&[][..], &[2], &[0, 2], &[0, 0, 0]] {
            assert_eq!(schema.message_name(path), None, "{path:?}");
        }
        for name in ["", "p.q", "p.q.", "p.q.E", "p.qA", "p.q.A.F", "p.q.A.", "A"] {
            assert_eq!(schema.message_path(name), None, "{name}");
        }
        assert_eq!(schema.top_level_messages(), ["p.q.A", "p.q.E2"]);
        assert!(schema.descriptor_pool().unwrap().get_message_by_name("p.q.A.C.D").is_some());
    }
}
