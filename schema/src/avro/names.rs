//! Names: how they are built, which are valid, and how they print.

use std::fmt::Write;

use super::schema::{Name, Primitive};
use crate::format::Strictness;

/// Which characters a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// ASCII letters, digits and underscores, in namespaces too.
    Ascii,
    /// Letters, digits and underscores; namespaces and aliases are free.
    Letters,
    /// Anything.
    Free,
}

/// Whether a text is the schema itself or one that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Reference,
    Main,
}

impl NameRule {
    pub(super) fn of(strictness: Strictness, origin: Origin) -> Self {
        match (strictness, origin) {
            (Strictness::New, _) => Self::Ascii,
            (Strictness::Stored, Origin::Main) => Self::Letters,
            // It was checked when it was registered.
            (Strictness::Stored, Origin::Reference) => Self::Free,
        }
    }

    /// Why the name is wrong, if it is.
    pub(super) fn fault(self, name: &str) -> Option<String> {
        let valid = match self {
            Self::Ascii => is_ascii_name(name),
            Self::Letters => is_letters_name(name),
            Self::Free => true,
        };
        if valid {
            return None;
        }
        let allowed =
            if self == Self::Ascii { "ASCII letters, digits and `_`" } else { "letters, digits and `_`" };
        Some(format!("{} is no valid name: use {allowed}, not starting with a digit", quoted(name)))
    }

    /// Why the namespace is wrong, if it is.
    pub(super) fn namespace_fault(self, namespace: &str) -> Option<String> {
        if self != Self::Ascii || namespace.split('.').all(is_ascii_name) {
            return None;
        }
        Some(format!(
            "{} is no valid namespace: use names of ASCII letters, digits and `_`, joined by dots",
            quoted(namespace)
        ))
    }
}

fn is_ascii_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The reference registry looks at UTF-16 units, so letters beyond the basic plane do not count.
fn is_letters_name(name: &str) -> bool {
    let letter = |c: char| c == '_' || (c.is_alphabetic() && u32::from(c) < 0x1_0000);
    name.chars().next().is_some_and(letter) && name.chars().all(|c| letter(c) || c.is_numeric())
}

/// A name as messages show it: in backticks, and not a whole page of it.
pub(super) fn quoted(name: &str) -> String {
    const SHOWN_MAX: usize = 80;
    let mut shown = String::from("`");
    shown.extend(name.chars().take(SHOWN_MAX).flat_map(char::escape_debug));
    if name.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

impl Name {
    /// Builds the name that `text` means inside `namespace`: a text with dots carries its own namespace.
    pub(super) fn resolve(text: &str, namespace: Option<&str>) -> Self {
        let (namespace, simple) = match text.rsplit_once('.') {
            Some((own, simple)) => (Some(own), simple),
            None => (namespace, text),
        };
        Self {
            simple: simple.to_owned(),
            namespace: namespace.filter(|namespace| !namespace.is_empty()).map(str::to_owned),
        }
    }

    /// Appends the full name.
    pub(super) fn write_full(&self, out: &mut String) {
        if let Some(namespace) = &self.namespace {
            out.push_str(namespace);
            out.push('.');
        }
        out.push_str(&self.simple);
    }

    /// The full name.
    pub(super) fn full(&self) -> String {
        let mut full =
            String::with_capacity(self.simple.len() + self.namespace.as_ref().map_or(0, |n| n.len() + 1));
        self.write_full(&mut full);
        full
    }

    /// The name as a use of it inside `namespace` prints: without its namespace where that is the same, unless the
    /// rest could be taken for a built-in type.
    pub(super) fn is_printed_short(&self, namespace: Option<&str>) -> bool {
        self.namespace.is_some() && self.namespace.as_deref() == namespace && !is_type_word(&self.simple)
    }

    /// The name as an alias list gives it: a name without namespace that belongs to a namespaced type starts with a
    /// dot.
    pub(super) fn as_alias_of(&self, owner: &Self) -> String {
        if self.namespace.is_none() && owner.namespace.is_some() {
            let mut text = String::from(".");
            let _ = write!(text, "{}", self.simple);
            return text;
        }
        self.full()
    }
}

fn is_type_word(word: &str) -> bool {
    Primitive::parse(word).is_some()
        || matches!(word, "record" | "enum" | "array" | "map" | "union" | "fixed")
}
