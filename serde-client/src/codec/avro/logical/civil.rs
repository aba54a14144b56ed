//! What the calendars of several crates have in common: units of time on the wire.

use super::OutOfRange;

/// Nanoseconds of a second.
pub(super) const SECOND: i128 = 1_000_000_000;
/// Nanoseconds of a day.
pub(super) const DAY: i128 = 86_400 * SECOND;

/// Nanoseconds of the unit of a logical type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit(pub(super) i128);

impl Unit {
    pub(super) const MILLIS: Self = Self(1_000_000);
    pub(super) const MICROS: Self = Self(1_000);
    pub(super) const NANOS: Self = Self(1);

    /// Whole units, towards the past.
    pub(super) fn count<T: TryFrom<i128>>(self, nanoseconds: i128) -> Result<T, OutOfRange> {
        T::try_from(nanoseconds.div_euclid(self.0))
            .map_err(|_| OutOfRange::new("the time is too far from 1970 for the unit of the logical type"))
    }

    /// Nanoseconds of so many units.
    pub(super) fn nanoseconds(self, count: impl Into<i128>) -> i128 {
        self.0 * count.into()
    }

    /// Whole units since midnight.
    pub(super) fn of_day<T: TryFrom<i128>>(self, nanoseconds: i128) -> Result<T, OutOfRange> {
        if (0..DAY).contains(&nanoseconds) { self.count(nanoseconds) } else { Err(no_time_of_day()) }
    }
}

/// Why a time of day cannot be: leap seconds have no place on the wire.
pub(super) fn no_time_of_day() -> OutOfRange {
    OutOfRange::new("a time of day lies between midnight and midnight")
}

/// Why a moment cannot be.
pub(super) fn no_moment() -> OutOfRange {
    OutOfRange::new("the time is outside the years that the type has")
}

/// Converts moments that a type tells as nanoseconds since 1970 and is made of by them.
macro_rules! moments {
    ($type:ty as $millis:ident, $micros:ident, $nanos:ident; $to:expr, $from:expr) => {
        $crate::codec::avro::logical::civil::moments!(@ $type, $millis, MILLIS, $to, $from);
        $crate::codec::avro::logical::civil::moments!(@ $type, $micros, MICROS, $to, $from);
        $crate::codec::avro::logical::civil::moments!(@ $type, $nanos, NANOS, $to, $from);
    };
    (@ $type:ty, $meaning:ident, $unit:ident, $to:expr, $from:expr) => {
        impl $crate::codec::avro::logical::Logical<$crate::codec::avro::logical::meaning::$meaning> for $type {
            #[inline]
            fn to_wire(&self) -> Result<i64, $crate::codec::avro::logical::OutOfRange> {
                $crate::codec::avro::logical::civil::Unit::$unit.count($to(self)?)
            }

            #[inline]
            fn from_wire(wire: i64) -> Result<Self, $crate::codec::avro::logical::OutOfRange> {
                $from($crate::codec::avro::logical::civil::Unit::$unit.nanoseconds(wire))
            }
        }
    };
}

/// Converts times of day in the same way.
macro_rules! times_of_day {
    ($type:ty; $to:expr, $from:expr) => {
        $crate::codec::avro::logical::civil::times_of_day!(@ $type, TimeMillis: i32, MILLIS, $to, $from);
        $crate::codec::avro::logical::civil::times_of_day!(@ $type, TimeMicros: i64, MICROS, $to, $from);
    };
    (@ $type:ty, $meaning:ident: $wire:ty, $unit:ident, $to:expr, $from:expr) => {
        impl $crate::codec::avro::logical::Logical<$crate::codec::avro::logical::meaning::$meaning> for $type {
            #[inline]
            fn to_wire(&self) -> Result<$wire, $crate::codec::avro::logical::OutOfRange> {
                $crate::codec::avro::logical::civil::Unit::$unit.of_day($to(self))
            }

            #[inline]
            fn from_wire(wire: $wire) -> Result<Self, $crate::codec::avro::logical::OutOfRange> {
                $from($crate::codec::avro::logical::civil::Unit::$unit.nanoseconds(wire))
            }
        }
    };
}

pub(super) use {moments, times_of_day};
