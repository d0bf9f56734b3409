//! Every setting of a worker, read once.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tavana_common::env::Env;
use tavana_common::secret::{CLUSTER_KEY_BYTES_MIN, ClusterKey, Secret};

use crate::metrics::Metrics;
pub use crate::service::tls::TlsSettings;
use crate::supervisor::admission::GRANT_BYTES_MIN;
pub use crate::supervisor::credentials::Credentials;
pub use crate::supervisor::egress::Egress;
use crate::supervisor::extensions::default_folder;
use crate::supervisor::limits::{Kernel, budget_of, cores};

/// The program that becomes the process that engines are copies of.
#[derive(Debug, Clone)]
pub struct EngineCommand {
    /// The executable: one that calls [`crate::engine_main`] for these arguments.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl EngineCommand {
    /// The executable of this process with the arguments `engine template`: this very one, even when an
    /// upgrade has put another in its place.
    #[must_use]
    pub fn this_program() -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            args: vec![OsString::from("engine"), OsString::from("template")],
        }
    }
}

/// What a worker is told from outside.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Where the gRPC service listens.
    pub listen: SocketAddr,
    /// The token gateways must show; `None`: every client is accepted.
    pub internal_token: Option<Secret>,
    /// Opens what gateways of the cluster have sealed.
    pub cluster_key: Option<ClusterKey>,
    /// TLS of the gRPC service; `None`: it speaks in clear.
    pub tls: Option<TlsSettings>,
    /// Sum of what all statements may use.
    pub memory_budget_bytes: u64,
    /// The sum follows what the kernel allows the process.
    pub(crate) memory_follows_limit: bool,
    /// Where the kernel says that.
    pub(crate) kernel: Kernel,
    /// Threads of one statement.
    pub threads: u32,
    /// Statements that may run at once.
    pub slots: u32,
    /// Of these, the ones for short statements and for principals of whom nothing runs.
    pub reserved_slots: u32,
    /// Sessions that may keep an engine.
    pub pinned_sessions_max: u32,
    /// Engine processes that one principal may have.
    pub engines_per_principal_max: u32,
    /// Sessions of one principal that may keep an engine.
    pub sessions_per_principal_max: u32,
    /// Idle engines that are kept for their principal.
    pub idle_engines_max: u32,
    /// How long an idle engine is kept.
    pub engine_idle_max: Duration,
    /// Never-used engines held ready.
    pub prefork: u32,
    /// Below it each worker process makes its own private folder.
    pub spill_directory: PathBuf,
    /// What all statements together may spill; each one has an equal share.
    pub spill_bytes_max: u64,
    /// Local folders that users may read.
    pub allowed_directories: Vec<PathBuf>,
    /// Verified DuckDB extensions; `None`: engines have only what is built in.
    pub extensions_directory: Option<PathBuf>,
    /// How long the sessions of a gateway without a Status stream are kept.
    pub session_lease: Duration,
    /// Time limit of one HTTP request of an engine, in whole seconds.
    pub http_timeout_seconds: u32,
    /// How often an engine repeats a failed HTTP request.
    pub http_retries: u32,
    /// HTTP/2 receive window of one stream.
    pub stream_window_bytes: u32,
    /// HTTP/2 receive window of one connection.
    pub connection_window_bytes: u32,
    /// Messages of a result between its engine's socket and its gateway's stream.
    pub result_messages_max: usize,
    /// How long running statements may go on once the worker drains.
    pub drain_grace: Duration,
    /// Credentials of the deployment.
    pub credentials: Credentials,
    /// What engines may reach and their users may do.
    pub egress: Egress,
    /// How an engine process is started.
    pub engine: EngineCommand,
    /// Where the worker counts; keep a clone to read it.
    pub metrics: Arc<Metrics>,
}

