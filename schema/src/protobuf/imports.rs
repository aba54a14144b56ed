//! The files that a schema imports, directly and through others.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::ProtobufSchema;
use super::parse::wrong_at;
use super::syntax::{File, Import};
use crate::format::ParseError;

/// Files by path.
type Files<'a> = HashMap<&'a str, &'a File>;

/// The imported files.
pub(super) struct Imported<'a> {
    files: Files<'a>,
    /// Their paths; a file comes after the files that it imports.
    in_order: Vec<&'a str>,
}

impl<'a> Imported<'a> {
    pub(super) fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The files with their paths; a file comes after the files that it imports.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&'a str, &'a File)> {
        self.in_order.iter().filter_map(|path| Some((*path, *self.files.get(path)?)))
    }
}

/// A file whose imports are being followed.
struct Step<'a> {
    /// `None` for the schema itself.
    path: Option<&'a str>,
    imports: Vec<&'a Import>,
}

/// Every file that `schema` imports, directly or not.
///
/// # Errors
/// [`ParseError`] when one is missing, or when files import each other in a circle.
pub(super) fn all(schema: &ProtobufSchema) -> Result<Imported<'_>, ParseError> {
    of(schema, schema.file())
}

/// Every file that `file` imports, directly or not, where `schema` finds them.
pub(super) fn of<'a>(schema: &'a ProtobufSchema, file: &'a File) -> Result<Imported<'a>, ParseError> {
    let mut known: Files<'_> = HashMap::new();
    known.extend(super::builtin::files());
    known.extend(schema.dependencies().iter().map(|each| (each.path.as_str(), &each.file)));
    let mut imported = Imported { files: HashMap::new(), in_order: Vec::new() };
    let mut on_the_way = HashSet::new();
    let mut way = vec![step(None, file)];
    while let Some(last) = way.last_mut() {
        let (Some(import), importer) = (last.imports.pop(), last.path) else {
            if let Some(path) = way.pop().and_then(|done| done.path) {
                on_the_way.remove(path);
                imported.in_order.push(path);
            }
            continue;
        };
        let path = import.path.as_str();
        if on_the_way.contains(path) {
            return Err(circle(&way, path));
        }
        if imported.contains(path) {
            continue;
        }
        let Some(&file) = known.get(path) else { return Err(missing(import, importer)) };
        imported.files.insert(path, file);
        on_the_way.insert(path);
        way.push(step(Some(path), file));
    }
    Ok(imported)
}

/// The imports of a file, first import last.
fn step<'a>(path: Option<&'a str>, file: &'a File) -> Step<'a> {
    let mut imports: Vec<_> = file.kept_imports().collect();
    imports.reverse();
    Step { path, imports }
}

fn missing(import: &Import, importer: Option<&str>) -> ParseError {
    let path = &import.path;
    let cure = format!("register that file and add a reference with the name `{path}`, or remove the import");
    match importer {
        None => wrong_at(import.position, format!("the import `{path}` is not there; {cure}")),
        Some(importer) => ParseError::new(format!(
            "the import `{path}` of the imported file `{importer}` is not there; {cure}"
        )),
    }
}

fn circle(way: &[Step<'_>], path: &str) -> ParseError {
    let paths: Vec<_> = way.iter().filter_map(|step| step.path).skip_while(|known| *known != path).collect();
    let shown = match paths.as_slice() {
        [first, .., last] if paths.len() > 10 => format!("`{first}` → … → `{last}`"),
        all => all.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" → "),
    };
    ParseError::new(format!("the imports {shown} → `{path}` form a circle; remove one of them"))
}
