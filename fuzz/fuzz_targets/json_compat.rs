//! See [`fuzz::json_compat`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::json_compat(data));