impl WorkerSettings {
    /// Reads the environment. Mistakes are collected in `env`: call [`Env::finish`] afterwards and
    /// do not use the settings when it fails.
    pub fn from_env(env: &mut Env) -> Self {
        let listen = read_listen(env);
        let cluster_key = read_cluster_key(env);
        let internal_token = cluster_key.as_ref().map(ClusterKey::internal_token);
        let tls = TlsSettings::from_env(env);
        let open = env.flag(
            "TAVANA_WORKER_OPEN",
            false,
            "Accept any client that reaches the gRPC port: neither a cluster key nor client certificates.",
        );
        let checked =
            internal_token.is_some() || tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        let is_key_given =
            env.is_set("TAVANA_CLUSTER_KEY") || env.is_set("TAVANA_CLUSTER_KEY_FILE");
        if !checked && !is_key_given && !open && !listen.ip().is_loopback() {
            env.mistake(
                "TAVANA_CLUSTER_KEY",
                format_args!(
                    "must be set, as the gRPC port is open to others on {} (or set TAVANA_WORKER_TLS_CLIENT_CA_PATH, or TAVANA_WORKER_OPEN=true)",
                    listen.ip()
                ),
            );
        }

        let kernel = Kernel::default();
        let (memory_budget_bytes, memory_follows_limit) = read_memory_budget(env, &kernel);
        let threads = read_threads(env);
        let slots = read_slots(env, memory_budget_bytes);
        let reserved_slots = env.number_or_auto(
            "TAVANA_WORKER_RESERVED_SLOTS",
            slots / 4,
            0..=1024,
            "Of these, the slots that only statements may take which were short before, and the \
             first statement of a user; at least one is for all. auto: a quarter.",
        );
        let pinned_sessions_max = env.number(
            "TAVANA_WORKER_PINNED_SESSIONS_MAX",
            128,
            0..=4096,
            "Sessions with a transaction, temporary object or cursor that may be open at once.",
        );
        let engines_per_principal_max = env.number_or_auto(
            "TAVANA_ENGINES_PER_PRINCIPAL_MAX",
            slots.saturating_add(pinned_sessions_max),
            1..=8192,
            "Engine processes that one user may have on a worker: running, in sessions and idle; \
             auto: as many as there are.",
        );
        let sessions_per_principal_max = env.number_or_auto(
            "TAVANA_SESSIONS_PER_PRINCIPAL_MAX",
            pinned_sessions_max,
            1..=4096,
            "Sessions with a transaction, temporary object or cursor that one user may have open \
             on a worker; auto: as many as there are.",
        );
        let idle_engines_max = env.number_or_auto(
            "TAVANA_WORKER_IDLE_ENGINES_MAX",
            slots.saturating_mul(4),
            0..=4096,
            "Idle engine processes that are kept warm for their user; auto: four for each slot.",
        );
        let engine_idle_max = env.seconds(
            "TAVANA_ENGINE_IDLE_SECS",
            Duration::from_secs(60),
            "Seconds an idle engine process is kept warm for its user.",
        );
        let prefork = env.number(
            "TAVANA_ENGINE_PREFORK",
            2,
            0..=64,
            "Never-used engine processes held ready.",
        );

        let spill_directory = PathBuf::from(env.text(
            "DUCKDB_TEMP_DIR",
            "/tmp/duckdb",
            "Folder below which DuckDB spills.",
        ));
        if !spill_directory.is_absolute() {
            env.mistake("DUCKDB_TEMP_DIR", "is not an absolute path");
        }
        let spill_bytes_max = read_spill_bytes(env);
        let allowed_directories = read_allowed_directories(env);
        let engine = EngineCommand::this_program();
        let extensions_directory = match env.optional_text(
            "TAVANA_EXTENSIONS_DIR",
            "Folder of the DuckDB extensions, or none; not set: `extensions` beside the program, \
             or `../lib/tavana/extensions`.",
        ) {
            Some(folder) if folder == "none" => None,
            Some(folder) => Some(PathBuf::from(folder)),
            None => std::env::current_exe()
                .ok()
                .and_then(|program| default_folder(&program)),
        };

        let session_lease = env.seconds(
            "TAVANA_SESSION_LEASE_SECS",
            // Together with what it takes to look, less than fifteen.
            Duration::from_secs(12),
            "Seconds until the sessions of a vanished gateway are closed.",
        );
        let http_timeout_seconds = env.number(
            "TAVANA_HTTP_TIMEOUT_SECS",
            10,
            1..=3600,
            "Seconds until one request to an object store fails.",
        );
        let http_retries = env.number(
            "TAVANA_HTTP_RETRIES",
            2,
            0..=20,
            "How often a failed request to an object store is repeated.",
        );
        let stream_window_bytes = read_window(
            env,
            "TAVANA_GRPC_STREAM_WINDOW_MB",
            8,
            "HTTP/2 receive window of one stream, in MiB.",
        );
        let connection_window_bytes = read_window(
            env,
            "TAVANA_GRPC_CONN_WINDOW_MB",
            1024,
            "HTTP/2 receive window of one connection, in MiB; all its streams share it.",
        );
        let result_messages_max = env.number(
            "TAVANA_GRPC_CHANNEL_BUFFER",
            4,
            1..=256,
            "Batches of one result, of at most 2 MiB each, that wait for the gateway to read.",
        );
        let drain_grace = env.seconds(
            "TAVANA_DRAIN_SECS",
            Duration::from_secs(30),
            "Seconds that running statements have left when the worker is told to end.",
        );
        let credentials = Credentials::from_env(env);
        let egress = Egress::from_env(env);

        Self {
            listen,
            internal_token,
            cluster_key,
            tls,
            memory_budget_bytes,
            memory_follows_limit,
            kernel,
            threads,
            slots,
            reserved_slots,
            pinned_sessions_max,
            engines_per_principal_max,
            sessions_per_principal_max,
            idle_engines_max,
            engine_idle_max,
            prefork,
            spill_directory,
            spill_bytes_max,
            allowed_directories,
            extensions_directory,
            session_lease,
            http_timeout_seconds,
            http_retries,
            stream_window_bytes,
            connection_window_bytes,
            result_messages_max,
            drain_grace,
            credentials,
            egress,
            engine,
            metrics: Arc::new(Metrics::default()),
        }
    }
}

