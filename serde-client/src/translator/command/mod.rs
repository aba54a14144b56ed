//! The command line: `translator <command>`.

mod check;
mod cutover;
mod decommission;
mod dlq;
mod init;
mod kafka;
mod keys;
mod migration;
mod offsets;
mod output;
mod pause;
mod plan;
mod preview;
mod rule_set;
mod run;
mod status;
mod topics;
mod types;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::mapped::{DirectionSchemas, FileTables};
use super::mapping::file::MappingFile;
use super::migration::Direction;
use super::schema_store::SchemaStore;
use crate::RegistryClient;
use output::Out;

/// Keeps a topic fed with the records of another one, in another schema.
#[derive(Debug, Parser)]
#[command(name = "translator", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the skeleton of a mapping between two schema versions.
    Init(Box<init::Init>),
    /// Says what becomes of every leaf of both schemas; ends with 2 while something is open.
    Plan(plan::Plan),
    /// Tries a mapping on its examples and on generated records.
    Check(check::Check),
    /// Shows what real records become, without writing any.
    Preview(preview::Preview),
    /// Translates, until it is stopped.
    Run(Box<run::Run>),
    /// Reads both topics and proves what became of every record; ends with 2 when something is lost, doubled,
    /// reordered or wrong.
    Verify(verify::Verify),
    /// Says where a consumer group goes on in the other topic, and puts it there.
    Offsets(Box<offsets::Offsets>),
    /// Makes the rules of a mapping out of a rule set's migration rules.
    Import(rule_set::Import),
    /// Makes migration rules out of a mapping, where they can say the same.
    Export(rule_set::Export),
    /// Says how far the translator is, who reads both topics, and which gates of the decommissioning are open.
    Status(Box<status::Status>),
    /// Lets all runs of a migration stop reading, until they are resumed.
    Pause(pause::PauseCommand),
    /// Ends a pause.
    Resume(pause::Resume),
    /// Turns old->new into new->old, once the producers of the old topic have stopped; ends with 3 while it waits.
    Cutover(Box<cutover::CutoverCommand>),
    /// Lists what could not be translated, and replays it.
    Dlq(Box<dlq::DeadLetterQueue>),
    /// Takes the old topic away, step by step, as far as the evidence allows it.
    Decommission(Box<decommission::Decommission>),
}

/// What every command that reads a mapping takes.
#[derive(Debug, Args)]
struct MappingArgs {
    /// The mapping file.
    #[arg(value_name = "MAPPING")]
    mapping: PathBuf,
    #[command(flatten)]
    registry: RegistryArgs,
    /// `text` for people, `json` for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    output: Format,
}

/// Where schemas come from.
#[derive(Debug, Args)]
struct RegistryArgs {
    /// Base URL of the registry, or several with commas between; overrides the mapping's, as the environment's
    /// SCHEMA_REGISTRY_URL does.
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    /// Folder in which schemas are kept for the time when the registry does not answer.
    #[arg(long, value_name = "FOLDER")]
    schemas: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// As it should.
    Done,
    /// Something is open or does not hold.
    NotSatisfied,
    /// What has to be known is not known yet.
    Waiting,
}

/// Why a command could not do its work: what a person reads.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl Failure {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command line of this process. Exit codes: 0 done, 1 error, 2 not satisfied, 3 waiting.
#[must_use]
pub fn main() -> ExitCode {
    let line = Line::parse();
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let mut out = Out::stdout();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(line.command.run(&mut out)),
        Err(error) => Err(Failure::new(error)),
    };
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NotSatisfied) => ExitCode::from(2),
        Ok(Outcome::Waiting) => ExitCode::from(3),
        Err(failure) => {
            Out::complain(&failure);
            ExitCode::from(1)
        }
    }
}

/// What happens besides goes to the standard error output; RUST_LOG says how much.
fn log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,serde_client=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

impl Command {
    async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        match self {
            Self::Init(init) => init.run(out).await,
            Self::Plan(plan) => plan.run(out).await,
            Self::Check(check) => check.run(out).await,
            Self::Preview(preview) => preview.run(out).await,
            Self::Run(run) => run.run(out).await,
            Self::Verify(verify) => verify.run(out).await,
            Self::Offsets(offsets) => offsets.run(out).await,
            Self::Import(import) => import.run(out).await,
            Self::Export(export) => export.run(out),
            Self::Status(status) => status.run(out).await,
            Self::Pause(pause) => pause.run(out).await,
            Self::Resume(resume) => resume.run(out).await,
            Self::Cutover(cutover) => cutover.run(out).await,
            Self::Dlq(queue) => queue.run(out).await,
            Self::Decommission(decommission) => decommission.run(out).await,
        }
    }
}

impl RegistryArgs {
    /// What the command line or the environment says.
    fn url(&self) -> Option<String> {
        self.registry
            .clone()
            .or_else(|| std::env::var("SCHEMA_REGISTRY_URL").ok().filter(|url| !url.is_empty()))
    }

    fn store(&self, urls: &[String], context: Option<&str>) -> Result<SchemaStore, Failure> {
        Ok(SchemaStore::new(self.client(urls, context)?, self.schemas.clone()))
    }

    fn client(&self, urls: &[String], context: Option<&str>) -> Result<RegistryClient, Failure> {
        let named = self.url();
        let urls = named.unwrap_or_else(|| urls.join(","));
        if urls.is_empty() {
            let message = "no registry is named: give --registry URL, or `registry: {url: …}` in the mapping";
            return Err(Failure::new(message));
        }
        let mut builder = RegistryClient::builder(&urls);
        if let Some(context) = context {
            builder = builder.context(context);
        }
        builder.build().map_err(Failure::new)
    }
}

/// A mapping with everything that its file names.
struct Loaded {
    path: PathBuf,
    file: MappingFile,
    tables: FileTables,
    store: SchemaStore,
}

impl MappingArgs {
    fn load(&self) -> Result<Loaded, Failure> {
        let file = read_mapping(&self.mapping)?;
        let place = &file.migration.registry;
        let store = self.registry.store(&place.urls, place.context.as_deref())?;
        Ok(Loaded { path: self.mapping.clone(), tables: FileTables::beside(&self.mapping), file, store })
    }
}

impl Loaded {
    async fn schemas(&self, direction: Direction) -> Result<DirectionSchemas, Failure> {
        DirectionSchemas::load(&self.store, &self.file, direction).await.map_err(Failure::new)
    }
}

fn read_mapping(path: &Path) -> Result<MappingFile, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure(format!("{name}: {error}")))?;
    MappingFile::parse(&text).map_err(|problem| Failure(format!("{name}: {problem}")))
}
