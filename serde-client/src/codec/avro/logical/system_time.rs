//! The clock of the standard library.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::OutOfRange;
use super::moments::{Moment, SECOND, moments, no_moment};

moments!(SystemTime as TimestampMillis, TimestampMicros, TimestampNanos; moment, system_time);

fn moment(time: &SystemTime) -> Result<Moment, OutOfRange> {
    let (distance, is_past) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after, false),
        Err(before) => (before.duration(), true),
    };
    let seconds = i64::try_from(distance.as_secs()).map_err(|_| no_moment())?;
    Ok(match (is_past, distance.subsec_nanos()) {
        (false, nanoseconds) => Moment { seconds, nanoseconds },
        (true, 0) => Moment { seconds: -seconds, nanoseconds: 0 },
        (true, nanoseconds) => Moment { seconds: -seconds - 1, nanoseconds: SECOND - nanoseconds },
    })
}

fn system_time(moment: Moment) -> Result<SystemTime, OutOfRange> {
    let distance = Duration::from_secs(moment.seconds.unsigned_abs());
    let second = match moment.seconds < 0 {
        true => UNIX_EPOCH.checked_sub(distance),
        false => UNIX_EPOCH.checked_add(distance),
    };
    let behind = Duration::from_nanos(moment.nanoseconds.into());
    second.and_then(|second| second.checked_add(behind)).ok_or_else(no_moment)
}
