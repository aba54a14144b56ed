//! What a running process prints: kept for a failing test, and searched for its announcement.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Lines that a failing test shows.
const LINES_SHOWN: usize = 40;

/// The lines of one process, in the order of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output(Arc<Mutex<Vec<String>>>);

impl Output {
    /// Keeps what the process prints from now on, so that it never blocks on a full pipe.
    pub(crate) fn collect(&self, source: impl Read + Send + 'static) {
        self.collect_until(source, |_| None::<()>, None);
    }

    /// The same, and sends what is first found in a line.
    pub(crate) fn announce<T: Send + 'static>(
        &self,
        source: impl Read + Send + 'static,
        find: fn(&str) -> Option<T>,
        found: Sender<T>,
    ) {
        self.collect_until(source, find, Some(found));
    }

    fn collect_until<T: Send + 'static>(
        &self,
        source: impl Read + Send + 'static,
        find: fn(&str) -> Option<T>,
        mut found: Option<Sender<T>>,
    ) {
        let output = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                if found.is_some()
                    && let Some(announced) = find(&line)
                    && let Some(found) = found.take()
                {
                    // Nobody listens any more only when the start has timed out.
                    let _too_late = found.send(announced);
                }
                output.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    }
}
