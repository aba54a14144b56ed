//! Operations that share a transaction.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::acts::*;
use super::store_suite;
use crate::store::{self, Operation, Store, StoreError, Transaction};

/// Holds the writer until it is let go, so that what is queued meanwhile shares the next transaction.
struct Gate {
    reached: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

#[async_trait]
impl Operation for Gate {
    type Output = ();
    type Error = StoreError;

    async fn run(&self, _: &dyn Transaction) -> Result<(), StoreError> {
        self.reached.add_permits(1);
        drop(self.released.acquire().await);
        Ok(())
    }
}

type Answer = Result<Vec<i32>, StoreError>;

/// Runs operations so that all of them wait when the writer takes the next batch.
async fn at_once(store: &Arc<dyn Store>, operations: Vec<Vec<Act>>) -> Vec<Answer> {
    let (reached, released) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let gate = Gate { reached: Arc::clone(&reached), released: Arc::clone(&released) };
    let held = tokio::spawn({
        let store = Arc::clone(store);
        async move { store::write(&*store, gate).await }
    });
    reached.acquire().await.unwrap().forget();

    let queued = Arc::new(Semaphore::new(0));
    let count = u32::try_from(operations.len()).unwrap();
    let tasks: Vec<JoinHandle<Answer>> = operations
        .into_iter()
        .map(|operation| {
            let (store, queued) = (Arc::clone(store), Arc::clone(&queued));
            tokio::spawn(async move {
                // The runtime of these tests has one thread: nobody runs between this and the queue.
                queued.add_permits(1);
                acts(&*store, &operation).await
            })
        })
        .collect();
    queued.acquire_many(count).await.unwrap().forget();
    released.add_permits(1);
    held.await.unwrap().unwrap();

    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn register(name: &str, text: &str) -> Act {
    Act::Register(version(name, 0, text))
}

store_suite! {
    async fn operations_of_one_batch_see_each_other(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let operations = (0..20).map(|_| vec![register("a", "one")]).chain([vec![register("b", "two")]]);
        let answers = at_once(&store, operations.collect()).await;
        let ids: Vec<i32> = answers.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(ids.iter().filter(|id| **id == 1).count(), 20, "{ids:?}");
        assert_eq!(ids.last(), Some(&2));
        let expected: Vec<_> = (1..=20).map(|number| (number, 1, false)).collect();
        assert_eq!(versions(&*store, "a").await, expected);
        store.close().await;
    }

    async fn an_error_after_a_write_undoes_only_its_own_operation(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let operations = vec![
            vec![register("a", "one")],
            vec![register("a", "doomed"), Act::SetMode(subject("a"), Some(schema::model::mode::Mode::Import)), Act::Refuse],
            vec![Act::Refuse],
            vec![register("b", "two"), register("a", "three")],
        ];
        let answers = at_once(&store, operations).await;
        assert!(answers[0].is_ok() && answers[3].is_ok(), "{answers:?}");
        for refused in &answers[1..3] {
            assert!(matches!(refused, Err(StoreError::Timeout)), "{answers:?}");
        }
        assert_eq!(texts(&*store, "a").await, ["one", "three"]);
        assert_eq!(texts(&*store, "b").await, ["two"]);
        assert_eq!(store.mode(&subject("a")).await.unwrap(), None);
        assert_eq!(store.id_of(&context("."), guid("doomed")).await.unwrap(), None);
        assert_eq!(store.changes().sequence(), 3);
        store.close().await;

        let store = home.open().await;
        assert_eq!(texts(&*store, "a").await, ["one", "three"]);
        assert_eq!(store.max_id(&context(".")).await.unwrap(), 3);
        store.close().await;
    }

    async fn a_failed_statement_undoes_only_its_own_operation(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        // No such id: the database itself refuses this.
        let broken = store::NewVersion { id: store::IdChoice::Existing(77), ..version("a", 1, "none") };
        let operations = vec![vec![register("b", "one")], vec![Act::Put(broken)], vec![register("b", "two")]];
        let answers = at_once(&store, operations).await;
        assert!(matches!(answers[1], Err(StoreError::Database(_))), "{answers:?}");
        assert_eq!(texts(&*store, "b").await, ["one", "two"]);
        assert_eq!(versions(&*store, "a").await, []);
        store.close().await;
    }

    async fn a_panic_undoes_only_its_own_operation(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let operations =
            vec![vec![register("a", "one")], vec![register("a", "lost"), Act::Panic], vec![register("a", "two")]];
        let answers = at_once(&store, operations).await;
        assert!(matches!(answers[1], Err(StoreError::Aborted)), "{answers:?}");
        assert_eq!(texts(&*store, "a").await, ["one", "two"]);
        store.close().await;
    }

    async fn a_refused_operation_alone_leaves_nothing(home: &dyn Home) {
        let store = home.open().await;
        let refused = acts(&*store, &[register(":.eu:a", "one"), Act::Refuse]).await;
        assert!(matches!(refused, Err(StoreError::Timeout)));
        assert_eq!(versions(&*store, ":.eu:a").await, []);
        assert!(store.contexts().await.unwrap().is_empty());
        assert_eq!(store.max_id(&context(".eu")).await.unwrap(), 0);
        assert_eq!(register_text(&*store, ":.eu:a", "one").await, 1);
        store.close().await;
    }

    async fn many_callers_are_all_answered_and_all_is_there_after_a_restart(home: &dyn Home) {
        const CALLERS: i32 = 64;
        const ROUNDS: i32 = 5;
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let callers: Vec<JoinHandle<Vec<i32>>> = (0..CALLERS)
            .map(|caller| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    for round in 0..ROUNDS {
                        let own = register_text(&*store, &format!("s{caller}"), &format!("{caller}/{round}")).await;
                        let shared = register_text(&*store, "shared", &format!("x{caller}/{round}")).await;
                        ids.extend([own, shared]);
                        let seen = store.schema(&context("."), own).await.unwrap();
                        assert_eq!(seen.map(|schema| schema.text.to_string()), Some(format!("{caller}/{round}")));
                    }
                    ids
                })
            })
            .collect();
        let mut ids = Vec::new();
        for caller in callers {
            ids.extend(caller.await.unwrap());
        }
        ids.sort_unstable();
        assert_eq!(ids, (1..=2 * CALLERS * ROUNDS).collect::<Vec<_>>());
        store.close().await;

