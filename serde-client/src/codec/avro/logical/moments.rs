//! Moments: units since 1970.

use super::OutOfRange;

/// Nanoseconds of a second.
pub(super) const SECOND: u32 = 1_000_000_000;

/// A moment: whole seconds since 1970, towards the past, and the nanoseconds behind them, less than a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) seconds: i64,
    pub(super) nanoseconds: u32,
}

/// The unit of a logical type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) per_second: u32,
}

impl Unit {
    pub(super) const MILLIS: Self = Self { per_second: 1_000 };
    pub(super) const MICROS: Self = Self { per_second: 1_000_000 };
    pub(super) const NANOS: Self = Self { per_second: SECOND };

    /// Nanoseconds of one.
    #[inline]
    pub(super) fn length(self) -> u32 {
        SECOND / self.per_second
    }

    /// Whole units since 1970, towards the past.
    #[inline]
    pub(super) fn count(self, moment: Moment) -> Result<i64, OutOfRange> {
        let whole = i128::from(moment.seconds) * i128::from(self.per_second);
        i64::try_from(whole + i128::from(moment.nanoseconds / self.length()))
            .map_err(|_| OutOfRange::new("the time is too far from 1970 for the unit of the logical type"))
    }

    /// The moment so many units since 1970.
    #[inline]
    pub(super) fn moment(self, count: i64) -> Moment {
        let per_second = i64::from(self.per_second);
        // A rest is less than a second.
        let rest = u32::try_from(count.rem_euclid(per_second)).unwrap_or_default();
        Moment { seconds: count.div_euclid(per_second), nanoseconds: rest * self.length() }
    }
}

/// Why a moment cannot be.
pub(super) fn no_moment() -> OutOfRange {
    OutOfRange::new("the time is outside the years that the type has")
}

/// Converts a type that tells a [`Moment`] and is made of one.
macro_rules! moments {
    ($type:ty as $millis:ident, $micros:ident, $nanos:ident; $to:expr, $from:expr) => {
        $crate::codec::avro::logical::moments::moments!(@ $type, $millis, MILLIS, $to, $from);
        $crate::codec::avro::logical::moments::moments!(@ $type, $micros, MICROS, $to, $from);
        $crate::codec::avro::logical::moments::moments!(@ $type, $nanos, NANOS, $to, $from);
    };
    (@ $type:ty, $meaning:ident, $unit:ident, $to:expr, $from:expr) => {
        impl $crate::codec::avro::logical::Logical<$crate::codec::avro::logical::meaning::$meaning> for $type {
            #[inline]
            fn to_wire(&self) -> Result<i64, $crate::codec::avro::logical::OutOfRange> {
                $crate::codec::avro::logical::moments::Unit::$unit.count($to(self)?)
            }

            #[inline]
            fn from_wire(wire: i64) -> Result<Self, $crate::codec::avro::logical::OutOfRange> {
                $from($crate::codec::avro::logical::moments::Unit::$unit.moment(wire))
            }
        }
    };
}

pub(super) use moments;
