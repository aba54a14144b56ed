//! Producers that write both topics: `preview --against-native` says whether they and the mapping agree.

use crate::shop::Shop;

#[test]
fn producers_of_both_topics_are_compared_with_the_mapping() {
    let shop = Shop::open("dual");
    let (old, new) = shop.register("Placed", "order", "id");
    shop.map("mapping.yaml", "placed", "", "    value: {order: $.id}\n");
    let compare = || shop.ended("preview", &["--against-native", "--show", "0"]);

    shop.write("new", &[(new, Some("a"), "one"), (new, Some("b"), "two"), (new, Some("b"), "three")]);
    shop.translator("plan", &["--apply"]);
    let (code, told) = compare();
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("Nothing was written to both topics."), "{told}");

    // Only a key's own records have an order.
    shop.write("old", &[(old, Some("b"), "two"), (old, Some("a"), "one"), (old, Some("b"), "three")]);
    let (code, told) = compare();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("3 equal, 0 different, 0 only translated, 0 only native"), "{told}");

    shop.write("new", &[(new, Some("a"), "four")]);
    shop.write("old", &[(old, Some("a"), "FOUR"), (old, Some("c"), "five")]);
    let differs = |told: &str| {
        for part in [
            "3 equal, 1 different, 0 only translated, 1 only native, 0 that cannot be read",
            "1 differ at `order`",
            "key \"a\": partition 0, offset 3, and natively partition 0, offset 3",
            "order: \"four\" translated, \"FOUR\" native",
        ] {
            assert!(told.contains(part), "`{part}` is missing:\n{told}");
        }
    };
    let (code, told) = compare();
    assert_eq!(code, Some(2), "{told}");
    differs(&told);

    // What the translator writes is no producer's.
    shop.translator("run", &["--once"]);
    differs(&compare().1);
}
