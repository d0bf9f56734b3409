//! The ways to one worker: lazily opened HTTP/2 channels with the internal token on each call, or
//! none where the worker is in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use hyper_util::rt::TokioIo;
use tavana_common::inside::Entrance;
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::proto::v1::{ExecuteRequest, FetchCursorRequest};
use tavana_common::secret::Secret;
use tavana_common::tls::ClientTls;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tonic::body::Body;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tower::{BoxError, Service};

use super::messages::{self, Messages};
use crate::settings::GatewaySettings;

/// Longest message that a worker may send: one batch of wide values.
const DECODE_BYTES_MAX: usize = 1024 * 1024 * 1024;
/// Largest HTTP/2 frame that a worker may send: a batch of the usual size, so that it comes in one
/// piece and need not be put together. Each frame is read by a few calls of the system; the
/// protocol's default of 16 KiB means two for each 16 KiB.
const FRAME_BYTES_MAX: u32 = 4 * 1024 * 1024;
/// A dead peer is noticed within twice this time.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// A cheap handle; clones share the connection.
pub(crate) type WorkerClient = WorkerServiceClient<InterceptedService<Way, Token>>;

/// The way of the calls that are answered with results.
pub(super) type ResultService = InterceptedService<Channel, Token>;

/// Where calls go.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Network(Channel),
    Inside(Entrance),
}

impl Service<http::Request<Body>> for Way {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self {
            Self::Network(channel) => channel.poll_ready(context).map_err(Into::into),
            Self::Inside(_) => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match self {
            Self::Network(channel) => {
                let answer = channel.call(request);
                Box::pin(async move { Ok(answer.await?) })
            }
            Self::Inside(entrance) => {
                let entrance = entrance.clone();
                // A task of its own, as in a server: it goes on with what the caller sends while
                // the caller does other things, and a fault in it is not the caller's.
                let served = tavana_common::task::spawn(async move {
                    let mut offer = entrance.offer().await?;
                    Ok(offer.routes.call(request).await?)
                });
                Box::pin(async move { served.await? })
            }
        }
    }
}

/// How to reach one worker.
#[derive(Clone, Debug)]
pub(crate) struct WorkerLink {
    /// Statements and their results.
    data: Way,
    /// Status and what must not wait behind results: a connection of its own.
    control: Way,
    token: Token,
}

/// What the ways to all workers have in common.
#[derive(Clone, Debug)]
pub(crate) struct Linker {
    tls: Option<Arc<ClientTls>>,
    connect_max: Duration,
    stream_window_bytes: u32,
    connection_window_bytes: u32,
    token: Token,
    inside: Option<Entrance>,
}

impl Linker {
    /// `tls` is for the workers that have a certificate.
    pub(crate) fn new(settings: &GatewaySettings, tls: Option<&Arc<ClientTls>>) -> Self {
        let key = settings.cluster_key.as_ref();
        Self {
            tls: tls.map(Arc::clone),
            connect_max: settings.worker_connect_max,
            stream_window_bytes: settings.grpc_stream_window_bytes,
            connection_window_bytes: settings.grpc_connection_window_bytes,
            token: Token(key.map(|key| bearer(&key.internal_token()))),
            inside: settings.worker_inside.clone(),
        }
    }

    /// Prepares connections to the worker at `address`, whose certificate must be good for
    /// `tls_name`; without one it is spoken to in clear. Nothing is sent yet.
    ///
    /// # Errors
    /// When `address` cannot stand in a URI, as an IPv6 address with a scope cannot.
    pub(crate) fn link(
        &self,
        address: SocketAddr,
        tls_name: Option<&str>,
    ) -> Result<WorkerLink, tonic::transport::Error> {
        let connect = || match &self.inside {
            Some(entrance) => Ok(Way::Inside(entrance.clone())),
            None => self.channel(address, tls_name).map(Way::Network),
        };
        Ok(WorkerLink {
            data: connect()?,
            control: connect()?,
            token: self.token.clone(),
        })
    }

    fn channel(
        &self,
        address: SocketAddr,
        tls_name: Option<&str>,
    ) -> Result<Channel, tonic::transport::Error> {
        // The connector below makes the TLS, so there is no https here.
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?
            .connect_timeout(self.connect_max)
            .initial_stream_window_size(self.stream_window_bytes)
            .initial_connection_window_size(self.connection_window_bytes)
            .max_frame_size(FRAME_BYTES_MAX)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE)
            .keep_alive_while_idle(true)
            // Each cancelled statement resets its stream. The limit is for strangers; a worker that
            // was reset a thousand times must not lose the statements of everyone else.
            .http2_max_local_error_reset_streams(None)
            .tcp_nodelay(true);
        let Some(name) = tls_name else {
            return Ok(endpoint.connect_lazy());
        };
        let tls = self.tls.as_ref();
        let connect = Connect {
            tls: Arc::clone(tls.expect("https needs TAVANA_WORKER_CA_PATH, see settings")),
            name: name.to_owned(),
            address,
            connect_max: self.connect_max,
        };
        Ok(
            endpoint.connect_with_connector_lazy(tower::service_fn(move |_: http::Uri| {
                connect.clone().open()
            })),
        )
    }
}

/// Opens a worker's TCP connection and TLS on it.
#[derive(Clone, Debug)]
struct Connect {
    tls: Arc<ClientTls>,
    name: String,
    address: SocketAddr,
    connect_max: Duration,
}

impl Connect {
    async fn open(self) -> std::io::Result<TokioIo<TlsStream<TcpStream>>> {
        let open = async {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.tls.connect(&self.name, stream).await
        };
        tokio::time::timeout(self.connect_max, open)
            .await
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
            .map(TokioIo::new)
    }
}

impl WorkerLink {
    /// For statements.
    pub(crate) fn client(&self) -> WorkerClient {
        self.by(&self.data)
    }

    /// Runs a statement.
    pub(crate) async fn execute(
        &self,
        request: &ExecuteRequest,
    ) -> Result<Response<Messages>, Status> {
        let messages = match &self.data {
            Way::Network(channel) => {
                let path = "/tavana.v1.WorkerService/Execute";
                messages::call(self.over(channel), path, request, DECODE_BYTES_MAX).await?
            }
            Way::Inside(entrance) => {
                let execution = entrance.offer().await?.execution;
                Messages::from(execution.execute(request.clone()).await?)
            }
        };
        Ok(Response::new(messages))
    }

    /// Fetches rows of an open cursor.
    pub(crate) async fn fetch_cursor(
        &self,
        request: &FetchCursorRequest,
    ) -> Result<Response<Messages>, Status> {
        let messages = match &self.data {
            Way::Network(channel) => {
                let path = "/tavana.v1.WorkerService/FetchCursor";
                messages::call(self.over(channel), path, request, DECODE_BYTES_MAX).await?
            }
            Way::Inside(entrance) => {
                let execution = entrance.offer().await?.execution;
                Messages::from(execution.fetch_cursor(request.clone()).await?)
            }
        };
        Ok(Response::new(messages))
    }

    fn over(&self, channel: &Channel) -> ResultService {
        InterceptedService::new(channel.clone(), self.token.clone())
    }

    /// For the worker's status and the end of sessions.
    pub(crate) fn control(&self) -> WorkerClient {
        self.by(&self.control)
    }

    fn by(&self, way: &Way) -> WorkerClient {
        WorkerServiceClient::with_interceptor(way.clone(), self.token.clone())
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
