//! The files of `google/protobuf`, from the descriptors that come with the compiler.

use prost::Message;
use prost_types::FileDescriptorProto;
use protox::file::{FileResolver, GoogleFileResolver};

use crate::protobuf::descriptor;
use crate::protobuf::syntax::File;

/// The paths.
const PATHS: [&str; 11] = [
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
];

/// The files with their paths.
pub(super) fn files() -> impl Iterator<Item = (&'static str, File)> {
    PATHS
        .into_iter()
        .filter_map(|path| Some((path, descriptor::tree(&descriptor(path)?.encode_to_vec()).ok()?)))
}

/// The descriptor of a file.
pub(super) fn descriptor(path: &str) -> Option<FileDescriptorProto> {
    let path = PATHS.into_iter().find(|known| *known == path)?;
    let file = GoogleFileResolver::new().open_file(path).ok()?;
    Some(file.file_descriptor_proto().clone())
}
