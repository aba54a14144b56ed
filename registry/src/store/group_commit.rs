//! One writer that commits many operations at once.
//!
//! While the disk syncs one commit, operations queue up; the next transaction takes them all. One `fsync` thus serves
//! everyone who waits. Operations run one after another and each sees what those before it wrote. When one of them
//! must be undone alone, the shared transaction is rolled back and its operations run again, each in its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::operation::{Ending, ErasedOperation};
use super::{StoreError, Transaction, WriteObserver};

/// Operations that share a transaction at the most: bounds how long the first one waits for the last.
pub(super) const BATCH_MAX: usize = 256;
/// Operations that wait for the writer before callers have to wait to queue.
pub(super) const QUEUE_MAX: usize = 1024;

/// Operations on their way to the writer.
pub(super) type Queue = mpsc::Receiver<Box<dyn ErasedOperation>>;

/// A connection that writes: it offers a transaction that can be opened and closed again and again.
#[async_trait]
pub(super) trait Session: Transaction {
    /// Opens the transaction.
    async fn begin(&self) -> Result<(), StoreError>;

    /// Names the actor of the writes to come.
    async fn enter(&self, actor: Option<&str>);

    /// What has happened since the transaction was opened.
    async fn condition(&self) -> Condition;

    /// Makes the writes durable, then known to the caches.
    async fn commit(&self) -> Result<(), StoreError>;

    /// Undoes the writes.
    async fn rollback(&self);
}

/// The state of an open transaction.
#[derive(Debug)]
pub(super) struct Condition {
    /// Writes so far.
    pub(super) writes: u64,
    /// Why it can only be rolled back.
    pub(super) broken: Option<StoreError>,
}

/// The one that writes.
pub(super) struct Writer<S> {
    session: S,
    observer: Arc<dyn WriteObserver>,
}

impl<S: Session> Writer<S> {
    pub(super) fn new(session: S, observer: Arc<dyn WriteObserver>) -> Self {
        Self { session, observer }
    }

    /// Takes operations from the queue until it is closed and empty, then gives the connection back.
    pub(super) async fn run(self, mut queue: Queue) -> S {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
            batch.retain(|operation| !operation.is_abandoned());
            self.settle(&mut batch).await;
        }
        self.session
    }

    async fn settle(&self, batch: &mut Vec<Box<dyn ErasedOperation>>) {
        if batch.len() > 1 && self.together(batch).await.is_ok() {
            batch.drain(..).for_each(|operation| operation.answer());
            return;
        }
        for operation in batch.drain(..) {
            self.alone(operation).await;
        }
    }

    async fn together(&self, batch: &mut [Box<dyn ErasedOperation>]) -> Result<(), RolledBack> {
        let started = Instant::now();
        let operations = batch.len();
        self.session.begin().await.map_err(|_| RolledBack)?;
        for operation in batch {
            if !matches!(self.attempt(operation.as_mut()).await, Attempt::Clean) {
                self.session.rollback().await;
                return Err(RolledBack);
            }
        }
        self.commit(operations, started).await.map_err(|_| RolledBack)
    }

    async fn alone(&self, mut operation: Box<dyn ErasedOperation>) {
        let started = Instant::now();
        if let Err(error) = self.session.begin().await {
            return operation.fail(error);
        }
        match self.attempt(operation.as_mut()).await {
            Attempt::Clean => match self.commit(1, started).await {
                Ok(()) => operation.answer(),
                Err(error) => operation.fail(error),
            },
            Attempt::Dirty => {
                self.session.rollback().await;
                operation.answer();
            }
            Attempt::Broken(error) => {
                self.session.rollback().await;
                operation.fail(error);
            }
        }
    }

    async fn attempt(&self, operation: &mut dyn ErasedOperation) -> Attempt {
        let before = self.session.condition().await.writes;
        self.session.enter(operation.actor()).await;
        // One operation that panics must not take the writer, and with it all others, down.
        let Ok(ending) = AssertUnwindSafe(operation.run(&self.session)).catch_unwind().await else {
            return Attempt::Broken(StoreError::Aborted);
        };
        let after = self.session.condition().await;
        match (ending, after.broken) {
            (Ending::Done, None) => Attempt::Clean,
            (Ending::Done, Some(error)) => Attempt::Broken(error),
            (Ending::Refused, None) if after.writes == before => Attempt::Clean,
            (Ending::Refused, _) => Attempt::Dirty,
        }
    }

    async fn commit(&self, operations: usize, started: Instant) -> Result<(), StoreError> {
        let committed = self.session.commit().await;
        match &committed {
            Ok(()) => self.observer.committed(operations, started.elapsed()),
            Err(_) => self.session.rollback().await,
        }
        committed
    }
}

/// The shared transaction was rolled back.
struct RolledBack;

/// What one operation did to the transaction it ran in.
enum Attempt {
    /// It may be committed: it succeeded, or refused before it wrote.
    Clean,
    /// It refused after it wrote: its answer stands once its writes are undone.
    Dirty,
    /// Its answer does not stand.
    Broken(StoreError),
}
