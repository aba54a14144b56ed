//! Identifiers: schema id, version, guid.

use std::fmt;

/// A schema id, unique within one context. Never negative.
pub type SchemaId = i32;

/// A version number within one subject, from 1.
pub type Version = i32;

/// The version that a path or a reference asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VersionId {
    /// The highest live version (`latest` or `-1`).
    Latest,
    /// Exactly this version.
    Number(Version),
}

/// A version is neither `latest`, `-1` nor a number from 1 to 2^31-1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The specified version '{0}' is not a valid version id. \
     Allowed values are between [1, 2^31-1] and the string \"latest\""
)]
pub struct InvalidVersion(pub String);

impl VersionId {
    /// Reads a path segment: trimmed, `latest` in any letter case.
    ///
    /// # Errors
    /// [`InvalidVersion`] for everything that names no version.
    pub fn parse(text: &str) -> Result<Self, InvalidVersion> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("latest") {
            return Ok(Self::Latest);
        }
        match text.parse::<i32>() {
            Ok(-1) => Ok(Self::Latest),
            Ok(number) if number >= 1 => Ok(Self::Number(number)),
            _ => Err(InvalidVersion(text.to_owned())),
        }
    }

    /// The number that error messages print: `latest` is -1.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Latest => -1,
            Self::Number(number) => number,
        }
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// The content hash of a schema, printed as a UUID. Equal content has an equal guid in every registry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Reads 32 hexadecimal digits, with or without the dashes of a UUID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let dashed =
            text.len() == 36 && [8, 13, 18, 23].iter().all(|&at| text.as_bytes().get(at) == Some(&b'-'));
        let digits: String = if dashed { text.replace('-', "") } else { text.to_owned() };
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(&digits, 16).ok().map(|number| Self(number.to_be_bytes()))
    }

    /// The text of a UUID (RFC 9562, lower case), in `buffer`.
    pub fn text(self, buffer: &mut [u8; 36]) -> &str {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut places = buffer.iter_mut();
        for (byte, at) in self.0.iter().zip(0..) {
            let dash = matches!(at, 4 | 6 | 8 | 10).then_some(b'-');
            let digits = [byte >> 4, byte & 15].map(|digit| DIGITS.get(usize::from(digit)).copied());
            for (character, place) in
                dash.into_iter().chain(digits.into_iter().flatten()).zip(places.by_ref())
            {
                *place = character;
            }
        }
        str::from_utf8(buffer).unwrap_or_default()
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; 36]))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_ids() {
        assert_eq!(VersionId::parse(" LATEST "), Ok(VersionId::Latest));
        assert_eq!(VersionId::parse("-1"), Ok(VersionId::Latest));
        assert_eq!(VersionId::parse("2147483647"), Ok(VersionId::Number(i32::MAX)));
        for text in ["0", "-2", "2147483648", "", "1.0", "abc"] {
            assert!(VersionId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn guids_round_trip() {
        let text = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";
        assert_eq!(Guid::parse(text).map(|g| g.to_string()).as_deref(), Some(text));
        assert_eq!(Guid::parse(&text.replace('-', "")).map(|g| g.to_string()).as_deref(), Some(text));
        assert_eq!(Guid::parse("xyz"), None);
        assert_eq!(Guid::parse(&"é".repeat(18)), None);
    }
}
