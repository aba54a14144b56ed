//! One attempt: a message is encoded with the writer's schema and decoded with the reader's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor};

use super::reading::{Scope, misreading};
use crate::evidence::{DOCUMENT_LENGTH_MAX, Witness};

/// What a message is read as, and which of its fields count.
pub(super) struct Trial {
    /// The reader's message.
    pub(super) reader: MessageDescriptor,
    /// The fields that the finding is about.
    pub(super) scope: Scope,
}

impl Trial {
    /// What goes wrong when the reader decodes a message of the writer; `None` when nothing does.
    pub(super) fn misread(&self, message: &DynamicMessage) -> Option<String> {
        match DynamicMessage::decode(self.reader.clone(), message.encode_to_vec().as_slice()) {
            Ok(read) => misreading(message, &read, &self.scope),
            Err(error) => Some(refusal(&error.to_string())),
        }
    }
}

/// Why bytes were refused. A value of another encoding than the field's is refused by some decoders, as the one that was
/// tried, and skipped by others.
fn refusal(error: &str) -> String {
    let error = error.strip_prefix("failed to decode Protobuf message: ").unwrap_or(error);
    if error.starts_with("invalid wire type: ") && !error.contains("Group") {
        format!("the reader expects another encoding and refuses the value, or loses it: {error}")
    } else {
        format!("the reader cannot decode it: {error}")
    }
}

/// The message as a witness; `None` when it is too long to be shown or has no JSON form.
pub(super) fn witness(message: &DynamicMessage, failure: String) -> Option<Witness> {
    let document = serde_json::to_string(message).ok()?;
    let encoded = STANDARD.encode(message.encode_to_vec());
    let is_short = document.chars().count() <= DOCUMENT_LENGTH_MAX && encoded.len() <= DOCUMENT_LENGTH_MAX;
    is_short.then_some(Witness { document, encoded: Some(encoded), failure })
}
