//! The Rust client against the real binary.

mod failover;
mod resources;
mod serdes;

use registry_tests::Registry;
use serde_client::client::RegistryClient;

fn client(registry: &Registry) -> RegistryClient {
    RegistryClient::builder(&registry.base_url()).build().expect("a client")
}
