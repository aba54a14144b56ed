//! Pauses, and brownouts that watch over them.

use std::io::Read;

use serde_json::Value;

use crate::stage::Stage;

/// A migration that may go through its brownout.
fn ready(name: &str) -> Stage {
    let stage = Stage::new(name, "");
    for gate in ["readers", "proof"] {
        let waived = stage.call("decommission", &["waive", gate, "--by", "eva", "--reason", "for the test"]);
        assert_eq!(waived.code, 0, "{waived:?}");
    }
    let advanced = stage.call("decommission", &["--window", "0s", "advance"]);
    assert!(advanced.out.contains("-> READY"), "{advanced:?}");
    stage
}

fn status(stage: &Stage) -> Value {
    stage.call("status", &["--output", "json", "--window", "0s"]).json()
}

#[test]
fn a_brownout_passes_where_nobody_misses_anything() {
    let stage = ready("quiet");
    let passed =
        stage.call("decommission", &["--window", "0s", "--brownout", "1s", "advance", "--interval", "500ms"]);
    assert_eq!(passed.code, 0, "{passed:?}");
    assert!(passed.out.contains("has passed"), "{}", passed.out);
    let status = status(&stage);
    assert_eq!((&status["step"]["step"], &status["pause"]), (&"BROWNOUT".into(), &Value::Null));
    let gate = |length| {
        let args = ["--output", "json", "--window", "0s", "--brownout", length, "gates"];
        stage.call("decommission", &args).json()["gates"][5]["verdict"].clone()
    };
    assert_eq!((gate("1s"), gate("15m")), ("open".into(), "closed".into()), "it counts as long as it was");
}

#[test]
fn a_brownout_is_rolled_back_when_a_group_falls_behind() {
    let stage = ready("behind");
    stage.commit("billing-v2", stage.new_topic(), 0);
    let mut advance = stage.start(
        "decommission",
        &["--window", "0s", "--brownout", "60s", "advance", "--interval", "300ms", "--growth", "2"],
    );
    stage.wait_for("the pause", || status(&stage)["pause"].as_object().cloned());
    stage.produce(stage.new_topic(), &["1", "2", "3"]);
    let code = advance.wait().expect("it ends").code();
    let mut out = String::new();
    advance.stdout.take().expect("piped").read_to_string(&mut out).expect("UTF-8");
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("the group `billing-v2` on the new topic falls behind"), "{out}");
    let after = status(&stage);
    assert_eq!((&after["step"]["step"], &after["pause"]), (&"READY".into(), &Value::Null), "{after}");
    assert_eq!(after["gates"][5]["verdict"], "closed");
}

#[test]
fn whoever_resumes_translation_ends_a_brownout() {
    let stage = ready("resumed");
    let mut advance = stage
        .start("decommission", &["--window", "0s", "--brownout", "60s", "advance", "--interval", "300ms"]);
    stage.wait_for("the pause", || status(&stage)["pause"].as_object().cloned());
    assert_eq!(stage.call("resume", &[]).code, 0);
    assert_eq!(advance.wait().expect("it ends").code(), Some(2));
    assert_eq!(status(&stage)["step"]["step"], "READY");
}
