//! Tokens by OAuth client credentials (RFC 6749, section 4.4).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tokio::time::Instant;

use super::auth::basic;
use super::call::{Caller, Payload};
use super::error::RegistryError;
use super::flight::Flights;
use super::secret::Secret;
use super::target::Target;
use super::transport::Method;

/// How long a token is used whose answer does not say how long it lives.
pub const TOKEN_LIFETIME_DEFAULT: Duration = Duration::from_secs(300);

/// Where tokens come from. A token is used for 80 % of its life, or until [`OAuthSettings::expiry_buffer`] before its end
/// if that is earlier; however many calls need one, one request fetches it.
///
/// ```
/// use serde_client::client::{Credentials, OAuthSettings, RegistryClient};
///
/// let tokens = OAuthSettings::new("http://login.local/token", "orders-service", "s3cret").scope("schemas:read");
/// assert!(!format!("{tokens:?}").contains("s3cret"));
/// let client = RegistryClient::builder("http://localhost:8081").credentials(Credentials::OAuth(tokens)).build();
/// assert!(client.is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct OAuthSettings {
    /// The authorization server's token endpoint.
    pub token_url: String,
    /// Who asks.
    pub client_id: String,
    /// The password of who asks.
    pub client_secret: Secret,
    /// What the token is for, if the server wants to know.
    pub scope: Option<String>,
    /// How long before its end a token is replaced. Ignored for tokens that live no longer. Default: 300 s.
    pub expiry_buffer: Duration,
}

impl OAuthSettings {
    /// Settings without a scope.
    pub fn new(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Self {
        Self {
            token_url: token_url.into(),
            client_id: client_id.into(),
            client_secret: secret.into(),
            scope: None,
            expiry_buffer: Duration::from_secs(300),
        }
    }

    /// Asks for a scope.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Clone, Debug)]
struct Token {
    text: Secret,
    use_until: Instant,
}

/// Fetches tokens and keeps the last one.
#[derive(Debug)]
pub(crate) struct TokenSource {
    settings: OAuthSettings,
    caller: Caller,
    kept: Mutex<Option<Token>>,
    flights: Flights<(), Secret>,
}

impl TokenSource {
    /// `caller` sends to the token endpoint, without credentials of its own.
    pub(crate) fn new(settings: OAuthSettings, caller: Caller) -> Self {
        Self { settings, caller, kept: Mutex::new(None), flights: Flights::default() }
    }

    pub(crate) async fn token(&self) -> Result<Secret, RegistryError> {
        if let Some(token) = self.usable() {
            return Ok(token);
        }
        let fetch = async {
            match self.usable() {
                Some(token) => Ok(token),
                None => self.fetch().await,
            }
        };
        self.flights.run((), fetch).await
    }

    pub(crate) fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn usable(&self) -> Option<Secret> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|token| Instant::now() < token.use_until).map(|token| token.text.clone())
    }

    async fn fetch(&self) -> Result<Secret, RegistryError> {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut form = "grant_type=client_credentials".to_owned();
        if let Some(scope) = &self.settings.scope {
            form.push_str(&format!("&scope={}", encoded(scope)));
        }
        // RFC 6749, section 2.3.1: id and secret are encoded like a form before they become user and password.
        let password = Secret::new(encoded(self.settings.client_secret.reveal()));
        let payload = Payload::Form { login: basic(&encoded(&self.settings.client_id), &password), form };
        let answer: TokenAnswer = self.caller.call(Method::Post, Target::new(""), payload).await?;
        let lifetime = answer.expires_in.map_or(TOKEN_LIFETIME_DEFAULT, Duration::from_secs);
        let text = Secret::new(answer.access_token);
        let use_until = Instant::now() + self.usable_for(lifetime);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Token { text: text.clone(), use_until });
        Ok(text)
    }

    fn usable_for(&self, lifetime: Duration) -> Duration {
        let most = lifetime.min(TOKEN_LIFETIME_MAX) * 4 / 5;
        match lifetime.checked_sub(self.settings.expiry_buffer) {
            Some(left) if !left.is_zero() => most.min(left),
            _ => most,
        }
    }
}

/// A token is not used longer, whatever its answer says.
const TOKEN_LIFETIME_MAX: Duration = Duration::from_secs(24 * 3600);
