//! What single keywords say.

use schema::document::Json;

/// The only values there are.
pub(super) fn fixed_values(json: &Json) -> Option<Vec<&Json>> {
    match (json.get("const"), json.get("enum")) {
        (Some(only), _) => Some(vec![only]),
        (None, Some(Json::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

/// The words of `type`, else the one that other keywords give away.
pub(super) fn types(json: &Json) -> Vec<&'static str> {
    const WORDS: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
    let known = |word: &Json| WORDS.into_iter().find(|known| word.as_str() == Some(known));
    match json.get("type") {
        Some(Json::Array(words)) => words.iter().filter_map(known).collect(),
        Some(word) => known(word).into_iter().collect(),
        None if ["properties", "additionalProperties", "patternProperties"]
            .iter()
            .any(|name| json.get(name).is_some()) =>
        {
            vec!["object"]
        }
        None if json.get("items").is_some() => vec!["array"],
        None => Vec::new(),
    }
}

pub(super) fn is_null(json: &Json) -> bool {
    match fixed_values(json) {
        Some(values) => values.iter().all(|value| matches!(value, Json::Null)),
        None => types(json) == ["null"],
    }
}

pub(super) fn word(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(spelling) if spelling.parse::<i64>().is_ok() => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// What a branch is called: its title, else what its reference is called, else its type.
pub(super) fn label(part: &Json, followed: &Json) -> String {
    let title = part.get("title").or_else(|| followed.get("title")).and_then(Json::as_str);
    let reference = part.get("$ref").and_then(Json::as_str);
    let segment =
        reference.and_then(|reference| reference.trim_end_matches(['#', '/']).rsplit(['/', '#']).next());
    let typed = types(followed).first().copied();
    let fixed = fixed_values(followed).and_then(|values| values.first().map(|value| word(value)));
    title.or(segment).or(typed).or(fixed).unwrap_or("any").to_owned()
}

pub(super) fn document(json: &Json) -> Option<serde_json::Value> {
    let mut text = String::new();
    json.write_compact(&mut text);
    serde_json::from_str(&text).ok()
}
