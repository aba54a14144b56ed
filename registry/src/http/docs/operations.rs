//! Endpoints: grouped by tag, each with parameters, body and answers.

use std::fmt::Write as _;

use serde_json::Value;

use super::html::{Escaped, anchor, inline, prose, text};
use super::schemas::type_of;

const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
const UNTAGGED: &str = "other";

/// Endpoints of one tag.
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    description: Option<&'a str>,
    pub(super) operations: Vec<Operation<'a>>,
}

impl Group<'_> {
    pub(super) fn anchor(&self) -> String {
        anchor("tag-", self.name)
    }
}

/// One method of one path.
pub(super) struct Operation<'a> {
    path: &'a str,
    method: &'static str,
    /// Parameters that all methods of the path share.
    shared: &'a Value,
    details: &'a Value,
}

/// All endpoints: tags in the order of the document's list, then others as they come.
pub(super) fn groups(document: &Value) -> Vec<Group<'_>> {
    let declared = document.get("tags").and_then(Value::as_array).into_iter().flatten();
    let mut groups: Vec<Group<'_>> = declared
        .filter_map(|tag| {
            let name = text(tag, "/name")?;
            Some(Group { name, description: text(tag, "/description"), operations: Vec::new() })
        })
        .collect();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for method in METHODS {
            let Some(details) = item.get(method) else { continue };
            let name = text(details, "/tags/0").unwrap_or(UNTAGGED);
            let operation = Operation { path, method, shared: &item["parameters"], details };
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name, description: None, operations: vec![operation] }),
            }
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    groups
}

pub(super) fn section(out: &mut String, group: &Group<'_>) {
    let anchor = group.anchor();
    let _infallible = write!(
        out,
        "<section class=\"group\" id=\"{}\">\n<h2>{}</h2>\n",
        Escaped(&anchor),
        Escaped(group.name)
    );
    out.push_str(&prose(group.description.unwrap_or_default()));
    for operation in &group.operations {
        endpoint(out, operation);
    }
    out.push_str("</section>\n");
}

fn endpoint(out: &mut String, operation: &Operation<'_>) {
    let Operation { path, method, details, .. } = operation;
    let id = text(details, "/operationId").map_or_else(|| anchor(method, path), |id| anchor("", id));
    let summary = text(details, "/summary").unwrap_or_default();
    let words = format!("{method} {path} {summary} {id}").to_lowercase();
    let _infallible = write!(
        out,
        "<details class=\"item\" id=\"{}\" data-words=\"{}\">\n<summary><span class=\"method {method}\">{}</span> \
         <span class=\"path\">{}</span> <span class=\"brief\">{}</span>",
        Escaped(&id),
        Escaped(&words),
        method.to_uppercase(),
        with_placeholders(path),
        inline(summary)
    );
    if details.get("deprecated") == Some(&Value::Bool(true)) {
        out.push_str(" <span class=\"mark\">deprecated</span>");
    }
    out.push_str("</summary>\n<div class=\"body\">\n");
    out.push_str(&prose(text(details, "/description").unwrap_or_default()));
    parameters(out, operation);
    request_body(out, details);
    answers(out, details);
    out.push_str("</div>\n</details>\n");
}

/// A path with its placeholders marked.
fn with_placeholders(path: &str) -> String {
    Escaped(path).to_string().replace('{', "<em>{").replace('}', "}</em>")
}

fn parameters(out: &mut String, operation: &Operation<'_>) {
    let of = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let mut all = of(operation.shared);
    all.extend(of(&operation.details["parameters"]));
    if all.is_empty() {
        return;
    }
    out.push_str("<h4>Parameters</h4>\n<table>\n<thead><tr><th>Name</th><th>In</th><th>Type</th><th></th></tr></thead>\n<tbody>\n");
    for parameter in &all {
        let required = parameter.get("required") == Some(&Value::Bool(true));
        let _infallible = write!(
            out,
            "<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td><td>{}",
            Escaped(text(parameter, "/name").unwrap_or_default()),
            if required { "<sup title=\"required\">*</sup>" } else { "" },
            Escaped(text(parameter, "/in").unwrap_or_default()),
            type_of(&parameter["schema"]),
            inline(text(parameter, "/description").unwrap_or_default())
        );
        if let Some(default) = parameter.pointer("/schema/default") {
            let _infallible =
                write!(out, " <small>default <code>{}</code></small>", Escaped(&default.to_string()));
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn request_body(out: &mut String, details: &Value) {
    let Some(body) = details.get("requestBody") else { return };
    out.push_str("<h4>Body</h4>\n");
    out.push_str(&prose(text(body, "/description").unwrap_or_default()));
    let _infallible = writeln!(out, "<p>{}</p>", content(body));
}

/// The type of a body and the content types that it comes in.
fn content(body: &Value) -> String {
    let Some(types) = body.get("content").and_then(Value::as_object) else { return "—".to_owned() };
    let mut described: Vec<(String, Vec<&str>)> = Vec::new();
    for (content_type, media) in types {
        let schema = type_of(&media["schema"]);
        match described.iter_mut().find(|(other, _)| *other == schema) {
            Some((_, content_types)) => content_types.push(content_type),
            None => described.push((schema, vec![content_type])),
        }
    }
    let line = |(schema, content_types): &(String, Vec<&str>)| {
        format!("{schema} <small>{}</small>", Escaped(&content_types.join(", ")))
    };
    described.iter().map(line).collect::<Vec<_>>().join("<br>")
}

fn answers(out: &mut String, details: &Value) {
    let answers = details.get("responses").and_then(Value::as_object).filter(|answers| !answers.is_empty());
    let Some(answers) = answers else { return };
    out.push_str(
        "<h4>Answers</h4>\n<table>\n<thead><tr><th>Status</th><th></th><th>Body</th></tr></thead>\n<tbody>\n",
    );
    for (status, answer) in answers {
        let class = status.chars().next().filter(char::is_ascii_digit).unwrap_or('0');
        let _infallible = writeln!(
            out,
            "<tr><td><span class=\"status s{class}\">{}</span></td><td>{}</td><td>{}</td></tr>",
            Escaped(status),
            inline(text(answer, "/description").unwrap_or_default()),
            content(answer)
        );
    }
    out.push_str("</tbody>\n</table>\n");
}
