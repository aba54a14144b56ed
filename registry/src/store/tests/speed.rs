//! How fast the writer is. Run with
//! `cargo test --release -p registry store::tests::speed -- --ignored --nocapture --test-threads 1`.

use std::sync::Arc;
use std::time::Instant;

use super::SqliteHome;
use super::acts::*;
use crate::store::{Reads, Store};

/// Registers from many tasks at once on one thread beside the connection's own.
async fn register_from(
    callers: usize,
    rounds: usize,
    name: impl Fn(usize, usize) -> String,
) -> (f64, SqliteHome) {
    let home = SqliteHome::new();
    let store: Arc<dyn Store> = Arc::new(home.store().await);
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let names: Vec<String> = (0..rounds).map(|round| name(caller, round)).collect();
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for (round, name) in names.iter().enumerate() {
                    let text = format!(
                        "{{\"type\":\"record\",\"name\":\"R{caller}_{round}\",\"fields\":[{}]}}",
                        "{\"name\":\"field\",\"type\":\"string\"},".repeat(8)
                    );
                    register_text(&*store, name, &text).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    let versions = store.statistics().await.unwrap().versions;
    assert_eq!(versions, u64::try_from(callers * rounds).unwrap());
    store.close().await;
    (f64::from(u32::try_from(callers * rounds).unwrap()) / seconds, home)
}

#[tokio::test]
#[ignore = "measures"]
async fn many_subjects() {
    for callers in [1, 8, 64, 256] {
        let rounds = if callers == 1 { 2000 } else { 20_000 / callers };
        let (rate, _) =
            register_from(callers, rounds, |caller, round| format!("subject-{caller}-{}", round % 50)).await;
        println!("{callers:>4} callers, 50 subjects each: {rate:>8.0} registrations per second");
    }
}

#[tokio::test]
#[ignore = "measures"]
async fn one_subject() {
    let (rate, home) = register_from(64, 156, |_, _| "hot".to_owned()).await;
    println!("  64 callers, one subject of 10,000 versions: {rate:>8.0} registrations per second");
    let store = home.store().await;
    let started = Instant::now();
    let read = store.subject_versions(&subject("hot")).await.unwrap().versions.len();
    println!("       its {read} versions are read in {:?}", started.elapsed());
    for _ in 0..5 {
        let started = Instant::now();
        register_text(&store, "hot", &format!("{started:?}")).await;
        println!("       one more is registered in {:?}", started.elapsed());
    }
    store.close().await;
}
