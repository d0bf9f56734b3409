//! The gRPC service: one file for each group of rpcs, and the server around them.
//!
//! Every rpc that runs something does it in the same order: read the context, register the query
//! (so that it can be cancelled while it waits), check out an engine, talk to it.

mod append;
mod aside;
mod auth;
mod cancel;
mod context;
mod cursor;
mod execute;
mod prepare;
mod progress;
mod relay;
mod result;
mod statement;
mod status;
pub(crate) mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use tavana_common::failure;
use tavana_common::inside::{self, Execution, Offer, Results};
use tavana_common::proto::v1::worker_service_server::{WorkerService, WorkerServiceServer};
use tavana_common::proto::v1::{
    AppendRequest, AppendResponse, CancelOrder, CancelRequest, CancelResponse, ClaimCancelRequest,
    ClaimCancelResponse, CloseCursorRequest, CloseCursorResponse, CloseSessionRequest,
    CloseSessionResponse, DrainRequest, DrainResponse, ExecuteRequest, FetchCursorRequest,
    FollowCancelsRequest, OpenCursorRequest, PrepareRequest, ProgressRequest, ProgressResponse,
    RelayCancelResponse, ResultHeader, SetAsideRequest, SetAsideResponse, StatementFacts,
    StatusRequest,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tracing::{debug, info, warn};

use self::auth::Gate;
use self::relay::{OrderStream, Relay};
use self::result::ResultStream;
use self::status::StatusStream;
use crate::error::WorkerError;
use crate::settings::WorkerSettings;
use crate::supervisor::Supervisor;

/// Largest request: a batch of an append, or the parameters of a statement.
const REQUEST_BYTES_MAX: usize = 64 << 20;
/// Largest set of request headers.
const HEADER_BYTES_MAX: u32 = 16 << 10;
/// Requests that one connection may have open.
const STREAMS_MAX: u32 = 4096;
/// A peer that does not answer a ping for so long is gone, and so are its requests.
const KEEPALIVE: Duration = Duration::from_secs(5);
/// How long connections may take to close once everything has ended.
const CLOSE_MAX: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Rpc {
    supervisor: Arc<Supervisor>,
    relay: Relay,
    /// The server is about to close: streams without an end of their own end.
    closing: CancellationToken,
}

/// Where gateways come in.
enum Door {
    Port(TcpListener),
    /// The gateway is in this process.
    Inside(inside::Door),
}

pub(crate) async fn run(
    settings: WorkerSettings,
    inside: Option<inside::Door>,
    ready: oneshot::Sender<SocketAddr>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), WorkerError> {
    tokio::pin!(shutdown);
    // Engines inherit it, so that there is no moment without it.
    tavana_common::process::leave_no_core_file().map_err(WorkerError::CoreFile)?;
    let listen = |source| WorkerError::Listen {
        address: settings.listen,
        source,
    };
    let (door, address) = match inside {
        Some(door) => (Door::Inside(door), settings.listen),
        None => {
            let listener = TcpListener::bind(settings.listen).await.map_err(listen)?;
            let address = listener.local_addr().map_err(listen)?;
            (Door::Port(listener), address)
        }
    };
    let is_port = matches!(door, Door::Port(_));
    if is_port && settings.internal_token.is_none() && settings.tls.is_none() {
        warn!(
            %address,
            "TAVANA_CLUSTER_KEY is not set: the worker port accepts any client that reaches it"
        );
    }
    let supervisor = tokio::select! {
        biased;
        () = &mut shutdown => return Ok(()),
        started = Supervisor::start(&settings) => started?,
    };

    let closing = CancellationToken::new();
    let (reporter, health) = health_reporter();
    // The first engine is ready, or the supervisor would not have started.
    report(&reporter, ServingStatus::Serving).await;
    let _health = tavana_common::task::spawn(follow_health(Arc::clone(&supervisor), reporter));
    let rpc = Rpc {
        supervisor: Arc::clone(&supervisor),
        relay: Relay::new(),
        closing: closing.clone(),
    };
    let service = WorkerServiceServer::new(rpc).max_decoding_message_size(REQUEST_BYTES_MAX);
    let gate = Gate::new(settings.internal_token.as_ref());
    let routes = Routes::new(health).add_service(
        tonic::service::interceptor::InterceptedService::new(service, gate),
    );
    let closed = closing.clone().cancelled_owned();
    let serve: BoxFuture<'static, Result<(), WorkerError>> = match door {
        Door::Inside(door) => {
            let execution = Arc::new(Inside(Arc::clone(&supervisor)));
            Box::pin(async move {
                door.open(Offer { routes, execution });
                closed.await;
                Ok(())
            })
        }
        Door::Port(listener) => {
            let router = server(&settings).add_routes(routes);
            match settings.tls.clone() {
                Some(tls) => {
                    let incoming = tls::accept(listener, tls)?;
                    Box::pin(async move {
                        Ok(router
                            .serve_with_incoming_shutdown(incoming, closed)
                            .await?)
                    })
                }
                None => {
                    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
                    Box::pin(async move {
                        Ok(router
                            .serve_with_incoming_shutdown(incoming, closed)
                            .await?)
                    })
                }
            }
        }
    };
    let mut server = tavana_common::task::spawn(serve);
    info!(%address, "serving");
    if ready.send(address).is_err() {
        debug!("nobody waits for the worker to be ready");
    }

    let outcome = tokio::select! {
        served = &mut server => Some(served),
        () = &mut shutdown => None,
    };
    if outcome.is_none() {
        supervisor.drain(settings.drain_grace).await;
    }
    closing.cancel();
    let outcome = match outcome {
        Some(served) => served,
        None => timeout(CLOSE_MAX, server).await.unwrap_or_else(|_| {
            debug!("a client keeps its connection open");
            Ok(Ok(()))
        }),
    };
    supervisor.shut_down().await;
    info!("worker ended");
    match outcome {
        Ok(served) => served,
        Err(error) => Err(WorkerError::Engine(error.to_string())),
    }
}

