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
    /// Add, list or remove the users who may log in (TAVANA_AUTH_MODE=required or optional).
    User(User),
}

#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) action: UserAction,

    /// The users file [env: TAVANA_USERS_FILE] [default: users.txt]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// Add a user, or replace their password. The password is asked for, or read from standard
    /// input.
    Add(UserAdd),
    /// List the users and what they may do.
    List,
    /// Remove a user with all passwords and API keys.
    Remove {
        /// The user.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The user.
    pub(crate) name: String,

    /// readonly, readwrite or admin
    #[arg(long, value_name = "ROLE", value_parser = ["readonly", "readwrite", "admin"])]
    pub(crate) role: Option<String>,

    /// Whose user it is.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,

    /// The user may read only with credentials of their own, never with the deployment's.
    #[arg(long)]
    pub(crate) own_credentials: bool,

    /// Make an API key and print it once, instead of a password. Earlier keys stay good.
    #[arg(long, conflicts_with = "certificate")]
    pub(crate) api_key: bool,

    /// The user logs in by client certificate: no password.
    #[arg(long)]
    pub(crate) certificate: bool,

    /// Print the line for the users file instead of changing the file.
    #[arg(long)]
    pub(crate) print: bool,
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
