//! The codec of types with code of their own.

use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;

use super::decode::AvroDecode;
use super::encode::AvroEncode;
use super::own::{AvroRecord, Own};
use super::prepared::Prepared;
use super::resolve::Place;
use crate::client::SchemaDefinition;
use crate::codec::avro::marker::avro;
use crate::codec::avro::plan::{self, Meanings, Plan};
use crate::codec::avro::usual_size::UsualSize;
use crate::codec::avro::{AvroValue, Input, Output, Reader, Value, Writer};
use crate::codec::{Codec, Decode, DecodeError, Described, Encode, EncodeError, Limits, PrepareError};
use crate::framing::Body;
use crate::own_schema::OwnSchema;

/// Types that derive `AvroRecord`.
///
/// A record is always read as the type's own schema says, whichever schema wrote it; a reader schema that is given has to be
/// the same. Where a serializer is to write another schema than the type's own, a value is first written by its own and then
/// resolved: that costs some microseconds a record.
///
/// ```
/// use serde_client::mock::MockRegistry;
/// use serde_client::{AvroNative, AvroRecord, Deserializer, Record, Serializer};
///
/// #[derive(AvroRecord)]
/// struct Order<'a> {
///     id: i64,
///     item: &'a str,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let orders = Serializer::<AvroNative, Order<'_>>::builder(client.clone()).own_schema()?.build();
/// let record = orders.serialize("orders", Some(&Order { id: 5, item: "lamp" })).await?.unwrap();
/// let orders = Deserializer::<AvroNative>::builder(client).build().topic("orders");
/// let order: Order<'_> = orders.deserialize(Record::new(&record)).await?;
/// assert_eq!((order.id, order.item), (5, "lamp"), "the text is borrowed from the record");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AvroNative;

/// A schema to write with.
///
/// ```
/// use serde_client::codec::{Codec, Encode};
/// use serde_client::{AvroNative, AvroRecord};
///
/// #[derive(AvroRecord)]
/// struct Click {
///     id: i64,
/// }
///
/// #[derive(AvroRecord)]
/// #[avro(name = "Click")]
/// struct Registered {
///     id: f64,
/// }
///
/// let writer = AvroNative::writer(Registered::parsed_schema()?, None)?;
/// let mut record = Vec::new();
/// Encode::<AvroNative>::encode(&Click { id: 7 }, &writer, &mut record)?;
/// assert_eq!(record, 7_f64.to_le_bytes(), "as the schema wants it, not the type");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NativeWriter {
    schema: ParsedSchema,
    prepared: Prepared<Writing>,
    usual_size: UsualSize,
}

/// A schema that records were written with.
///
/// ```
/// use serde_client::codec::{Codec, Limits};
/// use serde_client::framing::Body;
/// use serde_client::{AvroNative, AvroRecord};
///
/// #[derive(AvroRecord)]
/// struct Click {
///     url: String,
/// }
///
/// let reader = AvroNative::reader(Click::parsed_schema()?, None, None, Limits::default())?;
/// let mut click = Click { url: String::with_capacity(64) };
/// for record in [b"\x04/a", b"\x04/b"] {
///     reader.decode_into(&mut click, Body::bare(record))?;
/// }
/// assert_eq!((click.url.as_str(), click.url.capacity()), ("/b", 64));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NativeReader {
    writer: ParsedSchema,
    reader: Option<ParsedSchema>,
    limits: Limits,
    prepared: Prepared<Plan>,
}

/// From the type's own schema to the one to write with.
type Writing = (Reader, Writer);

impl Codec for AvroNative {
    const TYPE: SchemaType = SchemaType::Avro;
    type Writer = NativeWriter;
    type Reader = NativeReader;

    fn writer(schema: &ParsedSchema, _: Option<&str>) -> Result<NativeWriter, PrepareError> {
        avro(schema)?;
        Ok(NativeWriter {
            schema: schema.clone(),
            prepared: Prepared::default(),
            usual_size: UsualSize::default(),
        })
    }

    fn reader(
        writer: &ParsedSchema,
        reader: Option<&ParsedSchema>,
        _: Option<&str>,
        limits: Limits,
    ) -> Result<NativeReader, PrepareError> {
        avro(writer)?;
        let (reader, prepared) = (reader.cloned(), Prepared::default());
        Ok(NativeReader { writer: writer.clone(), reader, limits, prepared })
    }
}

