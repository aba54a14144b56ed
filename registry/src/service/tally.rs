//! What the metrics count of an answer, each time it is given.

use schema::model::config::CompatibilityLevel;
use schema::model::schema::SchemaType;

use crate::telemetry::{RegistrationOutcome, Verdict};

/// One countable thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// A registration.
    Registration(SchemaType, RegistrationOutcome),
    /// A compatibility check and how it ended.
    Compatibility(CompatibilityLevel, Verdict),
}
