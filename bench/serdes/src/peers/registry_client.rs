//! `schema-registry-client`: subject to schema to record, and back, both by way of `apache-avro`'s value.

use std::rc::Rc;

use apache_avro_of_client::{from_value, types::Value};
use schema_registry_client::rest::client_config::ClientConfig;
use schema_registry_client::rest::models::Schema;
use schema_registry_client::rest::schema_registry_client::{Client, SchemaRegistryClient};
use schema_registry_client::serdes::avro::{AvroDeserializer, AvroSerializer};
use schema_registry_client::serdes::config::{DeserializerConfig, SerializerConfig};
use schema_registry_client::serdes::serde::{
    SerdeFormat, SerdeType, SerializationContext, SubjectNameStrategyType,
};
use tokio::runtime::Builder;

use super::stub;
use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, PREFIX_LENGTH, Shape};

/// The library, told not to register schemas: otherwise it calls the registry for each record.
pub(crate) struct RegistryClient;

fn context() -> SerializationContext {
    SerializationContext {
        topic: "records".to_owned(),
        serde_type: SerdeType::Value,
        serde_format: SerdeFormat::Avro,
        headers: None,
    }
}

impl<S: Shape> Peer<S> for RegistryClient {
    fn name(&self) -> &'static str {
        "schema-registry-client"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        // What it asks of its user to keep: the process ends soon after.
        let client: &'static _ =
            Box::leak(Box::new(SchemaRegistryClient::new(ClientConfig::new(vec![stub::serve(S::WRITER)?]))));
        let schema: &'static _ =
            Box::leak(Box::new(Schema::new(Some("AVRO".to_owned()), S::WRITER.to_owned())));
        let writing = SerializerConfig {
            auto_register_schemas: false,
            subject_name_strategy_type: SubjectNameStrategyType::Topic,
            ..SerializerConfig::default()
        };
        let reading = DeserializerConfig {
            subject_name_strategy_type: SubjectNameStrategyType::Topic,
            ..DeserializerConfig::default()
        };
        let serializer = AvroSerializer::new(client, Some(schema), None, writing).map_err(Failure::other)?;
        let deserializer = Rc::new(AvroDeserializer::new(client, None, reading).map_err(Failure::other)?);
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build().map_err(Failure::other)?);
        let of_encoding = Rc::clone(&runtime);
        let (to, from, of) = (context(), context(), context());
        let encode = move |value: &&S::Owned, out: &mut Vec<u8>| {
            of_encoding.block_on(serializer.serialize_ser(&to, *value)).map(|record| *out = record)
        };
        let (of_generic, generic) = (Rc::clone(&runtime), Rc::clone(&deserializer));
        let decode = move |record| of_generic.block_on(generic.deserialize(&from, record));
        let typed = move |record| {
            let decoded = runtime.block_on(deserializer.deserialize(&of, record)).map_err(Failure::other)?;
            from_value::<S::Owned>(&decoded.value).map_err(Failure::other)
        };
        // Its maps have no order; a record as long and with the same value is as good.
        let differs = |written: &[u8], expected: &[u8]| {
            let read = |record: &[u8]| record.get(PREFIX_LENGTH..).and_then(S::read);
            written.len() != expected.len() || read(written) != read(expected)
        };
        let same =
            |value: &Value, at: usize| from_value::<S::Owned>(value).is_ok_and(|value| value == values[at]);
        Ok(vec![
            (Operation::Encode, encoding(values.iter(), data.records(), encode, differs)),
            (Operation::Owned, decoding(data.records(), typed, |at, value| unless(value == values[at]))),
            (
                Operation::Generic,
                decoding(data.records(), decode, move |at, decoded| unless(same(&decoded.value, at))),
            ),
        ])
    }
}
