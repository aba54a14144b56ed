//! See [`fuzz::protobuf_decode`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::protobuf_decode(data));
