//! Rules in a few words, and how far they go, for the report.

use crate::translator::mapping::report::Class;
use crate::translator::mapping::rule::{Action, Overflow, Rule, Term};

/// What a rule makes of a leaf, and what is worth knowing about it.
pub(super) fn class_of(rule: &Rule) -> (Class, &'static str) {
    match &rule.action {
        Action::Const(_) => (Class::Constant, ""),
        Action::Cast { overflow, .. } => match overflow {
            None | Some(Overflow::Error) => {
                (Class::Lossy, "what does not fit is an error; doubles are rounded")
            }
            Some(Overflow::Saturate) => (Class::Lossy, "what does not fit becomes the nearest value"),
            Some(Overflow::Null) => (Class::Lossy, "what does not fit becomes null"),
            Some(Overflow::Default) => (Class::Lossy, "what does not fit becomes the default"),
        },
        Action::Cel(_) | Action::Jsonata(_) => (Class::Mapped, "the result's type is checked at run time"),
        _ => (Class::Mapped, ""),
    }
}

/// A rule in a few words, for the report.
pub(super) fn spelled(rule: &Rule) -> String {
    let inner = spelled;
    match &rule.action {
        Action::Term(term) => term_text(term),
        Action::Const(literal) => literal.0.to_string(),
        Action::Default { of, value } => format!("{} or {}", inner(of), value.0),
        Action::Cast { of, to, .. } => format!("cast {} to {to}", inner(of)),
        Action::Time(time) => format!("time {}", inner(&time.of)),
        Action::Enum { of, .. } => format!("enum {}", inner(of)),
        Action::Union { of, .. } => format!("union {}", inner(of)),
        Action::Each { of, .. } => format!("each {}", inner(of)),
        Action::Entries { of, .. } => format!("entries {}", inner(of)),
        Action::ToEntries(of) => format!("to_entries {}", inner(of)),
        Action::FromEntries(of) => format!("from_entries {}", inner(of)),
        Action::Split { of, on, index, .. } => format!("split {} on {on:?}, part {index}", inner(of)),
        Action::Concat(pieces) => {
            format!("concat {}", pieces.iter().map(term_text).collect::<Vec<_>>().join(" "))
        }
        Action::Cel(text) => format!("cel {text}"),
        Action::Jsonata(text) => format!("jsonata {text}"),
        Action::Lookup { of, file, .. } => format!("lookup {} in {file}", inner(of)),
        Action::Coalesce(rules) => {
            format!("coalesce {}", rules.iter().map(inner).collect::<Vec<_>>().join(", "))
        }
        Action::Case { .. } => "case".to_owned(),
        Action::Record(_) => "map".to_owned(),
    }
}

fn term_text(term: &Term) -> String {
    match term {
        Term::Path(path) => path.to_string(),
        Term::Text(text) => format!("{text:?}"),
        Term::Integer(value) => value.to_string(),
        Term::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(term_text).collect();
            format!("{}({})", function.name(), arguments.join(", "))
        }
    }
}