/// The server of a port.
fn server(settings: &WorkerSettings) -> Server {
    Server::builder()
        .initial_stream_window_size(settings.stream_window_bytes)
        .initial_connection_window_size(settings.connection_window_bytes)
        .max_concurrent_streams(STREAMS_MAX)
        // All statements of a gateway may be cancelled before the worker has looked at them, and
        // those that were not among them must not lose their connection.
        .http2_max_pending_accept_reset_streams(Some(STREAMS_MAX as usize))
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
}

/// The calls with results, for a gateway of this process.
struct Inside(Arc<Supervisor>);

impl Execution for Inside {
    fn execute(&self, request: ExecuteRequest) -> BoxFuture<'static, Result<Results, Status>> {
        let supervisor = Arc::clone(&self.0);
        Box::pin(async move {
            let results = execute::execute(&supervisor, request).await;
            results.map(ResultStream::boxed).map_err(failure::to_status)
        })
    }

    fn fetch_cursor(
        &self,
        request: FetchCursorRequest,
    ) -> BoxFuture<'static, Result<Results, Status>> {
        let supervisor = Arc::clone(&self.0);
        Box::pin(async move {
            let results = cursor::fetch(&supervisor, request).await;
            results.map(ResultStream::boxed).map_err(failure::to_status)
        })
    }
}

