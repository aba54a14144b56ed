//! The files that a schema imports, directly and through others.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::ProtobufSchema;
use super::parse::wrong_at;
use super::syntax::{File, Import};
use crate::format::ParseError;

/// The imported files by path.
pub(super) type Imported<'a> = HashMap<&'a str, &'a File>;

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
    let mut known: Imported<'_> = HashMap::new();
    known.extend(super::builtin::files());
    known.extend(schema.dependencies().iter().map(|each| (each.path.as_str(), &each.file)));
    let mut imported = Imported::new();
    let mut on_the_way = HashSet::new();
    let mut way = vec![step(None, schema.file())];
    while let Some(last) = way.last_mut() {
        let (Some(import), importer) = (last.imports.pop(), last.path) else {
            way.pop().and_then(|done| done.path).map(|path| on_the_way.remove(path));
            continue;
        };
        let path = import.path.as_str();
        if on_the_way.contains(path) {
            return Err(circle(&way, path));
        }
        if imported.contains_key(path) {
            continue;
        }
        let Some(&file) = known.get(path) else { return Err(missing(import, importer)) };
        imported.insert(path, file);
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
