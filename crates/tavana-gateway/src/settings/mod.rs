//! The gateway's settings: read once, from the environment, all mistakes reported together.

mod auth;
mod tls;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tavana_common::env::Env;
use tavana_common::inside::Entrance;
use tavana_common::proto::v1::Compression;
use tavana_common::secret::{CLUSTER_KEY_BYTES_MIN, ClusterKey};
use tavana_common::telemetry;
use tavana_common::tls::ClientFiles;

use crate::flight::request;

pub use self::auth::{AuthMode, AuthSettings, ExternalSettings, JwtSettings};
pub use self::tls::{TlsMode, TlsSettings};

const MIB: u32 = 1024 * 1024;

/// Everything that can be set. Units stand in the names.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Address on which all three ports listen.
    pub bind_address: IpAddr,
    /// PostgreSQL port; 0 = any free one.
    pub pg_port: u16,
    /// Arrow Flight SQL port; 0 = any free one.
    pub flight_sql_port: u16,
    /// Whether Flight SQL is served at all.
    pub flight_sql_enabled: bool,
    /// How the batches of Flight results are compressed when the client does not say.
    pub flight_compression: Compression,
    /// Port of `/health`, `/ready` and `/metrics`; 0 = any free one.
    pub http_port: u16,
    /// `http://host:port` or `https://host:port` of each worker; a host name stands for all workers
    /// at its addresses.
    pub worker_addresses: Vec<String>,
    /// The way to the worker, when it is in this process: its address only names it then.
    pub worker_inside: Option<Entrance>,
    /// How workers are reached by https.
    pub worker_tls: Option<ClientFiles>,
    /// TLS of the ports.
    pub tls: TlsSettings,
    /// How clients prove who they are.
    pub auth: AuthSettings,
    /// Log level or filter.
    pub log_level: String,
    /// One JSON object a line instead of text.
    pub json_logs: bool,
    /// Shared by gateways and workers; `None` when it was not set.
    pub cluster_key: Option<ClusterKey>,
    /// PostgreSQL connections at once; Flight has as many of its own.
    pub connections_max: usize,
    /// The same from one address.
    pub connections_per_address_max: usize,
    /// Connections at once that have not proven yet whose they are, of each protocol.
    pub handshakes_max: usize,
    /// Time for TLS, startup and authentication together.
    pub handshake_max: Duration,
    /// Longest SQL text, in bytes.
    pub sql_bytes_max: usize,
    /// Longest message of other kinds (Bind, CopyData), in bytes.
    pub message_bytes_max: usize,
    /// Messages of all clients that have begun and are not whole, in bytes.
    pub unfinished_messages_bytes_max: usize,
    /// Texts and parameters of statements that sessions keep, beyond what each keeps for nothing, in
    /// bytes.
    pub kept_statements_bytes_max: usize,
    /// Prepared statements and portals of one session.
    pub statements_per_session_max: usize,
    /// Statements waiting for a slot.
    pub queue_length_max: usize,
    /// Statements of one user waiting for a slot.
    pub queue_length_per_principal_max: usize,
    /// Longest wait for a slot.
    pub queue_wait_max: Duration,
    /// Statements of one user that may run at once.
    pub running_per_principal_max: usize,
    /// What users weigh in the queue, by name; all others weigh 1.
    pub queue_weights: Arc<BTreeMap<String, u32>>,
    /// Longest run of a statement whose session sets no `statement_timeout`; zero = no limit.
    pub query_timeout: Duration,
    /// How long a session may be idle outside of transactions, unless it or its user says otherwise;
    /// zero = for ever.
    pub idle_session_max: Duration,
    /// The same inside of a transaction.
    pub idle_transaction_max: Duration,
    /// How long a client may take nothing of a result; zero = for ever.
    pub stream_idle_max: Duration,
    /// The same while other statements wait for a slot; zero = no other limit.
    pub stream_idle_contended_max: Duration,
    /// Longest time to connect to a worker.
    pub worker_connect_max: Duration,
    /// HTTP/2 window of one stream.
    pub grpc_stream_window_bytes: u32,
    /// HTTP/2 window of one connection.
    pub grpc_connection_window_bytes: u32,
    /// Time for running statements to end after SIGTERM.
    pub drain_max: Duration,
}

