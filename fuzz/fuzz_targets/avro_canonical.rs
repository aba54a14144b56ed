//! See [`fuzz::avro_canonical`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::avro_canonical(data));
