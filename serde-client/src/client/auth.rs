//! Who a client says it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::RegistryError;
use super::oauth::{OAuthSettings, TokenSource};
use super::secret::Secret;

/// Credentials. `Debug` shows no secret.
///
/// Registries that ask for further headers beside a token (`target-sr-cluster`, `Confluent-Identity-Pool-Id`) get them by
/// [`RegistryClientBuilder::header`](super::RegistryClientBuilder::header).
///
/// ```
/// use serde_client::client::{Credentials, RegistryClient};
///
/// let credentials = Credentials::basic("orders-service", "s3cret");
/// assert!(!format!("{credentials:?}").contains("s3cret"));
/// let client = RegistryClient::builder("http://localhost:8081").credentials(credentials).build()?;
/// assert!(!format!("{client:?}").contains("s3cret"));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Credentials {
    /// User and password.
    Basic(String, Secret),
    /// A token that does not change.
    Bearer(Secret),
    /// Tokens of an authorization server.
    OAuth(OAuthSettings),
}

impl Credentials {
    /// User and password.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic(user.into(), password.into())
    }

    /// A token that does not change.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::Bearer(token.into())
    }
}

/// What stands in the header `Authorization`.
#[derive(Debug)]
pub(crate) enum Auth {
    /// Nothing, or what the URL holds.
    None,
    /// Always the same.
    Fixed(Secret),
    /// A token that is fetched.
    Tokens(Box<TokenSource>),
}

impl Auth {
    /// The header's value; none where only the URL may hold user and password.
    pub(crate) async fn authorization(&self) -> Result<Option<Secret>, RegistryError> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(value) => Ok(Some(value.clone())),
            // Boxed, since a token is fetched by a call like any other.
            Self::Tokens(source) => {
                let token = Box::pin(source.token()).await?;
                Ok(Some(bearer(&token)))
            }
        }
    }

    /// Forgets a token that the registry has refused.
    pub(crate) fn refused(&self) {
        if let Self::Tokens(source) = self {
            source.forget();
        }
    }
}

/// The header's value for a token.
pub(crate) fn bearer(token: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", token.reveal()))
}

/// The header's value for user and password.
pub(crate) fn basic(user: &str, password: &Secret) -> Secret {
    Secret::new(format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.reveal()))))
}
