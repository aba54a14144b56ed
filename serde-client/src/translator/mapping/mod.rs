//! The language of mappings.
