//! Building the tree.

use std::cell::Cell;

use foldhash::{HashMap, HashMapExt};

use super::{Declared, Duplicate, NameId, Names, Node, Origin, STEPS_MAX, package_of};
use crate::protobuf::syntax::{Extend, Field, File, Type};
use crate::protobuf::{ProtobufSchema, builtin};

/// The place without a name, in which every package begins.
const ROOT: NameId = NameId(0);

impl<'a> Names<'a> {
    /// The names that `schema` may use. Where two files declare the same, its own file comes first.
    #[must_use]
    pub fn new(schema: &'a ProtobufSchema) -> Self {
        let root = Node { parent: None, name: "", declared: None, extension: None };
        let mut names = Self {
            nodes: vec![root],
            children: HashMap::new(),
            package: ROOT,
            duplicates: Vec::new(),
            steps_left: Cell::new(STEPS_MAX),
        };
        names.declare_file(schema.file(), Origin::Own);
        names.package = names.path(ROOT, package_of(schema.file()));
        for dependency in schema.dependencies() {
            names.declare_file(&dependency.file, Origin::Import(&dependency.path));
        }
        let is_replaced = |path: &str| schema.dependencies().iter().any(|dependency| dependency.path == path);
        for (path, file) in builtin::files() {
            if !is_replaced(path) {
                names.declare_file(file, Origin::Import(path));
            }
        }
        names
    }

    fn declare_file(&mut self, file: &'a File, origin: Origin<'a>) {
        let package = self.path(ROOT, package_of(file));
        self.declare_extensions(package, &file.extends, origin);
        let mut pending: Vec<_> = file.types.iter().map(|each| (package, each)).collect();
        while let Some((scope, each)) = pending.pop() {
            let id = self.path(scope, each.name());
            match each {
                Type::Message(message) => {
                    self.declare_type(id, Declared::Message(message), origin);
                    self.declare_extensions(id, &message.extends, origin);
                    pending.extend(message.types.iter().map(|inner| (id, inner)));
                }
                Type::Enum(declared) => self.declare_type(id, Declared::Enum(declared), origin),
            }
        }
    }

    fn declare_type(&mut self, id: NameId, declared: Declared<'a>, origin: Origin<'a>) {
        let Some(node) = self.nodes.get_mut(id.0 as usize) else { return };
        match node.declared {
            None => node.declared = Some((declared, origin)),
            Some((_, first)) => self.duplicates.push(Duplicate { id, first, second: origin }),
        }
    }

    fn declare_extensions(&mut self, scope: NameId, extends: &'a [Extend], origin: Origin<'a>) {
        let fields = extends.iter().flat_map(|extend| &extend.fields);
        fields.for_each(|field| self.declare_extension(scope, field, origin));
    }

    fn declare_extension(&mut self, scope: NameId, field: &'a Field, origin: Origin<'a>) {
        let id = self.path(scope, &field.name);
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.extension.get_or_insert((field, origin));
        }
    }

    /// The place of a dotted name within a scope, made if it is not there.
    fn path(&mut self, scope: NameId, name: &'a str) -> NameId {
        if name.is_empty() {
            return scope;
        }
        name.split('.').fold(scope, |parent, part| {
            let next = NameId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
            let id = *self.children.entry((parent, part)).or_insert(next);
            if id == next {
                self.nodes.push(Node { parent: Some(parent), name: part, declared: None, extension: None });
            }
            id
        })
    }

    /// Types that are declared twice, in order of appearance.
    pub(in crate::protobuf) fn duplicates(&self) -> &[Duplicate<'a>] {
        &self.duplicates
    }
}
