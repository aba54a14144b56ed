//! `prost` on Protobuf records of the same content, and `prost-reflect` for messages without a type.

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};

use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// The library.
pub(crate) struct Prost;

/// What the schema is compiled to.
pub(super) const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

impl<S: Shape> Peer<S> for Prost {
    fn name(&self) -> &'static str {
        "prost"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let pool = DescriptorPool::decode(DESCRIPTORS).map_err(Failure::other)?;
        let descriptor = pool.get_message_by_name(S::MESSAGE);
        let descriptor = descriptor.ok_or_else(|| Failure::other("the message is missing"))?;
        let messages: Vec<S::Message> = values.iter().map(S::message).collect();
        let records: Vec<Vec<u8>> = messages.iter().map(Message::encode_to_vec).collect();
        // Read by passes that live as long as the records; the process ends soon after.
        let records: &'static [Vec<u8>] = records.leak();
        let records = || records.iter().map(Vec::as_slice);
        // The bytes of its own are no reference: what they are read back as is.
        let differs = |written: &[u8], expected: &[u8]| {
            S::Message::decode(written).ok() != S::Message::decode(expected).ok()
        };
        let same = |message: DynamicMessage, at: usize| {
            message.transcode_to::<S::Message>().is_ok_and(|message| message == S::message(&values[at]))
        };
        Ok(vec![
            (
                Operation::Encode,
                encoding(messages.into_iter(), records(), |message, out| message.encode(out), differs),
            ),
            (
                Operation::Owned,
                decoding(
                    records(),
                    |bytes| S::Message::decode(bytes),
                    |at, message| unless(message == S::message(&values[at])),
                ),
            ),
            (
                Operation::Generic,
                decoding(
                    records(),
                    move |bytes| DynamicMessage::decode(descriptor.clone(), bytes),
                    move |at, message| unless(same(message, at)),
                ),
            ),
            (
                Operation::Reader,
                decoding(
                    records(),
                    |bytes| S::ReaderMessage::decode(bytes),
                    |at, message| unless(message == S::reader_message(&values[at])),
                ),
            ),
        ])
    }
}
