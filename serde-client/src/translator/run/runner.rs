//! A run from its start to its end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::super::migration::{Direction, Migration};
use super::super::translation::Translate;
use super::error::RunError;
use super::health::{self, Told};
use super::metrics::MetricsRegistry;
use super::options::Options;
use super::report::RunReport;
use super::sampler;
use super::start;
use super::target_watch;
use super::watch::StateWatch;
use super::worker::{Job, work};

/// How long the cluster may give no answers before a run has begun.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// One wait for them.
const START_WAIT: Duration = Duration::from_secs(1);

/// Translates one direction of a migration, see [`run_all`].
///
/// # Errors
/// See [`run_all`].
pub async fn run(
    migration: Arc<Migration>,
    direction: Direction,
    translate: Arc<dyn Translate>,
    options: Options,
    stop: impl Future<Output = ()> + Send,
) -> Result<RunReport, RunError> {
    let reports = run_all(migration, [(direction, translate)].into(), options, stop).await?;
    Ok(reports.into_values().next().unwrap_or_default())
}

/// Translates directions of a migration, until `stop` resolves or, with [`Options::once`], until everything is translated
/// that was there at the start: each direction ends at its own end. After `stop` it ends within five seconds. When one
/// direction fails, the other one stops as if it had been told to. A cluster that does not answer is given a minute at the
/// start, and any time later.
///
/// # Errors
/// [`RunError`] says what cannot be gone on with; what was committed before stays.
pub async fn run_all(
    migration: Arc<Migration>,
    translate: BTreeMap<Direction, Arc<dyn Translate>>,
    options: Options,
    stop: impl Future<Output = ()> + Send,
) -> Result<BTreeMap<Direction, RunReport>, RunError> {
    tokio::pin!(stop);
    // What they hold together is what one alone may hold.
    let options = Options { memory: options.memory / translate.len().max(1), ..options };
    let metrics = MetricsRegistry::new();
    let is_alone = translate.len() == 1;
    let mut jobs = Vec::new();
    for (direction, translate) in translate {
        let prepared = patiently(|| {
            let (migration, options, runtime) = (Arc::clone(&migration), options.clone(), Handle::current());
            let hash = translate.mapping_hash().to_owned();
            blocking(move || start::prepare(&migration, direction, &hash, &options, &runtime))
        });
        let topics = tokio::select! {
            prepared = prepared => prepared?,
            () = &mut stop => return Ok(BTreeMap::new()),
        };
        let parts = (Arc::clone(&migration), direction, translate, options.clone());
        jobs.push(Arc::new(Job::new(parts, topics, metrics.of(direction), is_alone)));
    }
    let told = Arc::new(Told { jobs: jobs.clone(), metrics });
    let _answers = match options.metrics {
        Some(address) => {
            let listener = health::bind(address).await?;
            Some(AbortWhenDropped(tokio::spawn(health::serve(listener, told))))
        }
        None => None,
    };
    let all = Jobs(jobs);
    tokio::select! {
        followed = all.follow_the_state_topic() => followed?,
        () = &mut stop => return Ok(BTreeMap::new()),
    }
    let workers = all.workers();
    tokio::pin!(workers);
    let ended = tokio::select! {
        ended = &mut workers => ended,
        () = &mut stop => {
            all.stop();
            workers.await
        }
    };
    ended?;
    Ok(all.0.iter().map(|job| (job.direction, job.report())).collect())
}

/// The directions of a run. Threads do not end with the future that waits for them, so they are told when it is dropped.
struct Jobs(Vec<Arc<Job>>);

impl Jobs {
    fn stop(&self) {
        for job in &self.0 {
            job.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Lets everybody obey what the state topic says, and one of them look for the decommissioning.
    async fn follow_the_state_topic(&self) -> Result<(), RunError> {
        for job in &self.0 {
            let open = || {
                let job = Arc::clone(job);
                blocking(move || Ok(StateWatch::open(&job)?))
            };
            let watch = patiently(open).await?;
            let following = Arc::clone(job);
            let _followed = tokio::spawn(blocking(move || watch.follow(&following)));
            if job.placement.partitions().is_some() {
                let watched = Arc::clone(job);
                let _watched = tokio::spawn(blocking(move || target_watch::follow(&watched)));
            }
        }
        if let Some(job) = self.0.first().filter(|job| !job.options.once) {
            let sampled = Arc::clone(job);
            let _sampled = tokio::spawn(blocking(move || sampler::sample(&sampled)));
        }
        Ok(())
    }

    /// All workers to their end. The first error is the run's.
    async fn workers(&self) -> Result<(), RunError> {
        let workers = self.0.iter().flat_map(|job| (0..job.options.workers).map(move |number| (job, number)));
        let ended = join_all(workers.map(|(job, number)| self.worker(job, number))).await;
        let mut errors = ended.into_iter().filter_map(Result::err);
        let first = errors.next();
        errors.for_each(|error| tracing::warn!("and beside that: {error}"));
        first.map_or(Ok(()), Err)
    }

    /// One worker in a thread of its own. When it fails, all others stop.
    async fn worker(&self, job: &Arc<Job>, number: usize) -> Result<(), RunError> {
        let worker = Arc::clone(job);
        let ended = blocking(move || work(&worker, number)).await.and_then(|ended| ended);
        if ended.is_err() {
            self.stop();
        }
        ended
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Tasks do not end with it either.
struct AbortWhenDropped(JoinHandle<()>);

impl Drop for AbortWhenDropped {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks again while a cluster does not answer as it should: after a start of its own it needs a while.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, RunError>
where
    F: Future<Output = Result<Result<T, RunError>, RunError>>,
{
    let until = Instant::now() + START_PATIENCE;
    loop {
        match ask().await? {
            Err(RunError::Cluster(error)) if error.may_pass() && Instant::now() < until => {
                tracing::warn!("{error}; it is asked again");
                tokio::time::sleep(START_WAIT).await;
            }
            answer => return answer,
        }
    }
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
