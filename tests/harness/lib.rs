//! Starts the real binary for the black-box tests.
