//! Subjects and their versions.

pub(super) mod delete;
pub(super) mod lookup;
pub(super) mod merge;
pub(super) mod read;
pub(super) mod register;
pub(super) mod tags;
