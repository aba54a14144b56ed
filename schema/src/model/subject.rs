//! Subject names and contexts.
//!
//! A *qualified* subject is written `:.context:name`. Names without that prefix live in the default context, whose
//! own name is `.`. A qualified name with an empty last part (`:.context:`) addresses the context itself.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// Stands for all contexts in a prefix search (`:*:`).
pub const CONTEXT_WILDCARD: &str = ":*:";
/// The context whose config and mode apply wherever nothing nearer is set.
pub const GLOBAL_CONTEXT: &str = ".__GLOBAL";
/// Names that no subject may bear.
pub const RESERVED_NAMES: [&str; 2] = ["__GLOBAL", "__EMPTY"];

const DEFAULT_CONTEXT: &str = ".";
/// The qualifier of the default context, which is read but never printed.
const DEFAULT_QUALIFIER: &str = ":.:";
const DELIMITER: char = ':';

/// A context name with its leading dot; `.` is the default context.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Context(Arc<str>);

impl Context {
    /// The context of every subject without a qualifier.
    #[must_use]
    pub fn default_context() -> Self {
        Self(Arc::from(DEFAULT_CONTEXT))
    }

    /// The context whose settings apply where nothing nearer is set.
    #[must_use]
    pub fn global() -> Self {
        Self(Arc::from(GLOBAL_CONTEXT))
    }

    /// Takes a name as the store keeps it (`.` or `.name`).
    #[must_use]
    pub fn from_stored(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// Reads the spelling of a URL (`name`, `.name` or `:.name:`).
    ///
    /// # Errors
    /// [`InvalidContext`] when a colon stands inside the name.
    pub fn parse(text: &str) -> Result<Self, InvalidContext> {
        let text = text.strip_prefix(DELIMITER).unwrap_or(text);
        let text = text.strip_suffix(DELIMITER).unwrap_or(text);
        if text.contains(DELIMITER) {
            return Err(InvalidContext(text.to_owned()));
        }
        if text.starts_with('.') {
            Ok(Self(Arc::from(text)))
        } else {
            Ok(Self(Arc::from(format!(".{text}"))))
        }
    }

    /// The name with its leading dot.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the default context.
    #[must_use]
    pub fn is_default(&self) -> bool {
        &*self.0 == DEFAULT_CONTEXT
    }

    /// The qualifier that a subject of this context is printed with: empty for the default context.
    #[must_use]
    pub fn qualifier(&self) -> String {
        if self.is_default() { String::new() } else { format!(":{}:", self.0) }
    }

    /// The qualified name that addresses the context itself.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject { context: self.clone(), name: Arc::from("") }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialOrd for Context {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Context {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

/// A context name in a URL holds a colon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("context name `{0}` must not contain a colon")]
pub struct InvalidContext(pub String);

/// Why a subject cannot be registered under or configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A schema is to be registered.
    Register,
    /// A config or a mode is to be set; the global context is allowed here.
    Settings,
}

/// A subject: a context and a name within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    context: Context,
    name: Arc<str>,
}

impl Subject {
    /// Builds the subject `name` of `context`.
    #[must_use]
    pub fn new(context: Context, name: &str) -> Self {
        Self { context, name: Arc::from(name) }
    }

    /// Reads a subject as it stands in a path, a reference or the store. Every text is a subject.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::parse_in(text, &Context::default_context())
    }

    /// Like [`Subject::parse`], but an unqualified name belongs to `context`.
    ///
    /// What is left behind the qualifier of the default context is read again: a name that looks qualified would be
    /// printed without that qualifier and then mean a subject of another context.
    #[must_use]
    pub fn parse_in(text: &str, context: &Context) -> Self {
        let plain = text.trim_start_matches(DEFAULT_QUALIFIER);
        if plain.len() < text.len() {
            return Self::parse_in(plain, &Context::default_context());
        }
        if let Some(rest) = text.strip_prefix(CONTEXT_WILDCARD) {
            return Self::new(Context::from_stored("*"), rest);
        }
        let Some(tail) = text.strip_prefix(DELIMITER).filter(|tail| tail.starts_with('.')) else {
            return Self::new(context.clone(), text);
        };
        match tail.split_once(DELIMITER) {
            Some((context, name)) => Self::new(Context::from_stored(context), name),
            None => Self::new(Context::from_stored(tail), ""),
        }
    }

    /// The context.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The name without its context.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this addresses a context as a whole rather than one subject in it.
    #[must_use]
    pub fn is_context(&self) -> bool {
        self.name.is_empty()
    }

    /// The same name in another context.
    #[must_use]
    pub fn in_context(&self, context: &Context) -> Self {
        Self { context: context.clone(), name: Arc::clone(&self.name) }
    }

    /// Whether the name may be used for `purpose`: no control characters, no reserved name, and the global context
    /// only for settings.
    #[must_use]
    pub fn is_valid_for(&self, purpose: Purpose) -> bool {
        let clean = |text: &str| !text.chars().any(char::is_control);
        clean(&self.name)
            && clean(self.context.as_str())
            && !RESERVED_NAMES.contains(&&*self.name)
            && (purpose == Purpose::Settings || self.context.as_str() != GLOBAL_CONTEXT)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.context.is_default() {
            write!(f, ":{}:", self.context.0)?;
        }
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, context: &str, name: &str, printed: &str) {
        let subject = Subject::parse(text);
        assert_eq!((subject.context().as_str(), subject.name()), (context, name), "{text}");
        assert_eq!(subject.to_string(), printed, "{text}");
    }

    #[test]
    fn qualified_names_split_at_the_second_colon() {
        check("orders", ".", "orders", "orders");
        check(":.eu:orders", ".eu", "orders", ":.eu:orders");
        check(":.eu:a:b", ".eu", "a:b", ":.eu:a:b");
        check(":.eu", ".eu", "", ":.eu:");
        check(":.:orders", ".", "orders", "orders");
        check(":.:", ".", "", "");
        check("foo:bar", ".", "foo:bar", "foo:bar");
        check(":foo:bar", ".", ":foo:bar", ":foo:bar");
    }

    #[test]
    fn no_name_in_the_default_context_looks_qualified() {
        check(":.::.eu:orders", ".eu", "orders", ":.eu:orders");
        check(":.::.:orders", ".", "orders", "orders");
        check(":.::*:orders", "*", "orders", ":*:orders");
        check(":.::.::", ".", ":", ":");
        let eu = Subject::parse_in(":.:orders", &Context::from_stored(".eu"));
        assert_eq!(eu.to_string(), "orders", "a qualifier outdoes the surrounding context");
    }

    #[test]
    fn url_spellings_of_a_context_agree() {
        for text in ["eu", ".eu", ":.eu:"] {
            assert_eq!(Context::parse(text).map(|c| c.to_string()), Ok(".eu".to_owned()));
        }
        assert!(Context::parse("a:b").is_err());
        assert!(Context::parse(".").is_ok_and(|c| c.is_default()));
        assert!(Context::parse("").is_ok_and(|c| c.is_default()));
    }

    #[test]
    fn reserved_and_control_names_are_refused() {
        for text in ["__GLOBAL", "__EMPTY", "a\u{0}b", "a\u{85}b", ":.__GLOBAL:x"] {
            assert!(!Subject::parse(text).is_valid_for(Purpose::Register), "{text:?}");
        }
        assert!(Subject::parse(":.__GLOBAL:").is_valid_for(Purpose::Settings));
        assert!(Subject::parse("a/b ü").is_valid_for(Purpose::Register));
    }
}
