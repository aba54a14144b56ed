//! From a typed operation to what a writer can queue, and its outcome back to the caller.

use async_trait::async_trait;
use tokio::sync::{Mutex, oneshot};

use super::{Operation, Store, StoreError, Transaction};

/// How an operation ended inside its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It did what it wanted.
    Done,
    /// It refused; what it wrote must be undone.
    Refused,
}

/// An operation whose types a writer need not know.
#[async_trait]
pub trait ErasedOperation: Send + Sync {
    /// Who asks.
    fn actor(&self) -> Option<&str>;

    /// Runs it; the outcome is kept until [`ErasedOperation::answer`].
    async fn run(&self, transaction: &dyn Transaction) -> Ending;

    /// Tells the caller the outcome of the last run.
    fn answer(self: Box<Self>);

    /// Tells the caller that the store failed.
    fn fail(self: Box<Self>, error: StoreError);
}

struct Submitted<O: Operation> {
    operation: O,
    outcome: Mutex<Option<Result<O::Output, O::Error>>>,
    reply: oneshot::Sender<Result<O::Output, O::Error>>,
}

#[async_trait]
impl<O: Operation> ErasedOperation for Submitted<O> {
    fn actor(&self) -> Option<&str> {
        self.operation.actor()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Ending {
        let outcome = self.operation.run(transaction).await;
        let ending = if outcome.is_ok() { Ending::Done } else { Ending::Refused };
        *self.outcome.lock().await = Some(outcome);
        ending
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.into_inner().unwrap_or_else(|| Err(StoreError::Closed.into()));
        // A caller that has gone away needs no answer.
        drop(self.reply.send(outcome));
    }

    fn fail(self: Box<Self>, error: StoreError) {
        drop(self.reply.send(Err(error.into())));
    }
}

/// Runs an operation in a transaction and returns its outcome once that is durable.
///
/// # Errors
/// What the operation refuses with, or the store's failure.
pub async fn write<O: Operation>(store: &dyn Store, operation: O) -> Result<O::Output, O::Error> {
    let (reply, outcome) = oneshot::channel();
    store.submit(Box::new(Submitted { operation, outcome: Mutex::new(None), reply })).await?;
    outcome.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}
