//! One worker's connection: a lazily connected HTTP/2 channel with the internal token on each call.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::secret::Secret;
use tavana_common::tls::ClientTls;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::settings::GatewaySettings;

/// Longest message that a worker may send: one batch of wide values.
const DECODE_BYTES_MAX: usize = 1024 * 1024 * 1024;
/// A dead peer is noticed within twice this time.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// A cheap handle; clones share the connection.
pub(crate) type WorkerClient = WorkerServiceClient<InterceptedService<Channel, Token>>;

/// How to reach one worker.
#[derive(Clone, Debug)]
pub(crate) struct WorkerLink {
    /// Statements and their results.
    data: Channel,
    /// Status and what must not wait behind results: a connection of its own.
    control: Channel,
    token: Token,
}

/// Opens a worker's TCP connection and TLS on it.
#[derive(Clone, Debug)]
struct Connect {
    tls: Arc<ClientTls>,
    host: String,
    port: u16,
    connect_max: Duration,
}

impl Connect {
    async fn open(self) -> std::io::Result<TokioIo<TlsStream<TcpStream>>> {
        let open = async {
            let host = self.host.trim_start_matches('[').trim_end_matches(']');
            let stream = TcpStream::connect((host, self.port)).await?;
            stream.set_nodelay(true)?;
            self.tls.connect(host, stream).await
        };
        tokio::time::timeout(self.connect_max, open)
            .await
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
            .map(TokioIo::new)
    }
}

impl WorkerLink {
    /// Prepares a connection to `address`; nothing is sent yet.
    ///
    /// # Errors
    /// When `address` is not a URI.
    pub(crate) fn new(
        address: &str,
        settings: &GatewaySettings,
        tls: Option<&Arc<ClientTls>>,
    ) -> Result<Self, tonic::transport::Error> {
        let uri: http::Uri = Endpoint::from_shared(address.to_owned())?.uri().clone();
        // The connector below makes the TLS that the scheme stands for.
        let plain = address
            .strip_prefix("https://")
            .map_or_else(|| address.to_owned(), |rest| format!("http://{rest}"));
        let endpoint = Endpoint::from_shared(plain)?
            .connect_timeout(settings.worker_connect_max)
            .initial_stream_window_size(settings.grpc_stream_window_bytes)
            .initial_connection_window_size(settings.grpc_connection_window_bytes)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE)
            .keep_alive_while_idle(true)
            // Each cancelled statement resets its stream. The limit is for strangers; a worker that
            // was reset a thousand times must not lose the statements of everyone else.
            .http2_max_local_error_reset_streams(None)
            .tcp_nodelay(true);
        let token = settings
            .cluster_key
            .as_ref()
            .map(|key| bearer(&key.internal_token()));
        let connect = || match tls.filter(|_| uri.scheme_str() == Some("https")) {
            None => endpoint.connect_lazy(),
            Some(tls) => {
                let connect = Connect {
                    tls: Arc::clone(tls),
                    host: uri.host().unwrap_or_default().to_owned(),
                    port: uri.port_u16().unwrap_or(443),
                    connect_max: settings.worker_connect_max,
                };
                endpoint.connect_with_connector_lazy(tower::service_fn(move |_: http::Uri| {
                    connect.clone().open()
                }))
            }
        };
        Ok(Self {
            data: connect(),
            control: connect(),
            token: Token(token),
        })
    }

    /// For statements.
    pub(crate) fn client(&self) -> WorkerClient {
        self.over(&self.data)
    }

    /// For the worker's status and the end of sessions.
    pub(crate) fn control(&self) -> WorkerClient {
        self.over(&self.control)
    }

    fn over(&self, channel: &Channel) -> WorkerClient {
        WorkerServiceClient::with_interceptor(channel.clone(), self.token.clone())
            .max_decoding_message_size(DECODE_BYTES_MAX)
            .max_encoding_message_size(DECODE_BYTES_MAX)
    }
}

fn bearer(token: &Secret) -> MetadataValue<Ascii> {
    let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.expose())
        .parse()
        .expect("base64 is a valid header value");
    value.set_sensitive(true);
    value
}

/// Puts the internal token on each request.
#[derive(Clone, Debug)]
pub(crate) struct Token(Option<MetadataValue<Ascii>>);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", token.clone());
        }
        Ok(request)
    }
}
