//! What the queue counts.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Queue;

/// Upper ends of the classes of waiting times, in seconds.
const WAITS: [f64; 12] = [
    0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0,
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByReason {
    reason: Reason,
}

/// Why a statement was refused.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
pub(super) enum Reason {
    Full,
    FullForPrincipal,
    WaitedTooLong,
}

/// Counters, gauges and times of the queue.
#[derive(Clone, Debug)]
pub(crate) struct QueueMetrics {
    running: Gauge,
    running_in_reserve: Gauge,
    waiting: Gauge,
    waiting_principals: Gauge,
    slots: Gauge,
    reserved_slots: Gauge,
    longest_wait_milliseconds: Gauge,
    refusals: Family<ByReason, Counter>,
    returns: Counter,
    waits: Histogram,
}

impl QueueMetrics {
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            running: Gauge::default(),
            running_in_reserve: Gauge::default(),
            waiting: Gauge::default(),
            waiting_principals: Gauge::default(),
            slots: Gauge::default(),
            reserved_slots: Gauge::default(),
            longest_wait_milliseconds: Gauge::default(),
            refusals: Family::default(),
            returns: Counter::default(),
            waits: Histogram::new(WAITS),
        };
        let gauges = [
            (
                "queue_running",
                "Statements that hold a slot",
                &metrics.running,
            ),
            (
                "queue_reserve_running",
                "Of these, the ones in a reserved slot",
                &metrics.running_in_reserve,
            ),
            (
                "queue_waiting",
                "Statements that wait for a slot",
                &metrics.waiting,
            ),
            (
                "queue_waiting_principals",
                "Principals of whom a statement waits",
                &metrics.waiting_principals,
            ),
            (
                "queue_slots",
                "Statements of this gateway that may run at once",
                &metrics.slots,
            ),
            (
                "queue_reserved_slots",
                "Of these, the ones for short statements and for principals of whom nothing runs",
                &metrics.reserved_slots,
            ),
            (
                "queue_longest_wait_milliseconds",
                "How long the statement that came first of those that wait has waited",
                &metrics.longest_wait_milliseconds,
            ),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        registry.register(
            "queue_refusals",
            "Statements that were not let in",
            metrics.refusals.clone(),
        );
        registry.register(
            "queue_returns",
            "Statements that found no room on a worker and went back to their place",
            metrics.returns.clone(),
        );
        registry.register(
            "queue_wait_seconds",
            "How long statements waited that were let in",
            metrics.waits.clone(),
        );
        metrics
    }

    pub(super) fn refused(&self, reason: Reason) {
        self.refusals.get_or_create(&ByReason { reason }).inc();
    }

    pub(super) fn returned(&self) {
        self.returns.inc();
    }

    pub(super) fn waited(&self, time: Duration) {
        self.waits.observe(time.as_secs_f64());
    }

    /// Sets what is read at the moment of asking.
    pub(crate) fn read(&self, queue: &Queue) {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let now = queue.snapshot();
        self.running.set(whole(now.running));
        self.running_in_reserve.set(whole(now.in_reserve));
        self.waiting.set(whole(now.waiting));
        self.waiting_principals.set(whole(now.waiting_principals));
        self.slots.set(whole(now.capacity.slots));
        self.reserved_slots.set(whole(now.capacity.reserved));
        let longest = i64::try_from(now.longest_wait.as_millis()).unwrap_or(i64::MAX);
        self.longest_wait_milliseconds.set(longest);
    }
}
