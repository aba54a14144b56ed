//! What the metrics count of an answer, each time it is given.

use schema::model::config::CompatibilityLevel;
use schema::model::schema::SchemaType;

/// How a registration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationOutcome {
    /// A new version was written.
    Registered,
    /// The schema was there already.
    Existing,
    /// It breaks readers.
    Incompatible,
}

/// One countable thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// A registration.
    Registration(SchemaType, RegistrationOutcome),
    /// A compatibility check and whether it passed.
    Compatibility(CompatibilityLevel, bool),
}
