//! What opens gates and what keeps them closed.

use crate::stage::Stage;

#[test]
fn a_native_record_on_the_old_topic_keeps_its_gate_closed() {
    let stage = Stage::new("native", "");
    assert_eq!(stage.gate_within(1, "0s")["verdict"], "open");
    stage.translated("by the translator", 7);
    assert_eq!(stage.gate_within(1, "0s")["verdict"], "open");
    stage.produce(stage.old(), &["by a service"]);
    let gate = stage.gate(1);
    assert_eq!(gate["verdict"], "closed", "{gate}");
    assert!(gate["reason"].as_str().is_some_and(|reason| reason.starts_with("1 records")), "{gate}");
    stage.translated("by the translator again", 8);
    assert_eq!(stage.gate(1)["verdict"], "closed", "the window remembers it");
    assert_eq!(stage.gate_within(1, "0s")["verdict"], "open", "and a shorter one does not");
}

#[test]
fn a_consumer_that_has_not_moved_keeps_its_gate_closed() {
    let consumers = "consumers: [{old: billing, new: billing-v2, owner: team-pay}]\n";
    let stage = Stage::new("unmoved", consumers);
    stage.produce(stage.old(), &["1", "2"]);
    let billing = stage.join("billing", stage.old(), &[]);
    stage.wait_for("the member", || {
        let groups = stage.groups("old");
        groups.get("billing").filter(|group| group["members"] == 1 && group["left"] == 0).cloned()
    });
    let status = stage.call("status", &[]);
    assert!(status.out.contains("billing-1@"), "the client and its host are shown: {}", status.out);
    let gate = stage.gate_within(2, "0s");
    assert_eq!(gate["verdict"], "closed", "{gate}");
    assert!(gate["reason"].as_str().is_some_and(|reason| reason.contains("ask team-pay")), "{gate}");
    assert_eq!(stage.gate_within(3, "0s")["verdict"], "closed", "it is not on the new topic");

    billing.leave();
    let moved = stage.join("billing-v2", stage.new_topic(), &[]);
    stage.wait_for("the move", || {
        let gates = [2, 3].map(|gate| stage.gate_within(gate, "0s")["verdict"].clone());
        (gates == ["open", "open"]).then_some(())
    });
    moved.leave();
}

#[test]
fn a_starving_group_with_records_left_keeps_its_gate_closed() {
    let stage = Stage::new("starving", "");
    stage.produce(stage.old(), &["1", "2"]);
    let service = stage.join("reports", stage.old(), &[]);
    stage.wait_for("the member", || stage.groups("old").remove("reports").filter(|group| group["left"] == 0));
    stage.call("status", &["--sample"]);
    service.leave();
    stage.produce(stage.old(), &["3"]);
    let gate = stage.wait_for("it to be gone", || {
        let gate = stage.gate(2);
        gate["reason"].as_str().is_some_and(|reason| reason.contains("1 records are left")).then_some(gate)
    });
    assert_eq!(gate["verdict"], "closed", "{gate}");
}

/// A reader without membership shows only by the positions that it commits.
#[test]
fn a_hidden_reader_that_commits_keeps_its_gate_closed() {
    let stage = Stage::new("hidden", "");
    stage.produce(stage.old(), &["1", "2", "3"]);
    stage.commit("assigned", stage.old(), 1);
    assert_eq!(stage.gate_within(2, "0s")["verdict"], "open", "nobody has read since");
    stage.commit("assigned", stage.old(), 3);
    let gate = stage.gate(2);
    assert_eq!(gate["verdict"], "closed", "{gate}");
    assert!(gate["reason"].as_str().is_some_and(|reason| reason.contains("without a member")), "{gate}");
}

/// The members of groups of KIP-848 are not told to clients of the older protocol.
#[test]
fn a_group_of_the_newer_protocol_is_not_taken_for_empty() {
    let stage = Stage::new("newer", "");
    stage.produce(stage.old(), &["1"]);
    let service = stage.join("newer-group", stage.old(), &[("group.protocol", "consumer")]);
    stage.wait_for("its position", || stage.groups("old").remove("newer-group"));
    let gate = stage.gate_within(2, "0s");
    assert_ne!(gate["verdict"], "open", "{gate}");
    service.leave();
}

/// Nobody sees a reader without a group and without commits: that is for people to judge, and they sign for it.
#[test]
fn readers_without_a_group_need_a_waiver() {
    let stage = Stage::new("waived", "");
    let proof = ["waive", "proof", "--by", "eva", "--reason", "verified by hand"];
    assert_eq!(stage.call("decommission", &proof).code, 0);
    let refused = stage.call("decommission", &["--window", "0s", "advance"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.out.contains("readers opens when"), "{}", refused.out);
    assert_eq!(
        stage.call("decommission", &["waive", "readers", "--by", "eva"]).code,
        2,
        "a reason is needed"
    );
    let waive = ["waive", "4", "--by", "eva", "--reason", "bytes-out is zero since May"];
    assert_eq!(stage.call("decommission", &waive).code, 0);
    let gate = stage.gate_within(4, "0s");
    assert_eq!((&gate["verdict"], &gate["waiver"]["by"]), (&"unknown".into(), &"eva".into()), "{gate}");
    let status = stage.call("status", &["--window", "0s"]);
    assert!(status.out.contains("eva: bytes-out is zero since May"), "{}", status.out);
    let ready = stage.call("decommission", &["--window", "0s", "advance"]);
    assert_eq!(ready.code, 0, "{ready:?}");
    assert!(ready.out.contains("ACTIVE -> READY"), "{}", ready.out);
    assert_eq!(stage.call("decommission", &["waive", "readers", "--withdraw"]).code, 0);
    assert!(stage.gate_within(4, "0s")["waiver"].is_null());
}

#[test]
fn markers_of_transactions_are_nothing_that_is_left() {
    let stage = Stage::new("markers", "");
    stage.in_transaction(stage.old(), "1");
    stage.commit("settled", stage.old(), 1);
    stage.commit("late", stage.old(), 0);
    let groups = stage.groups("old");
    assert_eq!((&groups["settled"]["left"], &groups["late"]["left"]), (&0.into(), &1.into()));
}
