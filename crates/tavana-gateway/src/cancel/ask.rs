//! A cancel for what this gateway does not have.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tavana_common::ids::CancelId;
use tavana_common::proto::v1::CancelOrder;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tracing::debug;

use super::Target;
use super::allowance::Allowance;
use crate::Gateway;

/// Workers that pass an order on. Each reaches every gateway, so one would do; more are asked for
/// those that have just gone away.
const WORKERS_MAX: usize = 4;
/// Longest wait for an answer: a client's cancel has to work within a second.
const ANSWER_MAX: Duration = Duration::from_millis(900);
/// Orders of this gateway at once.
const ORDERS_MAX: usize = 64;

/// What bounds the orders of one gateway.
#[derive(Debug)]
pub(crate) struct Asking {
    places: Semaphore,
    allowance: Mutex<Allowance>,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            places: Semaphore::new(ORDERS_MAX),
            allowance: Mutex::default(),
        }
    }
}

impl Gateway {
    /// Has the gateway cancel that has `target`, on behalf of a client at `address`. Whether one
    /// had it.
    ///
    /// # Cancel safety
    /// A dropped order is taken back, unless it was carried out already.
    pub(crate) async fn cancel_elsewhere(&self, target: Target, address: IpAddr) -> bool {
        let allowed = self
            .asking
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(address, Instant::now());
        let Some(_place) = self.asking.places.try_acquire().ok().filter(|_| allowed) else {
            debug!(%address, "a cancel for an unknown target was not passed on: there were too many");
            return false;
        };
        let order = CancelOrder {
            order_id: CancelId::mint().to_string(),
            target: target.0.to_vec(),
        };
        let mut asked: FuturesUnordered<_> = self
            .workers
            .reachable()
            .into_iter()
            .take(WORKERS_MAX)
            .map(|(_, mut worker)| {
                let order = order.clone();
                async move { worker.relay_cancel(order).await }
            })
            .collect();
        let claimed = async {
            while let Some(answer) = asked.next().await {
                match answer {
                    Ok(answer) if answer.get_ref().claimed => return true,
                    Ok(_) => {}
                    Err(status) => debug!(%status, "a worker did not pass a cancel on"),
                }
            }
            false
        };
        timeout(ANSWER_MAX, claimed).await.unwrap_or(false)
    }
}
