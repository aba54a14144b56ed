//! What must hold for every input. The fuzz targets call these functions with inputs they invent, tests of the crates
//! that are fuzzed call them with the inputs that are kept in `seeds` and `regressions`.

mod decoder_checks;
mod schema_checks;

pub use decoder_checks::{avro_decode, framing, json_decode, native_decode, protobuf_decode};
pub use schema_checks::{
    avro_canonical, avro_compat, avro_parse, avro_witness, json_canonical, json_compat, json_parse,
    protobuf_canonical, protobuf_compat, protobuf_parse, request_body, subject_name,
};
