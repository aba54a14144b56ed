//! Rust types for Avro's logical types in derived records.
//!
//! A field of the plain type (`i64` for a timestamp, bytes for a decimal) needs nothing from here. A field of another
//! type is converted on its way, if the type implements [`Logical`] for the [`meaning`] that the attribute names:
//!
//! | attribute | types |
//! |---|---|
//! | `logical = "date"`, `"time-millis"`, `"time-micros"` | `chrono::NaiveDate`, `NaiveTime`; `jiff::civil::Date`, `Time` |
//! | `logical = "timestamp-millis"`, `-micros`, `-nanos` | [`SystemTime`](std::time::SystemTime); `chrono::DateTime<Utc>`; `jiff::Timestamp` |
//! | `logical = "local-timestamp-millis"`, `-micros`, `-nanos` | `chrono::NaiveDateTime`; `jiff::civil::DateTime` |
//! | `logical = "uuid"`, as text, or with `fixed = "Name"` as 16 bytes | `uuid::Uuid` |
//! | `logical = "duration", fixed = "Name"` | [`Duration`] |
//! | `decimal(precision = …, scale = …)` | [`Decimal`]; `rust_decimal::Decimal` |
//!
//! A number in one unit is not read as one in another: where a writer's schema says `timestamp-micros` and the type's
//! `timestamp-millis`, or another scale of a decimal, reading is refused, and so is writing.
//!
//! Types of other crates need the feature named like the crate. `Option`, `Vec` and maps of all these work as well, and so
//! do types of your own:
//!
//! ```
//! use std::time::SystemTime;
//! use serde_client::AvroRecord;
//! use serde_client::logical::{Decimal, Logical, OutOfRange, meaning};
//!
//! /// An amount of money in cents.
//! struct Cents(i64);
//!
//! impl<const P: u32> Logical<meaning::Decimal<P, 2>> for Cents {
//!     fn to_wire(&self) -> Result<Decimal, OutOfRange> {
//!         Ok(Decimal { unscaled: self.0.into(), scale: 2 })
//!     }
//!
//!     fn from_wire(wire: Decimal) -> Result<Self, OutOfRange> {
//!         i64::try_from(wire.unscaled).map(Self).map_err(|_| OutOfRange::new("more cents than there are"))
//!     }
//! }
//!
//! #[derive(AvroRecord)]
//! struct Payment {
//!     #[avro(decimal(precision = 12, scale = 2))]
//!     amount: Cents,
//!     #[avro(logical = "timestamp-millis")]
//!     paid: Option<SystemTime>,
//! }
//! ```

#[cfg(feature = "chrono")]
mod chrono;
mod decimal;
mod duration;
#[cfg(feature = "jiff")]
mod jiff;
pub mod meaning;
mod moments;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod system_time;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod times_of_day;
mod uuid;

use std::borrow::Cow;

pub use decimal::Decimal;
pub use duration::Duration;
pub(crate) use uuid::uuid_bytes;

use meaning::Meaning;

/// A Rust type that stands for the logical type `M` in a derived record.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use serde_client::logical::{Logical, meaning};
///
/// let moment = SystemTime::UNIX_EPOCH + Duration::from_micros(1_999);
/// assert_eq!(Logical::<meaning::TimestampMicros>::to_wire(&moment)?, 1_999);
/// assert_eq!(Logical::<meaning::TimestampMillis>::to_wire(&moment)?, 1);
/// # Ok::<_, serde_client::logical::OutOfRange>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for the logical type `{M}`",
    label = "no such logical type",
    note = "types of `chrono`, `jiff`, `uuid` and `rust_decimal` need the feature of `serde-client` with that name; \
            for your own types implement `serde_client::logical::Logical`"
)]
pub trait Logical<M: Meaning>: Sized {
    /// What stands for the value on the wire. What is finer than the unit of a time is cut off, as other clients do;
    /// digits of a decimal are not.
    ///
    /// # Errors
    /// When the wire has nothing for this value.
    fn to_wire(&self) -> Result<M::Wire, OutOfRange>;

    /// The value that was written.
    ///
    /// # Errors
    /// When the type has nothing for it.
    fn from_wire(wire: M::Wire) -> Result<Self, OutOfRange>;
}

/// A value that a type, or a logical type, has no place for.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use serde_client::logical::{Logical, OutOfRange, meaning};
///
/// // Nanoseconds in 64 bits end in the year 2262.
/// let far = SystemTime::UNIX_EPOCH + Duration::from_secs(300 * 366 * 86_400);
/// assert!(Logical::<meaning::TimestampMicros>::to_wire(&far).is_ok());
/// let refused: Result<i64, OutOfRange> = Logical::<meaning::TimestampNanos>::to_wire(&far);
/// assert!(refused.is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutOfRange(Cow<'static, str>);

impl OutOfRange {
    /// With the reason.
    #[must_use]
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

/// For types that are what the wire holds. The numbers are there for names that a program gives to them.
macro_rules! itself {
    ($($type:ty as $meaning:ty $(, [$($generics:tt)*])?;)*) => {$(
        impl $(<$($generics)*>)? Logical<$meaning> for $type {
            #[inline]
            fn to_wire(&self) -> Result<Self, OutOfRange> {
                Ok(*self)
            }

            #[inline]
            fn from_wire(wire: Self) -> Result<Self, OutOfRange> {
                Ok(wire)
            }
        }
    )*};
}

itself! {
    Decimal as meaning::Decimal<P, S>, [const P: u32, const S: u32];
    Duration as meaning::Duration;
    i32 as meaning::Date;
    i32 as meaning::TimeMillis;
    i64 as meaning::TimeMicros;
    i64 as meaning::TimestampMillis;
    i64 as meaning::TimestampMicros;
    i64 as meaning::TimestampNanos;
    i64 as meaning::LocalTimestampMillis;
    i64 as meaning::LocalTimestampMicros;
    i64 as meaning::LocalTimestampNanos;
}
