//! `/associations`: not kept here, and clients must notice that in a way they can live with.

use registry_tests::Registry;
use serde_json::json;

#[test]
fn clients_fall_back_to_subject_names() {
    let registry = Registry::start();
    for path in [
        "/associations/resources/-/clicks?resourceType=topic&associationType=value&offset=0&limit=-1",
        "/associations/resources/lkc-1/clicks?resourceType=topic&associationType=key&offset=0&limit=-1",
        "/associations/resources/some-id",
        "/associations/subjects/clicks-value",
    ] {
        let answer = registry.get(path);
        let falls_back = answer.status == 404 || answer.seen() == (200, json!([]));
        assert!(falls_back, "{path}: {} {}", answer.status, answer.text());
    }
}
