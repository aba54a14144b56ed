//! The kinds of values: how each is read and shown, and what the help and the errors say about it.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use schema::model::config::CompatibilityLevel;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// A kind of value.
pub trait Setting: Sized {
    /// What stands for the value in the help.
    const VALUE_NAME: &'static str;
    /// Ends the sentence "expected …".
    const EXPECTED: &'static str;

    /// Reads a value; text around it is trimmed.
    ///
    /// # Errors
    /// What is wrong, as a clause.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value as it could be written; secrets are left out.
    fn show(&self) -> String;
}

/// A host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress(String);

impl ListenAddress {
    /// `host:port`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for ListenAddress {
    const VALUE_NAME: &'static str = "HOST:PORT";
    const EXPECTED: &'static str =
        "a host and a port from 0 to 65535, such as 127.0.0.1:8081, [::1]:8081 or 0.0.0.0:8081";

    fn parse(text: &str) -> Result<Self, String> {
        let Some((host, port)) = text.rsplit_once(':') else { return Err(format!("`{text}` has no port")) };
        if host.is_empty() || (host.contains(':') && !(host.starts_with('[') && host.ends_with(']'))) {
            return Err(format!("`{host}` is no host"));
        }
        if port.parse::<u16>().is_err() {
            return Err(format!("`{port}` is no port"));
        }
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the built-in engine.
    Sqlite(PathBuf),
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

impl Setting for DatabaseUrl {
    const VALUE_NAME: &'static str = "URL";
    const EXPECTED: &'static str =
        "sqlite: and the path of a file, such as sqlite:/var/lib/registry/registry.db";

    fn parse(text: &str) -> Result<Self, String> {
        let Some((engine, rest)) = text.split_once(':') else {
            return Err(format!("`{text}` names no engine"));
        };
        match engine {
            "sqlite" => {}
            // What follows the engine may hold a password: it is not repeated.
            "postgres" | "postgresql" => return Err("PostgreSQL arrives with a later release".to_owned()),
            _ => return Err(format!("there is no engine `{engine}`")),
        }
        let path = rest.strip_prefix("//").unwrap_or(rest);
        if path.is_empty() {
            return Err("the path is missing".to_owned());
        }
        if path == ":memory:" {
            return Err("a store in memory would lose schemas that clients rely on; name a file".to_owned());
        }
        if path.contains('?') {
            return Err("the path has a `?`, but there are no options to set".to_owned());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(usize);

/// Units by their names in lower case.
const UNITS: [(&str, usize); 11] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

impl ByteSize {
    /// From a number.
    #[must_use]
    pub const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The number.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, bytes) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
            if self.0 >= bytes && self.0.is_multiple_of(bytes) {
                return write!(f, "{}{unit}", self.0 / bytes);
            }
        }
        self.0.fmt(f)
    }
}

impl Setting for ByteSize {
    const VALUE_NAME: &'static str = "SIZE";
    const EXPECTED: &'static str = "a number of bytes, or one with a unit, such as 10485760, 10MiB or 512KiB";

    fn parse(text: &str) -> Result<Self, String> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: usize = number.parse().map_err(|_| format!("`{text}` is no size"))?;
        let unit = unit.trim_start().to_ascii_lowercase();
        let (_, bytes) =
            UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| format!("`{text}` is no size"))?;
        number.checked_mul(*bytes).map(Self).ok_or_else(|| format!("`{text}` is too large"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Duration {
    const VALUE_NAME: &'static str = "TIME";
    const EXPECTED: &'static str = "a time above zero with a unit, such as 500ms, 30s, 5m or 1m30s";

    fn parse(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no time above zero");
        let mut rest = text;
        let mut total = Self::ZERO;
        while !rest.is_empty() {
            let (number, tail) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
            let number: u32 = number.parse().map_err(|_| refused())?;
            let (unit, tail) = tail.split_at(tail.bytes().take_while(u8::is_ascii_alphabetic).count());
            let unit = match unit {
                "ms" => Self::from_millis(1),
                "s" => Self::from_secs(1),
                "m" | "min" => Self::from_secs(60),
                "h" => Self::from_secs(3600),
                _ => return Err(refused()),
            };
            total = unit.checked_mul(number).and_then(|part| total.checked_add(part)).ok_or_else(refused)?;
            rest = tail.trim_start();
        }
        if total.is_zero() { Err(refused()) } else { Ok(total) }
    }

    fn show(&self) -> String {
        let (minutes, seconds, milliseconds) =
            (self.as_secs() / 60, self.as_secs() % 60, self.subsec_millis());
        let parts = [(minutes, "m"), (seconds, "s"), (u64::from(milliseconds), "ms")];
        parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number}{unit}"))
            .collect()
    }
}

impl Setting for bool {
    const VALUE_NAME: &'static str = "BOOL";
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "true" | "on" | "yes" => Ok(true),
            "false" | "off" | "no" => Ok(false),
            _ => Err(format!("`{text}` is neither")),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for NonZeroU32 {
    const VALUE_NAME: &'static str = "NUMBER";
    const EXPECTED: &'static str = "a whole number from 1 to 4294967295";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is no such number"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    const VALUE_NAME: &'static str = "TEXT";
    const EXPECTED: &'static str = "text that is not blank, without control characters";

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the text is blank".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Err("the text has a control character".to_owned());
        }
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for CompatibilityLevel {
    const VALUE_NAME: &'static str = "LEVEL";
    const EXPECTED: &'static str =
        "NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL or FULL_TRANSITIVE";

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| format!("`{text}` is no compatibility level"))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

impl Setting for LogFormat {
    const VALUE_NAME: &'static str = "FORMAT";
    const EXPECTED: &'static str = "text or json";

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{text}` is no form of the log")),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Json => "json".to_owned(),
        }
    }
}

/// Which events are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The directives.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for LogFilter {
    const VALUE_NAME: &'static str = "FILTER";
    const EXPECTED: &'static str =
        "off, error, warn, info, debug or trace, also per module, such as info,registry::access=debug";

    fn parse(text: &str) -> Result<Self, String> {
        let directives = text.split(',').map(str::trim);
        for directive in directives {
            // The filter's own parser takes a bare word that is no level for a module's name.
            let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
            if level.is_empty() || level.parse::<LevelFilter>().is_err() {
                return Err(format!("`{directive}` has no level"));
            }
        }
        EnvFilter::try_new(text).map_err(|error| format!("`{text}` is no filter ({error})"))?;
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Setting>(written: &str, shown: Option<&str>) {
        assert_eq!(T::parse(written).ok().map(|value| value.show()).as_deref(), shown, "{written}");
    }

    #[test]
    fn sizes() {
        for (written, shown) in [
            ("10485760", Some("10MiB")),
            ("10 MiB", Some("10MiB")),
            ("10mib", Some("10MiB")),
            ("1k", Some("1KiB")),
            ("1KB", Some("1000")),
            ("1g", Some("1GiB")),
            ("0", Some("0")),
            ("1025", Some("1025")),
            ("-1", None),
            ("1.5MiB", None),
            ("MiB", None),
            ("", None),
            ("99999999999999999999", None),
            ("99999999999999GiB", None),
        ] {
            check::<ByteSize>(written, shown);
        }
    }

    #[test]
    fn times() {
        for (written, shown) in [
            ("90s", Some("1m30s")),
            ("1m30s", Some("1m30s")),
            ("1m 30s", Some("1m30s")),
            ("500ms", Some("500ms")),
            ("1500ms", Some("1s500ms")),
            ("1h", Some("60m")),
            ("0s", None),
            ("30", None),
            ("s", None),
            ("", None),
            ("-1s", None),
            ("4294967296s", None),
        ] {
            check::<Duration>(written, shown);
        }
    }

    #[test]
    fn addresses() {
        for written in ["127.0.0.1:0", "[::1]:8081", "localhost:8081", "0.0.0.0:65535"] {
            check::<ListenAddress>(written, Some(written));
        }
        for written in ["", ":8081", "::1:8081", "localhost", "localhost:", "localhost:65536"] {
            check::<ListenAddress>(written, None);
        }
    }

    #[test]
    fn databases() {
        check::<DatabaseUrl>("sqlite:a/b.db", Some("sqlite:a/b.db"));
        check::<DatabaseUrl>("sqlite:///var/b.db", Some("sqlite:/var/b.db"));
        for written in ["registry.db", "sqlite:", "sqlite://", "sqlite:a?mode=rwc", "postgresql://h/d"] {
            check::<DatabaseUrl>(written, None);
        }
    }

    #[test]
    fn filters() {
        for written in ["info", "off", "info,registry::access=debug", "WARN"] {
            check::<LogFilter>(written, Some(written));
        }
        for written in ["", "loud", "info,", "registry=loud"] {
            check::<LogFilter>(written, None);
        }
    }
}
