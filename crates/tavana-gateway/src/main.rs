//! Boot order of the gateway: settings, telemetry, build, run, drain.

use std::process::ExitCode;

use tavana_common::env::{EXIT_CODE_SETTINGS, Env};
use tavana_common::shutdown::Signals;
use tavana_common::telemetry;
use tavana_gateway::{GatewaySettings, Listeners};
use tokio::sync::oneshot;
use tracing::error;

const USAGE: &str = "tavana-gateway takes its settings from the environment; see docs/settings.md";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if let Some(argument) = arguments.next() {
        let wrong = argument != "--help" && argument != "-h";
        return refuse(
            &if wrong {
                format!("unknown option {argument:?}\n{USAGE}")
            } else {
                USAGE.to_owned()
            },
            wrong,
        );
    }
    let mut env = Env::from_process();
    let settings = GatewaySettings::from_env(&mut env);
    if let Err(mistakes) = env.finish() {
        return refuse(&mistakes.to_string(), true);
    }
    if let Err(problem) = telemetry::init(&settings.log_level, settings.json_logs) {
        return refuse(&problem.to_string(), true);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(problem) => return refuse(&format!("could not start the runtime: {problem}"), true),
    };
    runtime.block_on(serve(settings))
}

async fn serve(settings: GatewaySettings) -> ExitCode {
    let run = async {
        let mut signals = Signals::catch().map_err(|source| source.to_string())?;
        let listeners = Listeners::open(&settings)
            .await
            .map_err(|error| error.to_string())?;
        let (ready, _heard) = oneshot::channel();
        let drained = tavana_gateway::run(settings, listeners, ready, async move {
            signals.next().await;
        });
        drained.await.map_err(|error| error.to_string())
    };
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!("{problem}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "there is no log yet")]
fn refuse(problem: &str, wrong: bool) -> ExitCode {
    eprintln!("{problem}");
    if wrong {
        ExitCode::from(EXIT_CODE_SETTINGS)
    } else {
        ExitCode::SUCCESS
    }
}