/// How a worker that runs alone logs.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// A level or a filter of tracing.
    pub level: String,
    /// One JSON object for each line.
    pub json: bool,
}

impl LogSettings {
    /// Reads the environment; mistakes are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            level: env.text("LOG_LEVEL", "info", "Level or filter of the log."),
            json: env.flag("JSON_LOGS", false, "Log lines as JSON objects."),
        }
    }
}

fn read_listen(env: &mut Env) -> SocketAddr {
    let port = env.number(
        "GRPC_PORT",
        50053_u16,
        0..=u16::MAX,
        "Port of the gRPC service.",
    );
    let address = env.text(
        "TAVANA_BIND_ADDRESS",
        "0.0.0.0",
        "Address the services listen on.",
    );
    let address = address.trim().parse::<IpAddr>().unwrap_or_else(|_| {
        env.mistake(
            "TAVANA_BIND_ADDRESS",
            format_args!("{address:?} is not an IP address"),
        );
        IpAddr::from([0, 0, 0, 0])
    });
    SocketAddr::new(address, port)
}

fn read_cluster_key(env: &mut Env) -> Option<ClusterKey> {
    let text = env.secret_or_file(
        (
            "TAVANA_CLUSTER_KEY",
            "Secret shared by all gateways and workers, at least 32 bytes.",
        ),
        (
            "TAVANA_CLUSTER_KEY_FILE",
            "File with that secret, in place of TAVANA_CLUSTER_KEY.",
        ),
    )?;
    let key = ClusterKey::from_text(&text);
    if key.is_none() {
        env.mistake(
            "TAVANA_CLUSTER_KEY",
            format_args!("is shorter than {CLUSTER_KEY_BYTES_MIN} bytes"),
        );
    }
    key
}

/// The budget, and whether it follows what the kernel allows.
fn read_memory_budget(env: &mut Env, kernel: &Kernel) -> (u64, bool) {
    const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
    let gib = env.number(
        "MAX_MEMORY_GB",
        0.0_f64,
        0.0..=65536.0,
        "Memory for all statements together, in GiB; 0: 80 % of the container's or machine's, also when that changes.",
    );
    let bytes = if gib == 0.0 {
        budget_of(kernel.memory_bytes())
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 2^46 and whole bytes are enough"
        )]
        let bytes = (gib * GIB) as u64;
        bytes
    };
    if bytes < GRANT_BYTES_MIN {
        env.mistake(
            "MAX_MEMORY_GB",
            format_args!(
                "{} MiB are less than the {} MiB that one statement needs",
                bytes >> 20,
                GRANT_BYTES_MIN >> 20
            ),
        );
    }
    (bytes, gib == 0.0)
}

