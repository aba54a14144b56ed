//! Tables of `lookup`, from files.

use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::mapping::compile::Tables;

/// Bytes that a table of `lookup` may have.
const TABLE_LENGTH_MAX: u64 = 64 << 20;

/// Tables of `lookup` in files beside the mapping: lines of `key,value`, with quotes where a comma belongs to a part.
#[derive(Debug)]
pub struct FileTables {
    folder: PathBuf,
    /// What was read, for the mapping's hash.
    read: RefCell<BTreeMap<String, String>>,
}

impl FileTables {
    /// The texts of the tables that were asked for, by the name of the file.
    pub(super) fn read(&self) -> Ref<'_, BTreeMap<String, String>> {
        self.read.borrow()
    }

    /// Tables in the folder of a mapping.
    #[must_use]
    pub fn beside(mapping: &Path) -> Self {
        let folder = mapping.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, read: RefCell::default() }
    }
}

impl Tables for FileTables {
    fn rows(&self, file: &str) -> Result<HashMap<String, String>, String> {
        let path = self.folder.join(file);
        let length = std::fs::metadata(&path).map(|found| found.len());
        if length.is_ok_and(|length| length > TABLE_LENGTH_MAX) {
            return Err(format!("the table `{file}` is longer than {TABLE_LENGTH_MAX} bytes"));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("the table `{file}`: {error}"))?;
        let mut rows = HashMap::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let (key, value) =
                row(line).ok_or_else(|| format!("`{file}`, line {number}: `key,value` is needed"))?;
            if rows.insert(key.clone(), value).is_some() {
                return Err(format!("`{file}`, line {number}: `{key}` is there twice"));
            }
        }
        self.read.borrow_mut().insert(file.to_owned(), text);
        Ok(rows)
    }
}

fn row(line: &str) -> Option<(String, String)> {
    let (key, rest) = cell(line)?;
    let (value, rest) = cell(rest.strip_prefix(',')?)?;
    rest.is_empty().then_some((key, value))
}

/// A part up to a comma; in quotes, two of them stand for one.
fn cell(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let (cell, rest) = text.split_at_checked(end)?;
        return Some((cell.trim().to_owned(), rest));
    };
    let mut cell = String::new();
    let mut rest = quoted;
    loop {
        let (before, behind) = rest.split_once('"')?;
        cell.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Some((cell, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_may_have_quotes() {
        assert_eq!(row("a,b"), Some(("a".to_owned(), "b".to_owned())));
        assert_eq!(row(r#""a,""b""",c"#), Some((r#"a,"b""#.to_owned(), "c".to_owned())));
        for wrong in ["a", "a,b,c", "\"a,b"] {
            assert_eq!(row(wrong), None, "{wrong}");
        }
    }
}
