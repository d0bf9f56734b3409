//! The gateway: speaks PostgreSQL and Arrow Flight SQL, runs nothing itself.
//!
//! The life of a query here: [`pg`] or [`flight`] reads it, [`session`] decides what it is and whose,
//! [`queue`] lets it in, [`route`] chooses a worker, [`worker`] sends it there, and the batches that
//! come back go out as the engine encoded them (Flight) or row by row (PostgreSQL). The gateway keeps
//! nothing on disk and links no DuckDB: any replica can be killed.

mod accept;
mod admin;
pub mod auth;
mod cancel;
mod catalog;
pub mod error;
mod flight;
mod intake;
mod kept;
pub mod key_file;
mod metrics;
mod pg;
pub mod probe;
mod queue;
mod route;
mod session;
pub mod settings;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tavana_common::ids::{GatewayId, SessionId};
use tavana_common::proto::v1::CloseSessionRequest;
use tavana_common::secret::ClusterKey;
use tavana_common::task::{self, Task};
use tavana_common::tls::{ClientTls, ServerTls, TlsError};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::accept::Seats;
use crate::auth::{AuthStartError, Authenticator};
use crate::catalog::Rewriter;
use crate::intake::Intake;
use crate::metrics::Metrics;
use crate::queue::{Bounds, Patience, Queue, QueueSettings};
use crate::route::{Worker, Workers};
use crate::session::activity::Activities;
use crate::session::answers::Answers;
use crate::settings::AuthMode;
pub use crate::settings::GatewaySettings;

/// Bytes of statements, before and after they were rewritten, that are kept for when they come
/// again.
const REWRITTEN_BYTES_MAX: u64 = 16 << 20;

/// How often a draining gateway looks whether it may go.
const DRAIN_LOOK: Duration = Duration::from_millis(20);
/// Time for services to end their connections.
const GOODBYES_MAX: Duration = Duration::from_secs(2);

/// Why a gateway could not start or go on.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// A port is taken or not allowed.
    #[error("could not listen on {address} ({what}): {source}")]
    Listen {
        /// Which service.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A worker's address is not a URI.
    #[error("could not use a worker address: {0}")]
    WorkerAddress(#[from] tonic::transport::Error),
    /// The kernel would let the process leave a core file, with credentials in it.
    #[error("could not forbid core files: {0}")]
    CoreFile(std::io::Error),
    /// TLS was asked for and cannot be had.
    #[error("could not set up TLS: {0}")]
    Tls(#[from] TlsError),
    /// Authentication was asked for and cannot be had.
    #[error("could not set up authentication: {0}")]
    Auth(#[from] AuthStartError),
    /// A service ended though nobody asked it to.
    #[error("the {what} service failed: {reason}")]
    Service {
        /// Which one.
        what: &'static str,
        /// Why.
        reason: String,
    },
}

/// Where a gateway listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// PostgreSQL.
    pub postgres: SocketAddr,
    /// Arrow Flight SQL, unless it is disabled.
    pub flight: Option<SocketAddr>,
    /// `/health`, `/ready` and `/metrics`.
    pub http: SocketAddr,
}

/// What all sessions of one gateway process share.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) settings: GatewaySettings,
    pub(crate) id: GatewayId,
    pub(crate) cluster_key: ClusterKey,
    pub(crate) queue: Queue,
    /// What clients that stop reading are allowed.
    pub(crate) patience: Patience,
    /// Room for what clients have begun to send.
    pub(crate) intake: Intake,
    /// Room for what sessions keep of statements.
    pub(crate) kept: kept::Store,
    pub(crate) workers: Workers,
    pub(crate) metrics: Metrics,
    /// PostgreSQL sessions by their keys.
    pub(crate) cancels: pg::Cancels,
    /// What Flight clients run, by ticket.
    pub(crate) flight_runs: Arc<flight::Running>,
    /// Cancels for what other gateways have, and theirs.
    pub(crate) asking: cancel::Asking,
    pub(crate) orders: cancel::Orders,
    /// Who is connected by PostgreSQL's protocol.
    pub(crate) activities: Activities,
    /// PostgreSQL's words in DuckDB's, for all sessions.
    pub(crate) rewriter: Rewriter,
    /// What tools ask when they connect.
    pub(crate) answers: Answers,
    pub(crate) auth: Authenticator,
    /// The certificate of the ports; `None` when no port speaks TLS.
    pub(crate) tls: Option<Arc<ServerTls>>,
    /// PostgreSQL connections that have logged in.
    pub(crate) postgres_seats: Seats,
    /// Flight connections that have logged in.
    pub(crate) flight_seats: Seats,
    /// Cancelled when no new session may begin.
    pub(crate) draining: CancellationToken,
    /// Sessions whose engines are no longer needed. As many at most as sessions were pinned.
    closing: mpsc::UnboundedSender<Ended>,
}

impl Gateway {
    /// Whether no statement runs or waits, and nobody reads a result any more.
    fn is_drained(&self) -> bool {
        let statements = self.queue.running() + self.queue.waiting();
        statements + self.postgres_seats.taken() + self.flight_seats.taken() == 0
    }

    /// Frees the engine of a session that ended, or that no longer needs it.
    fn close_session(&self, worker: Arc<Worker>, session: SessionId, left: Left) {
        // The receiver lives as long as the gateway serves; after that the lease frees the engine.
        drop(self.closing.send(Ended {
            worker,
            session,
            left,
        }));
    }
}

/// What a session leaves in its engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It only read, and its transaction has ended.
    Nothing,
    /// Tables, settings, secrets, a transaction: nobody else may have the engine.
    Something,
}

