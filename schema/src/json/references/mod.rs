//! Where a `$ref` leads: ids, anchors, JSON pointers, registered references and the bundled meta-schemas. Nothing is
//! ever fetched.
//!
//! A walk over a schema starts at [`Resolver::root`], goes down with [`Place::child`] (which enters `$id`), and follows
//! references with [`Resolver::resolve`]. Places borrow from the schema, so nodes can be told apart by address
//! ([`Place::address`]): a walk that follows references meets nodes again and must remember where it was.

mod index;
mod meta;
mod pointer;
mod resolver;
mod uri;

pub(crate) use resolver::{Place, Resolver};
pub(crate) use uri::is_reference as is_uri_reference;

#[cfg(test)]
mod tests;
