//! Counters of a worker. Plain atomics: whoever exports them reads them.

use std::sync::atomic::{AtomicU64, Ordering};

use tavana_common::proto::v1::FailureKind;

/// What happened since the worker started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Engine processes that became ready.
    pub engines_started: Counter,
    /// Engine processes that did not become ready.
    pub engines_failed: Counter,
    /// Engine processes killed because a statement did not listen to its interrupt, or because
    /// their session ended inside a statement.
    pub engines_killed: Counter,
    /// Engine processes that died under a statement.
    pub engines_lost: Counter,
    /// Engine processes retired while idle: unused for long, or to make room.
    pub engines_retired: Counter,
    /// Statements that ended well.
    pub statements_completed: Counter,
    /// Statements that the engine refused or failed.
    pub statements_failed: Counter,
    /// Statements cancelled by their client.
    pub statements_cancelled: Counter,
    /// Statements stopped at their time limit.
    pub statements_timed_out: Counter,
    /// Statements whose engine died, or whose worker ended.
    pub statements_lost: Counter,
    /// Statements refused for want of a slot, an engine or memory, or while draining.
    pub statements_refused: Counter,
    /// Pinned sessions closed because their gateway was gone.
    pub sessions_expired: Counter,
}

impl Metrics {
    /// Counts the end of a statement.
    pub(crate) fn statement(&self, outcome: Result<(), FailureKind>) {
        let counter = match outcome {
            Ok(()) => &self.statements_completed,
            Err(FailureKind::FailureCancelled) => &self.statements_cancelled,
            Err(FailureKind::FailureTimeout) => &self.statements_timed_out,
            Err(
                FailureKind::FailureEngineLost
                | FailureKind::FailureSessionLost
                | FailureKind::FailureStopped,
            ) => &self.statements_lost,
            Err(FailureKind::FailureOverloaded | FailureKind::FailureDraining) => {
                &self.statements_refused
            }
            Err(_) => &self.statements_failed,
        };
        counter.add_one();
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The count now.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
