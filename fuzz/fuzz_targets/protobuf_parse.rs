//! See [`fuzz::protobuf_parse`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::protobuf_parse(data));
