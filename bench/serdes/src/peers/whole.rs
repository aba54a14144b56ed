//! `serde-client` from value to record and back: the prefix, the search for what is compiled for its schema, and the codec.

use serde_client::client::SchemaDefinition;
use serde_client::codec::avro::Avro;
use serde_client::codec::avro::native::AvroNative;
use serde_client::codec::{Codec, Decode, Encode};
use serde_client::deserializer::{Deserializer, Record, TopicDeserializer};
use serde_client::mock::MockRegistry;
use serde_client::serializer::{Serializer, TopicSerializer};

use crate::failure::Failure;
use crate::pass::{Pass, decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// Serializer and deserializer of plain serde types.
pub(crate) struct WholePlain;

/// Serializer and deserializer of types that derive `AvroRecord`.
pub(crate) struct WholeDerived;

/// Handles of one topic whose schema is known.
pub(crate) fn prepared<C: Codec, S: Shape>(
    record: &[u8],
) -> Result<(TopicSerializer<C, S::Owned>, TopicDeserializer<C>), Failure>
where
    S::Owned: Encode<C>,
{
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(Failure::other)?;
    runtime.block_on(async {
        let client = MockRegistry::new().client();
        let writer = Serializer::<C, S::Owned>::builder(client.clone());
        let writer = writer.schema(SchemaDefinition::avro(S::WRITER)).build();
        let writer = writer.prepare("records").await.map_err(Failure::other)?;
        let reader = Deserializer::<C>::builder(client).build().topic("records");
        reader.prepare(Record::new(record)).await.map_err(Failure::other)?;
        Ok((writer, reader))
    })
}

fn passes<'d, C: Codec, S: Shape>(data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure>
where
    S::Owned: Encode<C> + Decode<'d, C>,
    S::Borrowed<'d>: Decode<'d, C>,
{
    let first = data.records().next().unwrap_or_default();
    let (writer, reader) = prepared::<C, S>(first)?;
    let encode = move |value: &&S::Owned, out: &mut Vec<u8>| writer.serialize_into(value, out);
    let encode = encoding(data.values.iter(), data.records(), encode, <[u8]>::ne);
    let (_, borrowing) = prepared::<C, S>(first)?;
    let owned = decode::<C, S, S::Owned>(data, reader, |value, read| read == *value);
    let borrowed = decode::<C, S, S::Borrowed<'d>>(data, borrowing, |value, read| read == S::borrowed(value));
    Ok(vec![(Operation::Encode, encode), (Operation::Owned, owned), (Operation::Borrowed, borrowed)])
}

fn decode<'d, C: Codec, S: Shape, T: Decode<'d, C> + 'd>(
    data: &'d Data<S>,
    reader: TopicDeserializer<C>,
    same: impl Fn(&'d S::Owned, T) -> bool + 'd,
) -> Box<dyn Pass + 'd> {
    decoding(
        data.records(),
        move |record| reader.deserialize_prepared::<T>(Record::new(record)),
        move |at, value| unless(same(&data.values[at], value)),
    )
}

impl<S: Shape> Peer<S> for WholePlain {
    fn name(&self) -> &'static str {
        "serde-client, serde, whole"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        passes::<Avro, S>(data)
    }
}

impl<S: Shape> Peer<S> for WholeDerived {
    fn name(&self) -> &'static str {
        "serde-client, derived, whole"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        passes::<AvroNative, S>(data)
    }
}
