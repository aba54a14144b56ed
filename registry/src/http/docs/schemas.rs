//! Schemas of bodies, and types written as a phrase.

use std::fmt::Write as _;

use serde_json::Value;

use super::html::{Escaped, anchor, inline, prose, text};

const COMPONENTS: &str = "#/components/schemas/";

pub(super) fn section(out: &mut String, document: &Value) {
    out.push_str("<section class=\"group\" id=\"schemas\">\n<h2>Schemas</h2>\n");
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let _infallible = write!(
            out,
            "<details class=\"item\" id=\"{}\" data-words=\"{}\">\n<summary><span class=\"path\">{}</span></summary>\n\
             <div class=\"body\">\n{}",
            Escaped(&anchor("schema-", name)),
            Escaped(&name.to_lowercase()),
            Escaped(name),
            prose(text(schema, "/description").unwrap_or_default())
        );
        match schema.get("properties").and_then(Value::as_object) {
            Some(properties) => fields(out, properties, &schema["required"]),
            None => {
                let _infallible = writeln!(out, "<p>{}</p>", type_of(schema));
            }
        }
        out.push_str("</div>\n</details>\n");
    }
    out.push_str("</section>\n");
}

fn fields(out: &mut String, properties: &serde_json::Map<String, Value>, required: &Value) {
    out.push_str("<table>\n<thead><tr><th>Field</th><th>Type</th><th></th></tr></thead>\n<tbody>\n");
    for (name, schema) in properties {
        let is_required = required.as_array().is_some_and(|names| names.iter().any(|other| other == name));
        let _infallible = writeln!(
            out,
            "<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(name),
            if is_required { "<sup title=\"required\">*</sup>" } else { "" },
            type_of(schema),
            inline(text(schema, "/description").unwrap_or_default())
        );
    }
    out.push_str("</tbody>\n</table>\n");
}

/// A type as a phrase of HTML: `array of integer (int32)`, `null or Level`.
pub(super) fn type_of(schema: &Value) -> String {
    if let Some(reference) = text(schema, "/$ref") {
        let name = reference.strip_prefix(COMPONENTS).unwrap_or(reference);
        return format!("<a href=\"#{}\">{}</a>", Escaped(&anchor("schema-", name)), Escaped(name));
    }
    for (keyword, conjunction) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(parts) = schema.get(keyword).and_then(Value::as_array) {
            return parts.iter().map(type_of).collect::<Vec<_>>().join(conjunction);
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let shown = values.iter().map(|value| {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("<code>{}</code>", Escaped(&plain))
        });
        return shown.collect::<Vec<_>>().join(" ");
    }
    match schema.get("type") {
        Some(Value::String(name)) => named(name, schema),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).map(|name| named(name, schema));
            names.collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn named(name: &str, schema: &Value) -> String {
    match (name, schema.get("items"), schema.get("additionalProperties")) {
        ("array", Some(items), _) => format!("array of {}", type_of(items)),
        ("object", _, Some(values @ Value::Object(_))) => format!("map of {}", type_of(values)),
        ("null", ..) => "null".to_owned(),
        _ => match text(schema, "/format") {
            Some(format) => format!("{} ({})", Escaped(name), Escaped(format)),
            None => Escaped(name).to_string(),
        },
    }
}
