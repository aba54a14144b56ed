//! `jiff`.

use ::jiff::civil::{Date, DateTime, Time};
use ::jiff::tz::Offset;
use ::jiff::{SignedDuration, Span, Timestamp, Unit};

use super::moments::{Moment, SECOND, moments, no_moment};
use super::times_of_day::{no_time_of_day, times_of_day};
use super::{Logical, OutOfRange, meaning};

moments!(Timestamp as TimestampMillis, TimestampMicros, TimestampNanos; moment, timestamp);
moments!(
    DateTime as LocalTimestampMillis, LocalTimestampMicros, LocalTimestampNanos;
    |local: &Self| Offset::UTC.to_timestamp(*local).map_err(|_| no_moment()).and_then(|utc| moment(&utc)),
    |moment| timestamp(moment).map(|utc| Offset::UTC.to_datetime(utc))
);
times_of_day!(Time; since_midnight, time);

const EPOCH: Date = Date::constant(1970, 1, 1);

fn moment(timestamp: &Timestamp) -> Result<Moment, OutOfRange> {
    let (seconds, rest) = (timestamp.as_second(), timestamp.subsec_nanosecond());
    Ok(match u32::try_from(rest) {
        Ok(nanoseconds) => Moment { seconds, nanoseconds },
        Err(_) => Moment { seconds: seconds - 1, nanoseconds: SECOND - rest.unsigned_abs() },
    })
}

fn timestamp(moment: Moment) -> Result<Timestamp, OutOfRange> {
    let nanoseconds = i32::try_from(moment.nanoseconds).map_err(|_| no_moment())?;
    Timestamp::new(moment.seconds, nanoseconds).map_err(|_| no_moment())
}

fn since_midnight(time: &Time) -> Result<i64, OutOfRange> {
    i64::try_from(time.duration_since(Time::midnight()).as_nanos()).map_err(|_| no_time_of_day())
}

fn time(nanoseconds: i64) -> Result<Time, OutOfRange> {
    Time::midnight().checked_add(SignedDuration::from_nanos(nanoseconds)).map_err(|_| no_time_of_day())
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
