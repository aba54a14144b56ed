//! Records written by one client and read by another, through the real registry and a real Kafka: Rust on one side,
//! unmodified clients of Python, Go, JavaScript and Java on the other.
//!
//! All share the records of `tests/interop/data`, which hold every type of every format. What a client reads is compared
//! in one form, so that no client judges itself.

mod avro;
mod avro_again;
mod examples;
mod header_form;
mod job;
mod leaves;
mod partitions;
mod peers;
mod prefix_form;
mod protobuf;
mod rust;