        let store = home.open().await;
        let shared = versions(&*store, "shared").await;
        let numbers: Vec<i32> = shared.iter().map(|(version, _, _)| *version).collect();
        assert_eq!(numbers, (1..=CALLERS * ROUNDS).collect::<Vec<_>>());
        for caller in 0..CALLERS {
            let expected: Vec<String> = (0..ROUNDS).map(|round| format!("{caller}/{round}")).collect();
            assert_eq!(texts(&*store, &format!("s{caller}")).await, expected);
        }
        store.close().await;
    }

    async fn more_operations_than_a_batch_takes_are_all_answered(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let count = store::group_commit::BATCH_MAX * 2 + 1;
        let operations = (0..count).map(|number| vec![register("a", &format!("text {number}"))]).collect();
        let answers = at_once(&store, operations).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(versions(&*store, "a").await.len(), count);
        store.close().await;
    }

    async fn a_closed_store_refuses_but_finishes_what_was_queued(home: &dyn Home) {
        let store: Arc<dyn Store> = Arc::from(home.open().await);
        let queued = tokio::spawn({
            let store = Arc::clone(&store);
            async move { acts(&*store, &[register("a", "one")]).await }
        });
        tokio::task::yield_now().await;
        store.close().await;
        assert_eq!(queued.await.unwrap().unwrap(), [1]);
        assert!(matches!(acts(&*store, &[register("a", "two")]).await, Err(StoreError::Closed)));
        assert!(matches!(store.ping().await, Err(StoreError::Closed)));
        assert!(matches!(store.contexts().await, Err(StoreError::Closed)));
        store.close().await;

        let store = home.open().await;
        store.ping().await.unwrap();
        assert_eq!(texts(&*store, "a").await, ["one"]);
        store.close().await;
    }
}
