//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A SQL gateway for data lakes: PostgreSQL and Arrow Flight SQL in front of DuckDB.
#[derive(Debug, Parser)]
#[command(name = "tavana", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a gateway and a worker on this machine.
    Serve(Serve),
    /// Print all settings.
    Settings(Settings),
}

/// Flags win over the environment variables of the same names.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A local folder that queries may read and write; may be given several times. Nothing else
    /// local can be read.
    #[arg(long = "data", value_name = "DIR")]
    pub(crate) data: Vec<PathBuf>,

    /// PostgreSQL port; 0 = any free one [env: PG_PORT] [default: 5432, or the next free one]
    #[arg(long, value_name = "PORT")]
    pub(crate) pg_port: Option<u16>,

    /// Arrow Flight SQL port; 0 = any free one [env: FLIGHT_SQL_PORT] [default: 50051, or the next
    /// free one]
    #[arg(long, value_name = "PORT")]
    pub(crate) flight_sql_port: Option<u16>,

    /// Port of /health, /ready and /metrics; 0 = any free one [env: HTTP_PORT] [default: 8080, or
    /// the next free one]
    #[arg(long, value_name = "PORT")]
    pub(crate) http_port: Option<u16>,

    /// Do not offer the sample data.
    #[arg(long)]
    pub(crate) no_sample: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// As a Markdown document, the one in docs/settings.md.
    #[arg(long, required = true)]
    markdown: bool,
}
