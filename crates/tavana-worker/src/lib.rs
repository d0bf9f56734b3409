//! A worker: runs statements in engine processes and streams their results.
//!
//! The life of a query here: an rpc arrives in [`service`] with its session's context; the
//! [`supervisor`] gives it a slot, memory and an engine process; the request goes to the process
//! over a socket ([`stream`]); in there [`engine`] runs it on DuckDB and encodes each batch once;
//! the batches come back over the socket and leave in the rpc's stream without being touched. If
//! the client goes, its stream is dropped, and dropping stops the statement.
//!
//! Only [`engine`] uses DuckDB, and it runs only in engine processes: the supervisor never does.

pub mod engine;
mod error;
mod metrics;
pub mod probe;
mod service;
mod settings;
pub mod stream;
mod supervisor;

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;

use tavana_common::inside::Door;
use tokio::sync::oneshot;

pub use crate::error::{ExtensionError, WorkerError};
pub use crate::metrics::{Counter, Metrics};
pub use crate::settings::{
    Credentials, Egress, EngineCommand, LogSettings, TlsSettings, WorkerSettings,
};

/// Runs a worker until `shutdown` resolves and the worker has drained. `ready` is told the address
/// when the first engine is ready and the service answers.
///
/// # Errors
/// When something that the settings promise is not in force, and when the port cannot be used.
pub async fn run(
    settings: WorkerSettings,
    ready: oneshot::Sender<SocketAddr>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), WorkerError> {
    service::run(settings, None, ready, shutdown).await
}

/// As [`run`], for a gateway of the same process: it comes in by `door`, and no port is open.
/// What `ready` is told means nothing then.
///
/// # Errors
/// As [`run`].
pub async fn run_inside(
    settings: WorkerSettings,
    door: Door,
    ready: oneshot::Sender<SocketAddr>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), WorkerError> {
    service::run(settings, Some(door), ready, shutdown).await
}

/// The main function of an engine process: call it, without a runtime, when the first argument of
/// the program is `engine`.
#[must_use]
pub fn engine_main() -> ExitCode {
    engine::main::run()
}
