//! See [`fuzz::subject_name`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::subject_name(data));