async fn follow_health(supervisor: Arc<Supervisor>, reporter: HealthReporter) {
    let mut health = supervisor.health();
    drop(supervisor);
    while health.changed().await.is_ok() {
        let status = if *health.borrow_and_update() {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        report(&reporter, status).await;
    }
}

async fn report(reporter: &HealthReporter, status: ServingStatus) {
    // The empty name is the server as a whole, which is what most probes ask for.
    reporter.set_service_status("", status).await;
    reporter
        .set_service_status("tavana.v1.WorkerService", status)
        .await;
}

#[tonic::async_trait]
impl WorkerService for Rpc {
    type ExecuteStream = ResultStream;
    type FetchCursorStream = ResultStream;
    type StatusStream = StatusStream;
    type FollowCancelsStream = OrderStream;

    async fn prepare(
        &self,
        request: Request<PrepareRequest>,
    ) -> Result<Response<StatementFacts>, Status> {
        let facts = prepare::prepare(&self.supervisor, request.into_inner()).await;
        facts.map(Response::new).map_err(failure::to_status)
    }

    async fn execute(
        &self,
        request: Request<ExecuteRequest>,
    ) -> Result<Response<ResultStream>, Status> {
        let results = execute::execute(&self.supervisor, request.into_inner()).await;
        results.map(Response::new).map_err(failure::to_status)
    }

    async fn open_cursor(
        &self,
        request: Request<OpenCursorRequest>,
    ) -> Result<Response<ResultHeader>, Status> {
        let header = cursor::open(&self.supervisor, request.into_inner()).await;
        header.map(Response::new).map_err(failure::to_status)
    }

    async fn fetch_cursor(
        &self,
        request: Request<FetchCursorRequest>,
    ) -> Result<Response<ResultStream>, Status> {
        let results = cursor::fetch(&self.supervisor, request.into_inner()).await;
        results.map(Response::new).map_err(failure::to_status)
    }

    async fn close_cursor(
        &self,
        request: Request<CloseCursorRequest>,
    ) -> Result<Response<CloseCursorResponse>, Status> {
        let closed = cursor::close(&self.supervisor, request.into_inner()).await;
        closed.map(Response::new).map_err(failure::to_status)
    }

    async fn append(
        &self,
        request: Request<Streaming<AppendRequest>>,
    ) -> Result<Response<AppendResponse>, Status> {
        let appended = append::append(&self.supervisor, request.into_inner()).await;
        appended.map(Response::new).map_err(failure::to_status)
    }

    async fn cancel(
        &self,
        request: Request<CancelRequest>,
    ) -> Result<Response<CancelResponse>, Status> {
        let cancelled = cancel::cancel(&self.supervisor, &request.into_inner());
        cancelled.map(Response::new).map_err(failure::to_status)
    }

    async fn set_aside(
        &self,
        request: Request<SetAsideRequest>,
    ) -> Result<Response<SetAsideResponse>, Status> {
        let aside = aside::set_aside(&self.supervisor, &request.into_inner()).await;
        aside.map(Response::new).map_err(failure::to_status)
    }

    async fn progress(
        &self,
        request: Request<ProgressRequest>,
    ) -> Result<Response<ProgressResponse>, Status> {
        let progress = progress::progress(&self.supervisor, &request.into_inner());
        progress.map(Response::new).map_err(failure::to_status)
    }

    async fn close_session(
        &self,
        request: Request<CloseSessionRequest>,
    ) -> Result<Response<CloseSessionResponse>, Status> {
        let closed = cancel::close_session(&self.supervisor, &request.into_inner()).await;
        closed.map(Response::new).map_err(failure::to_status)
    }

    async fn status(
        &self,
        request: Request<StatusRequest>,
    ) -> Result<Response<StatusStream>, Status> {
        let stream = status::status(&self.supervisor, &self.closing, &request.into_inner());
        stream.map(Response::new).map_err(failure::to_status)
    }

    async fn drain(
        &self,
        request: Request<DrainRequest>,
    ) -> Result<Response<DrainResponse>, Status> {
        let grace = Duration::from_millis(request.into_inner().grace_ms);
        let cancelled = self.supervisor.drain(grace).await;
        Ok(Response::new(DrainResponse { cancelled }))
    }

    async fn relay_cancel(
        &self,
        request: Request<CancelOrder>,
    ) -> Result<Response<RelayCancelResponse>, Status> {
        let relayed = self.relay.relay(request.into_inner()).await;
        relayed.map(Response::new).map_err(failure::to_status)
    }

    async fn follow_cancels(
        &self,
        request: Request<FollowCancelsRequest>,
    ) -> Result<Response<OrderStream>, Status> {
        let orders = self.relay.follow(&self.closing, &request.into_inner());
        orders.map(Response::new).map_err(failure::to_status)
    }

    async fn claim_cancel(
        &self,
        request: Request<ClaimCancelRequest>,
    ) -> Result<Response<ClaimCancelResponse>, Status> {
        let claimed = self.relay.claim(&request.into_inner());
        claimed.map(Response::new).map_err(failure::to_status)
    }
}
