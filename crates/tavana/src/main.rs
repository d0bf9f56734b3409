//! tavana on one machine: a gateway and a worker in one process, and the commands around them.

mod banner;
mod cli;
mod sample;
mod serve;
mod table;
mod user;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tavana_common::env::EXIT_CODE_SETTINGS;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    // An engine process is this same program; it takes no other arguments and no settings.
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments
        .get(1)
        .is_some_and(|argument| argument == "engine")
    {
        return tavana_worker::engine_main();
    }
    match Cli::try_parse_from(arguments) {
        Ok(Cli {
            command: Command::Serve(options),
        }) => serve::run(options),
        Ok(Cli {
            command: Command::Settings(_),
        }) => print(&table::markdown()),
        Ok(Cli {
            command: Command::User(options),
        }) => user::run(options),
        Err(problem) => {
            let wrong = problem.use_stderr();
            // Nothing can be done when even this cannot be written; the exit code says it too.
            drop(problem.print());
            if wrong {
                ExitCode::from(EXIT_CODE_SETTINGS)
            } else {
                ExitCode::SUCCESS
            }
        }
    }
}

/// Writes to standard output; a closed one is no fault of ours.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
