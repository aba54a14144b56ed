//! See [`fuzz::protobuf_canonical`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::protobuf_canonical(data));
