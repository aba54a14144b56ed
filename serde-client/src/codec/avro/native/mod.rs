//! Types with code of their own: what `AvroRecord` makes of a type reads and writes its schema without a plan.
//!
//! Where the writer's schema is that of the type, records are read straight. Where it differs, the plan for the two
//! schemas says what to do with each of the writer's fields, and whatever is the same in both is still read straight.

mod codec;
mod containers;
mod decode;
mod encode;
mod logical;
mod own;
mod prepared;
mod resolve;
mod schema;
#[doc(hidden)]
pub mod text;

pub use super::logical::meaning;
pub use super::{Input, Output};
pub use crate::codec::{DecodeError, EncodeError};
pub use codec::{AvroNative, NativeReader, NativeWriter};
pub use decode::AvroDecode;
pub use encode::AvroEncode;
pub use logical::{Plain, stands};
pub use own::{AvroRecord, Own};
pub use resolve::{Place, Steps, apart, put};
pub use schema::AvroSchema;
pub use text::KnownNames;
