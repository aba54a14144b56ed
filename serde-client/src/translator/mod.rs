//! The topic-migration translator: keeps a topic fed with the records of another one, in another schema.
//!
//! When a new schema is not compatible, producers move to a new topic. The translator reads it and writes every record to
//! the old topic, in the old schema, until nobody reads that any more.
//!
//! [`migration`] says what a migration is and how it behaves; [`translation`] is what a run needs of a mapping: a record in,
//! a record out; [`mapping`] is the language in which people write mappings, and its compiler. These three are pure.
//!
//! [`provenance`] says where a translated record came from, and is pure too. [`run`] translates, [`verify`] proves what
//! became of every record, [`dual_writes`] compares a mapping with producers that write both topics, [`offsets`] moves consumer groups, [`cutover`] turns a migration round; they stand on [`cluster`], which knows topics and how to read them.

pub mod cluster;
pub mod command;
pub mod cutover;
pub mod decommission;
pub mod dual_writes;
pub mod eras;
pub mod hash;
mod lookup_tables;
pub mod mapped;
pub mod mapping;
pub mod migration;
pub mod offsets;
pub mod partitioner;
pub mod pause;
pub mod placement;
pub mod provenance;
pub mod run;
mod sampled_keys;
pub mod schema_store;
pub mod translation;
pub mod typed;
pub mod verify;
