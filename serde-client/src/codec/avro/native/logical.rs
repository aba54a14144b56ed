//! Types that stand for logical types, between value and wire.

use schema::model::ids::Guid;

use super::decode::AvroDecode;
use super::encode::AvroEncode;
use super::resolve::Place;
use crate::codec::avro::logical::meaning::{self, Meaning};
use crate::codec::avro::logical::{Decimal, Duration, Logical, OutOfRange, uuid_bytes};
use crate::codec::avro::{Input, Output};
use crate::codec::{DecodeError, EncodeError};

/// A field's own schema says all: it has no logical type, or one that its type takes as it is.
#[doc(hidden)]
#[derive(Debug)]
pub enum Plain {}

/// Says in one error that a type does not stand for the logical type that its field names.
#[doc(hidden)]
#[inline]
pub fn stands<T: Logical<M>, M: Meaning>() {}

/// What stands on the wire for a logical type, and how its value is made of that.
trait OnWire: Meaning {
    type Form: AvroEncode + for<'de> AvroDecode<'de>;

    fn form(wire: Self::Wire) -> Result<Self::Form, OutOfRange>;
    fn value(form: Self::Form) -> Result<Self::Wire, OutOfRange>;
}

fn encode<M: OnWire, T: Logical<M>>(value: &T, out: &mut Output<'_>) -> Result<(), EncodeError> {
    match value.to_wire().and_then(M::form) {
        Ok(form) => form.avro_encode(out),
        Err(reason) => Err(EncodeError::new(reason.to_string())),
    }
}

fn decoded<M: OnWire, T: Logical<M>>(form: M::Form, input: &Input<'_>) -> Result<T, DecodeError> {
    M::value(form).and_then(T::from_wire).map_err(|reason| input.fault(reason.to_string()))
}

macro_rules! meanings {
    ($($meaning:ty $(, [$($generics:tt)*])?;)*) => {$(
        impl<$($($generics)*,)? T: Logical<$meaning>> AvroEncode<$meaning> for T {
            #[inline]
            fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
                encode::<$meaning, T>(self, out)
            }
        }

        impl<'de, $($($generics)*,)? T: Logical<$meaning>> AvroDecode<'de, $meaning> for T {
            const WIRE_MIN: usize = <<$meaning as OnWire>::Form as AvroDecode<'de>>::WIRE_MIN;

            #[inline]
            fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let form = <<$meaning as OnWire>::Form as AvroDecode<'de>>::avro_decode(input)?;
                decoded::<$meaning, T>(form, input)
            }

            #[inline]
            fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let form = <<$meaning as OnWire>::Form as AvroDecode<'de>>::avro_resolve(place, input)?;
                decoded::<$meaning, T>(form, input)
            }
        }
    )*};
}

meanings! {
    meaning::Date;
    meaning::TimeMillis;
    meaning::TimeMicros;
    meaning::TimestampMillis;
    meaning::TimestampMicros;
    meaning::TimestampNanos;
    meaning::LocalTimestampMillis;
    meaning::LocalTimestampMicros;
    meaning::LocalTimestampNanos;
    meaning::Uuid;
    meaning::UuidFixed;
    meaning::Duration;
    meaning::Decimal<PRECISION, SCALE>, [const PRECISION: u32, const SCALE: u32];
}

macro_rules! as_they_are {
    ($($meaning:ident)*) => {$(
        impl OnWire for meaning::$meaning {
            type Form = Self::Wire;

            #[inline]
            fn form(wire: Self::Wire) -> Result<Self::Form, OutOfRange> {
                Ok(wire)
            }

            #[inline]
            fn value(form: Self::Form) -> Result<Self::Wire, OutOfRange> {
                Ok(form)
            }
        }
    )*};
}

as_they_are! {
    Date TimeMillis TimeMicros TimestampMillis TimestampMicros TimestampNanos LocalTimestampMillis LocalTimestampMicros
    LocalTimestampNanos UuidFixed
}

impl OnWire for meaning::Duration {
    type Form = [u8; 12];

    fn form(wire: Duration) -> Result<[u8; 12], OutOfRange> {
        Ok(wire.to_bytes())
    }

    fn value(form: [u8; 12]) -> Result<Duration, OutOfRange> {
        Ok(Duration::from_bytes(form))
    }
}

/// A form that is made of a borrowed text or of borrowed bytes.
macro_rules! borrowed_forms {
    ($($form:ident of $wire:ty: |$value:ident, $out:ident| $write:expr, |$read:ident: $borrowed:ty| $made:expr;)*) => {$(
        struct $form($wire);

        impl AvroEncode for $form {
            fn avro_encode(&self, $out: &mut Output<'_>) -> Result<(), EncodeError> {
                let $value = self.0;
                $write;
                Ok(())
            }
        }

        impl<'de> AvroDecode<'de> for $form {
            const WIRE_MIN: usize = 1;

            fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let $read = <$borrowed as AvroDecode<'de>>::avro_decode(input)?;
                $made.map(Self).map_err(|reason: OutOfRange| input.fault(reason.to_string()))
            }

            fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let $read = <$borrowed as AvroDecode<'de>>::avro_resolve(place, input)?;
                $made.map(Self).map_err(|reason: OutOfRange| input.fault(reason.to_string()))
            }
        }
    )*};
}

borrowed_forms! {
    UuidText of [u8; 16]:
        |bytes, out| out.string(Guid(bytes).text(&mut [0; 36])),
        |text: &'de str| uuid_bytes(text).ok_or_else(|| OutOfRange::new("the text is no UUID"));
    Unscaled of Decimal:
        |number, out| out.bytes(number.shortest(&mut [0; 16])),
        |bytes: &'de [u8]| Decimal::read(bytes, 0).ok_or_else(|| OutOfRange::new("a decimal has more than 128 bits"));
}

impl OnWire for meaning::Uuid {
    type Form = UuidText;

    fn form(wire: [u8; 16]) -> Result<UuidText, OutOfRange> {
        Ok(UuidText(wire))
    }

    fn value(form: UuidText) -> Result<[u8; 16], OutOfRange> {
        Ok(form.0)
    }
}

impl<const PRECISION: u32, const SCALE: u32> OnWire for meaning::Decimal<PRECISION, SCALE> {
    type Form = Unscaled;

    fn form(wire: Decimal) -> Result<Unscaled, OutOfRange> {
        let scaled = i32::try_from(SCALE).ok().and_then(|scale| wire.at_scale(scale));
        match scaled {
            None => {
                Err(OutOfRange::new(format!("the decimal has more than {SCALE} digits behind the point")))
            }
            Some(scaled) if !scaled.fits(PRECISION) => {
                Err(OutOfRange::new(format!("the decimal has more than {PRECISION} digits")))
            }
            Some(scaled) => Ok(Unscaled(scaled)),
        }
    }

    fn value(form: Unscaled) -> Result<Decimal, OutOfRange> {
        let scale = i32::try_from(SCALE).map_err(|_| OutOfRange::new("a decimal has too large a scale"))?;
        Ok(Decimal { scale, ..form.0 })
    }
}
