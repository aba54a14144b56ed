//! Compatibility of JSON schemas.

#![cfg(test)]

mod limits;
mod properties;
mod recorded;
mod recursion;
mod rules;
mod schemas;
mod words;
