//! Content hash.
