//! Files that every schema may import without a reference.
//!
//! Those of `google/protobuf` come with the compiler; the others lie beside this file, reduced to what they declare.

use std::sync::LazyLock;

use super::parse;
use super::syntax::File;

/// Path and text of the files that lie here.
const TEXTS: [(&str, &str); 19] = [
    ("confluent/meta.proto", include_str!("confluent/meta.proto")),
    ("confluent/type/decimal.proto", include_str!("confluent/type/decimal.proto")),
    ("confluent/type/variant.proto", include_str!("confluent/type/variant.proto")),
    ("google/type/calendar_period.proto", include_str!("google/type/calendar_period.proto")),
    ("google/type/color.proto", include_str!("google/type/color.proto")),
    ("google/type/date.proto", include_str!("google/type/date.proto")),
    ("google/type/datetime.proto", include_str!("google/type/datetime.proto")),
    ("google/type/dayofweek.proto", include_str!("google/type/dayofweek.proto")),
    ("google/type/decimal.proto", include_str!("google/type/decimal.proto")),
    ("google/type/expr.proto", include_str!("google/type/expr.proto")),
    ("google/type/fraction.proto", include_str!("google/type/fraction.proto")),
    ("google/type/interval.proto", include_str!("google/type/interval.proto")),
    ("google/type/latlng.proto", include_str!("google/type/latlng.proto")),
    ("google/type/money.proto", include_str!("google/type/money.proto")),
    ("google/type/month.proto", include_str!("google/type/month.proto")),
    ("google/type/phone_number.proto", include_str!("google/type/phone_number.proto")),
    ("google/type/postal_address.proto", include_str!("google/type/postal_address.proto")),
    ("google/type/quaternion.proto", include_str!("google/type/quaternion.proto")),
    ("google/type/timeofday.proto", include_str!("google/type/timeofday.proto")),
];

static FILES: LazyLock<Vec<(&'static str, File)>> = LazyLock::new(|| {
    // A text that lies here parses: a test reads them all.
    TEXTS.iter().filter_map(|(path, text)| Some((*path, parse::file(text).ok()?))).collect()
});

/// All of them, with their paths.
pub(super) fn files() -> impl Iterator<Item = (&'static str, &'static File)> {
    FILES.iter().map(|(path, file)| (*path, file))
}

/// The file of this path.
pub(super) fn file(path: &str) -> Option<&'static File> {
    files().find(|(known, _)| *known == path).map(|(_, file)| file)
}
