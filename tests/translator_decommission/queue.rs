//! Pauses that runs obey, and the replay of dead letters meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use serde_client::translator::migration::Direction;
use serde_client::translator::run::{Options, ReplayError, replay, run};
use serde_client::translator::translation::{
    FaultCode, RecordFault, SchemaProblem, SourceRecord, TargetRecord, Translate, TranslateError,
    WriterSchema,
};
use tokio::runtime::Handle;

use crate::stage::Stage;

/// Copies values; those that begin with `bad` fail until the mapping is mended.
#[derive(Default)]
struct Copy {
    is_mended: AtomicBool,
}

impl Translate for Copy {
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError> {
        target.key.clear();
        target.value.clear();
        let value = source.value.unwrap_or_default();
        if value.starts_with(b"bad") && !self.is_mended.load(Ordering::Relaxed) {
            let (path, reason) = ("a.b".to_owned(), "as the test wants it".to_owned());
            return Err(TranslateError::Record(RecordFault { code: FaultCode::Unmapped, path, reason }));
        }
        for (part, bytes) in [(&mut target.key, source.key.unwrap_or_default()), (&mut target.value, value)] {
            part.present = true;
            part.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn prepare(&self, _schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn mapping_hash(&self) -> &str {
        "0000000000000000000000000000000000000000000000000000000000000000"
    }
}

fn old_values(stage: &Stage) -> Vec<String> {
    let text = |record: &serde_client::translator::cluster::OwnedRecord| {
        String::from_utf8_lossy(record.value.as_deref().unwrap_or_default()).into_owned()
    };
    stage.read(stage.old()).iter().map(text).collect()
}

fn wait_for_old(stage: &Stage, values: &[&str]) {
    stage.wait_for("translated records", || (old_values(stage) == values).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_migration_lets_its_dead_letters_be_replayed() {
    let stage = tokio::task::block_in_place(|| {
        Stage::new("replayed", "errors: {policy: dlq, topic: replayed-dlq, fence_key: true}\n")
    });
    let translate = Arc::new(Copy::default());
    let mut options = Options::new(stage.connection.clone(), "one");
    options.static_membership = false;
    options.sampling = std::time::Duration::from_secs(1);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(run(
        Arc::new(stage.migration.clone()),
        Direction::NewToOld,
        Arc::clone(&translate) as _,
        options,
        async {
            let _stopped = stopped.await;
        },
    ));
    let mended = Arc::clone(&translate);
    let stage = tokio::task::spawn_blocking(move || {
        story(&stage, &mended);
        stage
    });
    let stage = stage.await.expect("the story");
    stop.send(()).expect("it runs");
    running.await.expect("no panic").expect("a clean end");
    let sampled = stage.call("decommission", &["--output", "json", "--window", "0s", "gates"]).json();
    assert!(sampled["looks"].as_u64().is_some_and(|looks| looks > 1), "the run has sampled: {sampled}");
}

fn story(stage: &Stage, translate: &Arc<Copy>) {
    stage.produce(stage.new_topic(), &["1", "bad 2", "3"]);
    wait_for_old(stage, &["1"]);
    let listed = stage.call("dlq", &["list"]);
    assert!(listed.out.contains("2 records wait, 1 keys are fenced"), "{listed:?}");
    assert!(
        listed.out.contains("replayed-new/0/1") && listed.out.contains("as the test wants it"),
        "{listed:?}"
    );
    let shown = stage.call("dlq", &["show", "0", "1"]);
    assert!(shown.out.contains("value      bad 2"), "{shown:?}");
    let gate = stage.gate_within(5, "0s");
    assert_eq!(gate["reason"], "2 records wait in the dead-letter queue");

    let all = || {
        let translate: Arc<dyn Translate> = Arc::clone(translate) as _;
        replay(
            &stage.migration,
            Direction::NewToOld,
            &translate,
            &stage.connection,
            &Handle::current(),
            |_| true,
        )
    };
    let refused = all().expect_err("it runs");
    assert!(matches!(refused, ReplayError::Running(_)), "{refused}");

    let paused = stage.call("pause", &["--reason", "mending", "--by", "eva"]);
    assert_eq!(paused.code, 0, "{paused:?}");
    let still_bad = all().expect("a replay");
    assert_eq!((still_bad.replayed, still_bad.waiting, still_bad.faults.len()), (0, 2, 1));
    assert_eq!(old_values(stage), ["1"], "a key is replayed whole or not at all");
    translate.is_mended.store(true, Ordering::Relaxed);
    let replayed = all().expect("a replay");
    assert_eq!((replayed.replayed, replayed.keys, replayed.waiting), (2, 1, 0));
    assert_eq!(all().expect("a replay").replayed, 0, "once is enough");
    wait_for_old(stage, &["1", "bad 2", "3"]);

    stage.produce(stage.new_topic(), &["4"]);
    let status = stage.call("status", &[]);
    assert!(status.out.contains("PAUSED since") && status.out.contains("by eva: mending"), "{}", status.out);
    assert_eq!(old_values(stage).len(), 3, "nothing is translated in a pause");
    assert_eq!(stage.call("resume", &[]).code, 0);
    wait_for_old(stage, &["1", "bad 2", "3", "4"]);
}
