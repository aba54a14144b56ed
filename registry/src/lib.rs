//! A Confluent-compatible schema registry.

pub mod config;
pub mod http {
    //! What speaks HTTP.

    pub mod application;
    pub mod body;
    pub mod compression;
    pub mod refusal;
    pub mod request_id;
}
pub mod telemetry;
