//! Paths into the source record: `$.a.b`, `$.items[].price`, `$['odd name']`, `@key.id`, `@header('x')`, `$v`, `it.b`.

use std::fmt;

/// Where a path begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `$`: the record in hand: the source record, inside `each` an item of the list, inside a union's branch its value.
    This,
    /// `$$`: the source record, wherever the rule stands.
    Root,
    /// `@key`: the source record's key.
    Key,
    /// `@header('name')`: the last header of a name, as text.
    Header(String),
    /// `@timestamp`: milliseconds since 1970-01-01.
    Timestamp,
    /// `@partition`.
    Partition,
    /// `@offset`.
    Offset,
    /// `$k`: the key of a map's entry.
    EntryKey,
    /// `$v`: the value of a map's entry.
    EntryValue,
    /// `it`: an item of a list.
    Item,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A field of a record, a branch of a union by its label, or an entry of a map by its key.
    Name(String),
    /// `[]`: every item of a list.
    Items,
}

/// A path into the source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it begins.
    pub from: Origin,
    /// What follows.
    pub steps: Vec<Step>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Origin::This => f.write_str("$")?,
            Origin::Root => f.write_str("$$")?,
            Origin::Key => f.write_str("@key")?,
            Origin::Header(name) => write!(f, "@header('{name}')")?,
            Origin::Timestamp => f.write_str("@timestamp")?,
            Origin::Partition => f.write_str("@partition")?,
            Origin::Offset => f.write_str("@offset")?,
            Origin::EntryKey => f.write_str("$k")?,
            Origin::EntryValue => f.write_str("$v")?,
            Origin::Item => f.write_str("it")?,
        }
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) if is_plain(name) => write!(f, ".{name}"),
            Self::Name(name) => write!(f, "['{}']", name.replace('\'', "\\'")),
            Self::Items => f.write_str("[]"),
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name)
}

/// Whether a character may stand in a name without quotes.
pub(super) fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '-'
}

/// A text that is read from its front.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(super) fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn name(&mut self) -> Option<&'t str> {
        let end = self.rest.find(|character| !is_name(character)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    /// A text in single or double quotes, with `\` before quotes and backslashes.
    pub(super) fn quoted(&mut self) -> Result<Option<String>, String> {
        let Some(quote) = self.rest.chars().next().filter(|character| ['\'', '"'].contains(character)) else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => text.extend(characters.next().map(|(_, character)| character)),
                end if end == quote => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(Some(text));
                }
                other => text.push(other),
            }
        }
        Err(format!("the quote before `{}` is not closed", self.rest.get(1..).unwrap_or_default()))
    }

    /// The steps that follow.
    pub(super) fn steps(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        loop {
            if self.eat("[]") {
                steps.push(Step::Items);
            } else if self.eat("[") {
                let name = self.quoted()?.ok_or("what stands in `[…]` is a quoted name, or nothing")?;
                if !self.eat("]") {
                    return Err("`]` is missing behind a quoted name".to_owned());
                }
                steps.push(Step::Name(name));
            } else if self.rest.starts_with('.') {
                self.eat(".");
                let name =
                    self.name().ok_or("a name is missing behind `.`: quote odd names as `['odd name']`")?;
                steps.push(Step::Name(name.to_owned()));
            } else {
                return Ok(steps);
            }
        }
    }

    /// A path, if one stands here.
    pub(super) fn path(&mut self) -> Result<Option<Path>, String> {
        let from = if self.eat("$$") {
            Origin::Root
        } else if self.eat_word("$k") {
            Origin::EntryKey
        } else if self.eat_word("$v") {
            Origin::EntryValue
        } else if self.eat("$") {
            if self.rest.starts_with(is_name) {
                return Err(format!("`${}` is no path: did you mean `$.{}`?", self.rest, self.rest));
            }
            Origin::This
        } else if self.eat_word("it") {
            Origin::Item
        } else if self.eat("@") {
            self.metadata()?
        } else {
            return Ok(None);
        };
        Ok(Some(Path { from, steps: self.steps()? }))
    }

    fn metadata(&mut self) -> Result<Origin, String> {
        Ok(match self.name() {
            Some("key") => Origin::Key,
            Some("timestamp") => Origin::Timestamp,
            Some("partition") => Origin::Partition,
            Some("offset") => Origin::Offset,
            Some("header") => {
                let name = if self.eat("(") { self.quoted()? } else { None };
                match name {
                    Some(name) if self.eat(")") => Origin::Header(name),
                    _ => return Err("a header is named as `@header('name')`".to_owned()),
                }
            }
            _ => {
                let known = "`@key`, `@header('name')`, `@timestamp`, `@partition`, `@offset`";
                return Err(format!("behind `@` stands one of {known}"));
            }
        })
    }

    /// Takes a word when no name continues behind it.
    fn eat_word(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|character| is_name(character) || character == '(') => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

/// The names of a target path: `address.zip`, `['odd name'].b`; none for the record itself.
pub(crate) fn target(text: &str) -> Result<Vec<String>, String> {
    if text == "$" {
        return Ok(Vec::new());
    }
    let dotted = if text.starts_with(['[', '.']) { text.to_owned() } else { format!(".{text}") };
    let mut scanner = Scanner::new(&dotted);
    let steps = scanner.steps()?;
    if !scanner.rest().is_empty() {
        return Err(format!("`{text}` is no target path: quote odd names as `['odd name']`"));
    }
    steps
        .into_iter()
        .map(|step| match step {
            Step::Name(name) => Ok(name),
            Step::Items => Err("a target path goes through records only: use `each` for lists".to_owned()),
        })
        .collect()
}

/// How a target path is spelled.
pub(crate) fn spell_target(names: &[String]) -> String {
    let spelled: String = names.iter().map(|name| Step::Name(name.clone()).to_string()).collect();
    spelled.strip_prefix('.').map_or_else(|| spelled.clone(), str::to_owned)
}

/// A path of the source that stands alone, as in `drop`.
pub(crate) fn source(text: &str) -> Result<Path, String> {
    let mut scanner = Scanner::new(text.trim());
    match scanner.path()? {
        Some(path) if scanner.rest().is_empty() => Ok(path),
        Some(_) => Err(format!("`{}` is left over behind a path", scanner.rest())),
        None => Err(format!("`{text}` is no path: paths begin with `$`, `@` or `it`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_as_they_are_written() {
        for text in [
            "$",
            "$$.a",
            "$.a.b",
            "$.items[].price",
            "$['odd name'].b",
            "@key.id",
            "@header('x')",
            "$v.a",
            "it.b",
            "@offset",
        ] {
            assert_eq!(source(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_path_is_refused_with_a_reason() {
        for (text, part) in [
            ("id", "paths begin with"),
            ("$id", "did you mean `$.id`"),
            ("$.a b", "left over"),
            ("$.", "a name is missing"),
            ("$['a", "not closed"),
            ("@head", "one of"),
        ] {
            let reason = source(text).unwrap_err();
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }

    #[test]
    fn targets_may_have_odd_names() {
        assert_eq!(target("address.zip").unwrap(), ["address", "zip"]);
        assert_eq!(target("['a.b'].c").unwrap(), ["a.b", "c"]);
        assert_eq!(spell_target(&target("['a.b'].c").unwrap()), "['a.b'].c");
        assert!(target("a[].b").unwrap_err().contains("each"));
    }
}
