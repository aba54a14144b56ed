//! The stricter rules where fields are validated, and the names of the fields.

use serde_json::{Map, Number, Value};

use super::dialect::Draft;
use super::schema::JsonSchema;
use super::tags;
use crate::clip;
use crate::document::Json;
use crate::format::ParseError;

/// Names that start like this are kept for the registry.
const RESERVED_START: &str = "$$";
/// Characters of a value that are shown in a message.
const SHOWN_MAX: usize = 120;
/// Stack for each level of a schema that is validated, generously.
const STACK_PER_LEVEL: usize = 64 * 1024;

/// Names of the properties at the root.
pub(super) fn names(schema: &JsonSchema) -> Vec<String> {
    match schema.root().get("properties") {
        Some(Json::Object(members)) => members.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// No reserved names, and nothing that the meta-schema of the edition does not allow.
pub(super) fn check(schema: &JsonSchema) -> Result<(), ParseError> {
    let reserved = names(schema).into_iter().find(|name| name.starts_with(RESERVED_START));
    if let Some(name) = reserved.filter(|_| tags::is_object(schema)) {
        let message = format!("names of fields must not start with `{RESERVED_START}`; rename `{name}`");
        return Err(ParseError::at(format!("/properties/{name}"), message));
    }
    let depth = schema.root().depth() + 16;
    stacker::grow(depth * STACK_PER_LEVEL, || meta_valid(schema))
}

fn meta_valid(schema: &JsonSchema) -> Result<(), ParseError> {
    let value = to_value(schema.root());
    let (name, outcome) = match schema.draft() {
        Draft::Draft4 => ("draft 4", jsonschema::draft4::meta::validate(&value)),
        Draft::Draft6 => ("draft 6", jsonschema::draft6::meta::validate(&value)),
        Draft::Draft7 => ("draft 7", jsonschema::draft7::meta::validate(&value)),
        Draft::Draft201909 => ("draft 2019-09", jsonschema::draft201909::meta::validate(&value)),
        Draft::Draft202012 => ("draft 2020-12", jsonschema::draft202012::meta::validate(&value)),
    };
    outcome.map_err(|error| {
        let mut found = error.instance().to_string();
        clip::shorten(&mut found, SHOWN_MAX);
        let problem = error.masked_with(format!("`{found}`")).to_string();
        ParseError::at(
            error.instance_path().to_string(),
            format!("the meta-schema of {name} forbids it: {problem}"),
        )
    })
}

/// The same value for the validator. Numbers become what it compares: 64 bits, whole or floating.
pub(super) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(spelling) => Value::Number(to_number(spelling)),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(to_value).collect()),
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), to_value(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn to_number(spelling: &str) -> Number {
    let whole =
        spelling.parse::<u64>().map(Number::from).or_else(|_| spelling.parse::<i64>().map(Number::from));
    whole.unwrap_or_else(|_| {
        let value: f64 = spelling.parse().unwrap_or_default();
        Number::from_f64(value.clamp(f64::MIN, f64::MAX)).unwrap_or_else(|| Number::from(0))
    })
}

#[cfg(test)]
mod tests {
    use crate::format::{SchemaFormat, Strictness};
    use crate::json::JsonSchema;
    use crate::references::ResolvedReferences;

    fn check(text: &str) -> Result<(), String> {
        let schema = JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap();
        schema.fields_valid().map_err(|error| error.to_string())
    }

    #[test]
    fn reserved_names_are_refused() {
        let error = check(r#"{"type":"object","properties":{"a":{},"$$b":{}}}"#).expect_err("reserved");
        assert_eq!(error, "names of fields must not start with `$$`; rename `$$b` at `/properties/$$b`");
        for fine in [
            r#"{"type":"object","properties":{"$a":{}}}"#,
            r#"{"type":"object","properties":{"a":{"properties":{"$$b":{}}}}}"#,
            r#"{"type":"string","properties":{"$$b":{}}}"#,
            "true",
        ] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn meta_schemas_count() {
        let error = check(r#"{"properties":{"a":{"minLength":-1}}}"#).expect_err("negative");
        assert!(error.contains("draft 7") && error.ends_with(" at `/properties/a/minLength`"), "{error}");
        let modern = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","multipleOf":0}"#;
        assert!(check(modern).is_err());
        assert!(check(r#"{"$schema":"http://json-schema.org/draft-04/schema#","required":[]}"#).is_err());
        assert_eq!(check(r#"{"maximum":1e999,"minimum":123456789012345678901234567890}"#), Ok(()));
    }

    #[test]
    fn deep_schemas_are_no_danger() {
        let deep = r#"{"not":"#.repeat(900) + "{}" + &"}".repeat(900);
        assert_eq!(check(&deep), Ok(()));
        let modern = format!(r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","not":{deep}}}"#);
        assert_eq!(check(&modern), Ok(()));
    }
}
