//! One call: attempts at one registry, then at the next, within one deadline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::auth::{Auth, basic};
use super::error::RegistryError;
use super::retry::{RetryBudget, RetrySettings};
use super::secret::Secret;
use super::target::Target;
use super::transport::{Headers, Method, Request, Response, Transport, TransportErrorKind};
use super::urls::{BaseUrl, UrlList};

/// What is sent, and accepted before everything else.
const CONTENT_TYPE: &str = "application/vnd.schemaregistry.v1+json";
/// What is accepted.
const ACCEPT: &str = "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5";
/// The statuses with which a registry, or what stands before it, may ask for a pause of a certain length.
const PAUSING: [u16; 2] = [429, 503];

/// What a request carries.
#[derive(Clone)]
pub(crate) enum Payload {
    /// No body.
    None,
    /// A body of the registry's API.
    Json(Arc<[u8]>),
    /// A form for an authorization server.
    Form {
        /// The header `Authorization`.
        login: Secret,
        /// The body.
        form: String,
    },
}

/// A closure that sees each request before it is sent.
#[derive(Clone)]
pub(crate) struct Hook(pub(crate) Arc<dyn Fn(&mut Request) + Send + Sync>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// The time-outs of a client. All are always on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) read: Duration,
    pub(crate) call: Duration,
}

/// Sends requests to whichever registry answers.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) urls: UrlList,
    pub(crate) retries: RetrySettings,
    pub(crate) budget: RetryBudget,
    pub(crate) timeouts: Timeouts,
    pub(crate) auth: Auth,
    pub(crate) headers: Headers,
    pub(crate) hook: Option<Hook>,
}

/// A call under way.
struct Call<'a> {
    caller: &'a Caller,
    method: Method,
    target: String,
    payload: Payload,
    deadline: Instant,
}

/// A failed attempt, and the pause that the registry asks for.
struct Failure {
    error: RegistryError,
    retry_after: Option<Duration>,
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self { error, retry_after: None }
    }
}

impl Caller {
    /// Calls and reads the answer's JSON.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        target: Target,
        payload: Payload,
    ) -> Result<T, RegistryError> {
        let (request, body) = self.exchange(method, target, payload).await?;
        serde_json::from_slice(&body)
            .map_err(|error| RegistryError::Unreadable { request, cause: Arc::from(error.to_string()) })
    }

    /// Calls and takes the answer as text.
    pub(crate) async fn text(&self, method: Method, target: Target) -> Result<String, RegistryError> {
        let (request, body) = self.exchange(method, target, Payload::None).await?;
        String::from_utf8(body)
            .map_err(|error| RegistryError::Unreadable { request, cause: Arc::from(error.to_string()) })
    }

    /// Calls where the answer says no more than that it is done.
    pub(crate) async fn done(
        &self,
        method: Method,
        target: Target,
        payload: Payload,
    ) -> Result<(), RegistryError> {
        self.exchange(method, target, payload).await.map(|_| ())
    }

    async fn exchange(
        &self,
        method: Method,
        target: Target,
        payload: Payload,
    ) -> Result<(Arc<str>, Vec<u8>), RegistryError> {
        let target = target.text()?;
        let deadline = Instant::now() + self.timeouts.call;
        let call = Call { caller: self, method, target, payload, deadline };
        let answered = timeout_at(deadline, call.once_around()).await;
        answered.unwrap_or_else(|_| {
            let request = Arc::from(format!("{} {}", call.method, call.target));
            Err(RegistryError::TimedOut { request, after: self.timeouts.call })
        })
    }
}

