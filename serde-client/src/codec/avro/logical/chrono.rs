//! `chrono`.

use ::chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::moments::{Moment, SECOND, moments, no_moment};
use super::times_of_day::times_of_day;
use super::{Logical, OutOfRange, meaning};

moments!(DateTime<Utc> as TimestampMillis, TimestampMicros, TimestampNanos; moment, date_time);
moments!(
    NaiveDateTime as LocalTimestampMillis, LocalTimestampMicros, LocalTimestampNanos;
    |local: &Self| moment(&local.and_utc()),
    |moment| date_time(moment).map(|moment| moment.naive_utc())
);
times_of_day!(NaiveTime; since_midnight, time);

/// A leap second is the second behind it, as everywhere in Unix time.
fn moment(moment: &DateTime<Utc>) -> Result<Moment, OutOfRange> {
    let nanoseconds = moment.timestamp_subsec_nanos();
    let carried = nanoseconds / SECOND;
    Ok(Moment { seconds: moment.timestamp() + i64::from(carried), nanoseconds: nanoseconds % SECOND })
}

fn date_time(moment: Moment) -> Result<DateTime<Utc>, OutOfRange> {
    DateTime::from_timestamp(moment.seconds, moment.nanoseconds).ok_or_else(no_moment)
}

fn since_midnight(time: &NaiveTime) -> Result<i64, OutOfRange> {
    Ok(i64::from(time.num_seconds_from_midnight()) * i64::from(SECOND) + i64::from(time.nanosecond()))
}

fn time(nanoseconds: i64) -> Result<NaiveTime, OutOfRange> {
    Ok(NaiveTime::MIN.overflowing_add_signed(TimeDelta::nanoseconds(nanoseconds)).0)
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
