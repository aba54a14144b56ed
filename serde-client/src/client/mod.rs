//! A client of the schema registry.
//!
//! [`RegistryClient`] answers what serializers ask, from its cache where it can; [`RegistryClient::api`] has a method for
//! each endpoint and remembers nothing; [`blocking`] is the same for programs without an async runtime.
//!
//! Every call ends: connecting, each attempt and the call as a whole have time-outs that cannot be switched off. What may
//! pass is tried again within a budget, and then at the next URL. What a registry answers is not trusted: its size is
//! bounded, and what does not read as the API promises is an error.

mod api;
mod auth;
pub mod blocking;
mod builder;
mod cache;
mod cached;
mod call;
mod error;
mod flight;
mod http;
mod oauth;
mod parsed;
mod registry_client;
mod retry;
mod secret;
mod target;
#[cfg(test)]
mod tests;
mod tls;
mod transport;
mod types;
mod urls;

pub use api::{
    Api, Association, AssociationFilter, AssociationOperation, AssociationRequest, AssociationType,
    AssociationsAnswer, AssociationsRequest, BatchResult, CheckOptions, ClusterIds, CompatibilityAnswer,
    DekOptions, Deleted, Deletion, IdOptions, Lifecycle, ListSchemas, ListSubjects, Page, ReadOptions,
    RegisterOptions, ResourceQuery, ServerVersion,
};
pub use auth::Credentials;
pub use builder::{
    CALL_TIMEOUT_DEFAULT, CONNECT_TIMEOUT_DEFAULT, DURATION_MAX, READ_TIMEOUT_DEFAULT, RegistryClientBuilder,
};
pub use cache::CacheSettings;
pub use error::{AnsweredError, ErrorKind, MESSAGE_LENGTH_MAX, RegistryError, UNREADABLE_ANSWER};
pub use http::ANSWER_BYTES_MAX;
pub use oauth::{OAuthSettings, TOKEN_LIFETIME_DEFAULT};
pub use parsed::{REFERENCE_DEPTH_MAX, REFERENCES_MAX};
pub use registry_client::RegistryClient;
pub use retry::RetrySettings;
pub use secret::Secret;
pub use tls::TlsSettings;
pub use transport::{Headers, Method, Request, Response, Transport, TransportError, TransportErrorKind};
pub use types::{Normalize, RegisteredSchema, SchemaDefinition};
