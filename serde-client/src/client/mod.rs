//! A client of the schema registry.
