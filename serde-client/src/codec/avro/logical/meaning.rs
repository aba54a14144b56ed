//! Avro's logical types, as types: what a Rust type stands for.

use super::{Decimal as Number, Duration as Span};

/// A logical type.
///
/// ```
/// use std::time::SystemTime;
/// use serde_client::logical::meaning::{self, Meaning};
/// use serde_client::logical::{Logical, OutOfRange};
///
/// /// What a value would be on the wire, whichever its logical type.
/// fn wire<M: Meaning>(value: &impl Logical<M>) -> Result<M::Wire, OutOfRange> {
///     value.to_wire()
/// }
///
/// assert_eq!(wire::<meaning::TimestampMillis>(&SystemTime::UNIX_EPOCH)?, 0_i64);
/// # Ok::<_, OutOfRange>(())
/// ```
pub trait Meaning {
    /// What stands for a value on the wire.
    type Wire;
}

macro_rules! meanings {
    ($($(#[doc = $doc:literal])+ $name:ident: $wire:ty;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub enum $name {}

        impl Meaning for $name {
            type Wire = $wire;
        }
    )*};
}

meanings! {
    /// `date`: days since 1970-01-01.
    Date: i32;
    /// `time-millis`: milliseconds since midnight.
    TimeMillis: i32;
    /// `time-micros`: microseconds since midnight.
    TimeMicros: i64;
    /// `timestamp-millis`: milliseconds since 1970-01-01, UTC.
    TimestampMillis: i64;
    /// `timestamp-micros`: microseconds since 1970-01-01, UTC.
    TimestampMicros: i64;
    /// `timestamp-nanos`: nanoseconds since 1970-01-01, UTC.
    TimestampNanos: i64;
    /// `local-timestamp-millis`: milliseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampMillis: i64;
    /// `local-timestamp-micros`: microseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampMicros: i64;
    /// `local-timestamp-nanos`: nanoseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampNanos: i64;
    /// `uuid`, as a text of 36 characters.
    Uuid: [u8; 16];
    /// `uuid`, as a fixed of 16 bytes.
    UuidFixed: [u8; 16];
    /// `duration`.
    Duration: Span;
}

/// `decimal` as bytes, with at most so many digits, of which so many stand behind the point.
///
/// ```
/// use serde_client::codec::avro::Output;
/// use serde_client::codec::avro::native::AvroEncode;
/// use serde_client::logical::{Decimal, meaning};
///
/// let price: Decimal = "123.45".parse()?;
/// let mut record = Vec::new();
/// let mut out = Output::new(&mut record, 0);
/// AvroEncode::<meaning::Decimal<5, 2>>::avro_encode(&price, &mut out)?;
/// let error = AvroEncode::<meaning::Decimal<4, 2>>::avro_encode(&price, &mut out).unwrap_err();
/// assert_eq!(error.reason(), "the decimal has more than 4 digits");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub enum Decimal<const PRECISION: u32, const SCALE: u32> {}

impl<const PRECISION: u32, const SCALE: u32> Meaning for Decimal<PRECISION, SCALE> {
    type Wire = Number;
}