fn read_threads(env: &mut Env) -> u32 {
    let available = cores();
    let text = env.text(
        "THREADS",
        "auto",
        "Threads of one statement; auto: the cores of the container or machine.",
    );
    if text.trim() == "auto" {
        return available;
    }
    match text.trim().parse::<u32>() {
        // More threads than cores only cost memory and switches.
        Ok(threads) if (1..=1024).contains(&threads) => threads.min(available),
        Ok(_) | Err(_) => {
            env.mistake(
                "THREADS",
                format_args!("{text:?} is neither auto nor from 1 to 1024"),
            );
            available
        }
    }
}

fn read_slots(env: &mut Env, memory_budget_bytes: u64) -> u32 {
    let affordable = u32::try_from(memory_budget_bytes / GRANT_BYTES_MIN).unwrap_or(u32::MAX);
    let default = cores().saturating_mul(2).max(4).min(affordable).max(1);
    let slots = env.number_or_auto(
        "TAVANA_WORKER_SLOTS",
        default,
        1..=1024,
        "Statements that run at once; auto: twice the cores, at least 4, and 256 MiB for each.",
    );
    if slots > affordable.max(1) {
        env.mistake(
            "TAVANA_WORKER_SLOTS",
            format_args!(
                "{slots} statements of at least {} MiB need more than the {} MiB there are",
                GRANT_BYTES_MIN >> 20,
                memory_budget_bytes >> 20
            ),
        );
    }
    slots
}

fn read_spill_bytes(env: &mut Env) -> u64 {
    const DEFAULT: &str = "100GB";
    let text = env.text(
        "DUCKDB_MAX_TEMP_SIZE",
        DEFAULT,
        "What all statements together may spill, and as much again for results that wait to be read, e.g. 500MB, 100GB, 1TiB.",
    );
    parse_bytes(&text).unwrap_or_else(|| {
        env.mistake(
            "DUCKDB_MAX_TEMP_SIZE",
            format_args!("{text:?} is not a size like 100GB"),
        );
        0
    })
}

