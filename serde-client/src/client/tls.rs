//! Encrypted connections and client certificates.

use super::error::RegistryError;
use super::secret::Secret;

/// Whom an encrypted connection trusts, and who the client says it is. Needs the feature `tls`.
///
/// ```
/// use serde_client::client::TlsSettings;
///
/// let settings = TlsSettings { identity_pem: Some("-----BEGIN PRIVATE KEY-----…".into()), ..TlsSettings::default() };
/// assert!(!format!("{settings:?}").contains("PRIVATE"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// Certificates of the authorities that are trusted instead of the system's, in PEM.
    pub authorities_pem: Option<Vec<u8>>,
    /// The client's certificates and private key, in PEM, for registries that ask for them.
    pub identity_pem: Option<Secret>,
}

#[cfg(feature = "tls")]
impl TlsSettings {
    pub(crate) fn apply_to(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, RegistryError> {
        // One that the application has chosen stays; the error says that another thread was quicker.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = builder.tls_backend_rustls();
        if let Some(pem) = &self.authorities_pem {
            let certificates = reqwest::Certificate::from_pem_bundle(pem);
            let certificates = certificates.ok().filter(|certificates| !certificates.is_empty());
            let certificates = certificates
                .ok_or_else(|| RegistryError::invalid("the authorities are no certificates in PEM"))?;
            builder = builder.tls_certs_only(certificates);
        }
        if let Some(pem) = &self.identity_pem {
            let identity = reqwest::Identity::from_pem(pem.reveal().as_bytes()).map_err(|_| {
                RegistryError::invalid(
                    "the identity is no certificate with its private key in PEM; give both in one text",
                )
            })?;
            builder = builder.identity(identity);
        }
        Ok(builder)
    }

    /// Whether addresses with `https` can be reached.
    pub(crate) fn check_scheme(&self, _url: &str) -> Result<(), RegistryError> {
        Ok(())
    }
}

#[cfg(not(feature = "tls"))]
impl TlsSettings {
    pub(crate) fn apply_to(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, RegistryError> {
        if self.authorities_pem.is_some() || self.identity_pem.is_some() {
            return Err(RegistryError::invalid(
                "TLS settings need the feature `tls` of serde-client; switch it on",
            ));
        }
        Ok(builder)
    }

    /// Whether addresses with `https` can be reached.
    pub(crate) fn check_scheme(&self, url: &str) -> Result<(), RegistryError> {
        if url.starts_with("https:") {
            return Err(RegistryError::invalid(format!(
                "{url} needs the feature `tls` of serde-client; switch it on, or give a URL with http://"
            )));
        }
        Ok(())
    }
}
