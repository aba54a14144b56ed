//! `apache-avro`: serde types straight, and by way of its `Value`, which alone knows reader schemas.

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{Schema, from_value, to_value};

use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// The library.
pub(crate) struct Apache;

fn parsed(text: &str) -> Result<&'static Schema, Failure> {
    // Read by passes that live as long as the records; the process ends soon after.
    Ok(Box::leak(Box::new(Schema::parse_str(text).map_err(Failure::other)?)))
}

impl<S: Shape> Peer<S> for Apache {
    fn name(&self) -> &'static str {
        "apache-avro"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let (schema, reader_schema) = (parsed(S::WRITER)?, parsed(S::READER)?);
        let writer = GenericDatumWriter::builder(schema).build().map_err(Failure::other)?;
        let typed = GenericDatumReader::builder(schema).build().map_err(Failure::other)?;
        let generic = GenericDatumReader::builder(schema).build().map_err(Failure::other)?;
        let resolving = GenericDatumReader::builder(schema).reader_schema(reader_schema);
        let resolving = resolving.build().map_err(Failure::other)?;
        let expected = move |value: &S::Owned| to_value(value).and_then(|value| value.resolve(schema));
        Ok(vec![
            (
                Operation::Encode,
                encoding(
                    values.iter(),
                    data.bodies(),
                    move |value, out| writer.write_ser(out, *value).map(drop),
                    <[u8]>::ne,
                ),
            ),
            (
                Operation::Owned,
                decoding(
                    data.bodies(),
                    move |mut bytes| typed.read_deser::<S::Owned>(&mut bytes),
                    |at, value| unless(value == values[at]),
                ),
            ),
            (
                Operation::Generic,
                decoding(
                    data.bodies(),
                    move |mut bytes| generic.read_value(&mut bytes),
                    move |at, value| unless(expected(&values[at]).is_ok_and(|expected| value == expected)),
                ),
            ),
            (
                Operation::Reader,
                decoding(
                    data.bodies(),
                    move |mut bytes| from_value::<S::Reader>(&resolving.read_value(&mut bytes)?),
                    |at, value| unless(value == S::reader(&values[at])),
                ),
            ),
        ])
    }
}
