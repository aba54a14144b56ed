//! Beside another implementation.
