//! The one writer. What waits while a commit is made durable shares the next one.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use super::session::Session;
use crate::store::{Changes, Ending, ErasedOperation, StoreError, WriteObserver};

/// Operations that share one commit at the most.
const BATCH_MAX: usize = 512;
/// Operations that may wait; more callers wait for a place.
const QUEUE_MAX: usize = 4_096;

type Queued = Box<dyn ErasedOperation>;

/// The handle of the writing task.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Queued>>>,
    sender: mpsc::WeakSender<Queued>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(session: Session, changes: Arc<Changes>, observer: Arc<dyn WriteObserver>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let work = Work { session, changes, observer };
        let sender = queue.downgrade();
        Self {
            queue: Mutex::new(Some(queue)),
            sender,
            task: Mutex::new(Some(tokio::spawn(work.run(waiting)))),
        }
    }

    pub(super) async fn submit(&self, operation: Queued) -> Result<(), StoreError> {
        let queue = self.sender.upgrade().ok_or(StoreError::Closed)?;
        queue.send(operation).await.map_err(|_| StoreError::Closed)
    }

    /// Finishes what is queued, then ends the task.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().await.take());
        let task = self.task.lock().await.take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer ended badly");
        }
    }
}

struct Work {
    session: Session,
    changes: Arc<Changes>,
    observer: Arc<dyn WriteObserver>,
}

/// Why a batch could not be committed.
enum Undone {
    /// An operation refused after it had written.
    Refused,
    /// The engine failed.
    Failed(StoreError),
}

impl Work {
    async fn run(self, mut waiting: mpsc::Receiver<Queued>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    async fn write(&self, batch: Vec<Queued>) {
        let Err(undone) = self.attempt(&batch).await else { return answer(batch) };
        self.session.roll_back().await;
        if batch.len() > 1 {
            for operation in batch {
                self.write_alone(operation).await;
            }
            return;
        }
        settle(batch, undone);
    }

    async fn write_alone(&self, operation: Queued) {
        let batch = vec![operation];
        match self.attempt(&batch).await {
            Ok(()) => answer(batch),
            Err(undone) => {
                self.session.roll_back().await;
                settle(batch, undone);
            }
        }
    }

    /// Runs the operations in one transaction and commits it.
    async fn attempt(&self, batch: &[Queued]) -> Result<(), Undone> {
        let started = Instant::now();
        self.session.begin().await.map_err(Undone::Failed)?;
        for operation in batch {
            let before = self.session.writes().await;
            self.session.set_actor(operation.actor()).await;
            let ending = operation.run(&self.session).await;
            if ending == Ending::Refused && self.session.writes().await != before {
                return Err(Undone::Refused);
            }
        }
        self.session.commit(&self.changes).await.map_err(Undone::Failed)?;
        self.observer.committed(batch.len(), started.elapsed());
        Ok(())
    }
}

fn answer(batch: Vec<Queued>) {
    for operation in batch {
        operation.answer();
    }
}

/// Answers an operation that was undone: with its own refusal, or with the failure of the store.
fn settle(batch: Vec<Queued>, undone: Undone) {
    for operation in batch {
        match &undone {
            Undone::Refused => operation.answer(),
            Undone::Failed(error) => {
                tracing::error!(%error, cause = ?error, "a transaction failed");
                operation.fail(StoreError::NotDurable(error.to_string()));
            }
        }
    }
}
