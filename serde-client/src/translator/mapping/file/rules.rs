//! Rules out of a mapping file.

use super::members::{Members, integer, list, text, word};
use super::yaml::{Data, Entry, Node};
use crate::translator::mapping::problem::Problem;
use crate::translator::mapping::rule::{
    Action, Body, BranchRule, BranchTarget, Literal, Otherwise, Overflow, Rule, TargetRule, Term, TimeForm,
    TimeRule, path, term,
};

/// Rules nest this deep at most.
const DEPTH_MAX: usize = 32;

/// What the first member of a rule in its long form may be.
const ACTIONS: &[&str] = &[
    "const",
    "default",
    "cast",
    "time",
    "enum",
    "union",
    "each",
    "entries",
    "to_entries",
    "from_entries",
    "split",
    "concat",
    "template",
    "cel",
    "jsonata",
    "lookup",
    "coalesce",
    "case",
    "map",
];

/// The rules of a record: a map of targets, or one rule for the whole.
pub(super) fn targets(node: &Node) -> Result<Vec<TargetRule>, Problem> {
    target_rules(node, 0)
}

fn target_rules(node: &Node, depth: usize) -> Result<Vec<TargetRule>, Problem> {
    match &node.data {
        // A skeleton of which everything is still a comment.
        Data::Null => Ok(Vec::new()),
        Data::Map(entries) => entries.iter().map(|entry| target_rule(entry, depth)).collect(),
        Data::Text(_) => Ok(vec![TargetRule { target: Vec::new(), at: node.at, rule: rule(node, depth)? }]),
        other => Err(Problem::new(
            node.at,
            format!("rules are a map of targets to what they are made of, and this is {}", other.word()),
        )),
    }
}

fn target_rule(entry: &Entry, depth: usize) -> Result<TargetRule, Problem> {
    let target = path::target(&entry.key).map_err(|reason| Problem::new(entry.at, reason))?;
    Ok(TargetRule { target, at: entry.at, rule: rule(&entry.value, depth)? })
}

fn rule(node: &Node, depth: usize) -> Result<Rule, Problem> {
    if depth > DEPTH_MAX {
        return Err(Problem::new(node.at, format!("rules nest deeper than {DEPTH_MAX} levels")));
    }
    let action = match &node.data {
        Data::Text(text) => Action::Term(term::parse(text).map_err(|reason| Problem::new(node.at, reason))?),
        Data::Map(_) => action(node, depth + 1)?,
        other => {
            let message = format!(
                "a rule is a source path or a map such as `{{const: …}}`, and this is {}: write a fixed value as `{{const: …}}`",
                other.word()
            );
            return Err(Problem::new(node.at, message));
        }
    };
    Ok(Rule { at: node.at, action })
}

fn boxed(node: &Node, depth: usize) -> Result<Box<Rule>, Problem> {
    rule(node, depth).map(Box::new)
}

fn action(node: &Node, depth: usize) -> Result<Action, Problem> {
    let mut members = Members::of(node, "a rule")?;
    let Data::Map(entries) = &node.data else { return Err(Problem::new(node.at, "a rule is a map")) };
    let named: Vec<&str> =
        ACTIONS.iter().filter(|name| entries.iter().any(|entry| entry.key == **name)).copied().collect();
    // `map`, `value` and `key` belong to other actions too.
    let kind = match named.as_slice() {
        [only] | [only, "map"] => *only,
        ["default", ..] if entries.iter().any(|entry| entry.key == "cast") => "cast",
        [] => {
            let message = format!("a rule in its long form has one of `{}`", ACTIONS.join("`, `"));
            return Err(Problem::new(node.at, message));
        }
        several => {
            return Err(Problem::new(
                node.at,
                format!("a rule does one thing, and this has `{}`", several.join("`, `")),
            ));
        }
    };
    let action = match kind {
        "const" => Action::Const(literal(members.require("const")?)),
        "default" => Action::Default {
            of: boxed(members.require("default")?, depth)?,
            value: literal(members.require("value")?),
        },
        "cast" => cast(&mut members, depth)?,
        "time" => Action::Time(time(&mut members, depth)?),
        "enum" => enumeration(&mut members, depth)?,
        "union" => Action::Union {
            of: boxed(members.require("union")?, depth)?,
            branches: branches(members.require("branches")?, depth)?,
        },
        "each" => each(&mut members, depth)?,
        "entries" => Action::Entries {
            of: boxed(members.require("entries")?, depth)?,
            key: boxed(members.require("key")?, depth)?,
            value: boxed(members.require("value")?, depth)?,
        },
        "to_entries" => Action::ToEntries(boxed(members.require("to_entries")?, depth)?),
        "from_entries" => Action::FromEntries(boxed(members.require("from_entries")?, depth)?),
        "split" => split(&mut members, depth)?,
        "concat" => Action::Concat(concat(members.require("concat")?)?),
        "template" => {
            let node = members.require("template")?;
            let pieces = term::template(text(node, "template")?);
            Action::Concat(pieces.map_err(|reason| Problem::new(node.at, reason))?)
        }
        "cel" => Action::Cel(members.required_text("cel")?.to_owned()),
        "jsonata" => Action::Jsonata(members.required_text("jsonata")?.to_owned()),
        "lookup" => Action::Lookup {
            of: boxed(members.require("lookup")?, depth)?,
            file: members.required_text("file")?.to_owned(),
            otherwise: members.take("else").map(literal),
        },
        "coalesce" => {
            let items = list(members.require("coalesce")?, "coalesce")?;
            Action::Coalesce(items.iter().map(|node| rule(node, depth)).collect::<Result<_, _>>()?)
        }
        "case" => case(&mut members, depth)?,
        _ => Action::Record(target_rules(members.require("map")?, depth)?),
    };
    members.finish()?;
    Ok(action)
}