impl Call<'_> {
    /// Asks each registry in turn until one answers.
    async fn once_around(&self) -> Result<(Arc<str>, Vec<u8>), RegistryError> {
        self.caller.budget.deposit();
        let authorization = self.caller.auth.authorization().await?;
        let mut urls = self.caller.urls.once_around().peekable();
        let mut last = RegistryError::invalid("the client has no URL; give that of the registry");
        while let Some((position, base)) = urls.next() {
            let others_left = urls.peek().is_some();
            match self.ask(base, authorization.as_ref(), others_left).await {
                Err(error) if error.is_retriable() => {
                    self.caller.urls.rotate_away(position);
                    last = error;
                }
                answered => return answered,
            }
        }
        Err(last)
    }

    /// Asks one registry, again and again within the bounds.
    async fn ask(
        &self,
        base: &BaseUrl,
        authorization: Option<&Secret>,
        others_left: bool,
    ) -> Result<(Arc<str>, Vec<u8>), RegistryError> {
        let settings = &self.caller.retries;
        let mut retry = 0;
        loop {
            let Failure { error, retry_after } = match self.attempt(base, authorization).await {
                Ok(answered) => return Ok(answered),
                Err(failure) => failure,
            };
            // Nobody is there: with another address at hand, waiting for this one gains nothing.
            let absent = matches!(&error, RegistryError::Transport { error, .. } if error.kind == TransportErrorKind::Connect);
            if !error.is_retriable() || (absent && others_left) || retry >= settings.retries_max {
                return Err(error);
            }
            let pause =
                retry_after.map_or_else(|| settings.pause(retry), |asked| asked.min(settings.wait_max));
            if Instant::now() + pause >= self.deadline || !self.caller.budget.withdraw() {
                return Err(error);
            }
            tracing::debug!(%error, ?pause, "the request is sent again");
            sleep(pause).await;
            retry += 1;
        }
    }

    async fn attempt(
        &self,
        base: &BaseUrl,
        authorization: Option<&Secret>,
    ) -> Result<(Arc<str>, Vec<u8>), Failure> {
        let caller = self.caller;
        let request = self.request(base, authorization);
        let name: Arc<str> = Arc::from(format!("{} {}{}", request.method, request.base, request.target));
        let sent = timeout(caller.timeouts.read, caller.transport.send(&request)).await;
        let Response { status, headers, body } = match sent {
            Err(_) => {
                return Err(RegistryError::TimedOut { request: name, after: caller.timeouts.read }.into());
            }
            Ok(Err(error)) => return Err(RegistryError::Transport { request: name, error }.into()),
            Ok(Ok(response)) => response,
        };
        if (200..300).contains(&status) {
            return Ok((name, body));
        }
        if status == 401 {
            caller.auth.refused();
        }
        let asked = headers.get("Retry-After").filter(|_| PAUSING.contains(&status));
        // A date is not read: clocks differ, and the bound on a pause is short.
        let retry_after = asked.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        Err(Failure { error: RegistryError::answered(&name, status, &body), retry_after })
    }

    fn request(&self, base: &BaseUrl, authorization: Option<&Secret>) -> Request {
        let mut headers = Headers::default();
        headers.set("Accept", ACCEPT);
        // Without it, Confluent Cloud leaves the guid and other newer fields out.
        headers.set("Confluent-Accept-Unknown-Properties", "true");
        let login = base.login.as_ref().map(|(user, password)| basic(user, password));
        if let Some(value) = authorization.or(login.as_ref()) {
            headers.set("Authorization", value.reveal());
        }
        let body = match &self.payload {
            Payload::None => None,
            Payload::Json(body) => {
                headers.set("Content-Type", CONTENT_TYPE);
                Some(Arc::clone(body))
            }
            Payload::Form { login, form } => {
                headers.set("Accept", "application/json");
                headers.set("Authorization", login.reveal());
                headers.set("Content-Type", "application/x-www-form-urlencoded");
                Some(Arc::from(form.as_bytes()))
            }
        };
        for (name, value) in self.caller.headers.iter() {
            headers.set(name, value);
        }
        let (base, target) = (Arc::clone(&base.text), self.target.clone());
        let mut request = Request { method: self.method, base, target, headers, body };
        if let Some(Hook(hook)) = &self.caller.hook {
            hook(&mut request);
        }
        request
    }
}
