//! TLS of the gRPC service: who reaches the port hears nothing and learns nothing.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use tavana_common::env::Env;
use tavana_common::task::{self, Task};
use tavana_common::tls::{
    CertificateSource, ClientCertificates, Protocol, ServerTls, TlsError, common_name,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;
use tracing::{debug, warn};

/// Longest TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Handshakes at once; further connections wait in the socket's own queue.
const HANDSHAKES_MAX: usize = 256;
/// Connections that are ready and not taken yet.
const READY_MAX: usize = 16;
/// Pause after a failed accept, which is most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// TLS of the gRPC service.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// Chain and key.
    pub certificate: CertificateSource,
    /// Authorities of the gateways' certificates; with it, a gateway without one gets no TLS.
    pub client_ca: Option<PathBuf>,
    /// The common name that a gateway's certificate must have.
    pub client_name: Option<String>,
}

impl TlsSettings {
    pub(crate) fn from_env(env: &mut Env) -> Option<Self> {
        let certificate = env.optional_text(
            "TAVANA_WORKER_TLS_CERT_PATH",
            "File with the gRPC port's certificate chain in PEM; read again when it changes.",
        );
        let key = env.optional_text(
            "TAVANA_WORKER_TLS_KEY_PATH",
            "File with that certificate's private key in PEM.",
        );
        let client_ca = env
            .optional_text(
                "TAVANA_WORKER_TLS_CLIENT_CA_PATH",
                "File with the authorities of the gateways' certificates in PEM; clients without one are refused.",
            )
            .map(PathBuf::from);
        let client_name = env.optional_text(
            "TAVANA_WORKER_TLS_CLIENT_NAME",
            "Common name that a gateway's certificate must have; any name when it is not set.",
        );
        if client_name.is_some() && client_ca.is_none() {
            env.mistake(
                "TAVANA_WORKER_TLS_CLIENT_NAME",
                "needs TAVANA_WORKER_TLS_CLIENT_CA_PATH",
            );
        }
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Self {
                certificate: CertificateSource::Files {
                    certificate: PathBuf::from(certificate),
                    key: PathBuf::from(key),
                },
                client_ca,
                client_name,
            }),
            (None, None) => {
                if client_ca.is_some() {
                    env.mistake(
                        "TAVANA_WORKER_TLS_CLIENT_CA_PATH",
                        "needs TAVANA_WORKER_TLS_CERT_PATH and TAVANA_WORKER_TLS_KEY_PATH",
                    );
                }
                None
            }
            _ => {
                env.mistake(
                    "TAVANA_WORKER_TLS_CERT_PATH",
                    "TAVANA_WORKER_TLS_CERT_PATH and TAVANA_WORKER_TLS_KEY_PATH need each other",
                );
                None
            }
        }
    }
}

/// Connections that got through TLS, for as long as the stream lives.
///
/// # Errors
/// When the certificate cannot be used.
pub(super) fn accept(
    listener: TcpListener,
    settings: TlsSettings,
) -> Result<impl Stream<Item = io::Result<TlsStream<TcpStream>>>, TlsError> {
    let tls = ServerTls::load(
        settings.certificate,
        settings.client_ca,
        ClientCertificates::Required,
    )?;
    let following = tls.follow();
    let (ready, arrived) = mpsc::channel(READY_MAX);
    let accepting = task::spawn(receive_all(listener, tls, settings.client_name, ready));
    Ok(futures::stream::unfold(
        (arrived, accepting, following),
        |(mut arrived, accepting, following): (mpsc::Receiver<_>, Task<()>, Task<()>)| async move {
            let stream = arrived.recv().await?;
            Some((Ok(stream), (arrived, accepting, following)))
        },
    ))
}

async fn receive_all(
    listener: TcpListener,
    tls: Arc<ServerTls>,
    client_name: Option<String>,
    ready: mpsc::Sender<TlsStream<TcpStream>>,
) {
    let client_name: Option<Arc<str>> = client_name.map(Arc::from);
    let mut handshakes = JoinSet::new();
    loop {
        let may_accept = handshakes.len() < HANDSHAKES_MAX;
        let accepted = tokio::select! {
            biased;
            Some(_) = handshakes.join_next() => continue,
            accepted = listener.accept(), if may_accept => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(problem) => {
                warn!(%problem, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (tls, client_name, ready) = (Arc::clone(&tls), client_name.clone(), ready.clone());
        handshakes.spawn(async move {
            let handshake = tokio::time::timeout(HANDSHAKE_MAX, receive(stream, &tls));
            match handshake.await {
                Ok(Ok(stream)) if !is_called(&stream, client_name.as_deref()) => {
                    warn!("a client with a certificate of another name was refused");
                }
                // Nobody takes connections any more when the server has ended.
                Ok(Ok(stream)) => drop(ready.send(stream).await),
                Ok(Err(problem)) => debug!(%problem, "a connection did not get through TLS"),
                Err(_) => debug!("a client did not get through TLS in time"),
            }
        });
    }
}

async fn receive(stream: TcpStream, tls: &ServerTls) -> io::Result<TlsStream<TcpStream>> {
    stream.set_nodelay(true)?;
    tls.current().accept(Protocol::Http2, stream).await
}

fn is_called(stream: &TlsStream<TcpStream>, name: Option<&str>) -> bool {
    let Some(name) = name else { return true };
    let (_, session) = stream.get_ref();
    session
        .peer_certificates()
        .and_then(<[_]>::first)
        .and_then(common_name)
        .as_deref()
        == Some(name)
}
