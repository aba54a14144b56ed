//! `schema_registry_converter`: subject to schema to record, and back by way of `apache-avro`'s value.

use std::rc::Rc;

use apache_avro::from_value;
use schema_registry_converter::async_impl::avro::{AvroDecoder, AvroEncoder};
use schema_registry_converter::async_impl::schema_registry::SrSettings;
use schema_registry_converter::schema_registry_common::SubjectNameStrategy;
use tokio::runtime::Builder;

use super::stub;
use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// The library.
pub(crate) struct Converter;

impl<S: Shape> Peer<S> for Converter {
    fn name(&self) -> &'static str {
        "schema_registry_converter"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let settings = SrSettings::new(stub::serve(S::WRITER)?);
        let encoder = AvroEncoder::new(settings.clone());
        let decoder = Rc::new(AvroDecoder::new(settings));
        let strategy = SubjectNameStrategy::TopicNameStrategy("records".to_owned(), false);
        // What asks the registry once has to stay alive for the connection.
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build().map_err(Failure::other)?);
        let of_encoding = Rc::clone(&runtime);
        let encode = move |value: &&S::Owned, out: &mut Vec<u8>| {
            of_encoding.block_on(encoder.encode_struct(*value, &strategy)).map(|record| *out = record)
        };
        let (of_generic, generic) = (Rc::clone(&runtime), Rc::clone(&decoder));
        let decode = move |record| of_generic.block_on(generic.decode(Some(record)));
        let typed = move |record| {
            let decoded = runtime.block_on(decoder.decode(Some(record))).map_err(Failure::other)?;
            from_value::<S::Owned>(&decoded.value).map_err(Failure::other)
        };
        let same = |value: &apache_avro::types::Value, at: usize| {
            from_value::<S::Owned>(value).is_ok_and(|value| value == values[at])
        };
        Ok(vec![
            (Operation::Encode, encoding(values.iter(), data.records(), encode, <[u8]>::ne)),
            (Operation::Owned, decoding(data.records(), typed, |at, value| unless(value == values[at]))),
            (
                Operation::Generic,
                decoding(data.records(), decode, move |at, decoded| unless(same(&decoded.value, at))),
            ),
        ])
    }
}
