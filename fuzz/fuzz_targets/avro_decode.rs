//! See [`fuzz::avro_decode`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::avro_decode(data));
