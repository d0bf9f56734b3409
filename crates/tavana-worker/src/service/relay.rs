//! Cancels on their way from one gateway to another.
//!
//! A client's cancel may reach a gateway that has never heard of its session. Gateways do not know
//! each other, but each knows all workers: so that gateway asks the workers, a worker tells all
//! gateways that follow it, and the one that has the session claims the cancel. A claim is granted
//! only while the asking gateway waits, and with it its client: a cancel that was under way for
//! too long cannot hit what its client runs next.
//!
//! A worker does not know what is cancelled: the target is a hash that only the gateway of the
//! session recognizes.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::stream::{iter, unfold};
use futures::{Stream, StreamExt as _};
use tavana_common::failure;
use tavana_common::ids::{CancelId, GatewayId};
use tavana_common::proto::v1::{
    CancelOrder, ClaimCancelRequest, ClaimCancelResponse, Failure, FailureKind,
    FollowCancelsRequest, RelayCancelResponse,
};
use tokio::sync::{broadcast, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tracing::debug;

use super::context::id;

/// How long an order waits for its claim. What it is for is answered within milliseconds.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// Orders that may wait at once.
const WAITING_MAX: usize = 1024;
/// Orders that a gateway may be behind. One that is slower misses the oldest.
const BEHIND_MAX: usize = 256;
/// Bytes of a target: SHA-256.
const TARGET_BYTES: usize = 32;

pub(crate) type OrderStream = Pin<Box<dyn Stream<Item = Result<CancelOrder, Status>> + Send>>;

/// The relay of one worker.
#[derive(Debug)]
pub(super) struct Relay {
    orders: broadcast::Sender<CancelOrder>,
    waiting: Mutex<HashMap<CancelId, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    order: CancelOrder,
    granted: oneshot::Sender<()>,
}

impl Relay {
    pub(super) fn new() -> Self {
        Self {
            orders: broadcast::Sender::new(BEHIND_MAX),
            waiting: Mutex::default(),
        }
    }

    /// Tells all gateways and waits until one of them claims it.
    ///
    /// # Cancel safety
    /// Dropping the future takes the order back: no claim of it is granted any more.
    pub(super) async fn relay(&self, order: CancelOrder) -> Result<RelayCancelResponse, Failure> {
        let id: CancelId = id("order_id", &order.order_id)?;
        if order.target.len() != TARGET_BYTES {
            return Err(failure::new(
                FailureKind::FailureInvalid,
                format!("a target has {TARGET_BYTES} bytes"),
            ));
        }
        let (granted, claimed) = oneshot::channel();
        {
            let mut waiting = self.lock();
            if waiting.len() >= WAITING_MAX {
                let text = format!("{WAITING_MAX} cancels are under way");
                return Err(failure::new(FailureKind::FailureOverloaded, text));
            }
            // Under the lock, so that whoever begins to follow now has it either from here or from
            // there.
            if self.orders.send(order.clone()).is_err() {
                debug!("no gateway follows yet");
            }
            waiting.insert(id, Waiting { order, granted });
        }
        let _place = Place { relay: self, id };
        let claimed = matches!(timeout(WAIT_MAX, claimed).await, Ok(Ok(())));
        Ok(RelayCancelResponse { claimed })
    }

    pub(super) fn claim(
        &self,
        request: &ClaimCancelRequest,
    ) -> Result<ClaimCancelResponse, Failure> {
        let id: CancelId = id("order_id", &request.order_id)?;
        let waiting = self.lock().remove(&id);
        let granted = waiting.is_some_and(|waiting| waiting.granted.send(()).is_ok());
        Ok(ClaimCancelResponse { granted })
    }

    /// The orders that wait, and those from now on, until the worker ends.
    pub(super) fn follow(
        &self,
        closing: &CancellationToken,
        request: &FollowCancelsRequest,
    ) -> Result<OrderStream, Failure> {
        let _gateway: GatewayId = id("gateway_id", &request.gateway_id)?;
        let (before, follower) = {
            let waiting = self.lock();
            let before: Vec<_> = waiting.values().map(|one| Ok(one.order.clone())).collect();
            (before, (self.orders.subscribe(), closing.clone()))
        };
        let later = unfold(follower, |(mut orders, closing)| async {
            loop {
                let next = tokio::select! {
                    biased;
                    () = closing.cancelled() => return None,
                    next = orders.recv() => next,
                };
                match next {
                    Ok(order) => return Some((Ok(order), (orders, closing))),
                    // What it missed nobody waits for any more.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        });
        Ok(Box::pin(iter(before).chain(later)))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CancelId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An order that waits; dropping it ends that.
struct Place<'a> {
    relay: &'a Relay,
    id: CancelId,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.relay.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> CancelOrder {
        CancelOrder {
            order_id: CancelId::mint().to_string(),
            target: vec![7; TARGET_BYTES],
        }
    }

    fn follow(relay: &Relay, closing: &CancellationToken) -> OrderStream {
        let request = FollowCancelsRequest {
            gateway_id: GatewayId::mint().to_string(),
        };
        relay.follow(closing, &request).expect("a gateway id")
    }

    fn claim(relay: &Relay, order: &CancelOrder) -> bool {
        let request = ClaimCancelRequest {
            order_id: order.order_id.clone(),
        };
        relay.claim(&request).expect("an order id").granted
    }

    #[tokio::test(start_paused = true)]
    async fn every_gateway_hears_of_an_order_and_one_claims_it_once() {
        let (relay, closing) = (Relay::new(), CancellationToken::new());
        let (mut here, mut there) = (follow(&relay, &closing), follow(&relay, &closing));
        let order = order();
        let relayed = relay.relay(order.clone());
        tokio::pin!(relayed);
        assert!(futures::poll!(relayed.as_mut()).is_pending());
        let mut late = follow(&relay, &closing);
        for gateway in [&mut here, &mut there, &mut late] {
            let heard = gateway.next().await.expect("an order").expect("an order");
            assert_eq!(heard, order);
        }
        assert!(claim(&relay, &order));
        assert!(!claim(&relay, &order), "it is claimed already");
        assert!(relayed.await.expect("relayed").claimed);
        closing.cancel();
        assert!(here.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_that_nobody_waits_for_any_more_is_not_granted() {
        let (relay, closing) = (Relay::new(), CancellationToken::new());
        let _gateways = (follow(&relay, &closing), follow(&relay, &closing));
        let (late, dropped) = (order(), order());
        assert!(!relay.relay(late.clone()).await.expect("relayed").claimed);
        assert!(!claim(&relay, &late));
        {
            let relayed = relay.relay(dropped.clone());
            tokio::pin!(relayed);
            assert!(futures::poll!(relayed.as_mut()).is_pending());
        }
        assert!(!claim(&relay, &dropped));
        assert!(relay.lock().is_empty());
    }

    #[tokio::test]
    async fn what_waits_is_bounded_and_a_target_is_a_hash() {
        let (relay, closing) = (Relay::new(), CancellationToken::new());
        let _gateways = (follow(&relay, &closing), follow(&relay, &closing));
        let mut waiting = Vec::new();
        for _ in 0..WAITING_MAX {
            let mut relayed = Box::pin(relay.relay(order()));
            assert!(futures::poll!(relayed.as_mut()).is_pending());
            waiting.push(relayed);
        }
        let refused = relay.relay(order()).await.expect_err("it is full");
        assert_eq!(refused.kind(), FailureKind::FailureOverloaded);
        drop(waiting);
        let short = CancelOrder {
            target: vec![7; 4],
            ..order()
        };
        let refused = relay.relay(short).await.expect_err("four bytes");
        assert_eq!(refused.kind(), FailureKind::FailureInvalid);
    }
}
