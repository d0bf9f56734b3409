//! Connections of the ports whose first bytes tell TLS from plain HTTP/2 or HTTP/1.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tavana_common::task::{self, Task};
use tavana_common::tls::{Protocol, ServerTls};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::lobby::{Guest, Lobby};
use super::stream::{ClientStream, Tls, begins_tls};
use crate::Gateway;
use crate::settings::TlsMode;

/// Pause after a failed accept, which is most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections that are ready and not taken yet.
const READY_MAX: usize = 16;

/// A connection with TLS settled.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) stream: ClientStream,
    pub(crate) address: IpAddr,
    pub(crate) tls: Option<Tls>,
    pub(crate) guest: Guest,
}

/// Connections as they arrive. No client can hold up another.
#[derive(Debug)]
pub(crate) struct Incoming {
    ready: mpsc::Receiver<Arrived>,
    _accepting: Task<()>,
}

impl Incoming {
    /// Accepts on `listener` for as long as this lives.
    pub(crate) fn start(
        listener: TcpListener,
        protocol: Protocol,
        mode: TlsMode,
        gateway: &Gateway,
    ) -> Self {
        let (sender, ready) = mpsc::channel(READY_MAX);
        let door = Arc::new(Door {
            protocol,
            mode,
            tls: gateway.tls.clone(),
            handshake_max: gateway.settings.handshake_max,
            ready: sender,
        });
        let lobby = Lobby::new(gateway.settings.handshakes_max);
        Self {
            ready,
            _accepting: task::spawn(accept(listener, lobby, door)),
        }
    }

    /// The next one.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Arrived> {
        self.ready.recv().await
    }
}

#[derive(Debug)]
struct Door {
    protocol: Protocol,
    mode: TlsMode,
    tls: Option<Arc<ServerTls>>,
    handshake_max: Duration,
    ready: mpsc::Sender<Arrived>,
}

async fn accept(listener: TcpListener, lobby: Lobby, door: Arc<Door>) {
    let mut handshakes = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            Some(_) = handshakes.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let guest = lobby.enter(peer.ip());
                handshakes.spawn(Arc::clone(&door).receive(stream, peer.ip(), guest));
            }
            Err(problem) => {
                warn!(%problem, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Door {
    async fn receive(self: Arc<Self>, stream: TcpStream, address: IpAddr, guest: Guest) {
        let settled = tokio::select! {
            biased;
            () = guest.evicted().cancelled() => return,
            settled = tokio::time::timeout(self.handshake_max, self.settle(stream)) => settled,
        };
        match settled {
            Ok(Ok((stream, tls))) => {
                let arrived = Arrived {
                    stream,
                    address,
                    tls,
                    guest,
                };
                // Nobody takes connections any more when the service has ended.
                drop(self.ready.send(arrived).await);
            }
            Ok(Err(problem)) => debug!(%problem, "a connection did not get through TLS"),
            Err(_) => debug!("a client did not get through TLS in time"),
        }
    }

    async fn settle(&self, stream: TcpStream) -> std::io::Result<(ClientStream, Option<Tls>)> {
        stream.set_nodelay(true)?;
        let stream_is_tls = self.mode != TlsMode::Off && begins_tls(&stream).await?;
        let stream = ClientStream::Plain(stream);
        match (&self.tls, stream_is_tls) {
            (Some(tls), true) => {
                let (stream, tls) = Box::pin(stream.secure(tls.current(), self.protocol)).await?;
                Ok((stream, Some(tls)))
            }
            (_, false) if self.mode != TlsMode::Required => Ok((stream, None)),
            _ => Err(std::io::Error::other("the port takes TLS only")),
        }
    }
}
