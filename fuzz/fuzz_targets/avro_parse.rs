//! See [`fuzz::avro_parse`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::avro_parse(data));
