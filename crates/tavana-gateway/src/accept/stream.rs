//! A client's connection, with TLS or without.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tavana_common::tls::{Identity, Protocol, common_name};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Type of a TLS handshake record (RFC 8446, section 5.1): no protocol here begins with it in
/// clear.
const TLS_HANDSHAKE: u8 = 0x16;

/// A connection.
#[derive(Debug)]
pub(crate) enum ClientStream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two, or given away: reads as ended.
    Gone,
}

/// What TLS says of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    identity: Arc<Identity>,
    /// The common name in the certificate that the client proved to own.
    pub(crate) certificate: Option<String>,
    /// Whether the client asked for our protocol by name.
    pub(crate) named_protocol: bool,
}

impl Tls {
    /// What a SCRAM exchange on this connection is bound to.
    pub(crate) fn end_point(&self) -> &[u8] {
        self.identity.end_point()
    }
}

impl ClientStream {
    /// The socket below.
    pub(crate) fn socket(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(stream) => Some(stream),
            Self::Tls(stream) => Some(stream.get_ref().0),
            Self::Gone => None,
        }
    }

    /// Goes on in TLS.
    ///
    /// # Errors
    /// When the client does not, or shows a certificate that is not good.
    pub(crate) async fn secure(
        self,
        identity: Arc<Identity>,
        protocol: Protocol,
    ) -> io::Result<(Self, Tls)> {
        let Self::Plain(stream) = self else {
            return Err(io::Error::other("the connection has TLS already"));
        };
        let stream = identity.accept(protocol, stream).await?;
        let (_, session) = stream.get_ref();
        let certificate = session
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(common_name);
        let named_protocol = session.alpn_protocol() == Some(protocol.alpn());
        let tls = Tls {
            identity,
            certificate,
            named_protocol,
        };
        Ok((Self::Tls(Box::new(stream)), tls))
    }
}

/// Whether the client begins with TLS. Waits for its first byte and leaves it where it is.
pub(crate) async fn begins_tls(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    let seen = stream.peek(&mut first).await?;
    Ok(seen > 0 && first == [TLS_HANDSHAKE])
}

impl AsyncRead for ClientStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
            Self::Gone => false,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}