impl GatewaySettings {
    /// Reads the environment; mistakes are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let bind = env.text(
            "TAVANA_BIND_ADDRESS",
            "0.0.0.0",
            "address on which the ports listen",
        );
        let bind_address = bind.parse().unwrap_or_else(|_| {
            env.mistake(
                "TAVANA_BIND_ADDRESS",
                format_args!("{bind:?} is not an IP address"),
            );
            IpAddr::from([0, 0, 0, 0])
        });
        let workers = env.text(
            "WORKER_ADDR",
            "http://localhost:50053",
            "worker gRPC addresses, separated by commas; a host name stands for all workers at its addresses, which are looked up every two seconds",
        );
        let worker_addresses = workers
            .split(',')
            .map(|address| address.trim().trim_end_matches('/').to_owned())
            .collect::<Vec<_>>();
        for address in &worker_addresses {
            let valid = address.parse::<http::Uri>().is_ok_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.host().is_some()
                    && uri.path() == "/"
            });
            if !valid {
                env.mistake(
                    "WORKER_ADDR",
                    format_args!("{address:?} is not http(s)://host:port"),
                );
            }
        }
        let worker_tls = tls::worker_tls(env);
        if worker_tls.is_none()
            && worker_addresses
                .iter()
                .any(|address| address.starts_with("https:"))
        {
            env.mistake(
                "WORKER_ADDR",
                "an https address needs TAVANA_WORKER_CA_PATH, to know the worker by",
            );
        }
        let tls = TlsSettings::from_env(env);
        let auth = AuthSettings::from_env(env);
        if auth.mode == AuthMode::Passthrough && !auth.mode_was_set && !bind_address.is_loopback() {
            env.mistake(
                "TAVANA_AUTH_MODE",
                format_args!(
                    "must be set, as the ports are open to others on {bind_address}: required (with TAVANA_USERS_FILE, for example), optional, or passthrough to let everybody in"
                ),
            );
        }
        let log_level = env.text(
            "LOG_LEVEL",
            "info",
            "log level, or a filter such as info,tavana_gateway=debug",
        );
        if !telemetry::is_level(&log_level) {
            env.mistake(
                "LOG_LEVEL",
                format_args!("{log_level:?} is not a level or filter"),
            );
        }
        let cluster_key = env
            .secret_or_file(
                (
                    "TAVANA_CLUSTER_KEY",
                    "secret of at least 32 characters shared by gateways and workers",
                ),
                (
                    "TAVANA_CLUSTER_KEY_FILE",
                    "file with that secret, in place of TAVANA_CLUSTER_KEY",
                ),
            )
            .and_then(|text| {
                let key = ClusterKey::from_text(&text);
                if key.is_none() {
                    env.mistake(
                        "TAVANA_CLUSTER_KEY",
                        format_args!("is shorter than {CLUSTER_KEY_BYTES_MIN} characters"),
                    );
                }
                key
            });
        let queue_length_max = env.number(
            "TAVANA_QUEUE_LENGTH_MAX",
            1000,
            0..=1_000_000,
            "statements waiting for a slot",
        );
        Self {
            bind_address,
            pg_port: env.number("PG_PORT", 15432, 0..=u16::MAX, "PostgreSQL port; 0 = any free one"),
            flight_sql_port: env.number(
                "FLIGHT_SQL_PORT",
                443,
                0..=u16::MAX,
                "Arrow Flight SQL port; 0 = any free one",
            ),
            flight_sql_enabled: env.flag("FLIGHT_SQL_ENABLED", true, "serve Arrow Flight SQL"),
            flight_compression: compression(env),
            http_port: env.number(
                "HTTP_PORT",
                8080,
                0..=u16::MAX,
                "port of /health, /ready and /metrics; 0 = any free one",
            ),
            worker_addresses,
            worker_inside: None,
            worker_tls,
            tls,
            auth,
            log_level,
            json_logs: env.flag("JSON_LOGS", false, "logs as one JSON object a line"),
            cluster_key,
            connections_max: env.number(
                "TAVANA_CONNECTIONS_MAX",
                1000,
                1..=1_000_000,
                "PostgreSQL connections at once",
            ),
            connections_per_address_max: env.number(
                "TAVANA_CONNECTIONS_PER_ADDRESS_MAX",
                1000,
                1..=1_000_000,
                "PostgreSQL connections at once from one address",
            ),
            handshakes_max: env.number(
                "TAVANA_HANDSHAKES_MAX",
                192,
                1..=100_000,
                "connections at once that have not logged in yet, of each protocol; when there are more, the oldest is closed",
            ),
            handshake_max: env.seconds(
                "TAVANA_HANDSHAKE_SECS",
                Duration::from_secs(15),
                "time for a client to get through TLS, startup and login, in seconds",
            ),
            sql_bytes_max: env.number(
                "TAVANA_SQL_BYTES_MAX",
                1024 * 1024,
                1024..=64 * 1024 * 1024,
                "longest SQL text, in bytes",
            ),
            message_bytes_max: env.number(
                "TAVANA_MESSAGE_BYTES_MAX",
                64 * 1024 * 1024,
                64 * 1024..=1024 * 1024 * 1024,
                "longest message with parameters or COPY data, in bytes",
            ),
            unfinished_messages_bytes_max: env.number(
                "TAVANA_UNFINISHED_MESSAGES_MAX_MB",
                256,
                1..=1024 * 1024,
                "room for the long messages (64 KiB and more) that clients of both protocols are sending, in MiB; others wait, and those that are slow meanwhile are ended",
            ) << 20,
            kept_statements_bytes_max: env.number(
                "TAVANA_KEPT_STATEMENTS_MAX_MB",
                512,
                1..=1024 * 1024,
                "room for prepared statements and bound parameters of all sessions, those that wait for a slot among them, in MiB; each session keeps 1 MiB without it and at most a quarter of it",
            ) << 20,
            statements_per_session_max: env.number(
                "TAVANA_STATEMENTS_PER_SESSION_MAX",
                10_000,
                1..=1_000_000,
                "prepared statements, and portals, of one session",
            ),
            queue_length_max,
            queue_length_per_principal_max: env.number_or_auto(
                "TAVANA_QUEUE_LENGTH_PER_PRINCIPAL_MAX",
                (queue_length_max - queue_length_max / 4).max(1),
                1..=1_000_000,
                "statements of one user waiting for a slot; auto: three quarters of TAVANA_QUEUE_LENGTH_MAX",
            ),
            queue_wait_max: env.seconds(
                "TAVANA_QUEUE_WAIT_SECS",
                Duration::from_secs(120),
                "longest wait for a slot, in seconds",
            ),
            running_per_principal_max: env.number_or_auto(
                "TAVANA_RUNNING_PER_PRINCIPAL_MAX",
                usize::MAX,
                1..=1_000_000,
                "statements of one user that one gateway lets run at once; auto: as many as there are slots, but for the reserved ones",
            ),
            queue_weights: weights(env),
            query_timeout: env.seconds(
                "TAVANA_QUERY_TIMEOUT_SECS",
                Duration::from_secs(600),
                "longest run of a statement whose session sets no statement_timeout, in seconds; 0 = no limit",
            ),
            idle_session_max: env.seconds(
                "TAVANA_IDLE_SESSION_TIMEOUT_SECS",
                Duration::ZERO,
                "longest silence of a session outside of transactions that sets no idle_session_timeout, in seconds; 0 = no limit",
            ),
            idle_transaction_max: env.seconds(
                "TAVANA_IDLE_IN_TRANSACTION_TIMEOUT_SECS",
                Duration::ZERO,
                "longest silence of a session in a transaction that sets no idle_in_transaction_session_timeout, in seconds; 0 = no limit",
            ),
            stream_idle_max: env.seconds(
                "TAVANA_STREAM_IDLE_TIMEOUT_SECS",
                Duration::from_secs(600),
                "longest time that a client may take nothing of a result, in seconds; 0 = no limit",
            ),
            stream_idle_contended_max: env.seconds(
                "TAVANA_STREAM_IDLE_CONTENDED_SECS",
                Duration::from_secs(30),
                "the same while other statements wait for a slot, in seconds; 0 = no other limit",
            ),
            worker_connect_max: env.seconds(
                "TAVANA_WORKER_CONNECT_TIMEOUT_SECS",
                Duration::from_secs(5),
                "longest time to connect to a worker, in seconds",
            ),
            grpc_stream_window_bytes: MIB
                * env.number(
                    "TAVANA_GRPC_STREAM_WINDOW_MB",
                    8,
                    1..=1024,
                    "HTTP/2 window of one stream, in MiB",
                ),
            grpc_connection_window_bytes: MIB
                * env.number(
                    "TAVANA_GRPC_CONN_WINDOW_MB",
                    1024,
                    1..=2047,
                    "HTTP/2 window of one connection, in MiB; all its streams share it",
                ),
            drain_max: env.seconds(
                "TAVANA_DRAIN_SECS",
                Duration::from_secs(30),
                "time for running statements to end after SIGTERM, in seconds",
            ),
        }
    }
}

