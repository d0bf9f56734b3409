//! The worker as a program of its own.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use tavana_common::env::{EXIT_CODE_SETTINGS, Env};
use tavana_common::shutdown::Signals;
use tavana_common::telemetry;
use tavana_worker::probe::Question;
use tavana_worker::{LogSettings, WorkerSettings};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

const USAGE: &str = "\
Usage: tavana-worker [health | ready | --help | --version]

Runs SQL statements for tavana gateways. `health` asks the worker of this machine, with the same
settings, whether it is alive, and `ready` whether it takes statements.

All settings are environment variables:
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    match first.as_deref().and_then(|argument| argument.to_str()) {
        None if first.is_none() => serve(),
        Some("engine") if is_engine(&mut arguments) => tavana_worker::engine_main(),
        Some("health") if arguments.next().is_none() => probe(Question::Health),
        Some("ready") if arguments.next().is_none() => probe(Question::Ready),
        Some("--help" | "-h") => help(),
        Some("--version" | "-V") => {
            print(&format!("tavana-worker {}\n", env!("CARGO_PKG_VERSION")))
        }
        _ => {
            let argument = first.unwrap_or_default();
            refuse(&format!(
                "unknown argument {}; try --help",
                argument.display()
            ))
        }
    }
}

/// Whether nothing follows that an engine process does not take.
fn is_engine(mut arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.next().is_none_or(|form| form == "template") && arguments.next().is_none()
}

fn serve() -> ExitCode {
    let mut env = Env::from_process();
    let log = LogSettings::from_env(&mut env);
    let settings = WorkerSettings::from_env(&mut env);
    if let Err(error) = env.finish() {
        return refuse(&error.to_string());
    }
    if let Err(error) = telemetry::init(&log.level, log.json) {
        return refuse(&error.to_string());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(async {
        let mut signals = match Signals::catch() {
            Ok(signals) => signals,
            Err(error) => return fail(&error),
        };
        let (ready, _) = oneshot::channel();
        let drain = CancellationToken::new();
        let serving = tavana_worker::run(settings, ready, drain.clone().cancelled_owned());
        match signals.govern(serving, || drain.cancel()).await {
            Some(Ok(())) => ExitCode::SUCCESS,
            Some(Err(error)) => fail(&error),
            None => {
                say("stopped at once by a second signal");
                ExitCode::FAILURE
            }
        }
    });
    runtime.shutdown_background();
    outcome
}

/// Asks the worker that runs beside this process with the same environment.
fn probe(question: Question) -> ExitCode {
    let mut env = Env::from_process();
    let settings = WorkerSettings::from_env(&mut env);
    if let Err(error) = env.finish() {
        return refuse(&error.to_string());
    }
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(tavana_worker::probe::ask(&settings, question)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&problem);
            ExitCode::FAILURE
        }
    }
}

fn help() -> ExitCode {
    let mut env = Env::from_pairs([]);
    LogSettings::from_env(&mut env);
    WorkerSettings::from_env(&mut env);
    let mut text = USAGE.to_owned();
    for row in env.documented() {
        text.push_str(&format!(
            "  {}={}\n      {}\n",
            row.name, row.default, row.meaning
        ));
    }
    print(&text)
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Wrong settings or arguments: said before there is a log.
fn refuse(problem: &str) -> ExitCode {
    say(problem);
    ExitCode::from(EXIT_CODE_SETTINGS)
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    say(&error.to_string());
    ExitCode::FAILURE
}

fn say(problem: &str) {
    // When standard error is closed there is nobody to tell; the exit code says it as well.
    drop(writeln!(std::io::stderr(), "tavana-worker: {problem}"));
}
