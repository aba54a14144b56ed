//! What must hold for schemas, names and bodies.
//!
//! Avro targets read lines: all but the last are texts of references (`avro_compat` and `avro_witness`: the first is the
//! reader, the second the writer). Protobuf and JSON targets read parts with a line `---` between them, in the same
//! order.

mod avro;
mod model;
mod schemas;

pub use avro::{avro_canonical, avro_compat, avro_parse, avro_witness};
pub use model::{request_body, subject_name};
pub use schemas::{
    json_canonical, json_compat, json_parse, protobuf_canonical, protobuf_compat, protobuf_parse,
};

/// A check that all targets of this crate share a signature for.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const CHECKS: [(&str, Check); 12] = [
    ("avro_parse", avro_parse),
    ("avro_canonical", avro_canonical),
    ("avro_compat", avro_compat),
    ("avro_witness", avro_witness),
    ("protobuf_parse", protobuf_parse),
    ("protobuf_canonical", protobuf_canonical),
    ("protobuf_compat", protobuf_compat),
    ("json_parse", json_parse),
    ("json_canonical", json_canonical),
    ("json_compat", json_compat),
    ("subject_name", subject_name),
    ("request_body", request_body),
];
