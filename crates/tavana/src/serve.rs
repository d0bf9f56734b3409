//! `tavana serve`: a worker and a gateway on loopback, in one process tree.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tavana_common::env::{EXIT_CODE_SETTINGS, Env};
use tavana_common::secret::ClusterKey;
use tavana_common::shutdown::Signals;
use tavana_common::{task, telemetry};
use tavana_gateway::{GatewaySettings, Listeners};
use tavana_worker::WorkerSettings;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::cli::Serve;
use crate::{banner, print, sample};

/// How many ports after the usual one are tried.
const PORTS_TRIED: u16 = 100;

/// Everything that is decided before anything runs.
#[derive(Debug)]
struct Plan {
    worker: WorkerSettings,
    gateway: GatewaySettings,
    sample: Option<PathBuf>,
    data: Vec<String>,
    /// What the user should know about ports that were taken.
    remarks: Vec<String>,
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: Serve) -> ExitCode {
    let mut env = Env::from_process();
    let plan = match plan(&mut env, options) {
        Ok(plan) => plan,
        Err(problem) => return refuse(&problem),
    };
    if let Err(mistakes) = env.finish() {
        return refuse(&mistakes.to_string());
    }
    if let Err(problem) = telemetry::init(&plan.gateway.log_level, plan.gateway.json_logs) {
        return refuse(&problem.to_string());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(problem) => return refuse(&format!("could not start the runtime: {problem}")),
    };
    let code = match runtime.block_on(serve(plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!("{problem}");
            ExitCode::FAILURE
        }
    };
    // What still hangs in a blocking call must not keep the process.
    runtime.shutdown_background();
    code
}

fn plan(env: &mut Env, options: Serve) -> Result<Plan, String> {
    env.set_default("TAVANA_BIND_ADDRESS", Ipv4Addr::LOCALHOST.to_string());
    env.set_default("LOG_LEVEL", "warn".to_owned());
    env.set_default("GRPC_PORT", "0".to_owned());
    // One secret for both halves, known to nobody else.
    if !env.is_set("TAVANA_CLUSTER_KEY_FILE") {
        env.set_default(
            "TAVANA_CLUSTER_KEY",
            ClusterKey::random().internal_token().expose().to_owned(),
        );
    }
    env.set_default("DUCKDB_TEMP_DIR", spill_folder());
    let mut remarks = Vec::new();
    for (name, flag, usual) in [
        ("PG_PORT", options.pg_port, 5432),
        ("FLIGHT_SQL_PORT", options.flight_sql_port, 50051),
        ("HTTP_PORT", options.http_port, 8080),
    ] {
        if let Some(port) = flag {
            env.set(name, port.to_string());
        } else if !env.is_set(name) {
            let port = free_port(usual).ok_or_else(|| {
                format!(
                    "{name}: ports {usual} to {} are all taken",
                    usual + PORTS_TRIED - 1
                )
            })?;
            if port != usual {
                remarks.push(format!("port {usual} is taken: {name} is {port}"));
            }
            env.set(name, port.to_string());
        }
    }
    let mut folders = Vec::new();
    for folder in &options.data {
        folders.push(readable_folder(folder)?);
    }
    let data = folders.clone();
    let sample = if options.no_sample {
        None
    } else {
        Some(seed_sample(env)?)
    };
    if let Some(sample) = &sample {
        folders.push(readable_folder(sample)?);
    }
    let set_before = env.optional_text("TAVANA_ALLOWED_DIRECTORIES", "");
    folders.extend(set_before);
    env.set("TAVANA_ALLOWED_DIRECTORIES", folders.join(":"));
    // Both halves read all they know, so that all mistakes are listed together.
    let mut worker = WorkerSettings::from_env(env);
    // The gateway is in this very process: nobody else has to reach the worker.
    worker.listen.set_ip(Ipv4Addr::LOCALHOST.into());
    if worker.tls.is_some() {
        env.mistake(
            "TAVANA_WORKER_TLS_CERT_PATH",
            "is for a worker of its own; `tavana serve` speaks to its worker inside the machine",
        );
    }
    let gateway = GatewaySettings::from_env(env);
    Ok(Plan {
        worker,
        gateway,
        sample,
        data,
        remarks,
    })
}

/// A folder as an absolute path; says what is wrong with it.
fn readable_folder(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let folder = folder
        .canonicalize()
        .and_then(|folder| std::fs::read_dir(&folder).map(|_| folder))
        .map_err(|problem| format!("--data {shown}: could not read the folder: {problem}"))?;
    let text = folder.into_os_string().into_string();
    let text = text.map_err(|_| format!("--data {shown}: the path is not valid UTF-8"))?;
    if text.contains([':', ',']) {
        return Err(format!(
            "--data {shown}: a path with a colon or comma cannot be used"
        ));
    }
    Ok(text)
}

