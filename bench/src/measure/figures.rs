//! Medians and percentiles.

use std::time::Duration;

/// How long requests took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    sorted_ns: Vec<u64>,
}

impl Latencies {
    pub(crate) fn new(latencies: impl IntoIterator<Item = Duration>) -> Self {
        let in_ns = |latency: Duration| u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        let mut sorted_ns: Vec<u64> = latencies.into_iter().map(in_ns).collect();
        sorted_ns.sort_unstable();
        Self { sorted_ns }
    }

    pub(crate) fn count(&self) -> usize {
        self.sorted_ns.len()
    }

    /// The latency in milliseconds that this share of all requests did not exceed.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.count() * percent).div_ceil(100).saturating_sub(1);
        self.sorted_ns.get(rank).map_or(f64::NAN, |ns| *ns as f64 / 1e6)
    }
}

/// The results of several rounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        match self.0.get(middle) {
            None => f64::NAN,
            Some(upper) if self.0.len() % 2 == 1 => *upper,
            Some(upper) => f64::midpoint(self.0[middle - 1], *upper),
        }
    }

    pub(crate) fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }
}

impl FromIterator<f64> for Spread {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut spread = Self::default();
        values.into_iter().for_each(|value| spread.push(value));
        spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ranks() {
        let latencies = Latencies::new((1..=200).rev().map(Duration::from_millis));
        assert_eq!(latencies.percentile_ms(50), 100.0);
        assert_eq!(latencies.percentile_ms(99), 198.0);
        assert_eq!(latencies.percentile_ms(100), 200.0);
        assert!(Latencies::default().percentile_ms(50).is_nan());
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(Spread::from_iter([3.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(Spread::from_iter([4.0, 1.0, 2.0, 3.0]).median(), 2.5);
        assert!(Spread::default().median().is_nan());
    }
}
