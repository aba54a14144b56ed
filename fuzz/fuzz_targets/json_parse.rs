//! See [`fuzz::json_parse`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::json_parse(data));