/// A number of bytes with an optional unit: kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB.
fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn read_allowed_directories(env: &mut Env) -> Vec<PathBuf> {
    const NAME: &str = "TAVANA_ALLOWED_DIRECTORIES";
    let text = env.text(
        NAME,
        "",
        "Local folders that users may read, separated by colons or commas.",
    );
    let mut folders = Vec::new();
    for part in text
        .split([':', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match readable_folder(Path::new(part)) {
            Ok(folder) => folders.push(folder),
            Err(problem) => env.mistake(NAME, format_args!("{part}: {problem}")),
        }
    }
    folders
}

/// The canonical path of a folder that can be listed. DuckDB compares canonical paths.
pub(crate) fn readable_folder(path: &Path) -> Result<PathBuf, String> {
    let folder = path.canonicalize().map_err(|error| error.to_string())?;
    std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    if folder.to_str().is_none() {
        return Err("is not valid UTF-8".to_owned());
    }
    Ok(folder)
}

fn read_window(env: &mut Env, name: &'static str, default: u32, meaning: &'static str) -> u32 {
    // HTTP/2 windows end at 2^31 - 1 bytes.
    env.number(name, default, 1..=2047, meaning) << 20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (WorkerSettings, Vec<String>) {
        let mut env = Env::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let settings = WorkerSettings::from_env(&mut env);
        let mistakes = env
            .finish()
            .err()
            .map(|error| error.mistakes)
            .unwrap_or_default();
        (settings, mistakes)
    }

    #[test]
    fn an_empty_environment_gives_a_worker_that_fits_its_machine() {
        let (settings, mistakes) = read(&[]);
        // All of it but one: others can reach the port, so a key is needed.
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(
            mistakes[0].starts_with("TAVANA_CLUSTER_KEY"),
            "{mistakes:?}"
        );
        for pair in [
            ("TAVANA_WORKER_OPEN", "true"),
            ("TAVANA_BIND_ADDRESS", "127.0.0.1"),
            ("TAVANA_CLUSTER_KEY", "0123456789abcdef0123456789abcdef"),
        ] {
            assert_eq!(read(&[pair]).1, Vec::<String>::new());
        }
        assert_eq!(settings.listen, SocketAddr::from(([0, 0, 0, 0], 50053)));
        assert!(settings.internal_token.is_none());
        assert!(settings.memory_budget_bytes / u64::from(settings.slots) >= GRANT_BYTES_MIN);
        assert_eq!(settings.threads, cores());
        assert_eq!(settings.spill_bytes_max, 100_000_000_000);
        assert_eq!(settings.session_lease, Duration::from_secs(12));
    }

    #[test]
    fn small_memory_lowers_the_default_number_of_slots() {
        let (settings, mistakes) = read(&[
            ("MAX_MEMORY_GB", "0.5"),
            ("TAVANA_BIND_ADDRESS", "127.0.0.1"),
        ]);
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(
            (settings.memory_budget_bytes, settings.slots),
            (512 << 20, 2)
        );
    }

    #[test]
    fn a_quarter_of_the_slots_is_reserved_unless_it_is_set() {
        for (set, expected) in [("auto", 2), ("0", 0), ("5", 5)] {
            let (settings, mistakes) = read(&[
                ("MAX_MEMORY_GB", "4"),
                ("TAVANA_BIND_ADDRESS", "127.0.0.1"),
                ("TAVANA_WORKER_SLOTS", "8"),
                ("TAVANA_WORKER_RESERVED_SLOTS", set),
            ]);
            assert_eq!(mistakes, Vec::<String>::new());
            assert_eq!(settings.reserved_slots, expected);
        }
    }

    #[test]
    fn every_mistake_is_reported() {
        let (_, mistakes) = read(&[
            ("GRPC_PORT", "port"),
            ("TAVANA_BIND_ADDRESS", "localhost"),
            ("TAVANA_CLUSTER_KEY", "CANARY"),
            ("MAX_MEMORY_GB", "1"),
            ("THREADS", "0"),
            ("TAVANA_WORKER_SLOTS", "99"),
            ("DUCKDB_TEMP_DIR", "spill"),
            ("DUCKDB_MAX_TEMP_SIZE", "many"),
            ("TAVANA_ALLOWED_DIRECTORIES", "/no/such/folder:/"),
            ("TAVANA_ENGINE_IDLE_SECS", "-3"),
            ("AWS_SECRET_ACCESS_KEY", "CANARY"),
        ]);
        let names: Vec<_> = mistakes
            .iter()
            .map(|line| line.split(':').next().unwrap_or_default())
            .collect();
        assert_eq!(
            names,
            [
                "GRPC_PORT",
                "TAVANA_BIND_ADDRESS",
                "TAVANA_CLUSTER_KEY",
                "THREADS",
                "TAVANA_WORKER_SLOTS",
                "TAVANA_ENGINE_IDLE_SECS",
                "DUCKDB_TEMP_DIR",
                "DUCKDB_MAX_TEMP_SIZE",
                "TAVANA_ALLOWED_DIRECTORIES",
                "AWS_ACCESS_KEY_ID",
            ],
            "{mistakes:#?}"
        );
        assert!(!mistakes.join("").contains("CANARY"));
    }

    #[test]
    fn sizes_have_units() {
        let table = [
            ("0", Some(0)),
            ("1024", Some(1024)),
            ("100GB", Some(100_000_000_000)),
            ("2 GiB", Some(2 << 30)),
            ("1tb", Some(1_000_000_000_000)),
            ("", None),
            ("GB", None),
            ("-1GB", None),
            ("1XB", None),
            ("99999999999999999999", None),
            ("18446744073709551615TB", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_bytes(text), expected, "{text:?}");
        }
    }

    #[test]
    fn folders_are_made_canonical() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&two).unwrap();
        let text = format!("{}/../one,{}", one.display(), two.display());
        let (settings, mistakes) = read(&[
            ("TAVANA_ALLOWED_DIRECTORIES", &text),
            ("TAVANA_BIND_ADDRESS", "127.0.0.1"),
        ]);
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(
            settings.allowed_directories,
            [one.canonicalize().unwrap(), two.canonicalize().unwrap()]
        );
    }
}
