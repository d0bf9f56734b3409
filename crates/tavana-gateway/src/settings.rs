//! The gateway's settings: read once, from the environment, all mistakes reported together.

use std::net::IpAddr;
use std::time::Duration;

use tavana_common::env::Env;
use tavana_common::secret::{CLUSTER_KEY_BYTES_MIN, ClusterKey};
use tavana_common::telemetry;

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
    /// Port of `/health`, `/ready` and `/metrics`; 0 = any free one.
    pub http_port: u16,
    /// `http://host:port` of each worker.
    pub worker_addresses: Vec<String>,
    /// Log level or filter.
    pub log_level: String,
    /// One JSON object a line instead of text.
    pub json_logs: bool,
    /// Shared by gateways and workers; `None` when it was not set.
    pub cluster_key: Option<ClusterKey>,
    /// PostgreSQL connections at once.
    pub connections_max: usize,
    /// Time for TLS, startup and authentication together.
    pub handshake_max: Duration,
    /// Longest SQL text, in bytes.
    pub sql_bytes_max: usize,
    /// Longest message of other kinds (Bind, CopyData), in bytes.
    pub message_bytes_max: usize,
    /// Prepared statements and portals of one session.
    pub statements_per_session_max: usize,
    /// Statements waiting for a slot.
    pub queue_length_max: usize,
    /// Longest wait for a slot.
    pub queue_wait_max: Duration,
    /// Longest run of a statement whose session sets no `statement_timeout`; zero = no limit.
    pub query_timeout: Duration,
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
            "worker gRPC addresses, separated by commas",
        );
        let worker_addresses = workers
            .split(',')
            .map(|address| address.trim().trim_end_matches('/').to_owned())
            .collect::<Vec<_>>();
        for address in &worker_addresses {
            let valid = address.parse::<http::Uri>().is_ok_and(|uri| {
                uri.scheme_str() == Some("http") && uri.host().is_some() && uri.path() == "/"
            });
            if !valid {
                env.mistake(
                    "WORKER_ADDR",
                    format_args!("{address:?} is not http://host:port"),
                );
            }
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
            .secret(
                "TAVANA_CLUSTER_KEY",
                "secret of at least 32 characters shared by gateways and workers",
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
            http_port: env.number(
                "HTTP_PORT",
                8080,
                0..=u16::MAX,
                "port of /health, /ready and /metrics; 0 = any free one",
            ),
            worker_addresses,
            log_level,
            json_logs: env.flag("JSON_LOGS", false, "logs as one JSON object a line"),
            cluster_key,
            connections_max: env.number(
                "TAVANA_CONNECTIONS_MAX",
                1000,
                1..=1_000_000,
                "PostgreSQL connections at once",
            ),
            handshake_max: env.seconds(
                "TAVANA_HANDSHAKE_SECS",
                Duration::from_secs(15),
                "time for a PostgreSQL client to get through startup, in seconds",
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
            statements_per_session_max: env.number(
                "TAVANA_STATEMENTS_PER_SESSION_MAX",
                10_000,
                1..=1_000_000,
                "prepared statements, and portals, of one session",
            ),
            queue_length_max: env.number(
                "TAVANA_QUEUE_LENGTH_MAX",
                1000,
                0..=1_000_000,
                "statements waiting for a slot",
            ),
            queue_wait_max: env.seconds(
                "TAVANA_QUEUE_WAIT_SECS",
                Duration::from_secs(120),
                "longest wait for a slot, in seconds",
            ),
            query_timeout: env.seconds(
                "TAVANA_QUERY_TIMEOUT_SECS",
                Duration::from_secs(600),
                "longest run of a statement whose session sets no statement_timeout, in seconds; 0 = no limit",
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
        let (settings, env) = read(&[]);
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
    fn every_mistake_is_named() {
        let (_, env) = read(&[
            ("PG_PORT", "x"),
            ("WORKER_ADDR", "worker:50053"),
            ("TAVANA_CLUSTER_KEY", "short"),
            ("LOG_LEVEL", "=,="),
            ("TAVANA_BIND_ADDRESS", "everywhere"),
        ]);
        let error = env.finish().expect_err("five mistakes");
        assert_eq!(error.mistakes.len(), 5, "{error}");
    }
}