fn cast(members: &mut Members<'_>, depth: usize) -> Result<Action, Problem> {
    let overflows = [
        ("error", Overflow::Error),
        ("dlq", Overflow::Error),
        ("saturate", Overflow::Saturate),
        ("null", Overflow::Null),
        ("default", Overflow::Default),
    ];
    let at = members.at;
    let action = Action::Cast {
        of: boxed(members.require("cast")?, depth)?,
        to: members.required_text("to")?.to_owned(),
        scale: members.integer("scale")?.unwrap_or(0),
        overflow: members.word("overflow", &overflows)?,
        value: members.take("default").map(literal),
    };
    if let Action::Cast { overflow, value, .. } = &action
        && (*overflow == Some(Overflow::Default)) != value.is_some()
    {
        return Err(Problem::new(at, "`overflow: default` and `default: …` go together"));
    }
    Ok(action)
}

fn time(members: &mut Members<'_>, depth: usize) -> Result<TimeRule, Problem> {
    let at = members.at;
    let of = boxed(members.require("time")?, depth)?;
    let format = members.word("format", &[("rfc3339", TimeForm::Rfc3339), ("date", TimeForm::IsoDate)])?;
    let form = |found: Option<&Node>, name: &str| -> Result<Option<TimeForm>, Problem> {
        let Some(node) = found else { return Ok(None) };
        let words = [
            ("seconds", TimeForm::Seconds),
            ("millis", TimeForm::Millis),
            ("micros", TimeForm::Micros),
            ("nanos", TimeForm::Nanos),
            ("timestamp-millis", TimeForm::Millis),
            ("timestamp-micros", TimeForm::Micros),
            ("timestamp-nanos", TimeForm::Nanos),
            ("date", TimeForm::Days),
            ("string", format.unwrap_or(TimeForm::Rfc3339)),
        ];
        word(node, name, &words).map(Some)
    };
    let from = form(members.take("from"), "from")?;
    let to = form(members.take("to"), "to")?;
    let offset_minutes = match members.text("zone")? {
        None | Some("UTC" | "Z") => 0,
        Some(zone) => offset_minutes(zone).ok_or_else(|| {
            Problem::new(
                at,
                "`zone` is `UTC` or a fixed offset such as `+02:00`: the rules of named zones change",
            )
        })?,
    };
    Ok(TimeRule { of, from, to, offset_minutes })
}

fn offset_minutes(zone: &str) -> Option<i32> {
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=18).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

fn enumeration(members: &mut Members<'_>, depth: usize) -> Result<Action, Problem> {
    let of = boxed(members.require("enum")?, depth)?;
    let symbols = match members.take("map") {
        None => Vec::new(),
        Some(node) => {
            let Data::Map(entries) = &node.data else {
                return Err(Problem::new(node.at, "`map` maps symbols to symbols"));
            };
            let pair = |entry: &Entry| Ok((entry.key.clone(), scalar_text(&entry.value)?));
            entries.iter().map(pair).collect::<Result<_, Problem>>()?
        }
    };
    let otherwise = match members.text("else")? {
        None | Some("error" | "dlq") => Otherwise::Error,
        Some("same") => Otherwise::Same,
        Some(symbol) => Otherwise::Symbol(symbol.to_owned()),
    };
    Ok(Action::Enum { of, symbols, otherwise })
}

fn scalar_text(node: &Node) -> Result<String, Problem> {
    match &node.data {
        Data::Text(text) => Ok(text.clone()),
        Data::Integer(value) => Ok(value.to_string()),
        Data::Boolean(value) => Ok(value.to_string()),
        Data::Null => Ok("null".to_owned()),
        other => Err(Problem::new(node.at, format!("a symbol is a text, and this is {}", other.word()))),
    }
}