impl<T: AvroRecord> Described<AvroNative> for T {
    fn own_schema() -> Result<OwnSchema, PrepareError> {
        Ok(SchemaDefinition::avro(T::parsed_schema()?.canonical()).into())
    }
}

impl<T: AvroRecord + AvroEncode> Encode<AvroNative> for T {
    #[inline]
    fn encode(&self, writer: &NativeWriter, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let own = T::avro_own();
        match writer.prepared.get(own, || writing(own, &writer.schema)) {
            Ok(None) => straight(self, &writer.usual_size, out),
            Ok(Some((resolving, target))) => through(self, resolving, target, out),
            Err(error) => Err(EncodeError::new(&*error.0)),
        }
    }
}

fn writing(own: &'static Own, schema: &ParsedSchema) -> Result<Option<Writing>, PrepareError> {
    let known = own.known()?;
    let (ours, target) = (known.avro()?, avro(schema)?);
    if plan::is_same(ours, target) {
        return Ok(None);
    }
    Ok(Some((Reader::by_meaning(ours, target)?, Writer::new(schema)?)))
}

#[inline]
fn straight<T: AvroEncode>(value: &T, usual_size: &UsualSize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut out = Output::new(out, usual_size.get());
    let start = out.position();
    value.avro_encode(&mut out)?;
    usual_size.learn(out.position() - start);
    Ok(())
}

#[cold]
fn through<T: AvroEncode>(
    value: &T,
    resolving: &Reader,
    target: &Writer,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut own = Vec::new();
    straight(value, &UsualSize::default(), &mut own)?;
    match Value::decode(resolving, Body::bare(&own)) {
        Ok(value) => Encode::<AvroValue>::encode(&value, target, out),
        Err(error) => Err(EncodeError::new(error.reason()).within(error.path())),
    }
}

impl<'de, T: AvroRecord + AvroDecode<'de>> Decode<'de, AvroNative> for T {
    #[inline]
    fn decode(reader: &NativeReader, body: Body<'de>) -> Result<Self, DecodeError> {
        reader.read(
            T::avro_own(),
            body,
            (),
            |(), input| T::avro_decode(input),
            |(), place, input| T::avro_resolve(place, input),
        )
    }
}

impl NativeReader {
    /// Reads a record into an existing value, with the memory that it has.
    ///
    /// # Errors
    /// [`DecodeError`] for whatever the bytes hold; the value is then partly overwritten.
    #[inline]
    pub fn decode_into<'de, T>(&self, value: &mut T, body: Body<'de>) -> Result<(), DecodeError>
    where
        T: AvroRecord + AvroDecode<'de>,
    {
        self.read(T::avro_own(), body, value, T::avro_decode_into, |value, place, input| {
            *value = T::avro_resolve(place, input)?;
            Ok(())
        })
    }

    #[inline(always)]
    fn read<'de, T, I>(
        &self,
        own: &'static Own,
        body: Body<'de>,
        into: I,
        straight: impl FnOnce(I, &mut Input<'de>) -> Result<T, DecodeError>,
        resolved: impl FnOnce(I, Place<'_>, &mut Input<'de>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let mut input = Input::new(body.record(), self.limits);
        // The result is looked at where it lies and given as it is, so that a large value is not copied.
        let mut read = match self.prepared.get(own, || self.reading(own)) {
            Ok(None) => straight(into, &mut input),
            Ok(Some(plan)) => resolved(into, Place::root(plan), &mut input),
            Err(error) => Err(input.fault(&*error.0)),
        };
        match &mut read {
            Ok(_) => {
                if let Err(error) = input.finish() {
                    read = Err(error);
                }
            }
            Err(error) => error.place(input.offset()),
        }
        read
    }

    fn reading(&self, own: &'static Own) -> Result<Option<Plan>, PrepareError> {
        let known = own.known()?;
        let (writer, ours) = (avro(&self.writer)?, known.avro()?);
        if let Some(reader) = &self.reader
            && !plan::is_same(avro(reader)?, ours)
        {
            let reason =
                "the type has code for its own schema only: leave the reader schema out, or use serde";
            return Err(PrepareError(reason.to_owned()));
        }
        if plan::is_same(writer, ours) {
            return Ok(None);
        }
        plan::for_reading(writer, Some(ours), Meanings::Compared).map(Some)
    }
}
