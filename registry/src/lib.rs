//! A Confluent-compatible schema registry: rules over a store, behind a REST interface.

pub mod store;
