//! `chrono`.

use ::chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::civil::{DAY, SECOND, moments, no_moment, no_time_of_day, times_of_day};
use super::{Logical, OutOfRange, meaning};

moments!(DateTime<Utc> as TimestampMillis, TimestampMicros, TimestampNanos; nanoseconds, of_nanoseconds);
moments!(
    NaiveDateTime as LocalTimestampMillis, LocalTimestampMicros, LocalTimestampNanos;
    |local: &Self| nanoseconds(&local.and_utc()),
    |count| of_nanoseconds(count).map(|moment| moment.naive_utc())
);
times_of_day!(NaiveTime; since_midnight, time);

/// A leap second is the second behind it, as everywhere in Unix time.
fn nanoseconds(moment: &DateTime<Utc>) -> Result<i128, OutOfRange> {
    Ok(i128::from(moment.timestamp()) * SECOND + i128::from(moment.timestamp_subsec_nanos()))
}

fn of_nanoseconds(nanoseconds: i128) -> Result<DateTime<Utc>, OutOfRange> {
    let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok();
    let rest = u32::try_from(nanoseconds.rem_euclid(SECOND)).ok();
    let moment = seconds.zip(rest).and_then(|(seconds, rest)| DateTime::from_timestamp(seconds, rest));
    moment.ok_or_else(no_moment)
}

fn since_midnight(time: &NaiveTime) -> i128 {
    i128::from(time.num_seconds_from_midnight()) * SECOND + i128::from(time.nanosecond())
}

fn time(nanoseconds: i128) -> Result<NaiveTime, OutOfRange> {
    let inside = i64::try_from(nanoseconds).ok().filter(|_| (0..DAY).contains(&nanoseconds));
    let inside = inside.ok_or_else(no_time_of_day)?;
    Ok(NaiveTime::MIN.overflowing_add_signed(TimeDelta::nanoseconds(inside)).0)
}

impl Logical<meaning::Date> for NaiveDate {
    #[inline]
    fn to_wire(&self) -> Result<i32, OutOfRange> {
        let days = self.signed_duration_since(Self::default()).num_days();
        i32::try_from(days).map_err(|_| no_moment())
    }

    #[inline]
    fn from_wire(wire: i32) -> Result<Self, OutOfRange> {
        let (epoch, days) = (Self::default(), Days::new(wire.unsigned_abs().into()));
        let date = if wire < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) };
        date.ok_or_else(no_moment)
    }
}
