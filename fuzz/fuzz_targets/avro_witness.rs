//! See [`fuzz::avro_witness`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::avro_witness(data));
