//! When a request is sent again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often, and after which pause, a request is sent again that failed for a reason that may pass: the statuses 408,
/// 429, 500, 502, 503 and 504, a broken connection, and silence.
///
/// Every request of a registry may be sent twice: registering what is registered already answers with the same id. Only
/// a deletion whose answer was lost says on the second attempt that there is nothing to delete.
///
/// ```
/// use serde_client::client::{RegistryClient, RetrySettings};
///
/// let retries = RetrySettings { retries_max: 1, ..RetrySettings::default() };
/// let client = RegistryClient::builder("http://localhost:8081").retries(retries).build();
/// assert!(client.is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// Further attempts for each URL. Default: 3.
    pub retries_max: u32,
    /// The longest pause before the first retry; it doubles with each. A pause is drawn from 1 ms to that, so that the
    /// clients of a registry do not come back all at once. Default: 100 ms.
    pub wait: Duration,
    /// No pause is longer, not even one that the registry asks for by `Retry-After`. Default: 5 s.
    pub wait_max: Duration,
    /// Retries may be this share of requests in the long run, in percent, so that an outage does not multiply the load.
    /// Default: 20.
    pub budget_percent: u32,
    /// So many retries are allowed on top of the share, and to a client that has just started. Default: 10.
    pub budget_burst: u32,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            retries_max: 3,
            wait: Duration::from_millis(100),
            wait_max: Duration::from_secs(5),
            budget_percent: 20,
            budget_burst: 10,
        }
    }
}

impl RetrySettings {
    /// Full jitter: anything from 1 ms to `min(wait * 2^retry, wait_max)`.
    pub(crate) fn pause(&self, retry: u32) -> Duration {
        let longest =
            self.wait.saturating_mul(1_u32.checked_shl(retry).unwrap_or(u32::MAX)).min(self.wait_max);
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(fastrand::u64(1..=longest))
    }
}

/// What one retry costs in the bucket; a request brings `budget_percent`.
const RETRY_COST: u32 = 100;

/// A bucket of tokens that requests fill and retries empty.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    tokens: AtomicU32,
    tokens_max: u32,
    per_request: u32,
}

impl RetryBudget {
    pub(crate) fn new(settings: &RetrySettings) -> Self {
        let tokens = settings.budget_burst.saturating_mul(RETRY_COST);
        // Without a burst the share must still be able to gather one retry.
        let tokens_max = tokens.max(RETRY_COST);
        Self { tokens: AtomicU32::new(tokens), tokens_max, per_request: settings.budget_percent }
    }

    /// Counts a request.
    pub(crate) fn deposit(&self) {
        let filled = |tokens: u32| Some(tokens.saturating_add(self.per_request).min(self.tokens_max));
        // The closure never declines.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, filled);
    }

    /// Whether a retry is allowed; it is counted then.
    pub(crate) fn withdraw(&self) -> bool {
        let taken = |tokens: u32| tokens.checked_sub(RETRY_COST);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_bound() {
        let settings = RetrySettings::default();
        for (retry, longest) in [(0, 100), (1, 200), (3, 800), (10, 5_000), (40, 5_000)] {
            for _ in 0..200 {
                let pause = settings.pause(retry);
                assert!(
                    pause >= Duration::from_millis(1) && pause <= Duration::from_millis(longest),
                    "{pause:?}"
                );
            }
        }
        let none = RetrySettings { wait: Duration::ZERO, ..settings };
        assert_eq!(none.pause(3), Duration::from_millis(1));
    }

    #[test]
    fn retries_are_a_share_of_requests() {
        let settings = RetrySettings { budget_percent: 50, budget_burst: 2, ..RetrySettings::default() };
        let budget = RetryBudget::new(&settings);
        assert!(budget.withdraw() && budget.withdraw() && !budget.withdraw());
        budget.deposit();
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw() && !budget.withdraw());
        for _ in 0..1_000 {
            budget.deposit();
        }
        assert!(budget.withdraw() && budget.withdraw() && !budget.withdraw());
    }
}
