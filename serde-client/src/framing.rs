//! The wire format: which schema a record was written with. Pure; nothing is allocated.
//!
//! Three forms (`docs.confluent.io`, "Wire format"): a zero byte and the schema id as four big-endian bytes in front of
//! the record; a one byte and the 16 bytes of the guid in front of it; either of these in a header of the record, which
//! then has no prefix. Protobuf puts the path to the message between id and record, see [`MessageIndexes`].

use std::fmt;

use schema::model::ids::{Guid, SchemaId};

/// The first byte of a prefix with a schema id.
const MAGIC_ID: u8 = 0;
/// The first byte of a prefix with a guid.
const MAGIC_GUID: u8 = 1;
/// The header that holds the schema of a record's key.
pub const KEY_HEADER: &str = "__key_schema_id";
/// The header that holds the schema of a record's value.
pub const VALUE_HEADER: &str = "__value_schema_id";
/// Bytes of a prefix with a schema id.
pub const ID_PREFIX_LENGTH: usize = 5;
/// Bytes of a prefix with a guid.
pub const GUID_PREFIX_LENGTH: usize = 17;
/// Messages nest at most this deep in a message index.
const MESSAGE_DEPTH_MAX: usize = 32;

/// Which schema a record was written with.
///
/// ```
/// use serde_client::framing::SchemaIdentity;
///
/// assert_eq!(SchemaIdentity::Id(7).to_string(), "schema id 7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemaIdentity {
    /// A schema id of the registry.
    Id(SchemaId),
    /// The content hash, equal in every registry.
    Guid(Guid),
}

impl fmt::Display for SchemaIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(formatter, "schema id {id}"),
            Self::Guid(guid) => write!(formatter, "schema guid {guid}"),
        }
    }
}

/// Why bytes are not framed.
///
/// ```
/// use serde_client::framing::{self, FramingError};
///
/// assert_eq!(framing::read(b"{}", None), Err(FramingError::UnknownMagic(b'{')), "plain JSON");
/// assert_eq!(framing::read(&[0, 0, 0], None), Err(FramingError::Truncated(3)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// The first byte is neither of the two.
    #[error("unknown magic byte {0:#04x}: the record was not written by a serializer of a schema registry")]
    UnknownMagic(u8),
    /// The bytes end inside the prefix.
    #[error("the record ends within its prefix, after {0} bytes")]
    Truncated(usize),
    /// A schema id below zero.
    #[error("the schema id {0} is negative")]
    NegativeId(SchemaId),
    /// Message indexes that cannot be.
    #[error("the message indexes are malformed: {0}")]
    MessageIndexes(&'static str),
}

/// A record split into its parts.
///
/// ```
/// use serde_client::framing::{self, SchemaIdentity};
///
/// let frame = framing::read(&[0, 0, 0, 1, 2, b'x'], None)?;
/// assert_eq!(frame.identity, SchemaIdentity::Id(258));
/// assert_eq!(frame.body.record(), b"x");
/// # Ok::<_, framing::FramingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The schema it was written with.
    pub identity: SchemaIdentity,
    /// What stands behind the identity.
    pub body: Body<'a>,
}

/// What a record holds apart from the identity of its schema.
///
/// ```
/// use serde_client::framing;
///
/// let body = framing::read(&[0, 0, 0, 0, 7, 2, 2, b'x'], None)?.body;
/// assert_eq!(body.record(), [2, 2, b'x']);
/// // Protobuf has the path to the message in front of it: here to the second one of the schema.
/// let (indexes, message) = body.indexed_record()?;
/// assert_eq!((indexes.path(), message), (&[1][..], &b"x"[..]));
/// # Ok::<_, framing::FramingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<'a> {
    /// What follows the identity in the header, where it came from one: the message indexes, if the language has them.
    header: Option<&'a [u8]>,
    /// The payload behind the identity.
    payload: &'a [u8],
}

impl<'a> Body<'a> {
    /// A record without a prefix.
    #[inline]
    #[must_use]
    pub fn bare(payload: &'a [u8]) -> Self {
        Self { header: Some(&[]), payload }
    }

