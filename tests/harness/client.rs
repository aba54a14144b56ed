//! A plain HTTP client: one method per verb, answers whole, no status is an error.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// The media type of the registry's own clients.
pub const REGISTRY_JSON: &str = "application/vnd.schemaregistry.v1+json";

/// Above every answer of the tests; a guard against a server that never stops sending.
const ANSWER_SIZE_MAX: u64 = 1 << 30;

/// Talks to one server over kept-alive connections of its own.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base_url: String,
}

impl Client {
    /// A client with its own connections.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .accept("")
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        Self { agent: config.new_agent(), base_url: base_url.to_owned() }
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// Deletes.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    /// Posts JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", REGISTRY_JSON)], Some(body.to_string().as_bytes()))
    }

    /// Puts JSON.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[("Content-Type", REGISTRY_JSON)], Some(body.to_string().as_bytes()))
    }

    /// Registers an Avro schema.
    #[track_caller]
    pub fn register(&self, subject: &str, schema: &str) -> Answer {
        self.post(&format!("/subjects/{subject}/versions"), &serde_json::json!({ "schema": schema }))
    }

    /// Sends anything. An `Accept` header is sent only when given.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        match self.try_send(method, path, headers, body) {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {}: {error}", shortened(path)),
        }
    }

    /// Sends anything; fails when no answer comes back, as when the server dies.
    ///
    /// # Errors
    ///
    /// Whatever kept the answer from arriving whole.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base_url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(bytes) => self.agent.run(request.body(bytes)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = response.body_mut().with_config().limit(ANSWER_SIZE_MAX).read_to_vec()?;
        Ok(Answer { status: response.status().as_u16(), headers, body })
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The media type without its parameters.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error} in the answer {} {}", self.status, shortened(&self.text())),
        }
    }

    /// The status, and the body without what changes from run to run: the time of registration.
    #[must_use]
    #[track_caller]
    pub fn seen(&self) -> (u16, Value) {
        let mut body = if self.body.is_empty() { Value::Null } else { self.json() };
        drop_times(&mut body);
        (self.status, body)
    }

    /// Asserts a refusal: its status, its code, a message for people, and a body that is JSON.
    #[track_caller]
    pub fn assert_refused(&self, status: u16, code: u32) {
        assert_eq!((self.status, self.error_code()), (status, Some(code)), "{}", shortened(&self.text()));
        let body = self.json();
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "no message: {body}");
    }

    /// The `error_code` of the body, if it is an error's.
    #[must_use]
    pub fn error_code(&self) -> Option<u32> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body.get("error_code")?.as_u64()?.try_into().ok()
    }
}

fn drop_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "ts");
            fields.values_mut().for_each(drop_times);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_times),
        _ => {}
    }
}
