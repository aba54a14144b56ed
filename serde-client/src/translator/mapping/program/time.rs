//! Points in time between their ways of being written. No clock: a record's time is the only one there is.

use std::borrow::Cow;

use super::Fault;
use super::cast::clip;
use super::conversion::unexpected;
use crate::translator::mapping::value::Value;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A change of writing with both sides resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) from: TimeFrom,
    pub(crate) to: TimeTo,
    /// For texts that are written.
    pub(crate) offset_minutes: i32,
}

/// How the source writes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeFrom {
    /// A count of so many nanoseconds.
    Unit(i64),
    Days,
    Rfc3339,
    IsoDate,
}

/// How the target writes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeTo {
    /// A count of so many nanoseconds; the number has 32 bits where the flag is set.
    Unit(i64, bool),
    Days,
    Rfc3339,
    IsoDate,
}

impl Time {
    pub(crate) fn apply<'v>(self, value: Value<'v>) -> Result<Value<'v>, Fault> {
        if value.is_nothing() {
            return Ok(value);
        }
        let nanos = match (self.from, &value) {
            (TimeFrom::Unit(unit), Value::Int(count)) => i128::from(*count) * i128::from(unit),
            (TimeFrom::Days, Value::Int(days)) => {
                i128::from(*days) * i128::from(SECONDS_PER_DAY) * NANOS_PER_SECOND
            }
            (TimeFrom::Rfc3339, Value::String(text)) => rfc3339_nanos(text)
                .ok_or_else(|| Fault::new(format!("`{}` is no time of RFC 3339", clip(text))))?,
            (TimeFrom::IsoDate, Value::String(text)) => {
                let days =
                    date_days(text).ok_or_else(|| Fault::new(format!("`{}` is no date", clip(text))))?;
                i128::from(days) * i128::from(SECONDS_PER_DAY) * NANOS_PER_SECOND
            }
            (_, value) => return Err(unexpected(value)),
        };
        self.write(nanos)
    }

    fn write(self, nanos: i128) -> Result<Value<'static>, Fault> {
        let range = || Fault::new("the time is out of the target's range");
        let days = || i64::try_from(nanos.div_euclid(NANOS_PER_SECOND * i128::from(SECONDS_PER_DAY))).ok();
        Ok(match self.to {
            TimeTo::Unit(unit, is_narrow) => {
                let count = nanos.div_euclid(i128::from(unit));
                let count = i64::try_from(count).map_err(|_| range())?;
                if is_narrow && i32::try_from(count).is_err() {
                    return Err(range());
                }
                Value::Int(count)
            }
            TimeTo::Days => {
                let days = days().filter(|days| i32::try_from(*days).is_ok());
                Value::Int(days.ok_or_else(range)?)
            }
            TimeTo::Rfc3339 => {
                Value::String(Cow::Owned(civil_text(nanos, self.offset_minutes).ok_or_else(range)?))
            }
            TimeTo::IsoDate => Value::String(Cow::Owned(days().and_then(date_text).ok_or_else(range)?)),
        })
    }
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar continued backwards.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    // Years that begin in March put the leap day at their end; 719,468 days lie between 0000-03-01 and 1970-01-01.
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Some((year_of_era + era * 400 + i64::from(month <= 2), month, day))
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn date_text(days: i64) -> Option<String> {
    let (year, month, day) = civil(days)?;
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A point in time as RFC 3339 writes it; `None` outside the years 0 to 9999.
pub(crate) fn civil_text(nanos: i128, offset_minutes: i32) -> Option<String> {
    let local = nanos + i128::from(offset_minutes) * 60 * NANOS_PER_SECOND;
    let seconds = i64::try_from(local.div_euclid(NANOS_PER_SECOND)).ok()?;
    let fraction = local.rem_euclid(NANOS_PER_SECOND);
    let (days, second) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let mut text = date_text(days)?;
    text.push_str(&format!("T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60));
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        // Whole groups of three, as most writers do.
        let digits = match digits.trim_end_matches('0').len() {
            1..=3 => digits.get(..3),
            4..=6 => digits.get(..6),
            _ => Some(digits.as_str()),
        };
        text.push('.');
        text.push_str(digits.unwrap_or_default());
    }
    if offset_minutes == 0 {
        text.push('Z');
    } else {
        let minutes = offset_minutes.abs();
        let sign = if offset_minutes < 0 { '-' } else { '+' };
        text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    }
    Some(text)
}

fn number(text: Option<&str>, digits: usize) -> Option<i64> {
    let text = text.filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}

fn date_days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next(), 4)?, number(parts.next(), 2)?, number(parts.next(), 2)?);
    let days = days_of(year, month, day);
    // A day that its month does not have would come back as another.
    (parts.next().is_none() && (1..=12).contains(&month) && civil(days) == Some((year, month, day)))
        .then_some(days)
}

/// Nanoseconds since 1970-01-01 of a time as RFC 3339 writes it. A leap second counts as the second after it.
pub(crate) fn rfc3339_nanos(text: &str) -> Option<i128> {
    let (date, time) = text.split_at_checked(10)?;
    let days = date_days(date)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let split = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(split)?;
    let offset = match zone {
        "Z" | "z" => 0,
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (number(Some(hours), 2)?, number(Some(minutes), 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if zone.starts_with('-') { -1 } else { 1 }
        }
    };
    let (clock, fraction) =
        clock.split_once('.').map_or((clock, None), |(clock, digits)| (clock, Some(digits)));
    let mut parts = clock.split(':');
    let (hour, minute, second) =
        (number(parts.next(), 2)?, number(parts.next(), 2)?, number(parts.next(), 2)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(digits) if (1..=9).contains(&digits.len()) => number(Some(&format!("{digits:0<9}")), 9)?,
        Some(_) => return None,
    };
    let seconds = days * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second - offset * 60;
    Some(i128::from(seconds) * NANOS_PER_SECOND + i128::from(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_times_come_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-29T04:18:15.123Z",
            "2024-02-29T23:59:59.000001Z",
            "1969-12-31T23:59:59.999999999Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            let nanos = rfc3339_nanos(text).unwrap();
            assert_eq!(civil_text(nanos, 0).unwrap(), text);
        }
        let nanos = rfc3339_nanos("2026-11-29T04:18:15+02:00").unwrap();
        assert_eq!(civil_text(nanos, 0).unwrap(), "2026-11-29T02:18:15Z");
        assert_eq!(civil_text(nanos, -330).unwrap(), "2026-11-28T20:48:15-05:30");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "é026-01-01T00:00:00Z",
            "2026-1-01T00:00:00Z",
        ] {
            assert_eq!(rfc3339_nanos(text), None, "{text}");
        }
    }

    #[test]
    fn coarser_units_round_towards_the_past() {
        let time =
            Time { from: TimeFrom::Unit(1_000), to: TimeTo::Unit(1_000_000, false), offset_minutes: 0 };
        assert_eq!(time.apply(Value::Int(-1)).unwrap(), Value::Int(-1));
        assert_eq!(time.apply(Value::Int(1_999)).unwrap(), Value::Int(1));
        let days = Time { to: TimeTo::Days, ..time };
        assert_eq!(days.apply(Value::Int(86_400_000_000)).unwrap(), Value::Int(1));
    }
}
