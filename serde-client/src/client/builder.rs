//! How a client is set up.

use std::sync::Arc;
use std::time::Duration;

use schema::model::subject::Context;

use super::RegistryClient;
use super::api::Api;
use super::auth::{Auth, Credentials, basic, bearer};
use super::cache::CacheSettings;
use super::call::{Caller, Hook, Timeouts};
use super::error::RegistryError;
use super::http::HttpTransport;
use super::oauth::TokenSource;
use super::retry::{RetryBudget, RetrySettings};
use super::tls::TlsSettings;
use super::transport::{Headers, Request, Transport};
use super::urls::UrlList;

/// How long a connection may take to come about, unless set.
pub const CONNECT_TIMEOUT_DEFAULT: Duration = Duration::from_secs(5);
/// How long one attempt may take from sending the request to the last byte of the answer, unless set.
pub const READ_TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);
/// How long a call may take with all its attempts, unless set.
pub const CALL_TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);

/// No time-out, pause or life of an entry is longer, whatever is set: points in time must not overflow.
pub const DURATION_MAX: Duration = Duration::from_secs(365 * 24 * 3_600);

/// Sets a client up. Made by [`RegistryClient::builder`].
///
/// ```
/// use std::time::Duration;
/// use serde_client::client::{Credentials, RegistryClient};
///
/// let client = RegistryClient::builder("http://registry-1:8081,http://registry-2:8081")
///     .credentials(Credentials::basic("orders-service", "s3cret"))
///     .read_timeout(Duration::from_secs(3))
///     .context("eu")
///     .build()?;
/// # Ok::<_, serde_client::client::RegistryError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RegistryClientBuilder {
    urls: Vec<Text>,
    randomize: bool,
    credentials: Option<Credentials>,
    connect_timeout: Duration,
    timeouts: Timeouts,
    retries: RetrySettings,
    cache: CacheSettings,
    context: Option<String>,
    headers: Headers,
    hook: Option<Hook>,
    tls: TlsSettings,
    transport: Option<Arc<dyn Transport>>,
}

/// A URL as it was given: it may hold a password, so it is not printed.
#[derive(Clone)]
struct Text(String);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("URL")
    }
}

impl RegistryClientBuilder {
    pub(super) fn new(urls: &str) -> Self {
        Self {
            urls: vec![Text(urls.to_owned())],
            randomize: false,
            credentials: None,
            connect_timeout: CONNECT_TIMEOUT_DEFAULT,
            timeouts: Timeouts { read: READ_TIMEOUT_DEFAULT, call: CALL_TIMEOUT_DEFAULT },
            retries: RetrySettings::default(),
            cache: CacheSettings::default(),
            context: None,
            headers: Headers::default(),
            hook: None,
            tls: TlsSettings::default(),
            transport: None,
        }
    }

    /// Adds a further URL of the same registry, asked when those before it fail.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.urls.push(Text(url.into()));
        self
    }

    /// Starts at any of the URLs instead of the first, so that many clients spread over all.
    pub fn randomize_urls(mut self) -> Self {
        self.randomize = true;
        self
    }

    /// Who the client says it is. Beside them no URL may hold user and password.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// See [`CONNECT_TIMEOUT_DEFAULT`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// See [`READ_TIMEOUT_DEFAULT`].
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.read = timeout;
        self
    }

    /// See [`CALL_TIMEOUT_DEFAULT`].
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.call = timeout;
        self
    }

    /// When a request is sent again.
    pub fn retries(mut self, settings: RetrySettings) -> Self {
        self.retries = settings;
        self
    }

    /// How much is remembered.
    pub fn cache(mut self, settings: CacheSettings) -> Self {
        self.cache = settings;
        self
    }

    /// The context of subjects that name none, and of ids and references without a subject: `eu`, `.eu` or `:.eu:`.
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// A header that every request carries.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.set(name, value);
        self
    }

    /// A closure that sees each attempt before it is sent and may change its headers.
    ///
    /// ```
    /// use serde_client::client::RegistryClient;
    ///
    /// let client = RegistryClient::builder("http://localhost:8081")
    ///     .request_hook(|request| request.headers.set("X-Request-ID", "from the current span"))
    ///     .build()?;
    /// # Ok::<_, serde_client::client::RegistryError>(())
    /// ```
    pub fn request_hook(mut self, hook: impl Fn(&mut Request) + Send + Sync + 'static) -> Self {
        self.hook = Some(Hook(Arc::new(hook)));
        self
    }

    /// Whom `https` connections trust. Needs the feature `tls`.
    pub fn tls(mut self, settings: TlsSettings) -> Self {
        self.tls = settings;
        self
    }

    /// Something else than HTTP sockets. Connect time-out and TLS are its own affair then.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Builds the client. Nothing is connected yet.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] when a setting cannot be used.
    pub fn build(mut self) -> Result<RegistryClient, RegistryError> {
        for duration in [
            &mut self.connect_timeout,
            &mut self.timeouts.read,
            &mut self.timeouts.call,
            &mut self.retries.wait_max,
            &mut self.cache.latest_ttl,
            &mut self.cache.latest_stale_max,
            &mut self.cache.missing_ttl,
        ] {
            *duration = DURATION_MAX.min(*duration);
        }
        let texts: Vec<String> = self.urls.iter().map(|Text(text)| text.clone()).collect();
        let urls = UrlList::parse(&texts)?;
        if self.credentials.is_some() && urls.iter().any(|url| url.login.is_some()) {
            return Err(RegistryError::invalid("credentials are given twice, also in a URL; give them once"));
        }
        if self.randomize {
            urls.shuffle();
        }
        let context = match &self.context {
            Some(text) => Context::parse(text).map_err(|error| RegistryError::invalid(error.to_string()))?,
            None => Context::default_context(),
        };
        let transport = self.transport_for(&urls)?;
        let auth = match &self.credentials {
            None => Auth::None,
            Some(Credentials::Basic(user, password)) => Auth::Fixed(basic(user, password)),
            Some(Credentials::Bearer(token)) => Auth::Fixed(bearer(token)),
            Some(Credentials::OAuth(settings)) => {
                let urls = UrlList::parse(std::slice::from_ref(&settings.token_url))?;
                let transport = self.transport_for(&urls)?;
                let caller = self.caller(transport, urls, Auth::None);
                Auth::Tokens(Box::new(TokenSource::new(settings.clone(), caller)))
            }
        };
        let mut caller = self.caller(transport, urls, auth);
        caller.headers = self.headers;
        caller.hook = self.hook;
        Ok(RegistryClient::new(Api::new(caller, context), self.cache))
    }

    fn transport_for(&self, urls: &UrlList) -> Result<Arc<dyn Transport>, RegistryError> {
        if let Some(transport) = &self.transport {
            return Ok(Arc::clone(transport));
        }
        for url in urls.iter() {
            self.tls.check_scheme(&url.text)?;
        }
        Ok(Arc::new(HttpTransport::new(self.connect_timeout, &self.tls)?))
    }

    fn caller(&self, transport: Arc<dyn Transport>, urls: UrlList, auth: Auth) -> Caller {
        Caller {
            transport,
            urls,
            retries: self.retries,
            budget: RetryBudget::new(&self.retries),
            timeouts: self.timeouts,
            auth,
            headers: Headers::default(),
            hook: None,
        }
    }
}
