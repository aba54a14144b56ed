//! See [`fuzz::json_canonical`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::json_canonical(data));
