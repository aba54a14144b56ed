//! The piece of text that a node was made from, found again.

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::document::{Json, write_string};
use crate::json::JsonSchema;

/// The values of a schema and its references at certain addresses.
pub(super) struct Sources<'s> {
    found: HashMap<usize, &'s Json>,
}

impl<'s> Sources<'s> {
    /// Looks for the values at the addresses `wanted`, in one walk.
    pub(super) fn find(schema: &'s JsonSchema, wanted: &HashSet<usize>) -> Self {
        let mut found = HashMap::new();
        let documents = std::iter::once(schema.document()).chain(schema.references());
        let mut open: Vec<&'s Json> = documents.map(|document| &document.root).collect();
        while let Some(value) = open.pop() {
            let address = std::ptr::from_ref(value).addr();
            if wanted.contains(&address) {
                found.insert(address, value);
                if found.len() == wanted.len() {
                    break;
                }
            }
            match value {
                Json::Object(members) => open.extend(members.iter().map(|(_, member)| member)),
                Json::Array(items) => open.extend(items),
                _ => {}
            }
        }
        Self { found }
    }

    /// The value at an address; absent where a meta-schema is meant, which belongs to no schema.
    pub(super) fn get(&self, address: usize) -> Option<&'s Json> {
        self.found.get(&address).copied()
    }
}

/// At most `length_max` characters of a value's canonical text; a longer one ends in `…`. Costs as much as it writes.
pub(super) fn clip(value: &Json, length_max: usize) -> String {
    let mut out = Clip { text: String::new(), left: length_max };
    if out.value(value).is_none() {
        out.text.push('…');
    }
    out.text
}

/// Text that refuses to grow beyond a limit.
struct Clip {
    text: String,
    left: usize,
}

impl Clip {
    fn push(&mut self, text: &str) -> Option<()> {
        for character in text.chars() {
            self.left = self.left.checked_sub(1)?;
            self.text.push(character);
        }
        Some(())
    }

    fn quoted(&mut self, text: &str) -> Option<()> {
        let mut quoted = String::new();
        // Each character takes at least one; of long texts the start is enough.
        let end = text.char_indices().nth(self.left).map_or(text.len(), |(at, _)| at);
        write_string(&mut quoted, text.get(..end).unwrap_or(text));
        self.push(&quoted)
    }

    /// As deep as what fits: each level takes a character.
    fn value(&mut self, value: &Json) -> Option<()> {
        match value {
            Json::Null => self.push("null"),
            Json::Bool(true) => self.push("true"),
            Json::Bool(false) => self.push("false"),
            Json::Number(spelling) => self.push(spelling),
            Json::String(text) => self.quoted(text),
            Json::Array(items) => {
                self.push("[")?;
                for (index, item) in items.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.value(item)?;
                }
                self.push("]")
            }
            Json::Object(members) => {
                self.push("{")?;
                for (index, (name, member)) in members.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.quoted(name)?;
                    self.push(":")?;
                    self.value(member)?;
                }
                self.push("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut() {
        let value = Json::parse(r#"{"a":[1,"x\ny",null]}"#).unwrap();
        let whole = r#"{"a":[1,"x\ny",null]}"#;
        assert_eq!(clip(&value, whole.chars().count()), whole);
        for length in 0..whole.chars().count() {
            let expected: String = whole.chars().take(length).chain(['…']).collect();
            assert_eq!(clip(&value, length), expected);
        }
    }
}
