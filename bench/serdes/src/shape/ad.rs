//! The click on an advertisement: 46 fields, most of them optional, with a nested record, an array and a map.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_client::AvroRecord;

use super::{Shape, message};
use crate::hand;

/// The shape.
pub(crate) struct AdShape;

/// Out of 100 numbers, so many are null.
const NULL_INTS: u32 = 20;
/// Out of 100 categories, so many are null.
const NULL_TEXTS: u32 = 12;
/// The default of `bid_micros` in the reader schema.
const BID_MICROS: i64 = 7;

/// The operating system of a device.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Eq, Debug, Clone, Copy, Default)]
#[avro(rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Os {
    #[default]
    Android,
    Ios,
    Windows,
    Macos,
    Other,
}

impl Os {
    /// All of them, in the order of the schema.
    pub(crate) const ALL: [Self; 5] = [Self::Android, Self::Ios, Self::Windows, Self::Macos, Self::Other];
}

/// Where the click came from.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Eq, Debug, Clone, Default)]
pub(crate) struct Device {
    pub(crate) os: Os,
    pub(crate) browser: String,
    #[serde(with = "serde_bytes")]
    pub(crate) ip_hash: Vec<u8>,
}

/// The same, borrowing.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Eq, Debug, Clone, Copy, Default)]
#[avro(name = "Device")]
#[serde(rename = "Device")]
pub(crate) struct DeviceRef<'a> {
    pub(crate) os: Os,
    pub(crate) browser: &'a str,
    #[serde(with = "serde_bytes", borrow)]
    pub(crate) ip_hash: &'a [u8],
}

/// Runs a macro with the names of the numbers but for the first, and of the categories but for the thirteenth: what
/// all four structs have in common.
macro_rules! with_fields {
    ($macro:ident! $($given:tt)*) => {
        $macro! {
            [(i2 "I2") (i3 "I3") (i4 "I4") (i5 "I5") (i6 "I6") (i7 "I7") (i8 "I8") (i9 "I9") (i10 "I10")
             (i11 "I11") (i12 "I12") (i13 "I13")]
            [(c1 "C1") (c2 "C2") (c3 "C3") (c4 "C4") (c5 "C5") (c6 "C6") (c7 "C7") (c8 "C8") (c9 "C9")
             (c10 "C10") (c11 "C11") (c12 "C12")]
            [(c14 "C14") (c15 "C15") (c16 "C16") (c17 "C17") (c18 "C18") (c19 "C19") (c20 "C20") (c21 "C21")
             (c22 "C22") (c23 "C23") (c24 "C24") (c25 "C25") (c26 "C26")]
            $($given)*
        }
    };
}
pub(crate) use with_fields;

