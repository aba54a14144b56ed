//! The option of `confluent/meta.proto`: documentation, parameters, tags and rules of a declaration.

use super::wire::{Fields, Malformed, Writer};
use crate::format::ParseError;
use crate::protobuf::syntax::OptionValue;

/// Parameters of which the value is written before the key, as it always was.
const VALUE_FIRST: [&str; 2] = ["precision", "scale"];

/// Members of a rule with their numbers.
const RULE: [(&str, u64); 4] = [("name", 1), ("doc", 2), ("expr", 3), ("sql", 4)];

type Entries = Vec<(String, OptionValue)>;

/// The option as an aggregate; `None` if it says nothing.
pub(super) fn read(bytes: &[u8]) -> Result<Option<OptionValue>, Malformed> {
    let fields = Fields::parse(bytes)?;
    let mut entries: Entries = Vec::new();
    if let Some(doc) = fields.text(1)?.filter(|doc| !doc.is_empty()) {
        entries.push(entry("doc", doc));
    }
    let params = params(&fields)?;
    if !params.is_empty() {
        entries.push(("params".to_owned(), OptionValue::List(params)));
    }
    let tags: Vec<_> = fields.texts(3)?.into_iter().map(OptionValue::String).collect();
    if !tags.is_empty() {
        entries.push(("tags".to_owned(), OptionValue::List(tags)));
    }
    let mut rules = Vec::new();
    for bytes in fields.all(4) {
        let rule = Fields::parse(bytes)?;
        let mut members: Entries = Vec::new();
        for (name, number) in RULE {
            members.extend(rule.text(number)?.filter(|text| !text.is_empty()).map(|text| entry(name, text)));
        }
        if !members.is_empty() {
            rules.push(OptionValue::Map(members));
        }
    }
    if !rules.is_empty() {
        entries.push(("rules".to_owned(), OptionValue::List(rules)));
    }
    Ok(Some(OptionValue::Map(entries)).filter(|value| *value != OptionValue::Map(Vec::new())))
}

fn entry(name: &str, text: String) -> (String, OptionValue) {
    (name.to_owned(), OptionValue::String(text))
}

fn params(fields: &Fields<'_>) -> Result<Vec<OptionValue>, Malformed> {
    let mut params: Vec<(String, String)> = Vec::new();
    for bytes in fields.all(2) {
        let param = Fields::parse(bytes)?;
        let (key, value) = (param.text(1)?.unwrap_or_default(), param.text(2)?.unwrap_or_default());
        match params.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => params.push((key, value)),
        }
    }
    let shown = params.into_iter().map(|(key, value)| {
        let is_value_first = VALUE_FIRST.contains(&key.as_str());
        let mut members = vec![entry("key", key), entry("value", value)];
        if is_value_first {
            members.reverse();
        }
        OptionValue::Map(members)
    });
    Ok(shown.collect())
}

/// The option as bytes; `None` if it says nothing.
pub(super) fn write(value: &OptionValue) -> Result<Option<Writer>, ParseError> {
    let OptionValue::Map(entries) = value else { return Err(unfit("the option")) };
    let find = |name: &str| entries.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let mut writer = Writer::default();
    if let Some(doc) = find("doc") {
        non_empty(&mut writer, 1, text(doc, "doc")?);
    }
    let mut params: Vec<(&str, &str)> = Vec::new();
    for param in maps(find("params"), "params")? {
        let (key, value) = (member(param, "key")?, member(param, "value")?);
        let (Some(key), Some(value)) = (key, value) else { return Err(unfit("params")) };
        match params.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => params.push((key, value)),
        }
    }
    for (key, value) in params {
        let mut param = Writer::default();
        param.text(1, key);
        param.text(2, value);
        writer.message(2, &param);
    }
    match find("tags") {
        Some(OptionValue::List(tags)) => {
            for tag in tags {
                writer.text(3, text(tag, "tags")?);
            }
        }
        Some(tag) => writer.text(3, text(tag, "tags")?),
        None => {}
    }
    for members in maps(find("rules"), "rules")? {
        let mut rule = Writer::default();
        for (name, number) in RULE {
            non_empty(&mut rule, number, member(members, name)?.unwrap_or_default());
        }
        if !rule.0.is_empty() {
            writer.message(4, &rule);
        }
    }
    Ok(Some(writer).filter(|_| !entries.is_empty()))
}

fn non_empty(writer: &mut Writer, number: u64, text: &str) {
    if !text.is_empty() {
        writer.text(number, text);
    }
}

/// One aggregate or a list of them.
fn maps<'o>(value: Option<&'o OptionValue>, what: &str) -> Result<Vec<&'o Entries>, ParseError> {
    let values = match value {
        None => return Ok(Vec::new()),
        Some(OptionValue::List(values)) => values.iter().collect(),
        Some(only) => vec![only],
    };
    let map = |value: &'o OptionValue| match value {
        OptionValue::Map(entries) => Ok(entries),
        _ => Err(unfit(what)),
    };
    values.into_iter().map(map).collect()
}

fn member<'o>(entries: &'o Entries, name: &str) -> Result<Option<&'o str>, ParseError> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| text(value, name)).transpose()
}

fn text<'o>(value: &'o OptionValue, what: &str) -> Result<&'o str, ParseError> {
    match value {
        OptionValue::String(text) => Ok(text),
        _ => Err(unfit(what)),
    }
}

fn unfit(what: &str) -> ParseError {
    ParseError::new(format!(
        "`{what}` of a `confluent` option has a value that `confluent/meta.proto` does not allow; write it as declared \
         there"
    ))
}
