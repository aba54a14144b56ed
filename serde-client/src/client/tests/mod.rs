//! Tests of the client as a whole, with scripted transports, the mock registry and sockets that misbehave.

mod caching;
mod calls;
mod failover;
mod oauth;
mod references;
mod scripted;
mod sockets;
#[cfg(feature = "tls")]
mod tls;
