//! Taking maps of a mapping file apart, member by member, so that nothing in it is passed over in silence.

use std::time::Duration;

use super::yaml::{Data, Entry, Node};
use crate::translator::mapping::problem::{Place, Problem};

/// Members of a map that have not been taken yet.
#[derive(Debug)]
pub(super) struct Members<'n> {
    /// Of the map.
    pub(super) at: Place,
    left: Vec<&'n Entry>,
    /// What was asked for, for the message about members that nobody asked for.
    asked: Vec<&'static str>,
}

impl<'n> Members<'n> {
    /// The members of a node that has to be a map; `what` it is, for the message.
    pub(super) fn of(node: &'n Node, what: &str) -> Result<Self, Problem> {
        match &node.data {
            Data::Map(entries) => Ok(Self { at: node.at, left: entries.iter().collect(), asked: Vec::new() }),
            other => Err(Problem::new(
                node.at,
                format!("{what} is a map of names to values, and this is {}", other.word()),
            )),
        }
    }

    /// Takes a member.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.asked.push(name);
        let position = self.left.iter().position(|entry| entry.key == name)?;
        Some(&self.left.remove(position).value)
    }

    /// Takes a member that must be there.
    pub(super) fn require(&mut self, name: &'static str) -> Result<&'n Node, Problem> {
        let at = self.at;
        self.take(name).ok_or_else(|| Problem::new(at, format!("`{name}` is missing")))
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<&'n str>, Problem> {
        self.take(name).map(|node| text(node, name)).transpose()
    }

    /// Takes a text that must be there.
    pub(super) fn required_text(&mut self, name: &'static str) -> Result<&'n str, Problem> {
        text(self.require(name)?, name)
    }

    /// Takes a boolean.
    pub(super) fn boolean(&mut self, name: &'static str) -> Result<Option<bool>, Problem> {
        self.take(name)
            .map(|node| match node.data {
                Data::Boolean(value) => Ok(value),
                _ => Err(Problem::new(node.at, format!("`{name}` is true or false"))),
            })
            .transpose()
    }

    /// Takes an integer of a type.
    pub(super) fn integer<T: TryFrom<i128>>(&mut self, name: &'static str) -> Result<Option<T>, Problem> {
        self.take(name).map(|node| integer(node, name)).transpose()
    }

    /// Takes one of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        self.take(name).map(|node| word(node, name, words)).transpose()
    }

    /// Ends: what is left was not expected.
    pub(super) fn finish(self) -> Result<(), Problem> {
        let Some(entry) = self.left.first() else { return Ok(()) };
        let known = self.asked.join("`, `");
        Err(Problem::new(entry.at, format!("`{}` is not known here; known are `{known}`", entry.key)))
    }
}

impl Data {
    /// What this is, for messages.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

pub(super) fn text<'n>(node: &'n Node, name: &str) -> Result<&'n str, Problem> {
    match &node.data {
        Data::Text(text) => Ok(text),
        other => {
            Err(Problem::new(node.at, format!("`{name}` is a text, and this is {}: quote it", other.word())))
        }
    }
}

pub(super) fn integer<T: TryFrom<i128>>(node: &Node, name: &str) -> Result<T, Problem> {
    match node.data {
        Data::Integer(value) => {
            T::try_from(value).map_err(|_| Problem::new(node.at, format!("`{name}` is out of range")))
        }
        ref other => {
            Err(Problem::new(node.at, format!("`{name}` is an integer, and this is {}", other.word())))
        }
    }
}

pub(super) fn word<T: Copy>(node: &Node, name: &str, words: &[(&str, T)]) -> Result<T, Problem> {
    let found = match &node.data {
        Data::Text(text) => words.iter().find(|(word, _)| word == text),
        Data::Null => words.iter().find(|(word, _)| *word == "null"),
        _ => None,
    };
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Problem::new(node.at, format!("`{name}` is one of `{}`", known.join("`, `")))
    })
}

pub(super) fn list<'n>(node: &'n Node, name: &str) -> Result<&'n [Node], Problem> {
    match &node.data {
        Data::List(items) => Ok(items),
        other => Err(Problem::new(node.at, format!("`{name}` is a list, and this is {}", other.word()))),
    }
}

/// A share such as `1%`, or a number from 0 to 1.
pub(super) fn share(node: &Node, name: &str) -> Result<f64, Problem> {
    let value = match &node.data {
        Data::Float(value) => Some(*value),
        Data::Integer(0) => Some(0.0),
        Data::Integer(1) => Some(1.0),
        Data::Text(text) => text
            .strip_suffix('%')
            .and_then(|digits| digits.trim().parse::<f64>().ok())
            .map(|value| value / 100.0),
        _ => None,
    };
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| Problem::new(node.at, format!("`{name}` is a share such as `1%`, from 0% to 100%")))
}

/// A time span such as `500ms`, `30s`, `5m`, `1h` or `7d`.
pub(super) fn duration(node: &Node, name: &str) -> Result<Duration, Problem> {
    let wrong =
        || Problem::new(node.at, format!("`{name}` is a time span such as `500ms`, `30s`, `5m`, `1h`, `7d`"));
    let text = text(node, name).map_err(|_| wrong())?;
    time_span(text).ok_or_else(wrong)
}

/// Reads a time span such as `500ms`, `30s`, `5m`, `1h` or `7d`.
pub(crate) fn time_span(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let count: u64 = digits.trim().parse().ok()?;
    let millis = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    count.checked_mul(millis).map(Duration::from_millis)
}
