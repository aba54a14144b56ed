//! See [`fuzz::native_decode`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::native_decode(data));
