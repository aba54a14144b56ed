//! A Confluent-compatible schema registry: rules over a store, behind a REST interface.

pub mod assembly;
pub mod cli;
pub mod clock;
pub mod config;
pub mod counted_cache;
pub mod http;
pub mod logging;
pub mod run;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
