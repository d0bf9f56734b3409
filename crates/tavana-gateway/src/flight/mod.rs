//! Arrow Flight SQL (<https://arrow.apache.org/docs/format/FlightSql.html>).
//!
//! The life of a statement: [`service`] reads the command and whose it is ([`principal`]),
//! [`statements`] prepares it on the connection's session ([`sessions`]) and gives out a sealed
//! [`ticket`]; DoGet opens the ticket, runs the statement and passes the worker's batches through as
//! they are ([`stream`]), without copying them ([`pass`]).
//!
//! A gateway keeps nothing that a ticket needs, except what makes a session a session: an own
//! engine, settings, a transaction. These end with the TCP connection ([`connection`]).

mod arrow_message;
mod connection;
mod dictionaries;
mod door;
mod expiry;
mod hold;
mod idle;
mod info;
mod ingest;
mod metadata;
mod options;
mod parameters;
mod pass;
mod poll;
mod principal;
pub(crate) mod request;
mod running;
mod savepoints;
mod schema;
mod service;
mod sessions;
mod shared;
mod sql_info;
mod statements;
mod status;
mod stream;
mod ticket;
mod transactions;
mod types;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use arrow_flight::flight_service_server::FlightServiceServer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

pub(crate) use self::running::Running;

use self::door::Door;
use self::pass::Pass;
use self::service::Service;
use crate::Gateway;

/// Longest message of a client, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Calls at once on one connection.
const CALLS_MAX: u32 = 256;
/// A peer that is gone without a word is noticed within this and [`KEEPALIVE_ANSWER_MAX`].
const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVE_ANSWER_MAX: Duration = Duration::from_secs(20);
/// Longest headers of a request, in bytes.
const HEADER_BYTES_MAX: u32 = 64 * 1024;

/// Serves Flight SQL on `listener`. When the gateway drains, clients are told to go elsewhere and
/// calls that run may end; at `shutdown` they are over.
///
/// # Errors
/// When the transport fails as a whole.
pub(crate) async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    shutdown: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let calls = Service::new(Arc::clone(&gateway));
    let service = FlightServiceServer::new(calls.clone())
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(usize::MAX);
    let service = Pass::new(service, calls, MESSAGE_BYTES_MAX);
    let service = Door::new(service, Arc::clone(&gateway), MESSAGE_BYTES_MAX);
    let connections = connection::accept(listener, Arc::clone(&gateway));
    let draining = gateway.draining.clone();
    let runs = Arc::clone(&gateway.flight_runs);
    let serving = Server::builder()
        // What a client may send before it is read: little at first, more where it is read fast.
        .http2_adaptive_window(Some(true))
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER_MAX))
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .max_concurrent_streams(CALLS_MAX)
        // A client may give up all that it has begun before the gateway has looked at it.
        .http2_max_pending_accept_reset_streams(Some(CALLS_MAX as usize))
        .add_service(service)
        .serve_with_incoming_shutdown(connections, async move { draining.cancelled().await });
    tokio::pin!(serving);
    tokio::select! {
        biased;
        () = shutdown.cancelled() => {
            // Each call ends in an error of its own, and the gateway waits a moment for clients to
            // take it.
            runs.end();
            serving.await
        }
        result = &mut serving => {
            // All connections have ended while draining: nothing is left to do until shutdown.
            if result.is_ok() {
                shutdown.cancelled().await;
            }
            result
        }
    }
}
