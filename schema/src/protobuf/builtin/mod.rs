//! Files that every schema may import without a reference.
//!
//! Those of `google/protobuf` come with the compiler; the others lie beside this file, reduced to what they declare.

mod well_known;

use std::sync::LazyLock;

use prost_types::FileDescriptorProto;

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
    let texts = TEXTS.iter().filter_map(|(path, text)| Some((*path, parse::file(text).ok()?)));
    texts.chain(well_known::files()).collect()
});

/// All of them, with their paths.
pub(super) fn files<'a>() -> impl Iterator<Item = (&'a str, &'a File)> {
    FILES.iter().map(|(path, file)| (*path, file))
}

/// The file of this path.
pub(super) fn file(path: &str) -> Option<&'static File> {
    files().find(|(known, _)| *known == path).map(|(_, file)| file)
}

/// The compiled form of a file that comes with the compiler.
pub(super) fn descriptor(path: &str) -> Option<FileDescriptorProto> {
    well_known::descriptor(path)
}

#[cfg(test)]
mod tests {
    use super::{FILES, file};
    use crate::protobuf::ProtobufSchema;
    use crate::protobuf::{canonical, link};
    use crate::references::ResolvedReferences;

    #[test]
    fn every_file_is_there_and_links() {
        assert_eq!(FILES.len(), 30);
        for (path, file) in FILES.iter() {
            assert!(!file.types.is_empty(), "{path}");
            let text = canonical::text(file);
            let schema = ProtobufSchema::new(&text, &ResolvedReferences::none()).expect("a schema");
            link::linked(&schema).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        assert!(file("google/protobuf/timestamp.proto").is_some());
    }
}
