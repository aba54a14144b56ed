//! The derive macro of `serde-client`: a Rust type's Avro schema together with its encoder and decoder.
