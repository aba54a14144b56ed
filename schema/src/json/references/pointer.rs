//! JSON pointers in the fragment of a URI.

use std::borrow::Cow;
use std::collections::HashMap;

use super::resolver::Place;
use crate::document::Json;

/// Objects with more members than this are looked up in a table.
const SCANNED_MEMBERS_MAX: usize = 32;

/// Finds members of wide objects without reading all of them again and again.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    /// By the address of the object, which stays where it is while it is borrowed.
    wide:
        HashMap<usize, HashMap<&'a str, &'a Json, foldhash::fast::RandomState>, foldhash::fast::RandomState>,
}

impl<'a> Members<'a> {
    /// The member `name` of `value`, if it is an object that has it.
    pub(super) fn get(&mut self, value: &'a Json, name: &str) -> Option<&'a Json> {
        let Json::Object(members) = value else { return None };
        if members.len() <= SCANNED_MEMBERS_MAX {
            return value.get(name);
        }
        let table = self
            .wide
            .entry(std::ptr::from_ref(value).addr())
            .or_insert_with(|| members.iter().map(|(key, value)| (key.as_str(), value)).collect());
        table.get(name).copied()
    }

    /// Follows the pointer `fragment`, which starts with `/`, from `start`, entering ids on the way.
    pub(super) fn follow(&mut self, start: &Place<'a>, fragment: &str) -> Option<Place<'a>> {
        let fragment = if start.scope.document.draft.is_modern() {
            fragment
        } else {
            // The reference registry ignores slashes at the end of pointers in older editions: `#/` is the root.
            fragment.trim_end_matches('/')
        };
        let mut place = start.clone();
        for token in fragment.split('/').skip(1) {
            place = self.step(&place, token)?;
        }
        Some(place)
    }

    fn step(&mut self, place: &Place<'a>, token: &str) -> Option<Place<'a>> {
        match place.node {
            Json::Object(_) => {
                let name = decode(token, Plus::Itself)?;
                let found = self.get(place.node, &name).or_else(|| self.definitions_as_defs(place, &name));
                let found = match found {
                    Some(found) => found,
                    // The reference registry reads `+` as a blank.
                    None if token.contains('+') => self.get(place.node, &decode(token, Plus::Blank)?)?,
                    None => return None,
                };
                Some(self.below(place, found))
            }
            Json::Array(items) => {
                let index = decode(token, Plus::Itself)?;
                let is_index = index.bytes().all(|byte| byte.is_ascii_digit());
                let index: usize = if is_index { index.parse().ok()? } else { return None };
                let item = items.get(index)?;
                Some(self.below(place, item))
            }
            _ => None,
        }
    }

    fn below(&mut self, place: &Place<'a>, node: &'a Json) -> Place<'a> {
        let id = self.get(node, place.scope.document.draft.id_keyword());
        let mut below = place.beside(node).with_id(id);
        if place.is_document_root()
            && self.get(place.node, "$defs").is_some_and(|defs| std::ptr::eq(defs, node))
        {
            below.also = self.get(place.node, "definitions");
        }
        below
    }

    /// At the root of a document, what stands in `definitions` can also be found in `$defs`.
    fn definitions_as_defs(&mut self, place: &Place<'a>, name: &str) -> Option<&'a Json> {
        if let Some(also) = place.also {
            return self.get(also, name);
        }
        if name == "$defs" && place.is_document_root() { self.get(place.node, "definitions") } else { None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Itself,
    Blank,
}

/// A token without its escapes: `%41`, then `~1` and `~0`. `None` when the escapes are broken.
fn decode(token: &str, plus: Plus) -> Option<Cow<'_, str>> {
    if !token.contains(['%', '~', '+']) {
        return Some(Cow::Borrowed(token));
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'%' => {
                let (hex, after) = after.split_at_checked(2)?;
                let hex = std::str::from_utf8(hex).ok().filter(|hex| !hex.starts_with('+'))?;
                bytes.push(u8::from_str_radix(hex, 16).ok()?);
                rest = after;
            }
            b'+' if plus == Plus::Blank => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    Some(Cow::Owned(String::from_utf8(bytes).ok()?.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lose_their_escapes() {
        assert_eq!(decode("a", Plus::Itself).as_deref(), Some("a"));
        assert_eq!(decode("a~1b~0c%25", Plus::Itself).as_deref(), Some("a/b~c%"));
        assert_eq!(decode("~01", Plus::Itself).as_deref(), Some("~1"));
        assert_eq!(decode("%C3%A9+", Plus::Itself).as_deref(), Some("é+"));
        assert_eq!(decode("a+b", Plus::Blank).as_deref(), Some("a b"));
        for broken in ["%", "%4", "%zz", "%+1", "%C3"] {
            assert_eq!(decode(broken, Plus::Itself), None, "{broken}");
        }
    }
}
