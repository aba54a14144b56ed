//! How a typed [`Operation`] travels to the writer and its answer back.

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::{Operation, Store, StoreError, Transaction};

/// Runs an operation inside a transaction of the store and returns once that transaction is durable.
///
/// # Errors
/// What the operation refuses with, or the store's own failure.
pub async fn write<O: Operation>(store: &dyn Store, operation: O) -> Result<O::Output, O::Error> {
    let (reply, answer) = oneshot::channel();
    store.submit(Box::new(Queued { operation, outcome: None, reply })).await?;
    answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its writes are to be committed.
    Done,
    /// It returned an error.
    Refused,
}

/// An [`Operation`] whose types only its caller knows. It keeps its outcome until it is told to answer.
#[async_trait]
pub trait ErasedOperation: Send {
    /// See [`Operation::actor`].
    fn actor(&self) -> Option<&str>;

    /// Whether the caller has gone away.
    fn is_abandoned(&self) -> bool;

    /// Runs the operation and keeps its outcome in place of an earlier one.
    async fn run(&mut self, transaction: &dyn Transaction) -> Ending;

    /// Gives the caller the outcome of the last run.
    fn answer(self: Box<Self>);

    /// Gives the caller an error instead.
    fn fail(self: Box<Self>, error: StoreError);
}

struct Queued<O: Operation> {
    operation: O,
    outcome: Option<Result<O::Output, O::Error>>,
    reply: oneshot::Sender<Result<O::Output, O::Error>>,
}

#[async_trait]
impl<O: Operation> ErasedOperation for Queued<O> {
    fn actor(&self) -> Option<&str> {
        self.operation.actor()
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    async fn run(&mut self, transaction: &dyn Transaction) -> Ending {
        self.outcome = None;
        let outcome = self.operation.run(transaction).await;
        let ending = if outcome.is_ok() { Ending::Done } else { Ending::Refused };
        self.outcome = Some(outcome);
        ending
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(StoreError::Aborted.into()));
        // A caller that has gone away needs no answer.
        drop(self.reply.send(outcome));
    }

    fn fail(self: Box<Self>, error: StoreError) {
        drop(self.reply.send(Err(error.into())));
    }
}
