//! Boot order of the gateway: settings, telemetry, build, run, drain. And its small commands.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use tavana_common::env::{EXIT_CODE_SETTINGS, Env};
use tavana_common::shutdown::Signals;
use tavana_common::telemetry;
use tavana_gateway::key_file::{self, Made};
use tavana_gateway::probe::Question;
use tavana_gateway::{GatewaySettings, Listeners};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tracing::error;

const USAGE: &str = "\
Usage: tavana-gateway [COMMAND]

Without a command it serves. Its settings are environment variables; see docs/settings.md.

Commands:
  health            Ask the gateway of this machine, with the same settings, whether it is alive
  ready             Ask it whether it can take statements
  cluster-key FILE  Write a random cluster key into FILE, unless there is one
  --version         Print the version
  --help            Print this text
";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<Option<&str>> = arguments.iter().map(|word| word.to_str()).collect();
    match words.as_slice() {
        [] => run(serve),
        [Some("health")] => run(|settings| probe(settings, Question::Health)),
        [Some("ready")] => run(|settings| probe(settings, Question::Ready)),
        [Some("cluster-key"), _] => arguments.get(1).map_or(ExitCode::FAILURE, make_key),
        [Some("--version" | "-V")] => {
            print(concat!("tavana-gateway ", env!("CARGO_PKG_VERSION"), "\n"))
        }
        [Some("--help" | "-h")] => print(USAGE),
        _ => refuse(&format!("could not understand {arguments:?}\n{USAGE}")),
    }
}

/// Reads the settings and does `work` with them.
fn run<F: Future<Output = ExitCode>>(work: impl FnOnce(GatewaySettings) -> F) -> ExitCode {
    let mut env = Env::from_process();
    let settings = GatewaySettings::from_env(&mut env);
    if let Err(mistakes) = env.finish() {
        return refuse(&mistakes.to_string());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(problem) => return fail(&format!("could not start the runtime: {problem}")),
    };
    runtime.block_on(work(settings))
}

async fn probe(settings: GatewaySettings, question: Question) -> ExitCode {
    match tavana_gateway::probe::ask(&settings, question).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

fn make_key(path: &OsString) -> ExitCode {
    let path = Path::new(path);
    match key_file::make(path) {
        Ok(Made::Now) => print(&format!("{}: a new cluster key\n", path.display())),
        Ok(Made::Before) => print(&format!("{}: there is a cluster key\n", path.display())),
        Err(problem) => fail(&format!("{}: {problem}", path.display())),
    }
}

async fn serve(settings: GatewaySettings) -> ExitCode {
    if let Err(problem) = telemetry::init(&settings.log_level, settings.json_logs) {
        return refuse(&problem.to_string());
    }
    let run = async {
        let mut signals = Signals::catch().map_err(|source| source.to_string())?;
        let listeners = Listeners::open(&settings)
            .await
            .map_err(|error| error.to_string())?;
        let (ready, _heard) = oneshot::channel();
        let drain = CancellationToken::new();
        let shutdown = drain.clone().cancelled_owned();
        let serving = tavana_gateway::run(settings, listeners, ready, shutdown);
        match signals.govern(serving, || drain.cancel()).await {
            Some(ended) => ended.map_err(|error| error.to_string()),
            None => Err("stopped at once by a second signal".to_owned()),
        }
    };
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Wrong settings or arguments: said before there is a log.
fn refuse(problem: &str) -> ExitCode {
    fail(problem);
    ExitCode::from(EXIT_CODE_SETTINGS)
}

fn fail(problem: &str) -> ExitCode {
    // When standard error is closed there is nobody to tell; the exit code says it as well.
    drop(writeln!(std::io::stderr(), "tavana-gateway: {problem}"));
    ExitCode::FAILURE
}
