//! One run of the service, from its socket to its store and back.

use std::io::{self, Write as _};
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::assembly::{self, Assembled, AssemblyError};
use crate::config::{Config, LogFormat};
use crate::http;
use crate::http::application::Application;
use crate::http::edge::Edge;
use crate::http::health::{Phase, Readiness};
use crate::server::{self, Drained};
use crate::telemetry::{BuildInfo, Metrics};

/// Why a run ended badly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system refuses what every run needs.
    #[error("cannot start: {0}")]
    System(#[source] io::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; free the port, or choose another address with --listen")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The store or what is built on it cannot be opened.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// [`RunError`] when the service cannot start.
pub fn serve(config: &Config) -> Result<(), RunError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(RunError::System)?;
    runtime.block_on(start(config))
}

async fn start(config: &Config) -> Result<(), RunError> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    // Signals first: one that arrives while the store opens must not kill the process halfway.
    let signals = Signals::listen().map_err(RunError::System)?;
    let address = config.listen.as_str();
    let refused = |source| RunError::Listen { address: address.to_owned(), source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let metrics = Arc::new(Metrics::new(BuildInfo::CURRENT, &http::patterns()));
    let readiness = Arc::new(Readiness::default());
    let assembled = assembly::open(config, Arc::clone(&metrics), Arc::clone(&readiness)).await?;
    announce(config, &listener).map_err(RunError::System)?;
    readiness.enter(Phase::Serving);
    attend(config, listener, assembled, Attendance { metrics, readiness, signals }).await;
    Ok(())
}

/// What accompanies the service while it runs.
struct Attendance {
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
    signals: Signals,
}

/// Serves, drains and closes.
async fn attend<A: Application>(
    config: &Config,
    listener: TcpListener,
    assembled: Assembled<A>,
    with: Attendance,
) {
    let Attendance { metrics, readiness, mut signals } = with;
    let service = Edge::new(assembled.application, Arc::clone(&metrics), config.into()).into_service();
    let told_to_stop = Notify::new();
    let until_second_signal = async {
        signals.next().await;
        tracing::info!("stopping: requests in flight are finished; a second signal ends them");
        readiness.enter(Phase::Draining);
        told_to_stop.notify_one();
        signals.next().await;
    };
    tokio::select! {
        drained = server::serve(listener, service, config.into(), &metrics, told_to_stop.notified()) => match drained {
            Drained { cut_off: 0 } => {}
            Drained { cut_off } => tracing::warn!(cut_off, "connections did not finish within shutdown-timeout"),
        },
        () = until_second_signal => tracing::warn!("a second signal: requests in flight are cut off"),
    }
    assembled.close.await;
    tracing::info!("stopped");
}

/// Tells where the service is: the first line of stdout.
fn announce(config: &Config, listener: &TcpListener) -> io::Result<()> {
    let (address, store) = (listener.local_addr()?, &config.database);
    let mut stdout = io::stdout().lock();
    match config.log_format {
        LogFormat::Text => {
            let version = BuildInfo::CURRENT.version;
            writeln!(stdout, "registry {version} listens on http://{address} and keeps schemas in {store}")?;
        }
        LogFormat::Json => {
            let line =
                json!({"event": "listening", "address": address.to_string(), "store": store.to_string()});
            writeln!(stdout, "{line}")?;
        }
    }
    stdout.flush()
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
