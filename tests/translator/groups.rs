//! Consumer groups that move from one topic to the other.

use serde_client::translator::cluster::Cluster;
use serde_client::translator::migration::Delivery;
use serde_client::translator::offsets::{Move, OffsetsError, PartitionMove, Position, apply, plan, undo};

use crate::records::{self, New, many};
use crate::stage::{DIRECTION, Stage};

fn commit(stage: &Stage, group: &str, topic: &str, offset: i64) {
    let cluster = Cluster::connect(&stage.connection, group).expect("a client");
    cluster.commit(topic, &[(0, offset)]).expect("a group without members");
}

fn committed(stage: &Stage, group: &str, topic: &str) -> Option<i64> {
    let cluster = Cluster::connect(&stage.connection, group).expect("a client");
    cluster.committed(topic, &[0]).expect("an answer")[0].1
}

/// Where a group that leaves goes on.
pub(crate) async fn planned(stage: &Stage, to_source: bool) -> Vec<PartitionMove> {
    let stage = stage.clone();
    let group = Move { direction: DIRECTION, group: "leaving".to_owned(), to_source };
    let plan = move || plan(&stage.migration, &stage.connection, &group);
    tokio::task::spawn_blocking(plan).await.expect("a plan").expect("a plan")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_finds_its_place_in_the_source() {
    let stage = Stage::new("moves", 1, Delivery::ExactlyOnce).await;
    // Two records of old producers, and then translated ones.
    records::produce(&stage.connection.bootstrap, stage.target(), &many(2, 1));
    stage.produce(&many(20, 1));
    stage.run_once().await.expect("a run");
    commit(&stage, "leaving", stage.target(), 1);
    let moves = planned(&stage, true).await;
    assert_eq!(moves[0].position, Position::DrainFirst(1), "one of the old producers' is unread");
    let refused = apply(&stage.connection, "arriving", stage.source(), &moves).expect_err("it is not ready");
    assert!(matches!(refused, OffsetsError::NotReady { partition: 0, .. }), "{refused}");

    commit(&stage, "leaving", stage.target(), 12);
    let moves = planned(&stage, true).await;
    assert_eq!(
        moves,
        [PartitionMove { partition: 0, committed: Some(12), position: Position::At(10), repeats: 0 }]
    );
    commit(&stage, "arriving", stage.source(), 3);
    let before =
        apply(&stage.connection, "arriving", stage.source(), &moves).expect("a group without members");
    assert_eq!(committed(&stage, "arriving", stage.source()), Some(10));
    undo(&stage.connection, &before).expect("a group without members");
    assert_eq!(committed(&stage, "arriving", stage.source()), Some(3));

    let end = stage.translated(0).last().expect("records").offset + 1;
    commit(&stage, "leaving", stage.target(), end);
    assert_eq!(planned(&stage, true).await[0].position, Position::At(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_finds_its_place_in_the_target() {
    let stage = Stage::new("moves-back", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(20, 1));
    stage.run_once().await.expect("a run");
    commit(&stage, "leaving", stage.source(), 7);
    let moves = planned(&stage, false).await;
    let Position::At(offset) = moves[0].position else { panic!("{moves:?}") };
    let next = stage.translated(0).into_iter().find(|record| record.offset >= offset).expect("a record");
    assert_eq!(next.value.as_deref(), Some(&b"value 7 translated"[..]));

    stage.produce(&[New::of(0, "k", "v"), New::of(0, "k", "v")]);
    commit(&stage, "leaving", stage.source(), 22);
    assert_eq!(planned(&stage, false).await[0].position, Position::TranslateFirst(2));
}
