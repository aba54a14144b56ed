//! Each library, used as its documentation says and as fast as it allows.

pub(crate) mod apache;
pub(crate) mod fast;
pub(crate) mod hand;
pub(crate) mod own;
pub(crate) mod prost;
pub(crate) mod whole;
