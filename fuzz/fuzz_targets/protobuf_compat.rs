//! See [`fuzz::protobuf_compat`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::protobuf_compat(data));
