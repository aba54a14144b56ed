//! Parsed schema of any language.
