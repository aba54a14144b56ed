//! The whole way of an old topic, forth and back.

use registry_tests::Registry;

use crate::stage::Stage;

fn advance(stage: &Stage, more: &[&str]) -> crate::command_line::Ended {
    let folder = stage.folder.path().display().to_string();
    let mut args =
        vec!["--window", "0s", "--brownout", "1s", "advance", "--interval", "500ms", "--report", &folder];
    args.extend(more);
    stage.call("decommission", &args)
}

fn waived(name: &str) -> Stage {
    let stage = Stage::new(name, "");
    for gate in ["readers", "proof"] {
        let waived = stage.call("decommission", &["waive", gate, "--by", "eva", "--reason", "for the test"]);
        assert_eq!(waived.code, 0, "{waived:?}");
    }
    stage
}

#[test]
fn the_old_topic_goes_step_by_step_and_only_by_its_name() {
    let stage = waived("whole");
    stage.translated("before the end", 1);
    for step in ["READY", "BROWNOUT has passed", "STOPPED", "READ_ONLY", "ARCHIVED"] {
        let ended = advance(&stage, &[]);
        assert_eq!(ended.code, 0, "{step}: {ended:?}");
        let expected = step.split(' ').next_back().expect("a word");
        assert!(ended.out.contains(expected), "{step}: {}", ended.out);
    }
    let page = std::fs::read_to_string(stage.folder.path().join("whole-decommission.html")).expect("a page");
    assert!(page.contains("eva") && page.contains("for the test"), "{page}");
    let report = std::fs::read(stage.folder.path().join("whole-decommission.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(report["gates"][3]["waiver"]["by"], "eva");

    let nameless = advance(&stage, &[]);
    assert_eq!(nameless.code, 1, "{nameless:?}");
    assert!(nameless.error.contains("--delete-topic"), "{}", nameless.error);
    let wrong = advance(&stage, &["--delete-topic", stage.new_topic()]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert_eq!(stage.read(stage.old()).len(), 1, "it is still there");
    let registry = Registry::start();
    let (subject, url) = ("whole-old-value", registry.base_url());
    assert_eq!(registry.register(subject, r#""string""#).status, 200);
    let with_subject = |subject: &str| {
        let folder = stage.folder.path().display().to_string();
        let mut args = vec!["--registry", &url, "--window", "0s", "--brownout", "1s", "advance"];
        args.extend(["--report", &folder, "--delete-topic", stage.old(), "--delete-subject", subject]);
        stage.call("decommission", &args)
    };
    let other = with_subject("whole-new-value");
    assert_eq!(other.code, 1, "{other:?}");
    assert!(other.error.contains(subject), "{}", other.error);
    assert_eq!(stage.read(stage.old()).len(), 1, "it is still there");
    let deleted = with_subject(subject);
    assert_eq!(deleted.code, 0, "{deleted:?}");
    assert_eq!(registry.get(&format!("/subjects/{subject}/versions")).status, 404);
    assert_eq!(registry.get("/schemas/ids/1").status, 200, "what is kept of the records can be read");
    assert!(stage.topics().iter().all(|topic| topic != stage.old()), "it is gone");
    let back = stage.call("decommission", &["back"]);
    assert_eq!(back.code, 1, "{back:?}");
}

#[test]
fn every_step_can_be_taken_back() {
    let stage = waived("back");
    for _step in 0..4 {
        let ended = advance(&stage, &[]);
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let refused = stage.try_produce(stage.old(), &["a record of more than ten bytes"]);
    assert!(refused.is_some_and(|reason| reason.contains("MessageSizeTooLarge")), "it is read-only");
    let paused = stage.call("resume", &[]);
    assert_eq!(paused.code, 1, "a stopped migration is not resumed by the way: {paused:?}");
    for step in ["STOPPED", "BROWNOUT", "READY", "ACTIVE"] {
        let ended = stage.call("decommission", &["back"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.out.contains(&format!("-> {step}")), "{}", ended.out);
    }
    assert_eq!(
        stage.try_produce(stage.old(), &["a record of more than ten bytes"]),
        None,
        "it takes records"
    );
    let status = stage.call("status", &["--output", "json"]).json();
    assert!(status["pause"].is_null(), "{status}");
    assert_eq!(stage.call("decommission", &["back"]).code, 1, "there is nothing before ACTIVE");
}

/// A topic that somebody writes to again does not become read-only.
#[test]
fn gates_are_asked_at_every_step() {
    let stage = waived("again");
    for _step in 0..3 {
        assert_eq!(advance(&stage, &[]).code, 0);
    }
    stage.produce(stage.old(), &["by a service that nobody knew"]);
    let refused = advance(&stage, &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.out.contains("It stays STOPPED"), "{}", refused.out);
}
