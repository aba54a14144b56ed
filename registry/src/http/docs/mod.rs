//! The API documentation: one offline page made from the OpenAPI document.
//!
//! Nothing is loaded from elsewhere: style and search live in the page. Every text of the document is escaped.

mod html;
mod operations;
mod schemas;

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use schema::model::error_code::ErrorCode;
use serde_json::Value;

use html::{Escaped, prose, text};
use operations::Group;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("search.js");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The page, made when it is first asked for.
#[derive(Debug, Default)]
pub struct Docs(OnceLock<Bytes>);

impl Docs {
    /// The page as an answer.
    pub fn response(&self, document: impl FnOnce() -> Value) -> Response {
        let page = self.0.get_or_init(|| page(&document()).into()).clone();
        ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)], page)
            .into_response()
    }
}

/// Renders an OpenAPI document.
#[must_use]
pub fn page(document: &Value) -> String {
    let groups = operations::groups(document);
    let title = text(document, "/info/title").unwrap_or("API");
    let mut out = String::with_capacity(64 * 1024);
    // Writing to a string does not fail, here and below.
    let _infallible = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        Escaped(title)
    );
    navigation(&mut out, title, &groups);
    out.push_str("<main>\n");
    introduction(&mut out, document, title);
    for group in &groups {
        operations::section(&mut out, group);
    }
    error_codes(&mut out);
    schemas::section(&mut out, document);
    let _infallible = write!(
        out,
        "<p id=\"nothing\" hidden>Nothing matches.</p>\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    );
    out
}