#[derive(Debug)]
struct Ended {
    worker: Arc<Worker>,
    session: SessionId,
    left: Left,
}

/// The three ports, open before anything is served.
#[derive(Debug)]
pub struct Listeners {
    postgres: TcpListener,
    flight: Option<TcpListener>,
    http: TcpListener,
    addresses: Addresses,
}

impl Listeners {
    /// Opens the ports of `settings`.
    ///
    /// # Errors
    /// Names the port that could not be opened.
    pub async fn open(settings: &GatewaySettings) -> Result<Self, GatewayError> {
        let open = async |what: &'static str, port: u16| {
            let address = SocketAddr::from((settings.bind_address, port));
            let listen = async {
                let listener = TcpListener::bind(address).await?;
                let local = listener.local_addr()?;
                Ok((listener, local))
            };
            listen.await.map_err(|source| GatewayError::Listen {
                what,
                address,
                source,
            })
        };
        let (postgres, postgres_address) = open("PG_PORT", settings.pg_port).await?;
        let flight = if settings.flight_sql_enabled {
            Some(open("FLIGHT_SQL_PORT", settings.flight_sql_port).await?)
        } else {
            None
        };
        let (http, http_address) = open("HTTP_PORT", settings.http_port).await?;
        let addresses = Addresses {
            postgres: postgres_address,
            flight: flight.as_ref().map(|(_, address)| *address),
            http: http_address,
        };
        Ok(Self {
            postgres,
            flight: flight.map(|(listener, _)| listener),
            http,
            addresses,
        })
    }

    /// Where they listen.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }
}

/// Serves until `shutdown`, then lets running statements end within the drain time.
/// `ready` hears when the first worker is usable.
///
/// # Errors
/// When a port cannot be served or a service fails.
pub async fn run(
    settings: GatewaySettings,
    listeners: Listeners,
    ready: oneshot::Sender<()>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), GatewayError> {
    tavana_common::process::leave_no_core_file().map_err(GatewayError::CoreFile)?;
    let id = GatewayId::mint();
    let cluster_key = settings.cluster_key.clone().unwrap_or_else(|| {
        warn!("TAVANA_CLUSTER_KEY is not set: tickets are valid on this gateway only, and workers are not asked for a token");
        ClusterKey::random()
    });
    if settings.auth.mode == AuthMode::Passthrough && !settings.bind_address.is_loopback() {
        warn!(address = %settings.bind_address, "TAVANA_AUTH_MODE is passthrough: whoever reaches the ports may query, under any name");
    }
    let auth = Authenticator::new(&settings.auth)?;
    let _users = auth.follow();
    let tls = settings
        .tls
        .certificate
        .clone()
        .map(|source| {
            ServerTls::load(
                source,
                settings.tls.client_ca.clone(),
                settings.tls.client_certificates,
            )
        })
        .transpose()?;
    let _certificate = tls.as_ref().map(ServerTls::follow);
    info!(auth = ?settings.auth.mode, tls = ?settings.tls.mode, "clients are checked");
    let metrics = Metrics::new();
    let queue = Queue::new(&queue_settings(&settings), metrics.queue());
    let patience = Patience::of(settings.stream_idle_max)
        .while_others_wait(settings.stream_idle_contended_max, queue.clone());
    let draining = CancellationToken::new();
    let worker_tls = settings
        .worker_tls
        .clone()
        .map(ClientTls::load)
        .transpose()?;
    let _worker_certificates = worker_tls.as_ref().map(ClientTls::follow);
    let workers = Workers::start(&settings, id, &queue, &draining, worker_tls.as_ref())?;
    let (closing, to_close) = mpsc::unbounded_channel();
    let drain_max = settings.drain_max;
    let seats = || {
        Seats::new(
            settings.connections_max,
            settings.connections_per_address_max,
        )
    };
    let (postgres_seats, flight_seats) = (seats(), seats());
    let gateway = Arc::new(Gateway {
        intake: Intake::new(settings.unfinished_messages_bytes_max),
        kept: kept::Store::new(
            settings.kept_statements_bytes_max,
            settings.message_bytes_max,
        ),
        settings,
        id,
        cluster_key,
        queue,
        patience,
        workers,
        metrics,
        cancels: pg::Cancels::default(),
        flight_runs: Arc::default(),
        asking: cancel::Asking::default(),
        orders: cancel::Orders::default(),
        activities: Activities::default(),
        rewriter: Rewriter::new(REWRITTEN_BYTES_MAX),
        answers: Answers::default(),
        auth,
        tls,
        postgres_seats,
        flight_seats,
        draining,
        closing,
    });
    let _closer = task::spawn(close_sessions(id, to_close));
    let _cancels = task::spawn(cancel::follow(Arc::clone(&gateway)));
    let stop = CancellationToken::new();
    let addresses = listeners.addresses;
    info!(gateway = %id, postgres = %addresses.postgres, flight = ?addresses.flight, http = %addresses.http, "gateway listens");

    let http = task::spawn(admin::serve(
        listeners.http,
        Arc::clone(&gateway),
        stop.clone(),
    ));
    let postgres = task::spawn(pg::serve(
        listeners.postgres,
        Arc::clone(&gateway),
        stop.clone(),
    ));
    let flight = listeners
        .flight
        .map(|listener| task::spawn(flight::serve(listener, Arc::clone(&gateway), stop.clone())));
    let _announcer = task::spawn(announce(Arc::clone(&gateway), ready));

    let failed = serve_until(shutdown, postgres, flight, http, &gateway, &stop, drain_max).await;
    info!(gateway = %id, "gateway has stopped");
    failed
}