fn branches(node: &Node, depth: usize) -> Result<Vec<BranchRule>, Problem> {
    let Data::Map(entries) = &node.data else {
        return Err(Problem::new(node.at, "`branches` maps the source's branches to what becomes of them"));
    };
    let branch = |entry: &Entry| {
        let to = match &entry.value.data {
            Data::Null => BranchTarget::Null,
            Data::Text(text) if text == "dlq" || text == "error" => BranchTarget::Error,
            Data::Text(text) if text.starts_with(['$', '@']) => {
                let body = Some(Body::Rule(boxed(&entry.value, depth)?));
                BranchTarget::Branch { label: None, body }
            }
            Data::Text(text) => BranchTarget::Branch { label: Some(text.clone()), body: None },
            _ => {
                let mut members = Members::of(&entry.value, "a branch")?;
                let label = members.text("to")?.map(str::to_owned);
                let body = body(&mut members, depth)?;
                members.finish()?;
                BranchTarget::Branch { label, body }
            }
        };
        Ok(BranchRule { at: entry.at, from: entry.key.clone(), to })
    };
    entries.iter().map(branch).collect()
}

/// `map` for a record, `value` for one rule.
fn body(members: &mut Members<'_>, depth: usize) -> Result<Option<Body>, Problem> {
    match (members.take("map"), members.take("value")) {
        (Some(node), None) if matches!(node.data, Data::Map(_)) => {
            Ok(Some(Body::Map(target_rules(node, depth + 1)?)))
        }
        (Some(node), None) | (None, Some(node)) => Ok(Some(Body::Rule(boxed(node, depth + 1)?))),
        (None, None) => Ok(None),
        (Some(_), Some(node)) => Err(Problem::new(node.at, "give either `map` or `value`")),
    }
}

fn each(members: &mut Members<'_>, depth: usize) -> Result<Action, Problem> {
    let at = members.at;
    let of = boxed(members.require("each")?, depth)?;
    let item = body(members, depth)?.ok_or_else(|| Problem::new(at, "`map` says what becomes of an item"))?;
    Ok(Action::Each { of, item, condition: members.text("where")?.map(str::to_owned) })
}

fn split(members: &mut Members<'_>, depth: usize) -> Result<Action, Problem> {
    let of = boxed(members.require("split")?, depth)?;
    let node = members.require("on")?;
    let on = text(node, "on")?.to_owned();
    if on.is_empty() {
        return Err(Problem::new(node.at, "`on` is the text between the parts and cannot be empty"));
    }
    let limit: Option<usize> = members.integer("limit")?;
    if limit == Some(0) {
        return Err(Problem::new(node.at, "`limit` is at least 1"));
    }
    let index = integer(members.require("index")?, "index")?;
    Ok(Action::Split { of, on, limit, index, otherwise: members.take("else").map(literal) })
}

fn concat(node: &Node) -> Result<Vec<Term>, Problem> {
    let piece = |node: &Node| match &node.data {
        Data::Text(text) if text.starts_with(['$', '@']) || text.starts_with("it.") => {
            term::parse(text).map_err(|reason| Problem::new(node.at, reason))
        }
        Data::Text(text) => Ok(Term::Text(text.clone())),
        Data::Integer(value) => Ok(Term::Text(value.to_string())),
        other => Err(Problem::new(
            node.at,
            format!("`concat` lists texts and paths, and this is {}", other.word()),
        )),
    };
    list(node, "concat")?.iter().map(piece).collect()
}

fn case(members: &mut Members<'_>, depth: usize) -> Result<Action, Problem> {
    let when = |node: &Node| {
        let mut members = Members::of(node, "a case")?;
        let when = members.required_text("when")?.to_owned();
        let then = rule(members.require("then")?, depth)?;
        members.finish()?;
        Ok((when, then))
    };
    let whens = list(members.require("case")?, "case")?.iter().map(when).collect::<Result<_, Problem>>()?;
    let otherwise = members.take("else").map(|node| boxed(node, depth)).transpose()?;
    Ok(Action::Case { whens, otherwise })
}

/// A value that is written in the file.
pub(super) fn literal(node: &Node) -> Literal {
    Literal(json(node))
}

pub(super) fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(value) => Value::Bool(*value),
        Data::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => Value::String(value.to_string()),
        },
        Data::Float(value) => (*value).into(),
        Data::Text(text) => Value::String(text.clone()),
        Data::List(items) => Value::Array(items.iter().map(json).collect()),
        Data::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect())
        }
    }
}
