//! Who calls is settled before anything of a call's messages is read.
//!
//! The service checks each call, too; this stands before it while nobody is known on a connection,
//! so that strangers cannot make the gateway hold what they send: their calls are refused by their
//! headers alone, one at a time, and the message of a handshake is short.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::{Code, Status};
use tower::Service;

use super::connection::ConnectionInfo;
use super::service::caller_on;
use super::whole::Whole;
use crate::Gateway;

/// Longest message of a handshake: a user name and a password.
const HANDSHAKE_BYTES_MAX: usize = 64 * 1024;

/// A service behind the door.
#[derive(Clone, Debug)]
pub(crate) struct Door<S> {
    inner: S,
    gateway: Arc<Gateway>,
    message_bytes_max: usize,
}

impl<S> Door<S> {
    /// `message_bytes_max` is what the service behind it takes.
    pub(crate) fn new(inner: S, gateway: Arc<Gateway>, message_bytes_max: usize) -> Self {
        Self {
            inner,
            gateway,
            message_bytes_max,
        }
    }
}

impl<S: NamedService> NamedService for Door<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Door<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The one that was polled ready is used; its copy waits for the next call.
        let waiting = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, waiting);
        let gateway = Arc::clone(&self.gateway);
        let message_bytes_max = self.message_bytes_max;
        let request = request.map(|body| Body::new(body.map_err(broken_off)));
        Box::pin(async move {
            let is_handshake = request.uri().path().ends_with("/Handshake");
            let request = if is_handshake {
                request.map(|body| Body::new(Limited::new(body, HANDSHAKE_BYTES_MAX)))
            } else {
                request
            };
            let Some(connection) = request.extensions().get::<ConnectionInfo>().cloned() else {
                return inner.call(request).await;
            };
            let turn = connection.turn().await;
            if turn.is_some() && !is_handshake {
                let metadata = MetadataMap::from_headers(request.headers().clone());
                let known = caller_on(&gateway, &connection).of_request(&metadata).await;
                let let_in = known.and_then(|_| connection.logged_in());
                if let Err(status) = let_in {
                    return Ok(status.into_http());
                }
            }
            if is_handshake {
                // Until it is answered, nobody else of this connection is looked at.
                return inner.call(request).await;
            }
            drop(turn);
            let whole = |body| Body::new(Whole::new(body, &gateway.intake, message_bytes_max));
            inner.call(request.map(whole)).await
        })
    }
}

/// tonic takes a stream of requests that its client has cancelled for one that has ended
/// (`Streaming::message` gives `None`): half of it would be taken for the whole.
fn broken_off(status: Status) -> Status {
    match status.code() {
        Code::Cancelled => Status::aborted("the client broke off its call"),
        _ => status,
    }
}
