//! Why a worker does not start, or stops.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Ends the worker process. Each one is a line for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The port is taken, or the address is not one of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// The system's word.
        source: io::Error,
    },
    /// The kernel would let the process leave a core file, with credentials in it.
    #[error("could not forbid core files: {0}")]
    CoreFile(io::Error),
    /// An extension file is missing, unreadable or not the pinned one.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// A folder that users should be able to read is not there.
    #[error("TAVANA_ALLOWED_DIRECTORIES: {}: {reason}", path.display())]
    AllowedDirectory {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder for spilled data cannot be used.
    #[error("DUCKDB_TEMP_DIR: {}: {source}", path.display())]
    SpillDirectory {
        /// The folder.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The first engine process did not become ready.
    #[error("the first engine process did not start: {0}")]
    Engine(String),
    /// TLS was asked for and cannot be had.
    #[error("could not set up TLS: {0}")]
    Tls(#[from] tavana_common::tls::TlsError),
    /// The gRPC server ended by itself.
    #[error("gRPC server: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// A reason not to trust an extension folder.
#[derive(Debug, thiserror::Error)]
pub enum ExtensionError {
    /// A required file is not in the folder, or cannot be read.
    #[error("extension file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The file is not the one this version was made for.
    #[error(
        "extension file {} has SHA-256 {found}, but {expected} is pinned: it was changed or \
         belongs to another version",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// Digest of the file.
        found: String,
        /// Digest that is pinned.
        expected: String,
    },
    /// Nobody vouches for the file.
    #[error(
        "extension file {}: no SHA-256 is pinned for {platform}/{name}, neither in this program \
         nor in SHA256SUMS beside the file",
        path.display()
    )]
    Unpinned {
        /// The file.
        path: PathBuf,
        /// DuckDB's name of this platform.
        platform: &'static str,
        /// The extension.
        name: String,
    },
}
