//! Times of day: units since midnight.

use super::OutOfRange;
use super::moments::{SECOND, Unit};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Why a time of day cannot be: leap seconds have no place on the wire.
pub(super) fn no_time_of_day() -> OutOfRange {
    OutOfRange::new("a time of day lies between midnight and midnight")
}

impl Unit {
    /// Whole units since midnight.
    #[inline]
    pub(super) fn of_day<T: TryFrom<i64>>(self, nanoseconds: i64) -> Result<T, OutOfRange> {
        let is_within = (0..DAY * i64::from(SECOND)).contains(&nanoseconds);
        let count = is_within.then(|| nanoseconds / i64::from(self.length()));
        count.and_then(|count| T::try_from(count).ok()).ok_or_else(no_time_of_day)
    }

    /// Nanoseconds since midnight.
    #[inline]
    pub(super) fn since_midnight(self, count: impl Into<i64>) -> Result<i64, OutOfRange> {
        let count = count.into();
        let is_within = (0..DAY * i64::from(self.per_second)).contains(&count);
        is_within.then(|| count * i64::from(self.length())).ok_or_else(no_time_of_day)
    }
}

/// Converts a type that tells nanoseconds since midnight and is made of them.
macro_rules! times_of_day {
    ($type:ty; $to:expr, $from:expr) => {
        $crate::codec::avro::logical::times_of_day::times_of_day!(@ $type, TimeMillis: i32, MILLIS, $to, $from);
        $crate::codec::avro::logical::times_of_day::times_of_day!(@ $type, TimeMicros: i64, MICROS, $to, $from);
    };
    (@ $type:ty, $meaning:ident: $wire:ty, $unit:ident, $to:expr, $from:expr) => {
        impl $crate::codec::avro::logical::Logical<$crate::codec::avro::logical::meaning::$meaning> for $type {
            #[inline]
            fn to_wire(&self) -> Result<$wire, $crate::codec::avro::logical::OutOfRange> {
                $crate::codec::avro::logical::moments::Unit::$unit.of_day($to(self)?)
            }

            #[inline]
            fn from_wire(wire: $wire) -> Result<Self, $crate::codec::avro::logical::OutOfRange> {
                $from($crate::codec::avro::logical::moments::Unit::$unit.since_midnight(wire)?)
            }
        }
    };
}

pub(super) use times_of_day;
