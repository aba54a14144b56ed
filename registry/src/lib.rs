//! A Confluent-compatible schema registry: rules over a store, behind a REST interface.

pub mod http;
pub mod service;
pub mod store;
