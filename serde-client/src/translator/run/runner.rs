//! A run from its start to its end.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::super::migration::{Direction, Migration};
use super::super::translation::Translate;
use super::breaker::BreakerState;
use super::error::RunError;
use super::health;
use super::metrics::Metrics;
use super::options::Options;
use super::pause::PauseWatch;
use super::report::RunReport;
use super::sampler;
use super::start;
use super::target_watch;
use super::worker::{Job, work};

/// Translates one direction of a migration, until `stop` resolves or, with [`Options::once`], until everything is
/// translated that was there at the start. After `stop` it ends within five seconds.
///
/// # Errors
/// [`RunError`] says what cannot be gone on with; what was committed before stays.
pub async fn run(
    migration: Arc<Migration>,
    direction: Direction,
    translate: Arc<dyn Translate>,
    options: Options,
    stop: impl Future<Output = ()> + Send,
) -> Result<RunReport, RunError> {
    let topics = {
        let (migration, options, runtime) = (Arc::clone(&migration), options.clone(), Handle::current());
        let hash = translate.mapping_hash().to_owned();
        blocking(move || start::prepare(&migration, direction, &hash, &options, &runtime)).await??
    };
    let breaker = migration.errors.breaker;
    let job = Arc::new(Job {
        migration,
        direction,
        translate,
        dead_letter_partitions: topics.dead_letter_partitions,
        placement: topics.placement,
        target_partitions: AtomicI32::new(topics.target_partitions),
        ends: topics.ends,
        runtime: Handle::current(),
        stop: AtomicBool::new(false),
        pause: AtomicBool::new(false),
        report: Mutex::default(),
        metrics: Metrics::new(direction),
        breaker: breaker.map(|limits| Mutex::new(BreakerState::new(limits))),
        is_open: AtomicBool::new(false),
        started: Instant::now(),
        states: (0..options.workers).map(|_| Mutex::default()).collect(),
        options,
    });
    let _answers = match job.options.metrics {
        Some(address) => Some(AbortWhenDropped(tokio::spawn(health::serve(
            health::bind(address).await?,
            Arc::clone(&job),
        )))),
        None => None,
    };
    let _stopped = StopWhenDropped(Arc::clone(&job));
    let pauses = {
        let job = Arc::clone(&job);
        blocking(move || PauseWatch::open(&job)).await??
    };
    let following = Arc::clone(&job);
    let _followed = tokio::spawn(blocking(move || pauses.follow(&following)));
    if !job.options.once {
        let sampled = Arc::clone(&job);
        let _sampled = tokio::spawn(blocking(move || sampler::sample(&sampled)));
    }
    if job.placement.partitions().is_some() {
        let watched = Arc::clone(&job);
        let _watched = tokio::spawn(blocking(move || target_watch::follow(&watched)));
    }
    let workers = join_all((0..job.options.workers).map(|number| start_worker(&job, number)));
    tokio::pin!(workers, stop);
    let ended = tokio::select! {
        ended = &mut workers => ended,
        () = &mut stop => {
            job.stop.store(true, Ordering::Relaxed);
            workers.await
        }
    };
    ended.into_iter().collect::<Result<Vec<()>, RunError>>()?;
    let report = job.report.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(report.clone())
}

/// Threads do not end with the future that waits for them.
struct StopWhenDropped(Arc<Job>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

/// Tasks do not end with it either.
struct AbortWhenDropped(JoinHandle<()>);

impl Drop for AbortWhenDropped {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One worker in a thread of its own. When it fails, the others stop.
async fn start_worker(job: &Arc<Job>, number: usize) -> Result<(), RunError> {
    let worker = Arc::clone(job);
    let ended = blocking(move || work(&worker, number)).await.and_then(|ended| ended);
    if ended.is_err() {
        job.stop.store(true, Ordering::Relaxed);
    }
    ended
}

/// Calls of the client block, for as long as a worker lives: they get threads of their own.
async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, RunError> {
    let (send, receive) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("translator".to_owned()).spawn(move || {
        // Nobody waits for a run that was dropped.
        let _abandoned = send.send(call());
    });
    thread.map_err(|error| RunError::Worker(error.to_string()))?;
    receive.await.map_err(|_gone| RunError::Worker("its thread has panicked".to_owned()))
}