fn weights(env: &mut Env) -> Arc<BTreeMap<String, u32>> {
    const NAME: &str = "TAVANA_QUEUE_WEIGHTS";
    let text = env.text(
        NAME,
        "",
        "users with a larger share of the slots than others while statements wait: name=2, another=10 and so on, from 1 to 100; all others have 1",
    );
    let mut weights = BTreeMap::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let read = part.rsplit_once('=').and_then(|(name, weight)| {
            let weight = weight.trim().parse().ok()?;
            (1..=100)
                .contains(&weight)
                .then(|| (name.trim().to_owned(), weight))
        });
        match read {
            Some((name, weight)) if !name.is_empty() => {
                weights.insert(name, weight);
            }
            Some(_) | None => env.mistake(
                NAME,
                format_args!("{part:?} is not a user's name, = and a number from 1 to 100"),
            ),
        }
    }
    Arc::new(weights)
}

fn compression(env: &mut Env) -> Compression {
    let name = env.text(
        "TAVANA_FLIGHT_COMPRESSION",
        "none",
        "compression of Flight results when the client does not ask for one: lz4, zstd or none",
    );
    request::compression_of(&name).unwrap_or_else(|| {
        env.mistake(
            "TAVANA_FLIGHT_COMPRESSION",
            format_args!("{name:?} is neither lz4, zstd nor none"),
        );
        Compression::None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (GatewaySettings, Env) {
        let mut env = Env::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        (GatewaySettings::from_env(&mut env), env)
    }

    #[test]
    fn the_defaults_are_those_of_the_public_interface() {
        let (settings, env) = read(&[("TAVANA_AUTH_MODE", "passthrough")]);
        assert_eq!(env.finish(), Ok(()));
        assert_eq!(
            (
                settings.pg_port,
                settings.flight_sql_port,
                settings.http_port
            ),
            (15432, 443, 8080)
        );
        assert_eq!(settings.worker_addresses, ["http://localhost:50053"]);
    }

    #[test]
    fn shares_and_bounds_of_users_in_the_queue_are_read() {
        let (settings, env) = read(&[
            ("TAVANA_AUTH_MODE", "passthrough"),
            ("TAVANA_QUEUE_LENGTH_MAX", "8"),
            ("TAVANA_QUEUE_WEIGHTS", "ann=3, o=dd = 100,"),
            ("TAVANA_RUNNING_PER_PRINCIPAL_MAX", "2"),
        ]);
        assert_eq!(env.finish(), Ok(()));
        assert_eq!(settings.queue_length_per_principal_max, 6);
        assert_eq!(settings.running_per_principal_max, 2);
        let weights: Vec<_> = settings.queue_weights.iter().collect();
        assert_eq!(
            weights,
            [(&"ann".to_owned(), &3), (&"o=dd".to_owned(), &100)]
        );
        for wrong in ["ann", "ann=0", "=3", "ann=101", "ann=x"] {
            let (_, env) = read(&[
                ("TAVANA_AUTH_MODE", "passthrough"),
                ("TAVANA_QUEUE_WEIGHTS", wrong),
            ]);
            let error = env.finish().expect_err(wrong);
            assert_eq!(error.mistakes.len(), 1, "{error}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let (_, env) = read(&[
            ("PG_PORT", "x"),
            ("WORKER_ADDR", "worker:50053"),
            ("TAVANA_CLUSTER_KEY", "short"),
            ("LOG_LEVEL", "=,="),
            ("TAVANA_BIND_ADDRESS", "everywhere"),
            ("TAVANA_AUTH_MODE", "sometimes"),
        ]);
        let error = env.finish().expect_err("six mistakes");
        assert_eq!(error.mistakes.len(), 6, "{error}");
    }

    #[test]
    fn protections_that_are_asked_for_and_cannot_be_in_force_are_mistakes() {
        for (pairs, about) in [
            (&[][..], "TAVANA_AUTH_MODE"),
            (&[("TAVANA_AUTH_MODE", "required")], "TAVANA_AUTH_MODE"),
            (&[("TAVANA_AUTH_MODE", "Required")], "TAVANA_AUTH_MODE"),
            (&[("TLS_ENABLED", "true")], "TAVANA_TLS_CERT_PATH"),
            (&[("TAVANA_TLS_MODE", "required")], "TAVANA_TLS_CERT_PATH"),
            (&[("TAVANA_TLS_MODE", "on")], "TAVANA_TLS_MODE"),
            (&[("TAVANA_TLS_CERT_PATH", "x")], "TAVANA_TLS_CERT_PATH"),
            (
                &[("TAVANA_TLS_CERT_PATH", "x"), ("TAVANA_TLS_KEY_PATH", "x")],
                "TAVANA_TLS_MODE",
            ),
            (
                &[("TAVANA_TLS_CLIENT_CERT_REQUIRED", "true")],
                "TAVANA_TLS_CLIENT_CERT_REQUIRED",
            ),
            (&[("WORKER_ADDR", "https://worker:50053")], "WORKER_ADDR"),
            (&[("TAVANA_JWT_ISSUER", "x")], "TAVANA_JWT_AUDIENCE"),
            (&[("TAVANA_JWT_SECRET", "CANARY")], "TAVANA_JWT_SECRET"),
            (&[("SEPAR_ENDPOINT", "provider:8080")], "SEPAR_ENDPOINT"),
        ] {
            let (_, env) = read(pairs);
            let error = env.finish().expect_err("a mistake");
            assert!(
                error
                    .mistakes
                    .iter()
                    .any(|mistake| mistake.starts_with(about)),
                "{pairs:?}: {error}"
            );
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
