//! Fields of derived records whose types stand for logical types: the same schema and the same bytes as those of the plain
//! types, and errors where one side has no place for a value of the other.

#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::{Duration as Length, SystemTime};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use jiff::Timestamp;
use proptest::prelude::*;
use schema::parsed::ParsedSchema;
use serde_client::AvroRecord;
use serde_client::codec::avro::native::{AvroDecode, AvroEncode, AvroNative, AvroRecord as AvroRecordTrait};
use serde_client::codec::{Codec, Decode, DecodeError, Encode, EncodeError, Limits};
use serde_client::framing::Body;
use serde_client::logical::{Decimal, Duration, Logical, OutOfRange, meaning};
use uuid::Uuid;

fn schema_of<T: AvroRecordTrait>() -> &'static ParsedSchema {
    T::parsed_schema().expect("a schema")
}

fn written<T: AvroRecordTrait + AvroEncode>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let writer = AvroNative::writer(schema_of::<T>(), None).expect("a writer");
    let mut out = Vec::new();
    Encode::<AvroNative>::encode(value, &writer, &mut out).map(|()| out)
}

fn read_as<T>(writer: &ParsedSchema, bytes: &[u8]) -> Result<T, DecodeError>
where
    T: AvroRecordTrait + for<'de> AvroDecode<'de>,
{
    let reader = AvroNative::reader(writer, None, None, Limits::default()).expect("a reader");
    <T as Decode<'_, AvroNative>>::decode(&reader, Body::bare(bytes))
}

// The schemas must be the same, so neither type has a doc comment, which would be part of it.

#[derive(AvroRecord, Clone, Debug, PartialEq)]
#[avro(name = "Order")]
struct Rich {
    #[avro(logical = "uuid")]
    id: Uuid,
    #[avro(logical = "uuid", fixed = "Guid")]
    guid: Option<Uuid>,
    #[avro(logical = "date")]
    due: NaiveDate,
    #[avro(logical = "time-millis")]
    opens: NaiveTime,
    #[avro(logical = "time-micros")]
    closes: Option<NaiveTime>,
    #[avro(logical = "timestamp-millis")]
    placed: DateTime<Utc>,
    #[avro(logical = "timestamp-micros")]
    seen: Vec<DateTime<Utc>>,
    #[avro(logical = "timestamp-nanos")]
    sent: SystemTime,
    #[avro(logical = "local-timestamp-millis")]
    local: NaiveDateTime,
    #[avro(logical = "duration", fixed = "Span")]
    valid: Duration,
    #[avro(decimal(precision = 9, scale = 2))]
    total: rust_decimal::Decimal,
    #[avro(decimal(precision = 30, scale = 3))]
    taxes: HashMap<String, Decimal>,
    #[avro(decimal(precision = 5, scale = 1))]
    rates: Option<Vec<Decimal>>,
}

#[derive(AvroRecord, Clone, Debug, PartialEq)]
#[avro(name = "Order")]
struct Plain {
    #[avro(logical = "uuid")]
    id: String,
    #[avro(logical = "uuid", fixed = "Guid")]
    guid: Option<[u8; 16]>,
    #[avro(logical = "date")]
    due: i32,
    #[avro(logical = "time-millis")]
    opens: i32,
    #[avro(logical = "time-micros")]
    closes: Option<i64>,
    #[avro(logical = "timestamp-millis")]
    placed: i64,
    #[avro(logical = "timestamp-micros")]
    seen: Vec<i64>,
    #[avro(logical = "timestamp-nanos")]
    sent: i64,
    #[avro(logical = "local-timestamp-millis")]
    local: i64,
    #[avro(logical = "duration", fixed = "Span")]
    valid: [u8; 12],
    #[avro(decimal(precision = 9, scale = 2))]
    total: Vec<u8>,
    #[avro(decimal(precision = 30, scale = 3))]
    taxes: HashMap<String, Vec<u8>>,
    #[avro(decimal(precision = 5, scale = 1))]
    rates: Option<Vec<Vec<u8>>>,
}