macro_rules! record {
    ([$(($int:ident $int_name:literal))*] [$(($low:ident $low_name:literal))*]
     [$(($high:ident $high_name:literal))*]
     $(#[$meta:meta])* $name:ident <$($life:lifetime)?>, $text:ty, $int1:ty, $each:meta, [$($c13:ident)?]
     { $($head:tt)* } { $($tail:tt)* }) => {
        $(#[$meta])*
        #[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
        #[avro(name = "AdClick", namespace = "bench")]
        #[serde(rename = "AdClick")]
        pub(crate) struct $name <$($life)?> {
            $($head)*
            #[serde(rename = "I1")]
            #[avro(rename = "I1")]
            pub(crate) i1: Option<$int1>,
            $(#[serde(rename = $int_name)] #[avro(rename = $int_name)] pub(crate) $int: Option<i32>,)*
            $(#[serde(rename = $low_name)] #[avro(rename = $low_name)] #[$each] pub(crate) $low: Option<$text>,)*
            $(#[serde(rename = "C13")] #[avro(rename = "C13")] #[$each] pub(crate) $c13: Option<$text>,)?
            $(#[serde(rename = $high_name)] #[avro(rename = $high_name)] #[$each] pub(crate) $high: Option<$text>,)*
            $($tail)*
        }
    };
}

with_fields! { record!
    /// The record.
    AdClick<>, String, i32, serde(default), [c13]
    {
        #[avro(logical = "timestamp-millis")]
        pub(crate) event_time: i64,
        pub(crate) user_id: String,
        pub(crate) campaign_id: i64,
        pub(crate) label: i32,
    }
    {
        pub(crate) device: Device,
        pub(crate) tags: Vec<String>,
        pub(crate) scores: BTreeMap<String, f64>,
    }
}

with_fields! { record!
    /// The record, borrowing.
    AdClickRef<'a>, &'a str, i32, serde(borrow), [c13]
    {
        #[avro(logical = "timestamp-millis")]
        pub(crate) event_time: i64,
        pub(crate) user_id: &'a str,
        pub(crate) campaign_id: i64,
        pub(crate) label: i32,
    }
    {
        pub(crate) device: DeviceRef<'a>,
        pub(crate) tags: Vec<&'a str>,
        pub(crate) scores: BTreeMap<&'a str, f64>,
    }
}

with_fields! { record!
    /// The record of the reader schema: other order, two wider numbers, no `C13`, a field more.
    AdClickReader<>, String, i64, serde(default), []
    {
        pub(crate) device: Device,
        pub(crate) tags: Vec<String>,
        pub(crate) user_id: String,
        pub(crate) campaign_id: i64,
        #[avro(logical = "timestamp-millis")]
        pub(crate) event_time: i64,
        #[serde(default = "default_bid")]
        #[avro(default = 7)]
        pub(crate) bid_micros: i64,
        pub(crate) label: i64,
    }
    { pub(crate) scores: BTreeMap<String, f64>, }
}

with_fields! { record!
    /// The record of the reader schema, borrowing.
    AdClickReaderRef<'a>, &'a str, i64, serde(borrow), []
    {
        pub(crate) device: DeviceRef<'a>,
        pub(crate) tags: Vec<&'a str>,
        pub(crate) user_id: &'a str,
        pub(crate) campaign_id: i64,
        #[avro(logical = "timestamp-millis")]
        pub(crate) event_time: i64,
        #[serde(default = "default_bid")]
        #[avro(default = 7)]
        pub(crate) bid_micros: i64,
        pub(crate) label: i64,
    }
    { pub(crate) scores: BTreeMap<&'a str, f64>, }
}

fn default_bid() -> i64 {
    BID_MICROS
}

fn hexadecimal(rng: &mut Rng, digits: usize) -> String {
    (0..digits).map(|_| rng.digit(16)).collect()
}

fn number(rng: &mut Rng) -> Option<i32> {
    let bits = rng.u32(1..16);
    (rng.u32(0..100) >= NULL_INTS).then(|| rng.i32(-2..1 << bits))
}

fn category(rng: &mut Rng) -> Option<String> {
    (rng.u32(0..100) >= NULL_TEXTS).then(|| hexadecimal(rng, 8))
}

fn device(rng: &mut Rng) -> Device {
    let browsers = ["Chrome 139", "Safari 18.6", "Firefox 141", "Edge 139", "Samsung Internet 28"];
    Device {
        os: rng.choice(Os::ALL).unwrap_or_default(),
        browser: rng.choice(browsers).unwrap_or_default().to_owned(),
        ip_hash: std::iter::repeat_with(|| rng.u8(..)).take(16).collect(),
    }
}

macro_rules! generate {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $rng:ident) => {
        AdClick {
            event_time: $rng.i64(1_750_000_000_000..1_790_000_000_000),
            user_id: hexadecimal($rng, 32),
            campaign_id: $rng.i64(1..1 << 24),
            label: i32::from($rng.u8(0..100) < 3),
            i1: number($rng),
            $($int: number($rng),)*
            $($low: category($rng),)*
            c13: category($rng),
            $($high: category($rng),)*
            device: device($rng),
            tags: (0..$rng.usize(0..4)).map(|_| hexadecimal($rng, 9)).collect(),
            scores: (0..$rng.usize(0..4)).map(|_| (hexadecimal($rng, 7), $rng.f64())).collect(),
        }
    };
}

macro_rules! borrowed {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $value:ident $target:ident { $($rest:tt)* }) => {
        $target {
            i1: $value.i1.map(Into::into),
            $($int: $value.$int,)*
            $($low: $value.$low.as_deref(),)*
            $($high: $value.$high.as_deref(),)*
            device: DeviceRef {
                os: $value.device.os,
                browser: &$value.device.browser,
                ip_hash: &$value.device.ip_hash,
            },
            tags: $value.tags.iter().map(String::as_str).collect(),
            scores: $value.scores.iter().map(|(key, score)| (key.as_str(), *score)).collect(),
            user_id: &$value.user_id,
            campaign_id: $value.campaign_id,
            event_time: $value.event_time,
            label: $value.label.into(),
            $($rest)*
        }
    };
}

macro_rules! owned {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $value:ident $target:path, $device:expr, { $($rest:tt)* }) => {
        $target {
            i1: $value.i1.map(Into::into),
            $($int: $value.$int,)*
            $($low: $value.$low.clone(),)*
            $($high: $value.$high.clone(),)*
            device: $device,
            tags: $value.tags.clone(),
            scores: $value.scores.clone(),
            user_id: $value.user_id.clone(),
            campaign_id: $value.campaign_id,
            event_time: $value.event_time,
            label: $value.label.into(),
            $($rest)*
        }
    };
}

fn device_message(device: &Device) -> Option<message::Device> {
    let Device { os, browser, ip_hash } = device.clone();
    Some(message::Device { os: os as i32, browser, ip_hash })
}

impl Shape for AdShape {
    const NAME: &'static str = "ad";
    const WRITER: &'static str = include_str!("../../schemas/ad_click_writer.avsc");
    const READER: &'static str = include_str!("../../schemas/ad_click_reader.avsc");
    const MESSAGE: &'static str = "bench.AdClick";

    type Owned = AdClick;
    type Borrowed<'de> = AdClickRef<'de>;
    type Reader = AdClickReader;
    type ReaderBorrowed<'de> = AdClickReaderRef<'de>;
    type Message = message::AdClick;
    type ReaderMessage = message::AdClickR;

    fn generate(rng: &mut Rng) -> AdClick {
        with_fields! { generate! rng }
    }

    fn borrowed(value: &AdClick) -> AdClickRef<'_> {
        with_fields! { borrowed! value AdClickRef { c13: value.c13.as_deref(), } }
    }

    fn reader(value: &AdClick) -> AdClickReader {
        with_fields! { owned! value AdClickReader, value.device.clone(), { bid_micros: BID_MICROS, } }
    }

    fn reader_borrowed(value: &AdClick) -> AdClickReaderRef<'_> {
        with_fields! { borrowed! value AdClickReaderRef { bid_micros: BID_MICROS, } }
    }

    fn message(value: &AdClick) -> message::AdClick {
        let device = device_message(&value.device);
        with_fields! { owned! value message::AdClick, device, { c13: value.c13.clone(), } }
    }

    // Protobuf has no defaults but zero.
    fn reader_message(value: &AdClick) -> message::AdClickR {
        let device = device_message(&value.device);
        with_fields! { owned! value message::AdClickR, device, { bid_micros: 0, } }
    }

    fn write(value: &AdClick, out: &mut Vec<u8>) {
        hand::ad::write(value, out);
    }

    fn read(bytes: &[u8]) -> Option<AdClick> {
        hand::ad::read(bytes)
    }

    fn read_borrowed(bytes: &[u8]) -> Option<AdClickRef<'_>> {
        hand::ad::read_borrowed(bytes)
    }

    fn read_into(bytes: &[u8], value: &mut AdClick) -> Option<()> {
        hand::ad::read_into(bytes, value)
    }

    fn read_reader(bytes: &[u8]) -> Option<AdClickReader> {
        hand::ad::read_reader(bytes)
    }

    fn read_reader_borrowed(bytes: &[u8]) -> Option<AdClickReaderRef<'_>> {
        hand::ad::read_reader_borrowed(bytes)
    }
}
