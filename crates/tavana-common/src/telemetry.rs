//! Logs to standard error.

use thiserror::Error;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// The log level or filter could not be understood, or logs were already set up.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The text is neither a level nor a filter.
    #[error("LOG_LEVEL: could not understand {level:?}: {reason}")]
    Level {
        /// What was given.
        level: String,
        /// Why not.
        reason: String,
    },
    /// A second call.
    #[error("logs are already set up")]
    AlreadySet,
}

/// Whether `level` is a log level or filter directive that [`init`] takes.
#[must_use]
pub fn is_level(level: &str) -> bool {
    !level.trim().is_empty() && EnvFilter::builder().parse(level).is_ok()
}

/// Starts logging at `level` (`info`, or directives such as `info,tavana_gateway=debug`), as text
/// or as one JSON object a line.
///
/// # Errors
/// See [`TelemetryError`].
pub fn init(level: &str, json: bool) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder()
        .parse(level)
        .map_err(|error| TelemetryError::Level {
            level: level.to_owned(),
            reason: error.to_string(),
        })?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let logs = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(|about| !shows_statements(about.target())));
    let set = if json {
        logs.with(lines.json()).try_init()
    } else {
        logs.with(lines).try_init()
    };
    set.map_err(|_| TelemetryError::AlreadySet)
}

/// Whether what logs under this target writes texts of statements, which may hold credentials:
/// those lines are never written, whatever the level.
fn shows_statements(target: &str) -> bool {
    target == "sqlparser" || target.starts_with("sqlparser::")
}
