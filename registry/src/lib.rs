//! A Confluent-compatible schema registry.

pub mod assembly;
pub mod cli;
pub mod config;
pub mod http {
    //! What speaks HTTP.

    pub mod application;
    pub mod body;
    pub mod compression;
    pub mod docs;
    pub mod edge;
    pub mod health;
    pub mod metrics;
    pub mod openapi;
    pub mod refusal;
    pub mod request_id;
}
pub mod logging;
pub mod run;
pub mod server;
pub mod telemetry;
