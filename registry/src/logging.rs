//! The log: events on stderr, as text for people or JSON for collectors.

use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, layer::SubscriberExt as _};

use crate::config::{LogFilter, LogFormat};

/// The log was started before, or the filter is none.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the log: {0}")]
pub struct LoggingError(String);

/// Starts the log for the whole process, panics included.
///
/// # Errors
/// [`LoggingError`] when there is a log already.
pub fn start(format: LogFormat, filter: &LogFilter) -> Result<(), LoggingError> {
    let subscriber = subscriber(format, filter, io::stderr().is_terminal(), io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|error| LoggingError(error.to_string()))?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn subscriber<W>(
    format: LogFormat,
    filter: &LogFilter,
    colours: bool,
    writer: W,
) -> Result<impl tracing::Subscriber + Send + Sync, LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter.as_str()).map_err(|error| LoggingError(error.to_string()))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    let layer = match format {
        LogFormat::Text => layer.with_ansi(colours).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Ok(Registry::default().with(layer.with_filter(filter)))
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panic: {}", text.unwrap_or("without a message"));
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::config::Setting as _;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str, events: impl FnOnce()) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let filter = LogFilter::parse(filter).unwrap();
        let subscriber = subscriber(format, &filter, false, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, events);
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_has_level_message_and_fields() {
        let text = logged(LogFormat::Text, "info", || tracing::info!(subject = "s", "registered"));
        assert!(text.contains("INFO") && text.contains("registered subject=\"s\""), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = logged(LogFormat::Json, "info", || {
            let span = tracing::info_span!("request", id = "abc");
            span.in_scope(|| tracing::warn!(status = 500, "two\nlines"));
        });
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["level"], "WARN");
        assert_eq!(value["message"], "two\nlines");
        assert_eq!(value["status"], 500);
        assert_eq!(value["span"]["id"], "abc");
    }

    #[test]
    fn the_filter_decides() {
        let events = || {
            tracing::info!("kept out");
            tracing::debug!(target: "registry::access", "let in");
        };
        let text = logged(LogFormat::Text, "warn,registry::access=debug", events);
        assert!(text.contains("let in") && !text.contains("kept out"), "{text}");
    }
}
