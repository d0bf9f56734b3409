//! What every running statement carries: its place in the register, its watch, and how it ended.

use std::sync::Arc;
use std::time::Duration;

use tavana_common::proto::v1::{Failure, FailureKind};
use tokio::time::Instant;
use tracing::{debug, info};

use super::context::id;
use crate::supervisor::aside::Aside;
use crate::supervisor::queries::Registration;
use crate::supervisor::stop::Watch;
use crate::supervisor::{Context, Supervisor};

#[derive(Debug)]
pub(super) struct Statement {
    supervisor: Arc<Supervisor>,
    registration: Registration,
    rpc: &'static str,
    begun: Instant,
    ended: bool,
    pub(super) watch: Watch,
}

impl Statement {
    /// Registers the statement: from here on it can be cancelled and its time runs.
    pub(super) fn begin(
        supervisor: &Arc<Supervisor>,
        rpc: &'static str,
        query_id: &str,
        context: &Context,
        timeout_ms: u64,
    ) -> Result<Self, Failure> {
        let query = id("query_id", query_id)?;
        let queries = supervisor.queries();
        let registration = queries.register(query, context.session, context.gateway)?;
        let watch = Watch::new(registration.stop(), Duration::from_millis(timeout_ms))
            .noting(registration.progress());
        Ok(Self {
            supervisor: Arc::clone(supervisor),
            registration,
            rpc,
            begun: Instant::now(),
            ended: false,
            watch,
        })
    }

    /// The wish that its result is set aside.
    pub(super) fn aside(&self) -> &Aside {
        self.registration.aside()
    }

    /// Counts and logs the end. Without it, being dropped counts as cancelled.
    pub(super) fn end<T>(mut self, outcome: &Result<T, Failure>) {
        self.record(outcome.as_ref().map(|_| ()).map_err(Failure::kind));
    }

    /// [`Self::end`] for an outcome that is known to be a failure.
    pub(super) fn fail(mut self, failure: &Failure) {
        self.record(Err(failure.kind()));
    }

    fn record(&mut self, outcome: Result<(), FailureKind>) {
        self.ended = true;
        self.supervisor.ledger().metrics.statement(outcome);
        let (query, rpc) = (self.registration.query(), self.rpc);
        let seconds = self.begun.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => debug!(%query, rpc, seconds, "completed"),
            Err(kind) => info!(%query, rpc, seconds, outcome = kind.as_str_name(), "failed"),
        }
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        if !self.ended {
            self.record(Err(FailureKind::FailureCancelled));
        }
    }
}
