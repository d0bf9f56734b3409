//! The PostgreSQL protocol: connections, their messages, and rows on the way out.
//!
//! `pgwire` gives the messages of the backend; reading what the client sends, the connection's
//! states and the encoding of rows are ours (docs/decisions/0003).

mod cancel;
mod connection;
mod copy;
mod encode;
mod error;
mod extended;
mod frontend;
pub(crate) mod params;
mod rows;
mod simple;
mod startup;
pub(crate) mod text;
pub(crate) mod types;
mod wire;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

pub(crate) use cancel::Cancels;

use self::connection::Connection;
use self::error::{Severity, error_response};
use self::startup::{Refused, Started};
use self::wire::{Limits, Wire, WireError};
use crate::Gateway;
use crate::accept::{ClientStream, Guest, Lobby};
use crate::error::{QueryError, SqlState};

/// Time between probes of a silent client; three unanswered ones end the connection.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// Longest wait for a client to take our last bytes.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// Accepts connections until `stop`, then ends those that are left.
///
/// # Errors
/// None today; accept errors are survived.
pub(crate) async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    stop: CancellationToken,
) -> io::Result<()> {
    let lobby = Lobby::new(gateway.settings.handshakes_max);
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = tasks.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(problem) => {
                // Out of file descriptors, most likely: some connection must end first.
                warn!(%problem, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let guest = lobby.enter(peer.ip());
        let gateway = Arc::clone(&gateway);
        let stop = stop.clone();
        tasks.spawn(async move {
            if let Err(problem) = serve_one(stream, peer.ip(), guest, &gateway, &stop).await {
                debug!(%problem, "connection ended");
            }
        });
    }
    // Each connection hears `stop` too and says goodbye to its client.
    while tasks.join_next().await.is_some() {}
    Ok(())
}

async fn serve_one(
    stream: TcpStream,
    address: IpAddr,
    guest: Guest,
    gateway: &Arc<Gateway>,
    stop: &CancellationToken,
) -> Result<(), WireError> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE)
        .with_retries(3);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    let limits = Limits {
        sql_bytes_max: gateway.settings.sql_bytes_max,
        message_bytes_max: gateway.settings.message_bytes_max,
        intake: gateway.intake.clone(),
        patience: gateway.patience.clone(),
    };
    let mut wire = Wire::new(ClientStream::Plain(stream), limits);
    let started = tokio::select! {
        biased;
        () = guest.evicted().cancelled() => {
            debug!("a client that had not logged in made room for others");
            return Ok(());
        }
        () = stop.cancelled() => return Ok(()),
        started = tokio::time::timeout(
            gateway.settings.handshake_max,
            startup::start(&mut wire, address, gateway),
        ) => started,
    };
    let (session, key, _seat) = match started {
        Ok(Ok(Started::Session(session, key, seat))) => (session, key, seat),
        Ok(Ok(Started::Over)) => {
            // Over TLS a client waits for a proper end.
            drop(tokio::time::timeout(GOODBYE_MAX, wire.close()).await);
            return Ok(());
        }
        Ok(Err(Refused::Error(error))) => return refuse(wire, &error).await,
        Ok(Err(Refused::Wire(WireError::Protocol(message)))) => {
            return refuse(
                wire,
                &QueryError::new(SqlState::PROTOCOL_VIOLATION, message),
            )
            .await;
        }
        Ok(Err(Refused::Wire(problem))) => return Err(problem),
        Err(_) => {
            // Whoever is this slow gets nothing more: an answer could block, too.
            debug!("a client did not get through startup in time");
            return Ok(());
        }
    };
    drop(guest);
    wire.logged_in();
    let _counted = gateway.metrics.connection();
    let connection = Connection::new(wire, *session, key, Arc::clone(gateway));
    // Boxed, as a stranger's task should not hold the room for all that may follow.
    let ended = Box::pin(connection.run(stop)).await;
    if matches!(ended, Err(WireError::Idle)) {
        info!(%address, "a client does not read its result: its connection is closed");
    }
    ended
}

/// Tells the client why there is no connection for it. Bounded in time, as nothing is known of it.
async fn refuse(mut wire: Wire<ClientStream>, error: &QueryError) -> Result<(), WireError> {
    wire.put(&error_response(error, Severity::Fatal))?;
    // A client that does not read its refusal is simply dropped.
    drop(tokio::time::timeout(GOODBYE_MAX, wire.close()).await);
    Ok(())
}
