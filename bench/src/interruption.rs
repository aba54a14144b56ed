//! Ends a run early but in order: servers are stopped and databases removed, as at the end of a whole run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Attempt, Failure, Result};

/// Whether SIGINT or SIGTERM has come. Whoever works for long asks now and then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens from now on, in a thread that lives as long as the process.
    pub(crate) fn listen() -> Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_io().build().attempt("start a runtime")?;
        let interruption = Self::default();
        let (mut interrupt, mut terminate) = {
            let _runtime = runtime.enter();
            let listen = |kind| signal(kind).attempt("listen for signals");
            (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?)
        };
        let told = interruption.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            });
            told.0.store(true, Ordering::Relaxed);
        });
        Ok(interruption)
    }

    /// Fails once a signal has come.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_copies_are_told() {
        let interruption = Interruption::default();
        let copy = interruption.clone();
        copy.check().unwrap();
        interruption.0.store(true, Ordering::Relaxed);
        assert!(matches!(copy.check(), Err(Failure::Interrupted)));
    }
}
