//! TCP connections of Flight clients. What a connection owns ends with it.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use futures::{FutureExt, Stream};
use tavana_common::tls::Protocol;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;
use tonic::transport::server::Connected;

use super::sessions::Sessions;
use crate::Gateway;
use crate::accept::{ClientStream, Full, Guest, Incoming, Seat, Tls};

/// What a request knows of its connection. The sessions end when the last copy goes: the server
/// holds one while the connection is open, and each request one while it runs.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionInfo(Arc<Info>);

#[derive(Debug)]
struct Info {
    gateway: Arc<Gateway>,
    sessions: Sessions,
    address: IpAddr,
    tls: Option<Tls>,
    /// Taken with the first call of a known caller.
    seat: OnceLock<Seat>,
    /// Held while a caller is checked that is not known yet.
    checking: tokio::sync::Mutex<()>,
}

impl ConnectionInfo {
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn address(&self) -> IpAddr {
        self.0.address
    }

    pub(crate) fn tls(&self) -> Option<&Tls> {
        self.0.tls.as_ref()
    }

    /// One call at a time is checked until somebody is known: many calls of one connection must not
    /// be many guesses at once.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.0.seat.get().is_some() {
            return None;
        }
        Some(self.0.checking.lock().await)
    }

    /// Notes that the caller is known: from now on the connection may stay.
    ///
    /// # Errors
    /// When there are too many such connections.
    pub(crate) fn logged_in(&self) -> Result<(), Status> {
        if self.0.seat.get().is_some() {
            return Ok(());
        }
        let seat = self.0.gateway.flight_seats.take(self.0.address);
        let seat = seat.map_err(|full| {
            Status::resource_exhausted(match full {
                Full::All => "too many connections",
                Full::OfAddress => "too many connections from this address",
            })
        })?;
        // Another call of this connection may have been quicker; then this seat is given back.
        drop(self.0.seat.set(seat));
        Ok(())
    }
}

/// The connections that clients open, without end.
pub(crate) fn accept(
    listener: TcpListener,
    gateway: Arc<Gateway>,
) -> impl Stream<Item = Result<Connection, Infallible>> {
    let incoming = Incoming::start(
        listener,
        Protocol::Http2,
        gateway.settings.tls.mode,
        &gateway,
    );
    futures::stream::unfold((incoming, gateway), |(mut incoming, gateway)| async move {
        let arrived = incoming.next().await?;
        let info = Info {
            gateway: Arc::clone(&gateway),
            sessions: Sessions::new(Arc::clone(&gateway)),
            address: arrived.address,
            tls: arrived.tls,
            seat: OnceLock::new(),
            checking: tokio::sync::Mutex::new(()),
        };
        let waiting = Waiting {
            evicted: Box::pin(arrived.guest.evicted().clone().cancelled_owned()),
            deadline: Box::pin(sleep(gateway.settings.handshake_max)),
            _guest: arrived.guest,
        };
        let connection = Connection {
            stream: arrived.stream,
            info: ConnectionInfo(Arc::new(info)),
            waiting: Some(waiting),
        };
        Some((Ok(connection), (incoming, gateway)))
    })
}

/// An open connection.
pub(crate) struct Connection {
    stream: ClientStream,
    info: ConnectionInfo,
    /// Until a caller is known. HTTP/2 pings watch the peer later.
    waiting: Option<Waiting>,
}

struct Waiting {
    deadline: Pin<Box<Sleep>>,
    evicted: Pin<Box<WaitForCancellationFutureOwned>>,
    _guest: Guest,
}

impl Connection {
    /// Whether a stranger has had its time, or its place is needed. Asked on each turn of the
    /// connection: who does not read is as silent as who does not write.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        if self.info.0.seat.get().is_some() {
            self.waiting = None;
        }
        self.waiting.as_mut().is_some_and(|waiting| {
            waiting.evicted.poll_unpin(context).is_ready()
                || waiting.deadline.poll_unpin(context).is_ready()
        })
    }
}

impl Connected for Connection {
    type ConnectInfo = ConnectionInfo;

    fn connect_info(&self) -> ConnectionInfo {
        self.info.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