    /// The record of a language without message indexes.
    #[inline]
    #[must_use]
    pub fn record(self) -> &'a [u8] {
        self.payload
    }

    /// The message indexes and the record behind them.
    ///
    /// # Errors
    /// [`FramingError`] when they are cut off or cannot be.
    pub fn indexed_record(self) -> Result<(MessageIndexes, &'a [u8]), FramingError> {
        match self.header {
            Some([]) => Ok((MessageIndexes::FIRST, self.payload)),
            Some(header) => Ok((MessageIndexes::read(header)?.0, self.payload)),
            None => MessageIndexes::read(self.payload),
        }
    }

    /// The record, if these are the encoded indexes in front of it; they need not be decoded then.
    #[inline]
    pub(crate) fn record_behind(self, indexes: &[u8]) -> Option<&'a [u8]> {
        match (self.header, indexes, self.payload) {
            // The first message of a file: nearly always, and a byte is compared sooner than a slice.
            (None, [index], [first, record @ ..]) => (first == index).then_some(record),
            (None, _, payload) => payload.strip_prefix(indexes),
            (Some(header), _, payload) => (header == indexes).then_some(payload),
        }
    }
}

/// Splits a record. `header` is the value of the last [`KEY_HEADER`] or [`VALUE_HEADER`], if the record has one: it
/// goes before a prefix, as in the reference client.
///
/// # Errors
/// [`FramingError`] with what is wrong.
#[inline]
pub fn read<'a>(payload: &'a [u8], header: Option<&'a [u8]>) -> Result<Frame<'a>, FramingError> {
    if let Some(header) = header {
        let (identity, rest) = identity(header)?;
        return Ok(Frame { identity, body: Body { header: Some(rest), payload } });
    }
    let (identity, payload) = identity(payload)?;
    Ok(Frame { identity, body: Body { header: None, payload } })
}

#[inline]
fn identity(bytes: &[u8]) -> Result<(SchemaIdentity, &[u8]), FramingError> {
    let truncated = || FramingError::Truncated(bytes.len());
    let (magic, rest) = bytes.split_first().ok_or_else(truncated)?;
    match *magic {
        MAGIC_ID => {
            let (id, rest) = rest.split_first_chunk().ok_or_else(truncated)?;
            let id = SchemaId::from_be_bytes(*id);
            if id < 0 {
                return Err(FramingError::NegativeId(id));
            }
            Ok((SchemaIdentity::Id(id), rest))
        }
        MAGIC_GUID => {
            let (guid, rest) = rest.split_first_chunk().ok_or_else(truncated)?;
            Ok((SchemaIdentity::Guid(Guid(*guid)), rest))
        }
        other => Err(FramingError::UnknownMagic(other)),
    }
}

/// The bytes that stand in front of a record, or in its header.
///
/// ```
/// use serde_client::framing::{Prefix, SchemaIdentity};
///
/// assert_eq!(Prefix::of(SchemaIdentity::Id(258)).as_bytes(), [0, 0, 0, 1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    bytes: [u8; GUID_PREFIX_LENGTH],
    length: usize,
}

impl Prefix {
    /// The prefix of an identity, without message indexes.
    #[must_use]
    pub fn of(identity: SchemaIdentity) -> Self {
        let mut bytes = [0; GUID_PREFIX_LENGTH];
        let length = match identity {
            SchemaIdentity::Id(id) => {
                bytes[0] = MAGIC_ID;
                bytes[1..ID_PREFIX_LENGTH].copy_from_slice(&id.to_be_bytes());
                ID_PREFIX_LENGTH
            }
            SchemaIdentity::Guid(guid) => {
                bytes[0] = MAGIC_GUID;
                bytes[1..].copy_from_slice(&guid.0);
                GUID_PREFIX_LENGTH
            }
        };
        Self { bytes, length }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The path to a Protobuf message: its position among the messages of the file, then of each message around it.
///
/// ```
/// use serde_client::framing::MessageIndexes;
///
/// let mut bytes = Vec::new();
/// MessageIndexes::new(&[0, 1]).unwrap().write(&mut bytes);
/// assert_eq!(bytes, [4, 0, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageIndexes {
    indexes: [u32; MESSAGE_DEPTH_MAX],
    length: usize,
}

impl MessageIndexes {
    /// The first message of the file.
    pub const FIRST: Self = Self { indexes: [0; MESSAGE_DEPTH_MAX], length: 1 };

