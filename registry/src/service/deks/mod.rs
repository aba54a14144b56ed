//! The keys of client-side field encryption: key encryption keys (KEKs) and the data encryption keys (DEKs) they wrap.
//!
//! This registry speaks to no key management system (KMS). It keeps DEKs as clients have wrapped them; what would take a
//! KMS (making a DEK, wrapping one anew, testing a KEK) is refused. Modes do not matter here, as in the reference.

pub(super) mod change;
pub(super) mod create;
pub(super) mod keks;
pub(super) mod read;
