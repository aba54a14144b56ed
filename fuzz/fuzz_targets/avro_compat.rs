//! See [`fuzz::avro_compat`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::avro_compat(data));
