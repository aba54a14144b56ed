//! `jiff`.

use ::jiff::civil::{Date, DateTime, Time};
use ::jiff::tz::Offset;
use ::jiff::{SignedDuration, Span, Timestamp, Unit};

use super::civil::{DAY, moments, no_moment, no_time_of_day, times_of_day};
use super::{Logical, OutOfRange, meaning};

moments!(
    Timestamp as TimestampMillis, TimestampMicros, TimestampNanos;
    |moment: &Self| Ok(moment.as_nanosecond()),
    of_nanoseconds
);
moments!(
    DateTime as LocalTimestampMillis, LocalTimestampMicros, LocalTimestampNanos;
    |local: &Self| Offset::UTC.to_timestamp(*local).map(Timestamp::as_nanosecond).map_err(|_| no_moment()),
    |count| of_nanoseconds(count).map(|moment| Offset::UTC.to_datetime(moment))
);
times_of_day!(Time; since_midnight, time);

fn of_nanoseconds(nanoseconds: i128) -> Result<Timestamp, OutOfRange> {
    Timestamp::from_nanosecond(nanoseconds).map_err(|_| no_moment())
}

fn since_midnight(time: &Time) -> i128 {
    time.duration_since(Time::midnight()).as_nanos()
}

fn time(nanoseconds: i128) -> Result<Time, OutOfRange> {
    if !(0..DAY).contains(&nanoseconds) {
        return Err(no_time_of_day());
    }
    let since = i64::try_from(nanoseconds).map(SignedDuration::from_nanos).map_err(|_| no_time_of_day())?;
    Time::midnight().checked_add(since).map_err(|_| no_time_of_day())
}

impl Logical<meaning::Date> for Date {
    #[inline]
    fn to_wire(&self) -> Result<i32, OutOfRange> {
        let since = self.since((Unit::Day, EPOCH)).map_err(|_| no_moment())?;
        Ok(since.get_days())
    }

    #[inline]
    fn from_wire(wire: i32) -> Result<Self, OutOfRange> {
        let days = Span::new().try_days(wire).map_err(|_| no_moment())?;
        EPOCH.checked_add(days).map_err(|_| no_moment())
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);
