//! The recorded cases as they lie on disk.

use std::path::PathBuf;

use serde_json::Value;

/// One story: steps in order, each with the answer that the reference gave.
#[derive(Debug)]
pub(crate) struct Case {
    area: String,
    name: String,
    /// Whether the steps change the global config or mode, which then must be put back.
    pub(crate) changes_globals: bool,
    pub(crate) steps: Vec<Step>,
}

/// One request and what must come back.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) method: String,
    pub(crate) path: String,
    /// JSON in which saved values are put, or text that is sent as it is.
    pub(crate) body: Option<Body>,
    pub(crate) headers: Vec<(String, String)>,
    /// Name of a value → dotted path into the answer.
    pub(crate) save: Vec<(String, String)>,
    /// Whether the answer is a list of schema ids.
    pub(crate) answers_ids: bool,
    /// Whether the content type counts.
    pub(crate) content_type_counts: bool,
    /// Absent where the reference met a server error: then any answer but a server error will do.
    pub(crate) expect: Option<Value>,
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Body {
    Json(Value),
    Raw(String),
}

impl Case {
    /// `area/name`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.area, self.name)
    }

    fn parse(value: &Value) -> Self {
        Self {
            area: text(&value["area"]),
            name: text(&value["name"]),
            changes_globals: value["globals"].as_bool().unwrap_or_default(),
            steps: list(&value["steps"]).iter().map(Step::parse).collect(),
        }
    }
}

impl Step {
    fn parse(value: &Value) -> Self {
        let body = match (value.get("raw"), value.get("body")) {
            (Some(raw), _) => Some(Body::Raw(text(raw))),
            (None, Some(body)) => Some(Body::Json(body.clone())),
            (None, None) => None,
        };
        Self {
            method: text(&value["method"]),
            path: text(&value["path"]),
            body,
            headers: pairs(&value["headers"]),
            save: pairs(&value["save"]),
            answers_ids: value["norm"] == "idlist",
            content_type_counts: value["content_type"].as_bool().unwrap_or_default(),
            expect: value.get("expect").cloned(),
        }
    }
}

/// The areas that have a case file, sorted.
pub(crate) fn areas() -> Vec<String> {
    let entries = std::fs::read_dir(directory()).expect("the cases are in the repository");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a readable directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The cases of an area in their recorded order.
pub(crate) fn load(area: &str) -> Vec<Case> {
    let path = directory().join(format!("{area}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let value: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Case> = list(&value).iter().map(Case::parse).collect();
    assert!(
        !cases.is_empty() && cases.iter().all(|case| case.area == area),
        "{area}.json holds only its area"
    );
    cases
}

fn directory() -> PathBuf {
    registry_tests::repository().join("tests/conformance/cases")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).expect("a list")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), text(value))).collect()
}
