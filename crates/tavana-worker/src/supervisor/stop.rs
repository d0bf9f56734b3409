//! Why and when a statement is stopped.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tavana_common::failure;
use tavana_common::proto::v1::{Failure, FailureKind};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::CancellationToken;

use super::progress::Progress;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopReason {
    Cancelled,
    TimedOut,
    /// Its session was closed: what the engine holds is of no use to anybody.
    SessionClosed,
    Draining,
    /// Nobody waits for the answer any more.
    Dropped,
}

impl StopReason {
    pub(crate) fn failure(self) -> Failure {
        let (kind, text) = match self {
            Self::Cancelled => (FailureKind::FailureCancelled, "the statement was cancelled"),
            Self::TimedOut => (
                FailureKind::FailureTimeout,
                "the statement ran into its time limit",
            ),
            Self::SessionClosed => (
                FailureKind::FailureCancelled,
                "the session was closed under the statement",
            ),
            Self::Draining => (
                FailureKind::FailureStopped,
                "the worker ended before the statement did; the statement was stopped",
            ),
            Self::Dropped => (
                FailureKind::FailureCancelled,
                "nobody waits for the statement any more",
            ),
        };
        failure::new(kind, text)
    }
}

/// Tells one statement to stop. The first reason holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    reason: OnceLock<StopReason>,
    token: CancellationToken,
}

impl Stop {
    pub(crate) fn stop(&self, reason: StopReason) {
        self.0.reason.get_or_init(|| reason);
        self.0.token.cancel();
    }
}

/// What goes with a running statement: the word to stop, its time limit, and where its progress is
/// noted.
#[derive(Debug)]
pub(crate) struct Watch {
    stop: Stop,
    /// One timer for the whole statement, so that waiting for a frame registers none.
    deadline: Option<Pin<Box<Sleep>>>,
    progress: Progress,
}

impl Watch {
    /// `timeout` counts from now; zero is no limit.
    pub(crate) fn new(stop: Stop, timeout: Duration) -> Self {
        let deadline = (!timeout.is_zero()).then(|| Box::pin(sleep(timeout)));
        Self {
            stop,
            deadline,
            progress: Progress::default(),
        }
    }

    /// Has the statement's progress noted in `progress`.
    pub(crate) fn noting(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Only a time limit.
    pub(crate) fn within(timeout: Duration) -> Self {
        Self::new(Stop::default(), timeout)
    }

    /// Waits until the statement must stop.
    ///
    /// # Cancel safety
    /// Cancel safe: once tripped, it stays tripped.
    pub(crate) async fn tripped(&mut self) -> StopReason {
        let stopped = self.stop.0.token.cancelled();
        match &mut self.deadline {
            None => stopped.await,
            Some(deadline) => tokio::select! {
                biased;
                () = stopped => {}
                () = deadline.as_mut() => return StopReason::TimedOut,
            },
        }
        *self
            .stop
            .0
            .reason
            .get()
            .expect("the reason is set before the token")
    }

    /// The outcome of `wait`, unless the statement must stop before.
    pub(crate) async fn race<T>(&mut self, wait: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            reason = self.tripped() => Err(reason.failure()),
            outcome = wait => Ok(outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_holds_and_the_time_limit_is_one() {
        let stop = Stop::default();
        let mut watch = Watch::new(stop.clone(), Duration::from_secs(5));
        assert_eq!(watch.race(async { 7 }).await.unwrap(), 7);
        stop.stop(StopReason::SessionClosed);
        stop.stop(StopReason::Cancelled);
        assert_eq!(watch.tripped().await, StopReason::SessionClosed);

        let mut watch = Watch::within(Duration::from_millis(1));
        let failure = watch.race(std::future::pending::<()>()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::FailureTimeout);
    }
}
