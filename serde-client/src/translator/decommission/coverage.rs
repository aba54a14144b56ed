//! Whether samples say something about a whole window of time. Pure.

use super::sample::Sample;

/// The longest time without a look, in milliseconds: 15 minutes. Looks are taken every 30 seconds.
const GAP_MAX: i64 = 15 * 60_000;

/// Says why samples do not tell of a whole window, if they do not. Times are in milliseconds.
pub(super) fn covered(samples: &[Sample], now: i64, window: i64) -> Result<(), String> {
    let begin = now.saturating_sub(window);
    let inside = samples.partition_point(|sample| sample.to < begin);
    // The sample before the window tells of the way into it.
    let first = inside.saturating_sub(1);
    let (Some(seen), Some(last)) = (samples.get(first..), samples.last()) else {
        return Err("nothing was sampled yet".to_owned());
    };
    let Some(earliest) = seen.first() else {
        return Err("nothing was sampled yet".to_owned());
    };
    let since = now.saturating_sub(last.to);
    if since > GAP_MAX {
        return Err(format!("the last sample is {} old", duration(since)));
    }
    if earliest.from > begin {
        let known = duration(now.saturating_sub(earliest.from));
        return Err(format!("samples tell of {known}, and the window is {}", duration(window)));
    }
    let later = samples.get(inside..).unwrap_or_default();
    // The gap before the window's first look counts only as far as it lies within.
    let gaps = later.iter().map(|sample| sample.gap.min(sample.to.saturating_sub(begin)));
    match gaps.max().filter(|gap| *gap > GAP_MAX) {
        Some(gap) => Err(format!("nothing was sampled for {} within the window", duration(gap))),
        None => Ok(()),
    }
}

/// A time in milliseconds for people.
pub(super) fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        ..=0 => format!("{milliseconds} ms"),
        1..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::{look, samples};
    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(minutes: &[i64]) -> Vec<Sample> {
        let looks: Vec<_> = minutes.iter().map(|minute| look(minute * MINUTE, Some(0), 0, 0)).collect();
        samples(&looks)
    }

    #[test]
    fn samples_must_reach_from_the_begin_of_the_window_to_now() {
        let taken = at(&[0, 10, 20, 30]);
        let tell = |window| covered(&taken, 31 * MINUTE, window * MINUTE);
        assert_eq!(tell(31), Ok(()));
        assert_eq!(tell(15), Ok(()));
        assert_eq!(tell(0), Ok(()), "the last look stands for now");
        assert_eq!(tell(32), Err("samples tell of 31 min, and the window is 32 min".to_owned()));
    }

    #[test]
    fn holes_are_not_covered() {
        assert_eq!(covered(&[], 0, 0), Err("nothing was sampled yet".to_owned()));
        let late = covered(&at(&[0, 10]), 40 * MINUTE, 5 * MINUTE).unwrap_err();
        assert_eq!(late, "the last sample is 30 min old");
        let taken = at(&[0, 10, 40, 45]);
        let hole = covered(&taken, 45 * MINUTE, 45 * MINUTE).unwrap_err();
        assert_eq!(hole, "nothing was sampled for 30 min within the window");
        assert!(
            covered(&taken, 45 * MINUTE, 10 * MINUTE).is_ok(),
            "only five minutes of the hole lie within"
        );
    }
}