    /// A path; `None` when it is empty or nests too deeply.
    #[must_use]
    pub fn new(path: &[u32]) -> Option<Self> {
        let mut indexes = [0; MESSAGE_DEPTH_MAX];
        indexes.get_mut(..path.len())?.copy_from_slice(path);
        (!path.is_empty()).then_some(Self { indexes, length: path.len() })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &[u32] {
        self.indexes.get(..self.length).unwrap_or_default()
    }

    /// Appends the encoded form: a count and the indexes as zig-zag varints; the path to the first message is one zero.
    pub fn write(&self, out: &mut Vec<u8>) {
        if self.path() == [0] {
            out.push(0);
            return;
        }
        let count = u32::try_from(self.length).unwrap_or_default();
        for number in std::iter::once(&count).chain(self.path()) {
            let mut rest = u64::from(*number) << 1;
            while rest >= 0x80 {
                out.push((rest & 0x7f) as u8 | 0x80);
                rest >>= 7;
            }
            out.push((rest & 0x7f) as u8);
        }
    }

    /// Reads the encoded form; gives what stands behind it.
    ///
    /// # Errors
    /// [`FramingError`] when it is cut off, negative or too long.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), FramingError> {
        let (count, mut rest) = zig_zag(bytes)?;
        if count == 0 {
            return Ok((Self::FIRST, rest));
        }
        let length = count as usize;
        if length > MESSAGE_DEPTH_MAX {
            return Err(FramingError::MessageIndexes("the path has more than 32 steps"));
        }
        let mut indexes = [0; MESSAGE_DEPTH_MAX];
        for index in indexes.iter_mut().take(length) {
            (*index, rest) = zig_zag(rest)?;
        }
        Ok((Self { indexes, length }, rest))
    }
}

fn zig_zag(bytes: &[u8]) -> Result<(u32, &[u8]), FramingError> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            if value & 1 == 1 {
                return Err(FramingError::MessageIndexes("an index is negative"));
            }
            let index = u32::try_from(value >> 1);
            let index = index.map_err(|_| FramingError::MessageIndexes("an index is too large"))?;
            return Ok((index, bytes.get(at + 1..).unwrap_or_default()));
        }
    }
    Err(if bytes.len() < 5 {
        FramingError::MessageIndexes("they are cut off")
    } else {
        FramingError::MessageIndexes("an index is too long")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(path: &[u32]) -> MessageIndexes {
        MessageIndexes::new(path).unwrap()
    }

    #[test]
    fn the_forms_of_the_reference() {
        let guid = Guid::parse("095d71cf-1255-6b9d-5e33-0ad575b3df5d").unwrap();
        let by_id = Frame { identity: SchemaIdentity::Id(258), body: Body { header: None, payload: b"x" } };
        assert_eq!(read(&[0, 0, 0, 1, 2, b'x'], None), Ok(by_id));
        let prefix = Prefix::of(SchemaIdentity::Guid(guid));
        assert_eq!(prefix.as_bytes().len(), GUID_PREFIX_LENGTH);
        let headed = read(b"x", Some(prefix.as_bytes())).unwrap();
        assert_eq!((headed.identity, headed.body), (SchemaIdentity::Guid(guid), Body::bare(b"x")));
        assert_eq!(Prefix::of(SchemaIdentity::Id(258)).as_bytes(), [0, 0, 0, 1, 2]);
    }

    #[test]
    fn what_is_not_framed_says_so() {
        assert_eq!(read(b"", None), Err(FramingError::Truncated(0)));
        assert_eq!(read(&[0, 0, 0], None), Err(FramingError::Truncated(3)));
        assert_eq!(read(b"{}", None), Err(FramingError::UnknownMagic(b'{')));
        assert_eq!(read(&[0, 255, 255, 255, 255], None), Err(FramingError::NegativeId(-1)));
    }

    #[test]
    fn message_indexes_round_trip() {
        for (path, encoded) in [
            (&[0_u32][..], &[0_u8][..]),
            (&[1], &[2, 2]),
            (&[0, 1], &[4, 0, 2]),
            (&[300], &[2, 0xd8, 4]),
            (&[u32::MAX >> 1], &[2, 0xfe, 0xff, 0xff, 0xff, 0xf]),
        ] {
            let mut out = Vec::new();
            indexes(path).write(&mut out);
            assert_eq!(out, encoded, "{path:?}");
            let headed = Body { header: Some(&out), payload: b"x" };
            assert_eq!((headed.record_behind(encoded), headed.record_behind(&[4])), (Some(&b"x"[..]), None));
            out.push(9);
            let (read, rest) = MessageIndexes::read(&out).unwrap();
            assert_eq!((read.path(), rest), (path, &[9_u8][..]));
            let prefixed = Body { header: None, payload: &out };
            assert_eq!(prefixed.record_behind(encoded), Some(&[9_u8][..]));
        }
        for bytes in [&[][..], &[2], &[1], &[0x80, 0x80, 0x80, 0x80, 0x80], &[66, 0]] {
            assert!(MessageIndexes::read(bytes).is_err(), "{bytes:?}");
        }
        assert!(MessageIndexes::new(&[]).is_none() && MessageIndexes::new(&[0; 33]).is_none());
    }
}
