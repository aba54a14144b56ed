//! The clock of the standard library.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::OutOfRange;
use super::civil::{SECOND, moments, no_moment};

moments!(SystemTime as TimestampMillis, TimestampMicros, TimestampNanos; nanoseconds, of_nanoseconds);

fn nanoseconds(time: &SystemTime) -> Result<i128, OutOfRange> {
    let (sign, distance) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (1, after),
        Err(before) => (-1, before.duration()),
    };
    i128::try_from(distance.as_nanos()).map(|distance| sign * distance).map_err(|_| no_moment())
}

fn of_nanoseconds(nanoseconds: i128) -> Result<SystemTime, OutOfRange> {
    let distance = nanoseconds.unsigned_abs();
    let second = SECOND.unsigned_abs();
    let (Ok(seconds), Ok(rest)) = (u64::try_from(distance / second), u32::try_from(distance % second)) else {
        return Err(no_moment());
    };
    let distance = Duration::new(seconds, rest);
    let time =
        if nanoseconds < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.ok_or_else(no_moment)
}
