//! `serde_avro_fast`. It has no reader schemas: what stands for one are serde's own defaults and ignored fields.

use serde_avro_fast::ser::SerializerConfig;
use serde_avro_fast::{Schema, from_datum_slice, to_datum};

use crate::failure::Failure;
use crate::pass::{decoding, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// The library.
pub(crate) struct Fast;

impl<S: Shape> Peer<S> for Fast {
    fn name(&self) -> &'static str {
        "serde_avro_fast"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let values = &data.values;
        let schema: Schema = S::WRITER.parse().map_err(Failure::other)?;
        // Read by passes that live as long as the records; the process ends soon after.
        let schema: &'static Schema = Box::leak(Box::new(schema));
        let mut config = SerializerConfig::new(schema);
        let encode = move |value: &&S::Owned, out: &mut Vec<u8>| to_datum(*value, out, &mut config).map(drop);
        Ok(vec![
            (Operation::Encode, encoding(values.iter(), data.bodies(), encode, <[u8]>::ne)),
            (
                Operation::Owned,
                decoding(
                    data.bodies(),
                    |bytes| from_datum_slice::<S::Owned>(bytes, schema),
                    |at, value| unless(value == values[at]),
                ),
            ),
            (
                Operation::Borrowed,
                decoding(
                    data.bodies(),
                    |bytes| from_datum_slice::<S::Borrowed<'_>>(bytes, schema),
                    |at, value| unless(value == S::borrowed(&values[at])),
                ),
            ),
            (
                Operation::Reader,
                decoding(
                    data.bodies(),
                    |bytes| from_datum_slice::<S::Reader>(bytes, schema),
                    |at, value| unless(value == S::reader(&values[at])),
                ),
            ),
        ])
    }
}
