//! The command line. Flags of settings are made from the table of keys.
//!
//! Exit codes: 0 when all went well, 1 when a run failed, 2 for a mistake in the command line or the configuration.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::{Arg, ArgMatches, Command, value_parser};

use crate::config::{CONFIG_FLAG, CONFIG_VARIABLE, Config, DumpFormat, KEYS, Sources, dump};
use crate::telemetry::BuildInfo;
use crate::{http, logging, run};

const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const FORMAT: &str = "format";

/// Runs the program with the process's arguments and environment.
#[must_use]
pub fn main() -> ExitCode {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version go to stdout and are no mistake; should printing fail there is nobody to tell.
            let _unprintable = error.print();
            return if error.use_stderr() { ExitCode::from(MISUSED) } else { ExitCode::SUCCESS };
        }
    };
    match matches.subcommand() {
        Some(("serve", matches)) => with_config(matches, serve),
        Some(("config", matches)) => match matches.subcommand() {
            Some(("dump", matches)) => with_config(matches, |config| {
                let format = matches.get_one(FORMAT).copied().unwrap_or_default();
                print(&dump(config.effective(), format))
            }),
            _ => ExitCode::from(MISUSED),
        },
        Some(("openapi", _)) => match http::openapi::yaml() {
            Ok(yaml) => print(&yaml),
            Err(error) => {
                complain(&error);
                ExitCode::from(FAILED)
            }
        },
        _ => ExitCode::from(MISUSED),
    }
}

fn command() -> Command {
    let format = Arg::new(FORMAT)
        .long(FORMAT)
        .value_parser(value_parser!(DumpFormat))
        .default_value("table")
        .help("How to print the values");
    let dump = Command::new("dump")
        .about("Print every setting in force and where it comes from")
        .long_about(
            "Print every setting in force and where it comes from. Takes the flags of `registry serve`, so that it \
             tells what a start with them would use.",
        )
        .arg(format);
    Command::new("registry")
        .about("A schema registry for Kafka")
        .version(BuildInfo::CURRENT.version)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_settings(Command::new("serve").about("Serve the REST API until told to stop")))
        .subcommand(
            Command::new("config")
                .about("Look into the configuration")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand(with_settings(dump)),
        )
        .subcommand(Command::new("openapi").about("Print the OpenAPI document of the REST API as YAML"))
}

fn with_settings(command: Command) -> Command {
    let file = Arg::new(CONFIG_FLAG)
        .long(CONFIG_FLAG)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help(format!("TOML or YAML file with settings [env: {CONFIG_VARIABLE}]"));
    let settings = KEYS.iter().map(|key| {
        Arg::new(key.name)
            .long(key.name)
            .value_name(key.value_name)
            .help(StyledStr::from(format!(
                "{} [default: {}] [env: {}]",
                key.help,
                key.default,
                key.variable()
            )))
            .help_heading("Settings (a flag beats the environment, which beats the file)")
    });
    command.arg(file).args(settings)
}

fn sources(matches: &ArgMatches) -> Sources {
    Sources {
        flags: KEYS
            .iter()
            .filter_map(|key| Some((key.name, matches.get_one::<String>(key.name)?.clone())))
            .collect(),
        config_file: matches.get_one(CONFIG_FLAG).cloned(),
        environment: std::env::vars_os().collect(),
    }
}

fn with_config(matches: &ArgMatches, action: impl FnOnce(Config) -> ExitCode) -> ExitCode {
    match Config::load(&sources(matches)) {
        Ok(config) => action(config),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(MISUSED)
        }
    }
}

fn serve(config: Config) -> ExitCode {
    let outcome = logging::start(config.log_format, &config.log_level)
        .map_err(|error| error.to_string())
        .and_then(|()| run::serve(&config).map_err(|error| error.to_string()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// Whoever reads may stop reading: that is no failure worth a message.
fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILED),
    }
}

fn complain(message: &str) {
    for line in message.lines() {
        let _unprintable = writeln!(io::stderr(), "error: {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<ArgMatches, clap::Error> {
        command().try_get_matches_from([&["registry"], arguments].concat())
    }

    #[test]
    fn the_command_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_key_is_a_flag_of_serve_and_dump() {
        for key in KEYS {
            let flag = format!("--{}", key.name);
            for command in [&["serve"][..], &["config", "dump"]] {
                let matches = parse(&[command, &[&flag, key.default]].concat()).unwrap();
                let mut innermost = &matches;
                while let Some((_, matches)) = innermost.subcommand() {
                    innermost = matches;
                }
                assert_eq!(sources(innermost).flags, [(key.name, key.default.to_owned())]);
            }
        }
    }

    #[test]
    fn help_tells_default_and_variable() {
        let help = parse(&["serve", "--help"]).unwrap_err().to_string();
        for key in KEYS {
            assert!(help.contains(key.help), "{}", key.name);
            assert!(
                help.contains(&format!("[default: {}] [env: {}]", key.default, key.variable())),
                "{}",
                key.name
            );
        }
    }

    #[test]
    fn mistakes_are_told_apart_from_help() {
        for arguments in
            [&["serve", "--lisen", "x"][..], &["config", "dump", "--format", "xml"], &["destroy"], &[]]
        {
            assert!(parse(arguments).unwrap_err().use_stderr(), "{arguments:?}");
        }
        for arguments in [&["--version"][..], &["--help"], &["serve", "--help"]] {
            assert!(!parse(arguments).unwrap_err().use_stderr(), "{arguments:?}");
        }
    }
}
