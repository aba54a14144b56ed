//! Each library, used as its documentation says and as fast as it allows.

pub(crate) mod apache;
#[cfg(feature = "registry-clients")]
pub(crate) mod converter;
pub(crate) mod fast;
pub(crate) mod hand;
pub(crate) mod own;
pub(crate) mod prost;
#[cfg(feature = "registry-clients")]
pub(crate) mod registry_client;
#[cfg(feature = "registry-clients")]
mod stub;
pub(crate) mod whole;
pub(crate) mod whole_protobuf;
