//! A worker in the process of its gateway: calls reach it without a connection, and no port is open.
//!
//! Results, which are nearly all that passes between the two, are handed over as they are. All
//! other calls go to the same gRPC service that a port would lead to.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use tokio::sync::watch;
use tonic::Status;
use tonic::service::Routes;

use crate::proto::v1::{ExecuteRequest, FetchCursorRequest, ResultMessage};

/// The messages of one result, as the stream of the rpc has them. Dropping it ends the statement.
pub type Results = BoxStream<'static, Result<ResultMessage, Status>>;

/// The calls that are answered with results. They do and refuse what the rpcs of these names do.
pub trait Execution: Send + Sync {
    /// Runs a statement.
    fn execute(&self, request: ExecuteRequest) -> BoxFuture<'static, Result<Results, Status>>;

    /// Fetches rows of an open cursor.
    fn fetch_cursor(
        &self,
        request: FetchCursorRequest,
    ) -> BoxFuture<'static, Result<Results, Status>>;
}

/// What a worker offers.
#[derive(Clone)]
pub struct Offer {
    /// The gRPC service, without a server around it.
    pub routes: Routes,
    /// The calls with results.
    pub execution: Arc<dyn Execution>,
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").finish_non_exhaustive()
    }
}

/// The gateway's side; clones lead to the same worker.
#[derive(Clone, Debug)]
pub struct Entrance(watch::Receiver<Option<Offer>>);

/// The worker's side.
#[derive(Debug)]
pub struct Door(watch::Sender<Option<Offer>>);

/// Both sides.
#[must_use]
pub fn entrance() -> (Entrance, Door) {
    let (sender, receiver) = watch::channel(None);
    (Entrance(receiver), Door(sender))
}

impl Door {
    /// Lets the gateway in, until the door is dropped: what has begun by then goes on.
    pub fn open(&self, offer: Offer) {
        self.0.send_replace(Some(offer));
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.0.send_replace(None);
    }
}

impl Entrance {
    /// Waits until the worker has opened its door.
    ///
    /// # Errors
    /// `Unavailable` when the worker is gone, which is what a call to a port would end with.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub async fn offer(&self) -> Result<Offer, Status> {
        let mut door = self.0.clone();
        let offered = door.wait_for(Option::is_some).await;
        match offered.as_deref() {
            Ok(Some(offer)) => Ok(offer.clone()),
            Ok(None) | Err(_) => Err(Status::unavailable("the worker of this process is gone")),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use tonic::Code;

    use super::*;

    struct Nothing;

    impl Execution for Nothing {
        fn execute(&self, _: ExecuteRequest) -> BoxFuture<'static, Result<Results, Status>> {
            Box::pin(async { Ok(futures::stream::empty().boxed()) })
        }

        fn fetch_cursor(
            &self,
            _: FetchCursorRequest,
        ) -> BoxFuture<'static, Result<Results, Status>> {
            Box::pin(async { Err(Status::not_found("no cursor")) })
        }
    }

    fn offer() -> Offer {
        Offer {
            routes: Routes::default(),
            execution: Arc::new(Nothing),
        }
    }

    #[tokio::test]
    async fn a_gateway_that_comes_early_waits_for_the_door() {
        let (entrance, door) = entrance();
        let early = entrance.clone();
        let waiting = crate::task::spawn(async move { early.offer().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        door.open(offer());
        let offered = waiting.await.unwrap().unwrap();
        let mut results = offered
            .execution
            .execute(ExecuteRequest::default())
            .await
            .unwrap();
        assert!(results.next().await.is_none());
    }

    #[tokio::test]
    async fn a_worker_that_is_gone_is_unavailable() {
        let (entrance, door) = entrance();
        door.open(offer());
        entrance.offer().await.expect("the door is open");
        drop(door);
        let refused = entrance.offer().await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
    }

    #[tokio::test]
    async fn a_worker_that_never_opened_is_unavailable_when_it_is_gone() {
        let (entrance, door) = entrance();
        drop(door);
        let refused = entrance.offer().await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
    }
}