fn seed_sample(env: &mut Env) -> Result<PathBuf, String> {
    let base = env
        .optional_text("XDG_DATA_HOME", "")
        .or_else(|| {
            env.optional_text("HOME", "")
                .map(|home| format!("{home}/.local/share"))
        })
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = base.join("tavana").join("sample");
    sample::seed(&folder).map_err(|problem| {
        format!(
            "could not write the sample data to {}: {problem}",
            folder.display()
        )
    })?;
    Ok(folder)
}

/// Below the system's temporary folder, one for each user.
fn spill_folder() -> String {
    let user = std::fs::metadata("/proc/self").map_or(0, |process| process.uid());
    std::env::temp_dir()
        .join(format!("tavana-{user}"))
        .to_string_lossy()
        .into_owned()
}

fn free_port(usual: u16) -> Option<u16> {
    (usual..usual.saturating_add(PORTS_TRIED))
        .find(|port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, *port))).is_ok())
}

async fn serve(plan: Plan) -> Result<(), String> {
    let Plan {
        worker,
        mut gateway,
        sample,
        data,
        remarks,
    } = plan;
    let mut signals = Signals::catch().map_err(|problem| problem.to_string())?;
    let listeners = Listeners::open(&gateway)
        .await
        .map_err(|problem| problem.to_string())?;
    let addresses = listeners.addresses();

    // Without a port: it is faster, and nobody else can come in.
    let (entrance, door) = tavana_common::inside::entrance();
    gateway.worker_inside = Some(entrance);
    gateway.worker_addresses = vec![format!("http://{}", worker.listen)];
    let (worker_ready, worker_is_ready) = oneshot::channel();
    let stop_worker = CancellationToken::new();
    let stopped = stop_worker.clone();
    let mut worker = task::spawn(async move {
        tavana_worker::run_inside(worker, door, worker_ready, stopped.cancelled_owned()).await
    });
    tokio::select! {
        biased;
        () = signals.next() => return Ok(()),
        ended = &mut worker => return Err(worker_ended(ended)),
        // If it ended before it was ready, what it says itself is the reason.
        ready = worker_is_ready => if ready.is_err() {
            return Err(worker_ended(worker.await));
        },
    }

    let (gateway_ready, gateway_is_ready) = oneshot::channel();
    let stop_gateway = CancellationToken::new();
    let stopped = stop_gateway.clone();
    let mut gateway = task::spawn(async move {
        tavana_gateway::run(gateway, listeners, gateway_ready, stopped.cancelled_owned()).await
    });
    let greeting = async {
        if gateway_is_ready.await.is_ok() {
            let mut text = banner::ready(addresses, sample.as_deref(), &data);
            for remark in remarks {
                text.push_str(&format!("Note: {remark}\n"));
            }
            print(&text);
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        () = signals.next() => {}
        ended = &mut worker => return Err(worker_ended(ended)),
        ended = &mut gateway => return Err(gateway_ended(ended)),
        () = greeting => {}
    }
    // First the gateway lets its statements end, then the worker may go. A second signal ends it all.
    let drain = async {
        stop_gateway.cancel();
        let ended = gateway.await;
        stop_worker.cancel();
        let worker = worker.await;
        match (ended, worker) {
            (Ok(Ok(())), Ok(Ok(()))) => Ok(()),
            (Ok(Ok(())), ended) => Err(worker_ended(ended)),
            (ended, _) => Err(gateway_ended(ended)),
        }
    };
    tokio::select! {
        biased;
        () = signals.next() => Err("stopped at once by a second signal".to_owned()),
        drained = drain => drained,
    }
}

fn worker_ended(
    ended: Result<Result<(), tavana_worker::WorkerError>, tokio::task::JoinError>,
) -> String {
    match ended {
        Ok(Ok(())) => "the worker stopped".to_owned(),
        Ok(Err(problem)) => problem.to_string(),
        Err(problem) => format!("the worker failed: {problem}"),
    }
}

fn gateway_ended(
    ended: Result<Result<(), tavana_gateway::GatewayError>, tokio::task::JoinError>,
) -> String {
    match ended {
        Ok(Ok(())) => "the gateway stopped".to_owned(),
        Ok(Err(problem)) => problem.to_string(),
        Err(problem) => format!("the gateway failed: {problem}"),
    }
}

#[expect(clippy::print_stderr, reason = "there is no log yet")]
fn refuse(problem: &str) -> ExitCode {
    eprintln!("tavana: {problem}");
    ExitCode::from(EXIT_CODE_SETTINGS)
}
