//! Orders of other gateways, as the workers pass them on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tavana_common::proto::v1::{CancelOrder, ClaimCancelRequest, FollowCancelsRequest};
use tavana_common::task::{self, Task};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Target;
use crate::Gateway;
use crate::worker::WorkerClient;

/// How often the list of workers is looked at, when nothing tells of a change.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked at, at most.
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// Between two attempts to follow a worker.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for a worker's word on a claim; the asking gateway waits no longer.
const CLAIM_MAX: Duration = Duration::from_millis(500);

/// Follows all workers that can be reached, for ever.
pub(crate) async fn follow(gateway: Arc<Gateway>) {
    let mut followers: HashMap<String, Task<()>> = HashMap::new();
    loop {
        let reachable: HashMap<String, WorkerClient> =
            gateway.workers.reachable().into_iter().collect();
        followers.retain(|address, _| reachable.contains_key(address));
        for (address, worker) in reachable {
            followers
                .entry(address)
                .or_insert_with(|| task::spawn(follow_one(Arc::clone(&gateway), worker)));
        }
        gateway.workers.changed_or(LOOK_EVERY).await;
        // Statuses come with each statement; the list of workers changes rarely.
        sleep(LOOK_PAUSE).await;
    }
}

async fn follow_one(gateway: Arc<Gateway>, mut worker: WorkerClient) {
    loop {
        let request = FollowCancelsRequest {
            gateway_id: gateway.id.to_string(),
        };
        if let Ok(answer) = worker.follow_cancels(request).await {
            let mut orders = answer.into_inner();
            while let Ok(Some(order)) = orders.message().await {
                gateway.carry_out(&mut worker, order).await;
            }
        }
        sleep(RETRY_PAUSE).await;
    }
}

impl Gateway {
    async fn carry_out(&self, worker: &mut WorkerClient, order: CancelOrder) {
        let Some(target) = Target::from_bytes(&order.target) else {
            return;
        };
        let rounds = self.orders.held(&order.order_id, || self.rounds_of(target));
        if rounds.is_empty() {
            return;
        }
        let claim = worker.claim_cancel(ClaimCancelRequest {
            order_id: order.order_id,
        });
        match timeout(CLAIM_MAX, claim).await {
            Ok(Ok(claimed)) if claimed.get_ref().granted => {
                rounds.iter().for_each(CancellationToken::cancel);
            }
            Ok(Ok(_)) => debug!("a cancel came too late, or by another worker"),
            Ok(Err(status)) => debug!(%status, "could not claim a cancel"),
            Err(_) => debug!("could not claim a cancel in time"),
        }
    }
}
