//! `serde-client` from Protobuf message to record and back, beside which `prost` alone has to be seen.

use prost::Message;
use prost_reflect::DescriptorPool;
use serde_client::Protobuf;
use serde_client::client::SchemaDefinition;
use serde_client::deserializer::{Deserializer, Record};
use serde_client::mock::MockRegistry;
use serde_client::serializer::Serializer;

use super::prost::DESCRIPTORS;
use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, SCHEMA_ID, Shape};

/// Serializer and deserializer of messages.
pub(crate) struct WholeProtobuf;

/// The schema that the descriptors are made of as well.
const SCHEMA: &str = include_str!("../../schemas/ad_click.proto");

/// Magic byte, schema id and message indexes, as the wire format has them for a message at the top of the file.
fn prefix(message: &str) -> Result<Vec<u8>, Failure> {
    let pool = DescriptorPool::decode(DESCRIPTORS).map_err(Failure::other)?;
    let position =
        pool.files().find_map(|file| file.messages().position(|found| found.full_name() == message));
    let position = position.ok_or_else(|| Failure::other("the message is missing"))?;
    let position = u8::try_from(2 * position).map_err(Failure::other)?;
    let mut prefix = vec![0];
    prefix.extend(SCHEMA_ID.to_be_bytes());
    prefix.extend(if position == 0 { vec![0] } else { vec![2, position] });
    Ok(prefix)
}

impl<S: Shape> Peer<S> for WholeProtobuf {
    fn name(&self) -> &'static str {
        "serde-client, Protobuf, whole"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let messages: Vec<S::Message> = values.iter().map(S::message).collect();
        let prefix = prefix(S::MESSAGE)?;
        let record = |message: &S::Message| [prefix.clone(), message.encode_to_vec()].concat();
        let records: Vec<Vec<u8>> = messages.iter().map(record).collect();
        // Read by passes that live as long as the records; the process ends soon after.
        let records: &'static [Vec<u8>] = records.leak();
        let first: &[u8] = records.first().map_or(&[], Vec::as_slice);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let (writer, reader) = runtime.map_err(Failure::other)?.block_on(async {
            let client = MockRegistry::new().client();
            let writer = Serializer::<Protobuf, S::Message>::builder(client.clone()).message(S::MESSAGE);
            let writer = writer.schema(SchemaDefinition::protobuf(SCHEMA)).build();
            let writer = writer.prepare("records").await.map_err(Failure::other)?;
            let reader =
                Deserializer::<Protobuf>::builder(client).message(S::MESSAGE).build().topic("records");
            reader.prepare(Record::new(first)).await.map_err(Failure::other)?;
            Ok::<_, Failure>((writer, reader))
        })?;
        let encode = move |message: &S::Message, out: &mut Vec<u8>| writer.serialize_into(message, out);
        let decode = move |record| reader.deserialize_prepared::<S::Message>(Record::new(record));
        let same = |at: usize, message| unless(message == S::message(&values[at]));
        let bytes = || records.iter().map(Vec::as_slice);
        Ok(vec![
            (Operation::Encode, encoding(messages.into_iter(), bytes(), encode, <[u8]>::ne)),
            (Operation::Owned, decoding(bytes(), decode, same)),
        ])
    }
}
