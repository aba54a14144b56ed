//! What a plan and the values read by it say about a named type.

use std::fmt::{self, Display};

use schema::avro::schema::{Kind, Name, Properties};
use schema::document::Json;

/// A record's name and fields.
///
/// ```
/// use std::sync::Arc;
/// use serde_client::AvroRecord;
/// use serde_client::codec::avro::{Reader, Record, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// #[derive(AvroRecord)]
/// struct Click {
///     id: i64,
///     url: String,
/// }
///
/// let reader = Reader::new(Click::parsed_schema()?, None, Limits::default())?;
/// let Value::Record(click) = Value::decode(&reader, Body::bare(b"\x0e\x02/"))? else { panic!("no record") };
/// assert_eq!(click.shape().position("url"), Some(1));
/// // Another record of the same type; it needs a value for each field.
/// assert!(Record::new(Arc::clone(click.shape()), vec![Value::Long(8)]).is_none());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordShape {
    /// The full name.
    pub name: TypeName,
    /// In the order of the schema.
    pub fields: Box<[FieldShape]>,
}

/// A field of a record.
///
/// ```
/// use serde_client::AvroRecord;
/// use serde_client::codec::avro::{LogicalType, Reader, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// #[derive(AvroRecord)]
/// struct Visit {
///     #[avro(logical = "date")]
///     day: i32,
/// }
///
/// let reader = Reader::new(Visit::parsed_schema()?, None, Limits::default())?;
/// let Value::Record(visit) = Value::decode(&reader, Body::bare(&[2]))? else { panic!("no record") };
/// let day = &visit.shape().fields[0];
/// assert_eq!((&*day.name, day.logical), ("day", Some(LogicalType::Date)));
/// assert_eq!(visit.values()[0], Value::Int(1), "the value itself is a plain number");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldShape {
    /// The name.
    pub name: Box<str>,
    /// The logical type, also when it stands at the one branch of a union with null.
    pub logical: Option<LogicalType>,
}

/// An enum's name and symbols.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::codec::avro::{Reader, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// let text = r#"{"type": "enum", "name": "Suit", "symbols": ["HEARTS", "SPADES"]}"#;
/// let schema = ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::New)?;
/// let reader = Reader::new(&schema, None, Limits::default())?;
/// let Value::Enum(suit, number) = Value::decode(&reader, Body::bare(&[2]))? else { panic!("no enum") };
/// assert_eq!(suit.symbols.get(number as usize).map(|symbol| &**symbol), Some("SPADES"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumShape {
    /// The full name.
    pub name: TypeName,
    /// In the order of their numbers.
    pub symbols: Box<[Box<str>]>,
}

impl EnumShape {
    /// The symbol of a number; nothing where there is none.
    pub(super) fn symbol(&self, number: u32) -> &str {
        self.symbols.get(number as usize).map_or("", |symbol| symbol)
    }

    /// Whether each symbol is among the variants of a Rust type: then they mean symbols, even if one of them has the name of
    /// the enum.
    pub(super) fn has_all_symbols_in(&self, variants: &[&str]) -> bool {
        self.symbols.iter().all(|symbol| variants.contains(&&**symbol))
    }
}

/// A fixed's name and size.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::codec::avro::{LogicalType, Reader, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// let text = r#"{"type": "fixed", "name": "Id", "size": 16, "logicalType": "uuid"}"#;
/// let schema = ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::New)?;
/// let reader = Reader::new(&schema, None, Limits::default())?;
/// let Value::Fixed(id, bytes) = Value::decode(&reader, Body::bare(&[7; 16]))? else { panic!("no fixed") };
/// assert_eq!((id.size, id.logical), (bytes.len(), Some(LogicalType::Uuid)));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedShape {
    /// The full name.
    pub name: TypeName,
    /// Bytes.
    pub size: usize,
    /// The logical type.
    pub logical: Option<LogicalType>,
}

/// A full name.
///
/// ```
/// use serde_client::AvroRecord;
/// use serde_client::codec::avro::{Reader, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// #[derive(AvroRecord)]
/// #[avro(namespace = "web")]
/// struct Click {
///     id: i64,
/// }
///
/// let reader = Reader::new(Click::parsed_schema()?, None, Limits::default())?;
/// let Value::Record(click) = Value::decode(&reader, Body::bare(&[14]))? else { panic!("no record") };
/// assert_eq!((click.shape().name.full(), click.shape().name.simple()), ("web.Click", "Click"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    full: Box<str>,
    /// Where the part behind the namespace starts.
    simple: usize,
}

impl TypeName {
    pub(super) fn new(name: &Name) -> Self {
        let full = name.to_string().into_boxed_str();
        Self { simple: full.len() - name.simple.len(), full }
    }

    /// No name: of a value from elsewhere that has none.
    #[cfg(any(test, feature = "apache-avro"))]
    pub(super) fn none() -> Self {
        Self { full: Box::default(), simple: 0 }
    }

