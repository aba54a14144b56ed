//! Single flight: however many tasks want the same thing, one fetches it and all get what it got.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::RegistryError;

/// What a flight brought, once it has landed. Who holds the lock is the one that fetches.
type Flight<V> = Arc<tokio::sync::Mutex<Option<Result<V, RegistryError>>>>;

/// Flights by what they fetch.
#[derive(Debug)]
pub(crate) struct Flights<K, V> {
    in_the_air: Mutex<HashMap<K, Flight<V>>>,
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self { in_the_air: Mutex::new(HashMap::new()) }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    /// Runs `fetch`, or waits for a task that already runs one for the same key.
    ///
    /// A failure goes to everyone who waits and to nobody else. If the task that fetches is cancelled, the one that has
    /// waited longest fetches in its place.
    pub(crate) async fn run(
        &self,
        key: K,
        fetch: impl Future<Output = Result<V, RegistryError>>,
    ) -> Result<V, RegistryError> {
        let passenger = Passenger::board(self, key);
        let mut landed = passenger.flight.lock().await;
        if let Some(result) = &*landed {
            return result.clone();
        }
        let result = fetch.await;
        *landed = Some(result.clone());
        // Whoever comes from now on starts anew.
        passenger.flights.lock().remove(&passenger.key);
        result
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Flight<V>>> {
        self.in_the_air.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that waits for a flight or is on it; the last to leave an unfinished one takes it out of the table.
struct Passenger<'a, K: Eq + Hash + Clone, V: Clone> {
    flights: &'a Flights<K, V>,
    key: K,
    flight: Flight<V>,
}

impl<'a, K: Eq + Hash + Clone, V: Clone> Passenger<'a, K, V> {
    fn board(flights: &'a Flights<K, V>, key: K) -> Self {
        let flight = Arc::clone(flights.lock().entry(key.clone()).or_default());
        Self { flights, key, flight }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Passenger<'_, K, V> {
    fn drop(&mut self) {
        let mut in_the_air = self.flights.lock();
        // One count is the table's and one is ours; replacing ours under the lock lets the last of several see so.
        let ours = std::mem::take(&mut self.flight);
        let is_last = Arc::strong_count(&ours) == 2;
        let is_ours = in_the_air.get(&self.key).is_some_and(|flight| Arc::ptr_eq(flight, &ours));
        if is_last && is_ours {
            in_the_air.remove(&self.key);
        }
        drop(ours);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    async fn counted(
        fetches: &AtomicUsize,
        result: Result<u32, RegistryError>,
    ) -> Result<u32, RegistryError> {
        fetches.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1)).await;
        result
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_tasks_fetch_once() {
        let (flights, fetches) = (Flights::default(), AtomicUsize::new(0));
        let all = (0..1_000).map(|_| flights.run("k", counted(&fetches, Ok(7))));
        for result in futures_util::future::join_all(all).await {
            assert_eq!(result.unwrap(), 7);
        }
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert!(flights.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_reaches_all_who_wait_and_nobody_later() {
        let (flights, fetches) = (Flights::default(), AtomicUsize::new(0));
        let failed = || Err(RegistryError::invalid("no"));
        let all = (0..10).map(|_| flights.run("k", counted(&fetches, failed())));
        for result in futures_util::future::join_all(all).await {
            assert_eq!(result.unwrap_err().to_string(), "no");
        }
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert_eq!(flights.run("k", counted(&fetches, Ok(7))).await.unwrap(), 7);
        assert!(flights.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_fetch_is_taken_over() {
        let (flights, fetches) = (Arc::new(Flights::default()), Arc::new(AtomicUsize::new(0)));
        let spawn = || {
            let (flights, fetches) = (Arc::clone(&flights), Arc::clone(&fetches));
            tokio::spawn(async move { flights.run("k", counted(&fetches, Ok(7))).await })
        };
        let (leader, waiter) = (spawn(), spawn());
        tokio::time::sleep(Duration::from_millis(500)).await;
        leader.abort();
        assert_eq!(waiter.await.unwrap().unwrap(), 7);
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
        assert!(flights.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn cancelled_flights_leave_nothing_behind() {
        let (flights, fetches) = (Flights::default(), AtomicUsize::new(0));
        for _ in 0..3 {
            let first = flights.run("k", counted(&fetches, Ok(7)));
            let second = flights.run("k", counted(&fetches, Ok(7)));
            let both = futures_util::future::join(first, second);
            assert!(tokio::time::timeout(Duration::from_millis(10), both).await.is_err());
        }
        assert_eq!((fetches.load(Ordering::Relaxed), flights.lock().len()), (3, 0));
    }
}
