//! The HTTP port: `/health`, `/ready`, `/metrics`.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures::FutureExt;
use tavana_common::tls::Protocol;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::Gateway;
use crate::accept::{Arrived, ClientStream, Guest, Incoming};

/// Longest life of a connection.
const CONNECTION_LIFE: Duration = Duration::from_secs(300);

/// Serves until `stop`.
///
/// # Errors
/// When the listener fails.
pub(crate) async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let local = listener.local_addr()?;
    let connections = Connections {
        incoming: Incoming::start(
            listener,
            Protocol::Http1,
            gateway.settings.tls.http_mode,
            &gateway,
        ),
        local,
    };
    let router = Router::new()
        .route("/health", get(|| std::future::ready("ok\n")))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(gateway);
    axum::serve(connections, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

/// The port's connections. They never log in, so they stay in the lobby: when there are too many,
/// the oldest goes.
struct Connections {
    incoming: Incoming,
    local: SocketAddr,
}

impl axum::serve::Listener for Connections {
    type Io = Monitored<ClientStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.incoming.next().await {
            Some(Arrived {
                stream,
                address,
                guest,
                ..
            }) => (Monitored::new(stream, guest), SocketAddr::new(address, 0)),
            // The accepting task ends only with its owner.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.local)
    }
}

/// A connection that ends when its place is needed.
struct Monitored<S> {
    stream: S,
    evicted: Pin<Box<WaitForCancellationFutureOwned>>,
    /// No answer of this port is long, and no client needs one connection for long.
    deadline: Pin<Box<Sleep>>,
    _guest: Guest,
}

impl<S> Monitored<S> {
    fn new(stream: S, guest: Guest) -> Self {
        Self {
            stream,
            evicted: Box::pin(guest.evicted().clone().cancelled_owned()),
            deadline: Box::pin(sleep(CONNECTION_LIFE)),
            _guest: guest,
        }
    }

    /// Asked on each turn of the connection: who does not read is as silent as who does not write.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.evicted.poll_unpin(context).is_ready() || self.deadline.poll_unpin(context).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Monitored<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.is_over(context) {
            return Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Monitored<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        if self.is_over(context) {
            return Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.is_over(context) {
            return Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Ready to take statements: some worker is usable, and this gateway is not draining.
async fn ready(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    if gateway.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else if gateway.workers.any_usable() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no worker is ready\n")
    }
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    match gateway.metrics.render(&gateway) {
        Ok(text) => (
            StatusCode::OK,
            [(
                header::CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            )],
            text,
        ),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            "metrics could not be written\n".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::AsyncReadExt as _;
    use tokio::time::Instant;

    use super::*;
    use crate::accept::Lobby;

    #[tokio::test(start_paused = true)]
    async fn a_connection_lives_five_minutes_however_it_is_used() {
        let lobby = Lobby::new(1);
        let (_client, stream) = tokio::io::duplex(64);
        let began = Instant::now();
        let mut served = Monitored::new(stream, lobby.enter(Ipv4Addr::LOCALHOST.into()));
        let error = served.read_u8().await.expect_err("nobody writes");
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), CONNECTION_LIFE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_when_its_place_is_needed() {
        let lobby = Lobby::new(1);
        let (_client, stream) = tokio::io::duplex(64);
        let began = Instant::now();
        let mut served = Monitored::new(stream, lobby.enter(Ipv4Addr::LOCALHOST.into()));
        let _next = lobby.enter(Ipv4Addr::LOCALHOST.into());
        let error = served.read_u8().await.expect_err("nobody writes");
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 0);
    }
}
