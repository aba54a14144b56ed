//! Configuration: one typed table of keys, read from flags, the environment and a file.
//!
//! [`keys`](self) holds the table. Every key is a flag (`--body-limit`), an environment variable
//! (`REGISTRY_BODY_LIMIT`) and a key of the TOML or YAML file named by `--config` or `REGISTRY_CONFIG`. A flag beats
//! the environment, which beats the file, which beats the default; an empty variable counts as none. Whatever is wrong is collected and told at once.

mod dump;
mod error;
mod file;
mod keys;
mod sources;
mod values;

pub use dump::{DumpFormat, dump};
pub use error::{ConfigError, Problem};
pub use keys::{Config, KEYS};
pub use sources::{CONFIG_FLAG, CONFIG_VARIABLE, EffectiveValue, Key, Origin, Sources};
pub use values::{ByteSize, DatabaseUrl, ListenAddress, LogFilter, LogFormat, Setting};