    /// With the namespace.
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }

    /// Without the namespace.
    #[must_use]
    pub fn simple(&self) -> &str {
        self.full.get(self.simple..).unwrap_or(&self.full)
    }
}

impl Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full)
    }
}

impl RecordShape {
    /// The position of a field.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }
}

/// A meaning that a type has beside its encoding.
///
/// ```
/// use serde_client::codec::avro::LogicalType;
/// use serde_client::logical::Decimal;
///
/// /// What a program that knows no Rust type shows of `bytes`.
/// fn shown(bytes: &[u8], logical: LogicalType) -> Option<String> {
///     match logical {
///         LogicalType::Decimal { scale, .. } => Some(Decimal::read(bytes, scale)?.to_string()),
///         other => Some(format!("{} {bytes:?}", other.word())),
///     }
/// }
///
/// let price = LogicalType::Decimal { precision: 6, scale: 2 };
/// assert_eq!(shown(&[4, 210], price).as_deref(), Some("12.34"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalType {
    /// A number of `scale` decimal places, unscaled as big-endian two's complement.
    Decimal {
        /// Digits at most.
        precision: u32,
        /// Digits behind the point.
        scale: u32,
    },
    /// Days since 1970-01-01.
    Date,
    /// Milliseconds since midnight.
    TimeMillis,
    /// Microseconds since midnight.
    TimeMicros,
    /// Milliseconds since 1970-01-01, UTC.
    TimestampMillis,
    /// Microseconds since 1970-01-01, UTC.
    TimestampMicros,
    /// Nanoseconds since 1970-01-01, UTC.
    TimestampNanos,
    /// Milliseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampMillis,
    /// Microseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampMicros,
    /// Nanoseconds since 1970-01-01 in a time zone that is not said.
    LocalTimestampNanos,
    /// A UUID, as 36 characters or 16 bytes.
    Uuid,
    /// Months, days and milliseconds as three little-endian numbers of 32 bits.
    Duration,
}

impl LogicalType {
    /// As Avro schemas spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Decimal { .. } => "decimal",
            Self::Date => "date",
            Self::TimeMillis => "time-millis",
            Self::TimeMicros => "time-micros",
            Self::TimestampMillis => "timestamp-millis",
            Self::TimestampMicros => "timestamp-micros",
            Self::TimestampNanos => "timestamp-nanos",
            Self::LocalTimestampMillis => "local-timestamp-millis",
            Self::LocalTimestampMicros => "local-timestamp-micros",
            Self::LocalTimestampNanos => "local-timestamp-nanos",
            Self::Uuid => "uuid",
            Self::Duration => "duration",
        }
    }

    /// Whether a value of the one is the same value of the other, if both are written alike: the precision of a decimal
    /// bounds values and changes none.
    pub(super) fn means_the_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Decimal { scale, .. }, Self::Decimal { scale: other, .. }) => scale == other,
            _ => self == other,
        }
    }

    /// The logical type that the properties of a type name, if it is known and fits: others are ignored, as the
    /// specification asks.
    pub(super) fn of(kind: &Kind, properties: &Properties) -> Option<Self> {
        use schema::avro::schema::Primitive::{Bytes, Int, Long, String};
        let property = |name: &str| properties.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let whole = |value: &Json| match value {
            Json::Number(spelling) => spelling.parse().ok(),
            _ => None,
        };
        let logical = match (property("logicalType")?.as_str()?, kind) {
            ("decimal", Kind::Primitive(Bytes) | Kind::Fixed(_)) => {
                let precision = whole(property("precision")?)?;
                let scale = property("scale").map_or(Some(0), whole)?;
                (scale <= precision).then_some(Self::Decimal { precision, scale })?
            }
            ("date", Kind::Primitive(Int)) => Self::Date,
            ("time-millis", Kind::Primitive(Int)) => Self::TimeMillis,
            ("time-micros", Kind::Primitive(Long)) => Self::TimeMicros,
            ("timestamp-millis", Kind::Primitive(Long)) => Self::TimestampMillis,
            ("timestamp-micros", Kind::Primitive(Long)) => Self::TimestampMicros,
            ("timestamp-nanos", Kind::Primitive(Long)) => Self::TimestampNanos,
            ("local-timestamp-millis", Kind::Primitive(Long)) => Self::LocalTimestampMillis,
            ("local-timestamp-micros", Kind::Primitive(Long)) => Self::LocalTimestampMicros,
            ("local-timestamp-nanos", Kind::Primitive(Long)) => Self::LocalTimestampNanos,
            ("uuid", Kind::Primitive(String)) => Self::Uuid,
            ("uuid", Kind::Fixed(fixed)) if fixed.size == 16 => Self::Uuid,
            ("duration", Kind::Fixed(fixed)) if fixed.size == 12 => Self::Duration,
            _ => return None,
        };
        Some(logical)
    }
}
