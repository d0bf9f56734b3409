//! What the gateway and the worker share.
//!
//! A query meets this crate everywhere: its [`ids`] are minted at the first byte, its context
//! travels in the messages of [`proto`], its failure is a [`failure`] until the last metre, and the
//! tasks that carry it have owners ([`task`]). Settings are read once, through [`env`], and secrets
//! stay in [`secret`].

pub mod catalog;
pub mod env;
pub mod failure;
pub mod ids;
pub mod inside;
pub mod probe;
pub mod process;
pub mod proto;
pub mod secret;
pub mod shutdown;
pub mod socket;
pub mod task;
pub mod telemetry;
pub mod tls;

/// The version of DuckDB that the workers are built with.
pub const DUCKDB_VERSION: &str = "1.5.5";