fn rich() -> Rich {
    let moment = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
    let time = |text: &str| text.parse::<NaiveTime>().expect("a time");
    Rich {
        id: Uuid::from_bytes([0xab; 16]),
        guid: Some(Uuid::from_bytes([7; 16])),
        due: NaiveDate::from_ymd_opt(1969, 12, 31).expect("a date"),
        opens: time("08:00:00.250"),
        closes: Some(time("23:59:59.999999")),
        placed: moment("2026-11-30T01:02:03.004Z"),
        seen: vec![moment("1969-12-31T23:59:59.999999Z"), moment("1970-01-01T00:00:00Z")],
        sent: SystemTime::UNIX_EPOCH - Length::from_nanos(1),
        local: moment("2000-02-29T12:00:00.5Z").naive_utc(),
        valid: Duration { months: 1, days: 2, millis: 3 },
        total: rust_decimal::Decimal::new(-1250, 2),
        taxes: HashMap::from([("vat".to_owned(), Decimal { unscaled: 128, scale: 3 })]),
        rates: Some(vec![Decimal { unscaled: 0, scale: 1 }, Decimal { unscaled: -128, scale: 1 }]),
    }
}

fn plain() -> Plain {
    Plain {
        id: "abababab-abab-abab-abab-abababababab".to_owned(),
        guid: Some([7; 16]),
        due: -1,
        opens: 28_800_250,
        closes: Some(86_399_999_999),
        placed: 1_796_000_523_004,
        seen: vec![-1, 0],
        sent: -1,
        local: 951_825_600_500,
        valid: [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],
        total: vec![0xfb, 0x1e],
        taxes: HashMap::from([("vat".to_owned(), vec![0, 128])]),
        rates: Some(vec![vec![0], vec![128]]),
    }
}

