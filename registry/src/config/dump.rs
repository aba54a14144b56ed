//! What `registry config dump` prints.

use std::fmt::Write as _;

use serde_json::json;

use super::sources::EffectiveValue;

/// How the values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DumpFormat {
    /// Columns for people.
    #[default]
    Table,
    /// One object with a value and an origin for each key.
    Json,
    /// A configuration file that says the same, origins as comments.
    Toml,
}

/// Writes every value with its origin.
#[must_use]
pub fn dump(values: &[EffectiveValue], format: DumpFormat) -> String {
    match format {
        DumpFormat::Table => table(values),
        DumpFormat::Json => object(values),
        DumpFormat::Toml => toml(values),
    }
}

fn table(values: &[EffectiveValue]) -> String {
    let widest = |text: fn(&EffectiveValue) -> &str, head: &str| {
        values.iter().map(|value| text(value).chars().count()).max().unwrap_or(0).max(head.len())
    };
    let keys = widest(|value| value.key.name, "KEY");
    let texts = widest(|value| &value.value, "VALUE");
    let mut out = format!("{:keys$}  {:texts$}  ORIGIN\n", "KEY", "VALUE");
    for value in values {
        let _infallible = writeln!(out, "{:keys$}  {:texts$}  {}", value.key.name, value.value, value.origin);
    }
    out
}

fn object(values: &[EffectiveValue]) -> String {
    let entries: serde_json::Map<_, _> = values
        .iter()
        .map(|value| {
            let entry = json!({"value": value.value, "origin": value.origin.to_string()});
            (value.key.name.to_owned(), entry)
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Object(entries))
}

fn toml(values: &[EffectiveValue]) -> String {
    let mut out = String::new();
    for value in values {
        // A JSON string is a TOML basic string too: no value holds the one character (DEL) in which they differ.
        let text = serde_json::Value::from(value.value.as_str());
        let _infallible = writeln!(out, "{} = {text}  # {}", value.key.name, value.origin);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::sources::{Origin, Sources};
    use super::super::{Config, KEYS};
    use super::*;

    fn loaded() -> Config {
        let flags = vec![("group-id", "a \"b\" \\ c".to_owned()), ("listen", "127.0.0.1:1".to_owned())];
        Config::load(&Sources { flags, ..Sources::default() }).unwrap()
    }

    #[test]
    fn the_table_has_a_line_for_each_key() {
        let text = dump(loaded().effective(), DumpFormat::Table);
        assert_eq!(text.lines().count(), KEYS.len() + 1);
        let listen: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(listen, ["listen", "127.0.0.1:1", "flag", "--listen"]);
    }

    #[test]
    fn json_has_value_and_origin() {
        let value: serde_json::Value =
            serde_json::from_str(&dump(loaded().effective(), DumpFormat::Json)).unwrap();
        assert_eq!(value["listen"]["value"], "127.0.0.1:1");
        assert_eq!(value["listen"]["origin"], "flag --listen");
        assert_eq!(value["body-limit"]["origin"], "default");
        assert_eq!(value.as_object().unwrap().len(), KEYS.len());
    }

    #[test]
    fn toml_can_be_read_back() {
        let config = loaded();
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("dumped.toml");
        std::fs::write(&path, dump(config.effective(), DumpFormat::Toml)).unwrap();
        let again = Config::load(&Sources { config_file: Some(path), ..Sources::default() }).unwrap();
        for (first, second) in config.effective().iter().zip(again.effective()) {
            assert_eq!((first.key, &first.value), (second.key, &second.value));
            assert!(matches!(second.origin, Origin::File { .. }));
        }
    }
}