fn navigation(out: &mut String, title: &str, groups: &[Group<'_>]) {
    let _infallible = write!(
        out,
        "<nav>\n<a class=\"brand\" href=\"#top\">{}</a>\n<input id=\"search\" type=\"search\" \
         placeholder=\"Search ( / )\" aria-label=\"Search endpoints and schemas\" autocomplete=\"off\">\n<ul>\n",
        Escaped(title)
    );
    for group in groups {
        let _infallible = writeln!(
            out,
            "<li><a href=\"#{}\">{}</a><span>{}</span></li>",
            Escaped(&group.anchor()),
            Escaped(group.name),
            group.operations.len()
        );
    }
    out.push_str(
        "<li><a href=\"#error-codes\">Error codes</a></li>\n<li><a href=\"#schemas\">Schemas</a></li>\n",
    );
    out.push_str("</ul>\n</nav>\n");
}

fn introduction(out: &mut String, document: &Value, title: &str) {
    let _infallible = write!(out, "<header id=\"top\">\n<h1>{}", Escaped(title));
    if let Some(version) = text(document, "/info/version") {
        let _infallible = write!(out, " <small>{}</small>", Escaped(version));
    }
    out.push_str("</h1>\n");
    if let Some(description) = text(document, "/info/description") {
        out.push_str(&prose(description));
    }
    out.push_str("</header>\n");
}

fn error_codes(out: &mut String) {
    out.push_str(
        "<section id=\"error-codes\">\n<h2>Error codes</h2>\n<p>An error answer is \
         <code>{\"error_code\": …, \"message\": \"…\"}</code>. Programs should look at the code; the message is for \
         people and may change.</p>\n<table>\n<thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead>\n\
         <tbody>\n",
    );
    for (name, code) in ErrorCode::ALL {
        let meaning = name.to_ascii_lowercase().replace('_', " ");
        let _infallible = writeln!(
            out,
            "<tr><td><span class=\"status s{}\">{}</span></td><td><code>{}</code></td><td>{}</td></tr>",
            code.status / 100,
            code.status,
            code.number,
            Escaped(&meaning)
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Registry <API>", "version": "1.0", "description": "One `code`.\n\nTwo <b>."},
            "tags": [{"name": "subjects", "description": "About subjects"}],
            "paths": {
                "/subjects/{subject}/versions": {
                    "parameters": [{"name": "subject", "in": "path", "required": true, "schema": {"type": "string"}}],
                    "post": {
                        "tags": ["subjects"], "operationId": "register", "summary": "Register \"a\" schema",
                        "parameters": [{"name": "normalize", "in": "query", "description": "Whether <i>",
                            "schema": {"type": ["boolean", "null"], "default": false}}],
                        "requestBody": {"required": true, "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Request"}},
                            "application/vnd.schemaregistry.v1+json": {"schema": {"$ref": "#/components/schemas/Request"}}}},
                        "responses": {
                            "200": {"description": "The id", "content": {"application/json": {"schema":
                                {"type": "array", "items": {"type": "integer", "format": "int32"}}}}},
                            "409": {"description": "40901"}}
                    }
                },
                "/x": {"get": {"deprecated": true, "responses": {}}}
            },
            "components": {"schemas": {
                "Request": {"type": "object", "description": "A <request>", "required": ["schema"], "properties": {
                    "schema": {"type": "string", "description": "Text"},
                    "metadata": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Level"}]},
                    "tags": {"type": "object", "additionalProperties": {"type": "string"}}}},
                "Level": {"type": "string", "enum": ["NONE", "<FULL>"]}
            }}
        })
    }

    fn check(part: &str) {
        let page = page(&document());
        assert!(page.contains(part), "`{part}` is missing in\n{page}");
    }

    #[test]
    fn operations_are_grouped_by_tag_with_method_and_path() {
        check("<section class=\"group\" id=\"tag-subjects\">");
        check("<span class=\"method post\">POST</span>");
        check("/subjects/<em>{subject}</em>/versions");
        check("Register &quot;a&quot; schema");
        check("id=\"register\"");
        check("<section class=\"group\" id=\"tag-other\">");
        check("deprecated");
    }

    #[test]
    fn parameters_of_path_and_operation_are_listed() {
        check("<code>subject</code>");
        check("<code>normalize</code>");
        check("boolean or null");
        check("Whether &lt;i&gt;");
        check("default <code>false</code>");
    }

    #[test]
    fn bodies_and_answers_link_to_schemas() {
        check("<a href=\"#schema-Request\">Request</a>");
        check("application/vnd.schemaregistry.v1+json");
        check("array of integer (int32)");
        check("<span class=\"status s4\">409</span>");
    }

    #[test]
    fn schemas_show_properties_and_values() {
        check("id=\"schema-Request\"");
        check("null or <a href=\"#schema-Level\">Level</a>");
        check("map of string");
        check("<code>&lt;FULL&gt;</code>");
        check("A &lt;request&gt;");
    }

    #[test]
    fn every_error_code_is_listed() {
        for (_, code) in ErrorCode::ALL {
            check(&format!("<code>{}</code>", code.number));
        }
    }

    #[test]
    fn text_is_escaped_and_nothing_is_loaded_from_elsewhere() {
        let page = page(&document());
        assert!(page.contains("Registry &lt;API&gt;") && page.contains("Two &lt;b&gt;."));
        for forbidden in
            ["<API>", "<b>", "<i>", "<FULL>", "<request>", "http://", "https://", "src=", "@import", "url("]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn hostile_names_cannot_leave_an_attribute() {
        let hostile = "\"><script>alert(1)</script>";
        let document = json!({
            "info": {"title": hostile},
            "paths": {hostile: {"get": {"tags": [hostile], "operationId": hostile, "summary": hostile,
                "parameters": [{"name": hostile, "in": hostile, "schema": {"$ref": format!("#/components/schemas/{hostile}")}}],
                "responses": {hostile: {"description": hostile}}}}},
            "components": {"schemas": {hostile: {"type": hostile, "enum": [hostile]}}}
        });
        let page = page(&document);
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(!page.contains("\"><script"));
    }

    #[test]
    fn a_document_of_any_shape_gives_a_page() {
        for document in [
            json!(null),
            json!({}),
            json!({"paths": {"/": {"get": null}}, "components": {"schemas": {"A": 1}}}),
        ] {
            assert!(page(&document).ends_with("</html>\n"));
        }
    }

    #[test]
    fn tags_are_balanced() {
        let page = page(&document());
        for tag in [
            "section", "details", "summary", "table", "tbody", "thead", "tr", "td", "th", "p", "code", "ul",
            "li",
        ] {
            let opened =
                page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }

    #[tokio::test]
    async fn the_page_is_made_once() {
        let docs = Docs::default();
        let first = docs.response(document);
        assert_eq!(first.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        let again = docs.response(|| panic!("made twice"));
        let bytes = |response: Response| async { response.into_body().collect().await.unwrap().to_bytes() };
        assert_eq!(bytes(first).await, bytes(again).await);
    }
}