#[test]
fn schema_and_bytes_are_those_of_the_plain_types() {
    assert_eq!(schema_of::<Rich>().canonical(), schema_of::<Plain>().canonical());
    let bytes = written(&plain()).expect("bytes");
    assert_eq!(written(&rich()), Ok(bytes.clone()));
    assert_eq!(read_as::<Rich>(schema_of::<Plain>(), &bytes), Ok(rich()));
    for end in 0..bytes.len() {
        assert!(read_as::<Rich>(schema_of::<Plain>(), &bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_value_is_read_into_an_existing_one() {
    let reader = AvroNative::reader(schema_of::<Rich>(), None, None, Limits::default()).expect("a reader");
    let mut existing = Rich { seen: Vec::new(), closes: None, rates: None, ..rich() };
    reader.decode_into(&mut existing, Body::bare(&written(&rich()).expect("bytes"))).expect("a value");
    assert_eq!(existing, rich());
}

/// What an older producer of orders writes: other order, other types, fewer fields.
#[derive(AvroRecord)]
#[avro(name = "Order")]
struct Older {
    due: i32,
    placed: i32,
    id: String,
}

/// What a consumer makes of it.
#[derive(AvroRecord, Debug, PartialEq)]
#[avro(name = "Order")]
struct Newer {
    #[avro(logical = "uuid")]
    id: Uuid,
    #[avro(logical = "timestamp-millis")]
    placed: Timestamp,
    #[avro(logical = "date")]
    due: Option<jiff::civil::Date>,
    #[avro(logical = "timestamp-micros", default = -1)]
    seen: SystemTime,
    #[avro(decimal(precision = 4, scale = 2), default = "\u{1}")]
    rate: Decimal,
}

#[test]
fn another_schema_resolves_as_for_plain_types() {
    let id = "123e4567-e89b-12d3-a456-426614174000";
    let bytes = written(&Older { due: 20_000, placed: 1000, id: id.to_owned() }).expect("bytes");
    let expected = Newer {
        id: id.parse().expect("a UUID"),
        placed: Timestamp::from_second(1).expect("a moment"),
        due: Some(jiff::civil::date(2024, 10, 4)),
        seen: SystemTime::UNIX_EPOCH - Length::from_micros(1),
        rate: Decimal { unscaled: 1, scale: 2 },
    };
    assert_eq!(read_as::<Newer>(schema_of::<Older>(), &bytes), Ok(expected));
}

#[test]
fn texts_that_are_no_uuid_are_refused_with_their_place() {
    let bytes = written(&Older { due: 0, placed: 0, id: "me".to_owned() }).expect("bytes");
    let error = read_as::<Newer>(schema_of::<Older>(), &bytes).expect_err("no UUID");
    assert_eq!((error.path(), error.reason()), ("id", "the text is no UUID"));
}

/// What `value` is refused for, in both directions one after the other.
#[track_caller]
fn check_refused(value: &Rich, path: &str, reason: &str) {
    let error = written(value).expect_err("no place for it");
    assert_eq!((error.path(), error.reason()), (path, reason));
}

#[test]
fn what_the_wire_has_no_place_for_is_refused() {
    let cents = |unscaled, scale| rust_decimal::Decimal::new(unscaled, scale);
    assert!(
        written(&Rich { total: cents(125_000, 4), ..rich() }).is_ok(),
        "zeros behind the point say nothing"
    );
    let digits = "the decimal has more than 2 digits behind the point";
    check_refused(&Rich { total: cents(125_001, 4), ..rich() }, "total", digits);
    let digits = "the decimal has more than 9 digits";
    check_refused(&Rich { total: cents(10_000_000, 0), ..rich() }, "total", digits);
    let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).expect("a leap second");
    check_refused(
        &Rich { opens: leap, ..rich() },
        "opens",
        "a time of day lies between midnight and midnight",
    );
    let far = SystemTime::UNIX_EPOCH + Length::from_secs(1 << 40);
    let reason = "the time is too far from 1970 for the unit of the logical type";
    check_refused(&Rich { sent: far, ..rich() }, "sent", reason);
}

#[test]
fn what_the_type_has_no_place_for_is_refused() {
    let read = |value: &Plain| {
        let bytes = written(value).expect("bytes");
        let error = read_as::<Rich>(schema_of::<Plain>(), &bytes).expect_err("no place for it");
        (error.path().to_owned(), error.reason().to_owned())
    };
    let refused = |path: &str, reason: &str| (path.to_owned(), reason.to_owned());
    let no_moment = "the time is outside the years that the type has";
    assert_eq!(read(&Plain { placed: i64::MAX, ..plain() }), refused("placed", no_moment));
    assert_eq!(read(&Plain { due: i32::MIN, ..plain() }), refused("due", no_moment));
    let no_time = "a time of day lies between midnight and midnight";
    assert_eq!(read(&Plain { opens: -1, ..plain() }), refused("opens", no_time));
    assert_eq!(read(&Plain { closes: Some(86_400_000_000), ..plain() }), refused("closes", no_time));
    let wide = "the decimal has more digits than `rust_decimal::Decimal` holds";
    assert_eq!(read(&Plain { total: vec![0x7f; 16], ..plain() }), refused("total", wide));
    let wider = "a decimal has more than 128 bits";
    assert_eq!(read(&Plain { total: vec![0x7f; 17], ..plain() }), refused("total", wider));
}

/// The same moment in another unit, or the same price at another scale.
#[derive(AvroRecord, Debug)]
#[avro(name = "Order")]
struct Micros {
    #[avro(logical = "timestamp-micros")]
    placed: i64,
}

#[derive(AvroRecord, Debug)]
#[avro(name = "Order")]
struct InMillis {
    #[avro(logical = "timestamp-millis")]
    placed: SystemTime,
}

#[derive(AvroRecord, Debug, PartialEq)]
#[avro(name = "Order")]
struct Bare {
    placed: i64,
}

#[test]
fn a_number_in_another_unit_is_no_value() {
    let bytes = written(&Micros { placed: 1_000_000 }).expect("bytes");
    let error = read_as::<InMillis>(schema_of::<Micros>(), &bytes).expect_err("a thousand times too late");
    let reason =
        "the writer's long (timestamp-micros) cannot be read as the reader's long (timestamp-millis)";
    assert_eq!((error.path(), error.reason()), ("placed", reason));
    assert_eq!(
        read_as::<Bare>(schema_of::<Micros>(), &bytes),
        Ok(Bare { placed: 1_000_000 }),
        "a number is one"
    );
    let bare = read_as::<InMillis>(schema_of::<Bare>(), &bytes).expect("a moment");
    assert_eq!(bare.placed, SystemTime::UNIX_EPOCH + Length::from_secs(1000));

    let writer = AvroNative::writer(schema_of::<Micros>(), None).expect("a writer");
    let error = Encode::<AvroNative>::encode(&bare, &writer, &mut Vec::new())
        .expect_err("a thousand times too early");
    let reason =
        "the writer's long (timestamp-millis) cannot be read as the reader's long (timestamp-micros)";
    assert_eq!((error.path(), error.reason()), ("placed", reason));
}

#[derive(AvroRecord)]
#[avro(name = "Payment")]
struct Tenths {
    #[avro(decimal(precision = 25, scale = 1))]
    amount: Decimal,
}

#[derive(AvroRecord)]
#[avro(name = "Payment")]
struct Short {
    #[avro(decimal(precision = 4, scale = 2))]
    amount: Decimal,
}

#[test]
fn a_decimal_keeps_its_scale_and_may_have_more_digits() {
    let amount = Decimal { unscaled: 15, scale: 1 };
    let bytes = written(&Tenths { amount }).expect("bytes");
    let error = read_as::<Payment>(schema_of::<Tenths>(), &bytes).expect_err("ten times too little");
    assert_eq!(error.path(), "amount");
    assert!(error.reason().contains("(decimal of scale 1)"), "{error}");
    let bytes = written(&Short { amount }).expect("bytes");
    assert_eq!(read_as::<Payment>(schema_of::<Short>(), &bytes), Ok(Payment { amount: Cents(150) }));
}

/// What a program calls a number.
type Millis = i64;

#[derive(AvroRecord, Debug, PartialEq)]
struct Named {
    #[avro(logical = "timestamp-millis")]
    at: Option<Millis>,
}

#[test]
fn a_plain_type_may_have_another_name() {
    let named = Named { at: Some(5) };
    let bytes = written(&named).expect("bytes");
    assert_eq!(bytes, [2, 10]);
    assert_eq!(read_as::<Named>(schema_of::<Named>(), &bytes), Ok(named));
}

/// A type of a user's own.
#[derive(Debug, PartialEq)]
struct Cents(i64);

impl<const PRECISION: u32> Logical<meaning::Decimal<PRECISION, 2>> for Cents {
    fn to_wire(&self) -> Result<Decimal, OutOfRange> {
        Ok(Decimal { unscaled: self.0.into(), scale: 2 })
    }

    fn from_wire(wire: Decimal) -> Result<Self, OutOfRange> {
        i64::try_from(wire.unscaled).map(Self).map_err(|_| OutOfRange::new("more cents than there are"))
    }
}

#[derive(AvroRecord, Debug, PartialEq)]
struct Payment {
    #[avro(decimal(precision = 25, scale = 2))]
    amount: Cents,
}

#[derive(AvroRecord)]
#[avro(name = "Payment")]
struct PaymentOfMuch {
    #[avro(decimal(precision = 25, scale = 2))]
    amount: Decimal,
}

#[test]
fn a_type_of_the_users_own_stands_for_a_logical_type() {
    let payment = Payment { amount: Cents(-1) };
    let bytes = written(&payment).expect("bytes");
    assert_eq!(read_as::<Payment>(schema_of::<Payment>(), &bytes), Ok(payment));
    let much = PaymentOfMuch { amount: Decimal { unscaled: 1 << 80, scale: 2 } };
    let error =
        read_as::<Payment>(schema_of::<Payment>(), &written(&much).expect("bytes")).expect_err("too much");
    assert_eq!((error.path(), error.reason()), ("amount", "more cents than there are"));
}

/// What is read is what was written, and bytes stay bytes.
fn comes_back<M: meaning::Meaning, T: Logical<M> + PartialEq + Debug>(
    wire: M::Wire,
) -> Result<(), TestCaseError>
where
    M::Wire: Copy + PartialEq + Debug,
{
    if let Ok(value) = <T as Logical<M>>::from_wire(wire) {
        prop_assert_eq!(<T as Logical<M>>::to_wire(&value), Ok(wire), "{:?}", value);
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_a_type_reads_it_writes_again(number in any::<i64>(), near in -100_000_000_000_i64..100_000_000_000, day in any::<i32>()) {
        for number in [number, near] {
            comes_back::<meaning::TimestampMillis, DateTime<Utc>>(number)?;
            comes_back::<meaning::TimestampMicros, DateTime<Utc>>(number)?;
            comes_back::<meaning::TimestampNanos, DateTime<Utc>>(number)?;
            comes_back::<meaning::LocalTimestampMillis, NaiveDateTime>(number)?;
            comes_back::<meaning::LocalTimestampNanos, NaiveDateTime>(number)?;
            comes_back::<meaning::TimestampMillis, Timestamp>(number)?;
            comes_back::<meaning::TimestampMicros, Timestamp>(number)?;
            comes_back::<meaning::TimestampNanos, Timestamp>(number)?;
            comes_back::<meaning::LocalTimestampMicros, jiff::civil::DateTime>(number)?;
            comes_back::<meaning::TimestampMillis, SystemTime>(number)?;
            comes_back::<meaning::TimestampNanos, SystemTime>(number)?;
            comes_back::<meaning::TimeMicros, NaiveTime>(number)?;
            comes_back::<meaning::TimeMicros, jiff::civil::Time>(number)?;
        }
        for day in [day, day % 100_000] {
            comes_back::<meaning::Date, NaiveDate>(day)?;
            comes_back::<meaning::Date, jiff::civil::Date>(day)?;
            comes_back::<meaning::TimeMillis, NaiveTime>(day)?;
            comes_back::<meaning::TimeMillis, jiff::civil::Time>(day)?;
        }
    }

    /// Whatever stands in a record, its fields are values or errors.
    #[test]
    fn any_bytes_are_read_or_refused(
        numbers in prop::collection::vec(any::<i64>(), 4),
        days in prop::collection::vec(any::<i32>(), 2),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        text in "[0-9a-f-]{0,40}",
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let hostile = Plain {
            id: text,
            due: days[0],
            opens: days[1],
            closes: Some(numbers[0]),
            placed: numbers[1],
            seen: numbers.clone(),
            sent: numbers[2],
            local: numbers[3],
            total: bytes.clone(),
            rates: Some(vec![bytes]),
            ..plain()
        };
        let record = written(&hostile).expect("bytes");
        for record in [record, noise] {
            if let Err(error) = read_as::<Rich>(schema_of::<Plain>(), &record) {
                prop_assert!(!error.reason().is_empty());
            }
        }
        let older = written(&Older { due: days[0], placed: days[1], id: hostile.id }).expect("bytes");
        if let Err(error) = read_as::<Newer>(schema_of::<Older>(), &older) {
            prop_assert!(!error.path().is_empty());
        }
    }

    /// Both calendars mean the same day and the same moment.
    #[test]
    fn calendars_agree(day in -700_000_i32..2_900_000, micros in -62_000_000_000_000_000_i64..253_000_000_000_000_000) {
        let ours: NaiveDate = Logical::<meaning::Date>::from_wire(day).expect("a date");
        let theirs: jiff::civil::Date = Logical::<meaning::Date>::from_wire(day).expect("a date");
        prop_assert_eq!(ours.to_string(), theirs.to_string());
        let ours: DateTime<Utc> = Logical::<meaning::TimestampMicros>::from_wire(micros).expect("a moment");
        let theirs: Timestamp = Logical::<meaning::TimestampMicros>::from_wire(micros).expect("a moment");
        prop_assert_eq!(ours.timestamp_micros(), theirs.as_microsecond());
    }
}
