//! The table of keys. A new key is one entry here and nothing else.

use std::num::NonZeroU32;
use std::time::Duration;

use schema::model::config::CompatibilityLevel;

use super::error::{ConfigError, Problem};
use super::sources::{Assignments, EffectiveValue, Key, Sources};
use super::values::{ByteSize, DatabaseUrl, ListenAddress, LogFilter, LogFormat, Setting};

macro_rules! settings {
    (@key $(#[doc = $help:literal])+ $kind:ty = $name:literal, $default:literal) => {
        Key {
            name: $name,
            default: $default,
            help: concat!($($help),+).trim_ascii(),
            value_name: <$kind as Setting>::VALUE_NAME,
        }
    };
    ($($(#[doc = $help:literal])+ $field:ident: $kind:ty = $name:literal, $default:literal;)*) => {
        /// Every setting, parsed and valid.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $help])+ pub $field: $kind,)*
            effective: Vec<EffectiveValue>,
            warnings: Vec<String>,
        }

        /// Every key, in the order of the help and of the dump.
        pub const KEYS: &[Key] = &[$(settings!(@key $(#[doc = $help])+ $kind = $name, $default),)*];

        impl Config {
            fn from_assignments(assignments: &Assignments) -> Result<Self, Vec<Problem>> {
                let mut problems = Vec::new();
                $(
                    let key = settings!(@key $(#[doc = $help])+ $kind = $name, $default);
                    let $field = assignments.read::<$kind>(&key, &mut problems);
                )*
                let ($(Some($field),)*) = ($($field,)*) else { return Err(problems) };
                Ok(Self {
                    effective: vec![$($field.1,)*],
                    warnings: Vec::new(),
                    $($field: $field.0,)*
                })
            }
        }
    };
}

settings! {
    /// Address and port to listen on; port 0 takes any free port
    listen: ListenAddress = "listen", "127.0.0.1:8081";
    /// Where schemas are kept
    database: DatabaseUrl = "database", "sqlite:registry.db";
    /// Largest request body
    body_limit: ByteSize = "body-limit", "10MiB";
    /// Largest schema text
    schema_size_limit: ByteSize = "schema-size-limit", "5MiB";
    /// Most schemas that one answer of GET /schemas lists; also the number when a client names none
    schema_search_limit: NonZeroU32 = "schema-search-limit", "1000";
    /// Most key encryption keys, and most data encryption keys, that are kept
    dek_registry_keys_max: NonZeroU32 = "dek-registry-keys-max", "20000";
    /// Bytes that the caches of schemas and answers may take together; 0 turns them off
    cache_size: ByteSize = "cache-size", "72MiB";
    /// Whether Protobuf schemas of edition 2023 or 2024 are taken; most clients of Kafka cannot read them yet
    protobuf_editions: bool = "protobuf-editions", "false";
    /// Compatibility level where neither a subject, its context nor the global config sets one
    compatibility_level: CompatibilityLevel = "compatibility-level", "BACKWARD";
    /// Whether clients may change modes
    mode_mutability: bool = "mode-mutability", "true";
    /// Name of this group of registries, told by GET /v1/metadata/id
    group_id: String = "group-id", "schema-registry";
    /// Name of the Kafka cluster, told by GET /v1/metadata/id
    cluster_id: String = "cluster-id", "kafka-cluster";
    /// Whether GET /docs shows the API documentation
    docs: bool = "docs", "true";
    /// Form of the log on stderr
    log_format: LogFormat = "log-format", "text";
    /// What is logged: a level, or levels per module
    log_level: LogFilter = "log-level", "info";
    /// Most connections open at a time; further ones wait
    connections_max: NonZeroU32 = "connections-max", "10000";
    /// How long a client may take to send the head of a request
    header_timeout: Duration = "header-timeout", "10s";
    /// How long a client may take to send the body of a request
    body_timeout: Duration = "body-timeout", "30s";
    /// How long the service may take to answer a request
    request_timeout: Duration = "request-timeout", "60s";
    /// How long a connection may stay open between two requests
    keep_alive_timeout: Duration = "keep-alive-timeout", "75s";
    /// How long requests in flight may take to finish once the service is told to stop
    shutdown_timeout: Duration = "shutdown-timeout", "30s";
}

impl Config {
    /// Reads every source.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong: unknown keys of the file, values that cannot be, a file that cannot be
    /// read.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let (assignments, mut problems) = Assignments::gather(sources, KEYS);
        let config = match Self::from_assignments(&assignments) {
            Ok(config) if problems.is_empty() => config,
            Ok(_) => return Err(ConfigError { problems }),
            Err(further) => {
                problems.extend(further);
                return Err(ConfigError { problems });
            }
        };
        Ok(Self { warnings: sources.unknown_variables(KEYS), ..config })
    }

    /// Every value in force and where it comes from.
    #[must_use]
    pub fn effective(&self) -> &[EffectiveValue] {
        &self.effective
    }

    /// What looks like a mistake but may be none: to be logged once logging works.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsString;
    use std::path::Path;

    use super::super::sources::Origin;
    use super::*;

    struct Case<'a> {
        flags: &'a [(&'static str, &'a str)],
        environment: &'a [(&'a str, &'a str)],
        file: Option<(&'a str, &'a str)>,
    }

    impl Case<'_> {
        const EMPTY: Self = Case { flags: &[], environment: &[], file: None };

        fn load(&self) -> Result<Config, String> {
            let folder = tempfile::tempdir().unwrap();
            let config_file = self.file.map(|(name, text)| {
                let path = folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                path
            });
            let sources = Sources {
                flags: self.flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
                config_file,
                environment: self
                    .environment
                    .iter()
                    .map(|(k, v)| (OsString::from(k), OsString::from(v)))
                    .collect(),
            };
            let place = folder.path().display().to_string() + "/";
            Config::load(&sources).map_err(|error| error.to_string().replace(&place, ""))
        }
    }

    fn origin(config: &Config, key: &str) -> String {
        config.effective().iter().find(|value| value.key.name == key).unwrap().origin.to_string()
    }

    #[test]
    fn defaults_are_valid_and_shown_as_written() {
        let config = Case::EMPTY.load().unwrap();
        for value in config.effective() {
            assert_eq!(value.origin, Origin::Default, "{}", value.key.name);
        }
        assert_eq!(config.listen.as_str(), "127.0.0.1:8081");
        assert_eq!(config.database, DatabaseUrl::Sqlite(Path::new("registry.db").to_owned()));
        assert_eq!(config.body_limit.bytes(), 10 * 1024 * 1024);
        assert_eq!(config.compatibility_level, CompatibilityLevel::Backward);
        assert!(config.mode_mutability);
        let shown: Vec<&str> = config.effective().iter().map(|value| value.value.as_str()).collect();
        let written: Vec<&str> = KEYS.iter().map(|key| key.default).collect();
        assert_eq!(shown.iter().filter(|text| **text == "1m").count(), 1, "60s has a shorter form");
        let shorter = |text: &&str| match *text {
            "1m" => "60s".to_owned(),
            "1m15s" => "75s".to_owned(),
            t => t.to_owned(),
        };
        assert_eq!(shown.iter().map(shorter).collect::<Vec<_>>(), written);
    }

    #[test]
    fn names_are_unique_and_spelled_alike() {
        let names: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
        for key in KEYS {
            assert!(key.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", key.name);
            assert!(!key.help.trim().ends_with('.'), "{}", key.name);
        }
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let file = Some((
            "registry.toml",
            "body-limit = 1024\nlisten = \"127.0.0.1:1\"\ngroup-id = \"from-file\"\n",
        ));
        let environment: &[_] = &[("REGISTRY_BODY_LIMIT", "2KiB"), ("REGISTRY_LISTEN", "127.0.0.1:2")];
        let config = Case { flags: &[("listen", "127.0.0.1:3")], environment, file }.load().unwrap();
        assert_eq!(config.listen.as_str(), "127.0.0.1:3");
        assert_eq!(origin(&config, "listen"), "flag --listen");
        assert_eq!(config.body_limit.bytes(), 2048);
        assert_eq!(origin(&config, "body-limit"), "environment REGISTRY_BODY_LIMIT");
        assert_eq!(config.group_id, "from-file");
        assert!(
            origin(&config, "group-id").ends_with("registry.toml line 3"),
            "{}",
            origin(&config, "group-id")
        );
        assert_eq!(origin(&config, "cluster-id"), "default");
    }

    #[test]
    fn yaml_and_toml_say_the_same() {
        let toml = "body-limit = 1_048_576\nmode-mutability = false\nheader-timeout = \"2s\"\n";
        let yaml = "body-limit: 1048576\nmode-mutability: false\nheader-timeout: 2s\n";
        for (name, text) in [("r.toml", toml), ("r.yaml", yaml), ("r.yml", yaml)] {
            let config = Case { file: Some((name, text)), ..Case::EMPTY }.load().unwrap();
            assert_eq!(config.body_limit.to_string(), "1MiB", "{name}");
            assert!(!config.mode_mutability, "{name}");
            assert_eq!(config.header_timeout, Duration::from_secs(2), "{name}");
            assert!(origin(&config, "header-timeout").ends_with("line 3"), "{name}");
        }
    }

    #[test]
    fn an_empty_file_is_fine() {
        for name in ["r.toml", "r.yaml"] {
            assert!(Case { file: Some((name, "# nothing yet\n")), ..Case::EMPTY }.load().is_ok(), "{name}");
        }
    }

    /// One row per mistake: the file, what the message must name.
    #[test]
    fn mistakes_in_a_file_are_named() {
        let cases: [(&str, &str, &[&str]); 10] = [
            ("r.toml", "lisen = \"x:1\"\n", &["lisen", "r.toml line 1", "no such key", "`listen`"]),
            ("r.yaml", "\nlisen: x:1\n", &["lisen", "r.yaml line 2", "no such key", "`listen`"]),
            (
                "r.toml",
                "body-limit = \"10 apples\"\n",
                &["body-limit", "r.toml line 1", "`10 apples`", "10MiB"],
            ),
            ("r.toml", "body-limit = [1]\n", &["body-limit", "r.toml line 1", "array", "one value"]),
            ("r.toml", "listen = \n", &["r.toml", "line 1"]),
            ("r.yaml", "listen: [1\n", &["r.yaml", "line"]),
            ("r.yaml", "body-limit:\n  a: 1\n", &["r.yaml", "line 2", "expected one value: text, a number"]),
            ("r.yaml", "listen: x:1\nlisten: x:2\n", &["r.yaml", "line 2", "duplicate", "listen"]),
            ("r.json", "{}", &["r.json", ".toml", ".yaml"]),
            ("r.toml", "[server]\nlisten = \"x:1\"\n", &["server", "no such key"]),
        ];
        for (name, text, parts) in cases {
            let message = Case { file: Some((name, text)), ..Case::EMPTY }.load().unwrap_err();
            for part in parts {
                assert!(message.contains(part), "{name}: {text:?}: `{part}` is missing in: {message}");
            }
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let file = Some(("r.toml", "nonsense = 1\n"));
        let environment: &[_] = &[("REGISTRY_LOG_FORMAT", "xml")];
        let message = Case { flags: &[("body-timeout", "soon")], environment, file }.load().unwrap_err();
        for part in [
            "nonsense",
            "environment REGISTRY_LOG_FORMAT",
            "`xml`",
            "text or json",
            "flag --body-timeout",
            "30s",
        ] {
            assert!(message.contains(part), "`{part}` is missing in: {message}");
        }
        assert_eq!(message.lines().count(), 3, "{message}");
    }

    #[test]
    fn values_that_cannot_be_are_refused_with_a_cure() {
        let cases: [(&'static str, &str, &str); 12] = [
            ("listen", "8081", "127.0.0.1:8081"),
            ("listen", "localhost:70000", "65535"),
            ("database", "postgres://u:p@h/db", "later release"),
            ("database", "mysql://h/db", "sqlite:"),
            ("database", "sqlite:", "sqlite:"),
            ("database", "sqlite::memory:", "file"),
            ("log-level", "registry=loud", "info"),
            ("compatibility-level", "SIDEWAYS", "FULL_TRANSITIVE"),
            ("mode-mutability", "perhaps", "true or false"),
            ("connections-max", "0", "1"),
            ("header-timeout", "0s", "above zero"),
            ("group-id", " ", "not blank"),
        ];
        for (key, value, cure) in cases {
            let message = Case { flags: &[(key, value)], ..Case::EMPTY }.load().unwrap_err();
            assert!(message.contains(cure), "{key}={value}: `{cure}` is missing in: {message}");
            assert!(message.starts_with(key), "{message}");
        }
    }

    #[test]
    fn a_password_in_a_refused_url_is_not_repeated() {
        let message =
            Case { flags: &[("database", "postgres://u:secret@h/db")], ..Case::EMPTY }.load().unwrap_err();
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn a_config_file_named_by_the_environment_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.toml");
        std::fs::write(&path, "group-id = \"g\"\n").unwrap();
        let environment = [("REGISTRY_CONFIG", path.to_str().unwrap())];
        assert_eq!(Case { environment: &environment, ..Case::EMPTY }.load().unwrap().group_id, "g");
        let message = Case { environment: &[("REGISTRY_CONFIG", "/nowhere/r.toml")], ..Case::EMPTY }
            .load()
            .unwrap_err();
        assert!(message.contains("/nowhere/r.toml") && message.contains("REGISTRY_CONFIG"), "{message}");
    }

    #[test]
    fn a_mistyped_variable_is_a_warning_and_those_of_orchestrators_are_not() {
        let environment: &[_] = &[
            ("REGISTRY_LISTN", "x"),
            ("REGISTRY_SERVICE_HOST", "10.0.0.1"),
            ("REGISTRY_PORT", "tcp://10.0.0.1:80"),
        ];
        let config = Case { environment, ..Case::EMPTY }.load().unwrap();
        assert_eq!(config.warnings().len(), 1, "{:?}", config.warnings());
        assert!(
            config.warnings()[0].contains("REGISTRY_LISTN")
                && config.warnings()[0].contains("REGISTRY_LISTEN")
        );
    }
}
