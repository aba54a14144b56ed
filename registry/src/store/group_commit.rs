//! One writer that commits many operations at once.
//!
//! While the disk syncs one commit, operations queue up; the next transaction takes them all. One `fsync` thus serves
//! everyone who waits. Operations run one after another and each sees what those before it wrote. When one of them
//! must be undone alone, the shared transaction is rolled back and its operations run again, each in its own.

use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::operation::{ErasedOperation, Ran};
use super::{StoreError, Transaction};

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

/// Takes operations from the queue until it is closed and empty.
pub(super) async fn run<S: Session>(session: S, mut queue: Queue) -> S {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
        batch.retain(|operation| !operation.is_abandoned());
        settle(&session, &mut batch).await;
    }
    session
}

async fn settle<S: Session>(session: &S, batch: &mut Vec<Box<dyn ErasedOperation>>) {
    if batch.len() > 1 && together(session, batch).await.is_ok() {
        batch.drain(..).for_each(|operation| operation.answer());
        return;
    }
    for operation in batch.drain(..) {
        alone(session, operation).await;
    }
}

/// The shared transaction was rolled back.
struct RolledBack;

async fn together<S: Session>(session: &S, batch: &mut [Box<dyn ErasedOperation>]) -> Result<(), RolledBack> {
    if session.begin().await.is_err() {
        return Err(RolledBack);
    }
    for operation in batch {
        if !matches!(attempt(session, operation.as_mut()).await, Attempt::Clean) {
            session.rollback().await;
            return Err(RolledBack);
        }
    }
    if session.commit().await.is_err() {
        session.rollback().await;
        return Err(RolledBack);
    }
    Ok(())
}

async fn alone<S: Session>(session: &S, mut operation: Box<dyn ErasedOperation>) {
    if let Err(error) = session.begin().await {
        return operation.fail(error);
    }
    match attempt(session, operation.as_mut()).await {
        Attempt::Clean => match session.commit().await {
            Ok(()) => operation.answer(),
            Err(error) => {
                session.rollback().await;
                operation.fail(error);
            }
        },
        Attempt::Dirty => {
            session.rollback().await;
            operation.answer();
        }
        Attempt::Broken(error) => {
            session.rollback().await;
            operation.fail(error);
        }
    }
}

/// What one operation did to the transaction it ran in.
enum Attempt {
    /// It may be committed: it succeeded, or refused before it wrote.
    Clean,
    /// It refused after it wrote: its answer stands once its writes are undone.
    Dirty,
    /// Its answer does not stand.
    Broken(StoreError),
}

async fn attempt<S: Session>(session: &S, operation: &mut dyn ErasedOperation) -> Attempt {
    let before = session.condition().await.writes;
    session.enter(operation.actor()).await;
    // One operation that panics must not take the writer, and with it all others, down.
    let Ok(ran) = AssertUnwindSafe(operation.run(session)).catch_unwind().await else {
        return Attempt::Broken(StoreError::Aborted);
    };
    let after = session.condition().await;
    match (ran, after.broken) {
        (Ran::Done, None) => Attempt::Clean,
        (Ran::Done, Some(error)) => Attempt::Broken(error),
        (Ran::Refused, None) if after.writes == before => Attempt::Clean,
        (Ran::Refused, _) => Attempt::Dirty,
    }
}
