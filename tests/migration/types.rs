//! A topic of several types, by the command line: one mapping names another one, and what has neither is a dead letter.

use crate::shop::Shop;

#[test]
fn each_type_of_a_topic_has_its_own_mapping() {
    let shop = Shop::open("shop");
    let (_, placed) = shop.register("Placed", "order", "id");
    let (_, cancelled) = shop.register("Cancelled", "reason", "why");
    let (_, note) = shop.register("Note", "text", "text");
    let errors = "errors: {policy: dlq, topic: shop-dlq}\n";
    let types = "    types: {shop.Cancelled: {use: cancelled.yaml}, \"*\": dlq}\n";
    shop.map("mapping.yaml", "placed", errors, &format!("    value: {{order: $.id}}\n{types}"));
    let fixtures = "fixtures:\n  - {direction: new->old, in: {why: late}, out: {reason: late}}\n";
    shop.map("cancelled.yaml", "cancelled", fixtures, "    value: {reason: $.why}\n");
    shop.produce(&[placed, cancelled, note, placed, cancelled]);

    let planned = shop.translator("plan", &["--apply"]);
    assert!(planned.contains("new->old, shop.Cancelled: shop-new (shop-new-cancelled"), "{planned}");
    shop.translator("check", &["--records", "50"]);
    let translated = shop.translator("run", &["--once"]);
    assert!(translated.contains("4 translated, 1 to the dead-letter queue"), "{translated}");
    let verified = shop.translator("verify", &[]);
    assert!(verified.contains("Proved."), "{verified}");
}
