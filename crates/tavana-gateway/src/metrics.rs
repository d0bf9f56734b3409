//! Counters and gauges for `/metrics`. Labels come from fixed sets, never from clients.

use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::error::SqlState;
use crate::queue::QueueMetrics;
use crate::session::Protocol;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByProtocol {
    protocol: ProtocolLabel,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
enum ProtocolLabel {
    Postgres,
    Flight,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BySqlState {
    sqlstate: &'static str,
}

/// The gateway's metrics.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    statements: Family<ByProtocol, Counter>,
    failures: Family<BySqlState, Counter>,
    retries: Counter,
    connections: Gauge,
    queue: QueueMetrics,
    workers_up: Gauge,
    worker_slots: Gauge,
    open_circuits: Gauge,
    memory: Gauge,
    memory_running: Gauge,
    pinned_sessions: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("tavana");
        let metrics = Self {
            queue: QueueMetrics::new(&mut registry),
            registry: Arc::default(),
            statements: Family::default(),
            failures: Family::default(),
            retries: Counter::default(),
            connections: Gauge::default(),
            workers_up: Gauge::default(),
            worker_slots: Gauge::default(),
            open_circuits: Gauge::default(),
            memory: Gauge::default(),
            memory_running: Gauge::default(),
            pinned_sessions: Gauge::default(),
        };
        registry.register(
            "statements",
            "Statements sent to workers",
            metrics.statements.clone(),
        );
        registry.register(
            "statement_failures",
            "Failed statements",
            metrics.failures.clone(),
        );
        registry.register(
            "statement_retries",
            "Statements run once more after the loss of a worker",
            metrics.retries.clone(),
        );
        registry.register(
            "postgres_connections",
            "Open PostgreSQL connections",
            metrics.connections.clone(),
        );
        registry.register(
            "workers_up",
            "Workers that can be reached",
            metrics.workers_up.clone(),
        );
        registry.register(
            "worker_slots",
            "Slots of all reachable workers",
            metrics.worker_slots.clone(),
        );
        registry.register(
            "worker_circuits_open",
            "Workers that statements of this gateway do not reach",
            metrics.open_circuits.clone(),
        );
        registry.register(
            "worker_memory_bytes",
            "Memory for the statements of all reachable workers",
            metrics.memory.clone(),
        );
        registry.register(
            "worker_memory_running_bytes",
            "Of this, what statements have that run",
            metrics.memory_running.clone(),
        );
        registry.register(
            "worker_pinned_sessions",
            "Sessions that keep an engine, on all reachable workers",
            metrics.pinned_sessions.clone(),
        );
        Self {
            registry: Arc::new(registry),
            ..metrics
        }
    }

    pub(crate) fn statement_started(&self, protocol: Protocol) {
        let protocol = match protocol {
            Protocol::Postgres => ProtocolLabel::Postgres,
            Protocol::Flight => ProtocolLabel::Flight,
        };
        self.statements
            .get_or_create(&ByProtocol { protocol })
            .inc();
    }

    pub(crate) fn statement_failed(&self, sqlstate: SqlState) {
        self.failures
            .get_or_create(&BySqlState {
                sqlstate: sqlstate.0,
            })
            .inc();
    }

    pub(crate) fn statement_retried(&self) {
        self.retries.inc();
    }

    /// What the queue counts.
    pub(crate) fn queue(&self) -> &QueueMetrics {
        &self.queue
    }

    /// Counts a PostgreSQL connection until the guard is dropped.
    pub(crate) fn connection(&self) -> Connection {
        self.connections.inc();
        Connection(self.connections.clone())
    }

    /// The text for Prometheus; gauges of the queue and the workers are read at this moment.
    ///
    /// # Errors
    /// When the text cannot be built, which would be a fault of this program.
    pub(crate) fn render(&self, gateway: &crate::Gateway) -> Result<String, std::fmt::Error> {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.queue.read(&gateway.queue);
        let statuses = gateway.workers.statuses();
        self.workers_up.set(whole(statuses.len()));
        self.worker_slots
            .set(statuses.iter().map(|status| i64::from(status.slots)).sum());
        self.open_circuits
            .set(whole(gateway.workers.open_circuits()));
        let bytes = |sum: u64| i64::try_from(sum).unwrap_or(i64::MAX);
        let memory = statuses.iter().map(|status| status.memory_budget_bytes);
        self.memory.set(bytes(memory.sum()));
        let running = statuses.iter().map(|status| status.memory_running_bytes);
        self.memory_running.set(bytes(running.sum()));
        self.pinned_sessions.set(
            statuses
                .iter()
                .map(|status| i64::from(status.pinned_sessions))
                .sum(),
        );
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// See [`Metrics::connection`].
#[derive(Debug)]
pub(crate) struct Connection(Gauge);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.dec();
    }
}