fn queue_settings(settings: &GatewaySettings) -> QueueSettings {
    QueueSettings {
        bounds: Bounds {
            waiting_max: settings.queue_length_max,
            waiting_per_principal_max: settings.queue_length_per_principal_max,
            running_per_principal_max: settings.running_per_principal_max,
        },
        wait_max: settings.queue_wait_max,
        weights: Arc::clone(&settings.queue_weights),
    }
}

async fn serve_until(
    shutdown: impl Future<Output = ()>,
    mut postgres: Task<std::io::Result<()>>,
    flight: Option<Task<Result<(), tonic::transport::Error>>>,
    mut http: Task<std::io::Result<()>>,
    gateway: &Gateway,
    stop: &CancellationToken,
    drain_max: Duration,
) -> Result<(), GatewayError> {
    let mut flight = match flight {
        Some(task) => futures::future::Either::Left(task),
        None => futures::future::Either::Right(std::future::pending()),
    };
    let service = |what, result: Result<String, tokio::task::JoinError>| {
        let reason = result.unwrap_or_else(|error| error.to_string());
        Err(GatewayError::Service { what, reason })
    };
    tokio::pin!(shutdown);
    tokio::select! {
        biased;
        () = &mut shutdown => {}
        result = &mut postgres => return service("PostgreSQL", result.map(|ended| format!("{ended:?}"))),
        result = &mut flight => return service("Flight SQL", result.map(|ended| format!("{ended:?}"))),
        result = &mut http => return service("HTTP", result.map(|ended| format!("{ended:?}"))),
    }
    info!(gateway = %gateway.id, "gateway is draining");
    gateway.draining.cancel();
    // Idle connections end by themselves now. Transactions and cursors may go on, statements may
    // end, and clients may read what they were sent.
    let drained = async {
        while !gateway.is_drained() {
            tokio::time::sleep(DRAIN_LOOK).await;
        }
    };
    if tokio::time::timeout(drain_max, drained).await.is_err() {
        warn!(
            running = gateway.queue.running(),
            postgres = gateway.postgres_seats.taken(),
            flight = gateway.flight_seats.taken(),
            "the drain time is over, what still runs is cancelled"
        );
    }
    stop.cancel();
    // The services end their connections now; what does not end within a moment is dropped.
    let moment = Instant::now() + GOODBYES_MAX;
    let ended = futures::future::join3(
        timeout_at(moment, postgres),
        timeout_at(moment, async {
            match flight {
                futures::future::Either::Left(flight) => drop(flight.await),
                futures::future::Either::Right(_) => {}
            }
        }),
        timeout_at(moment, http),
    );
    if !matches!(ended.await, (Ok(_), Ok(()), Ok(_))) {
        debug!("some connections did not end in time");
    }
    Ok(())
}

async fn announce(gateway: Arc<Gateway>, ready: oneshot::Sender<()>) {
    loop {
        if gateway
            .workers
            .usable(Duration::from_secs(3600))
            .await
            .is_ok()
        {
            if ready.send(()).is_err() {
                debug!("nobody waits for the first worker");
            }
            return;
        }
    }
}

/// Tells workers which sessions ended.
async fn close_sessions(id: GatewayId, mut to_close: mpsc::UnboundedReceiver<Ended>) {
    while let Some(ended) = to_close.recv().await {
        let Ended {
            worker,
            session,
            left,
        } = ended;
        let request = CloseSessionRequest {
            session_id: session.to_string(),
            gateway_id: id.to_string(),
            left_nothing: left == Left::Nothing,
        };
        let mut client = worker.control();
        let closed = tokio::time::timeout(Duration::from_secs(5), client.close_session(request));
        if !matches!(closed.await, Ok(Ok(_))) {
            // The worker is away: its lease on this gateway's sessions ends without us.
            debug!(%session, "could not close a session on its worker");
        }
    }
}
