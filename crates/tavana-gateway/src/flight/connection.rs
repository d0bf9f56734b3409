//! TCP connections of Flight clients. What a connection owns ends with it.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::{FutureExt, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tonic::transport::server::Connected;
use tracing::warn;

use super::sessions::Sessions;
use crate::Gateway;

/// Pause after a failed accept, which is most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a request knows of its connection. The sessions end when the last copy goes: the server
/// holds one while the connection is open, and each request one while it runs.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionInfo(Arc<Sessions>);

impl ConnectionInfo {
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0
    }
}

/// The connections that clients open, without end. At most `connections_max` of the settings are
/// open at once; further ones are closed at once.
pub(crate) fn accept(
    listener: TcpListener,
    gateway: Arc<Gateway>,
) -> impl Stream<Item = Result<Connection, Infallible>> {
    let places = Arc::new(Semaphore::new(gateway.settings.connections_max));
    futures::stream::unfold(
        (listener, gateway, places),
        |(listener, gateway, places)| async move {
            loop {
                let stream = match listener.accept().await {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        warn!(%error, "could not accept a Flight connection");
                        sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    warn!(
                        connections_max = gateway.settings.connections_max,
                        "refused a Flight connection"
                    );
                    continue;
                };
                if let Err(error) = stream.set_nodelay(true) {
                    warn!(%error, "could not set TCP_NODELAY on a Flight connection");
                }
                let connection = Connection::new(stream, &gateway, place);
                return Some((Ok(connection), (listener, gateway, places)));
            }
        },
    )
}

/// An open connection.
pub(crate) struct Connection {
    stream: TcpStream,
    info: ConnectionInfo,
    /// Until the first byte arrives: how long to wait for it. HTTP/2 pings watch the peer later.
    first_byte: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    fn new(stream: TcpStream, gateway: &Arc<Gateway>, place: OwnedSemaphorePermit) -> Self {
        Self {
            stream,
            info: ConnectionInfo(Arc::new(Sessions::new(Arc::clone(gateway)))),
            first_byte: Some(Box::pin(sleep(gateway.settings.handshake_max))),
            _place: place,
        }
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
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.first_byte = None;
        } else if let Some(deadline) = &mut self.first_byte
            && deadline.poll_unpin(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
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
