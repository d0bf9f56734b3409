//! Status: the worker's word about its capacity, and the gateway's lease on its sessions.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use futures::stream::unfold;
use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::{Failure, StatusRequest, WorkerStatus};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::context::id;
use crate::supervisor::Supervisor;
use crate::supervisor::sessions::GatewayLease;

/// Changes within this time are reported together.
const COALESCE: Duration = Duration::from_millis(50);
/// Without a change it is said again after this time, so that silence means a broken connection.
const REPEAT: Duration = Duration::from_secs(1);

pub(crate) type StatusStream = Pin<Box<dyn Stream<Item = Result<WorkerStatus, Status>> + Send>>;

struct Follower {
    supervisor: Arc<Supervisor>,
    gateway: GatewayId,
    closing: CancellationToken,
    changes: watch::Receiver<()>,
    /// When the last status was given; `None` before the first one.
    given: Option<Instant>,
    _lease: GatewayLease,
}

pub(super) fn status(
    supervisor: &Arc<Supervisor>,
    closing: &CancellationToken,
    request: &StatusRequest,
) -> Result<StatusStream, Failure> {
    let gateway = id("gateway_id", &request.gateway_id)?;
    let follower = Follower {
        supervisor: Arc::clone(supervisor),
        gateway,
        closing: closing.clone(),
        changes: supervisor.ledger().changes(),
        given: None,
        _lease: supervisor.lease_gateway(gateway),
    };
    Ok(Box::pin(unfold(Some(follower), |follower| async move {
        let mut follower = follower?;
        let closing = follower.closing.clone();
        tokio::select! {
            biased;
            // The last word says that the worker drains: nobody takes its end for an accident.
            () = closing.cancelled() => Some((Ok(follower.status()), None)),
            status = follower.next() => Some((Ok(status), Some(follower))),
        }
    })))
}

impl Follower {
    async fn next(&mut self) -> WorkerStatus {
        if let Some(given) = self.given {
            sleep_until(given + COALESCE).await;
            // A closed channel means that the worker ends; so does this stream then.
            drop(timeout_at(given + REPEAT, self.changes.changed()).await);
        }
        self.changes.mark_unchanged();
        self.given = Some(Instant::now());
        self.status()
    }

    fn status(&self) -> WorkerStatus {
        self.supervisor.status(self.gateway)
    }
}
