//! DoGet, with batches that go to the client without being copied.
//!
//! The generated server would copy each message into a buffer of its own to encode it. Nearly all
//! bytes that a gateway sends are bodies of batches, and in a FlightData message the body comes
//! last: what stands before it is encoded here, and the body follows as it is.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{FlightData, Ticket};
use bytes::{BufMut, Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};
use tonic::body::Body;
use tonic::codec::{Codec, Streaming};
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower::Service as TowerService;

use super::info::FlightStream;
use super::service::Service;
use crate::worker::PREFIX_BYTES;

const DO_GET: &str = "/arrow.flight.protocol.FlightService/DoGet";
/// Number of `data_body` in FlightData.
const DATA_BODY: u32 = 1000;
/// Bodies up to this are copied behind what stands before them: less than a frame of their own
/// costs.
const COPIED_BYTES_MAX: usize = 16 * 1024;

/// Answers DoGet itself; everything else is the generated server's.
#[derive(Clone, Debug)]
pub(crate) struct Pass<S> {
    inner: S,
    service: Service,
    ticket_bytes_max: usize,
}

impl<S> Pass<S> {
    /// `ticket_bytes_max` bounds the message of a DoGet.
    pub(crate) fn new(inner: S, service: Service, ticket_bytes_max: usize) -> Self {
        Self {
            inner,
            service,
            ticket_bytes_max,
        }
    }
}

impl<S: NamedService> NamedService for Pass<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> TowerService<Request<Body>> for Pass<S>
where
    S: TowerService<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.uri().path() != DO_GET {
            return self.inner.call(request).boxed();
        }
        let (service, ticket_bytes_max) = (self.service.clone(), self.ticket_bytes_max);
        async move {
            let answer = do_get(&service, request, ticket_bytes_max).await;
            Ok(answer.unwrap_or_else(Status::into_http))
        }
        .boxed()
    }
}

async fn do_get(
    service: &Service,
    request: Request<Body>,
    ticket_bytes_max: usize,
) -> Result<Response<Body>, Status> {
    let (head, body) = request.into_parts();
    let decoder = ProstCodec::<FlightData, Ticket>::default().decoder();
    let mut tickets = Streaming::new_request(decoder, body, None, Some(ticket_bytes_max));
    let ticket = tickets
        .message()
        .await?
        .ok_or_else(|| Status::internal("the call ended before its ticket"))?;
    let metadata = MetadataMap::from_headers(head.headers);
    let request = tonic::Request::from_parts(metadata, head.extensions, ticket);
    let answer = Box::pin(service.do_get(request)).await?;
    let (metadata, batches, extensions) = answer.into_parts();
    let mut response = Response::new(Body::new(Batches {
        stream: Some(batches),
        body: Bytes::new(),
    }));
    *response.headers_mut() = metadata.into_headers();
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(CONTENT_TYPE, grpc);
    *response.extensions_mut() = extensions;
    Ok(response)
}

/// The messages of a DoGet as frames of HTTP/2.
struct Batches {
    /// `None` after the trailers.
    stream: Option<FlightStream<FlightData>>,
    /// Follows what was sent last.
    body: Bytes,
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}

impl http_body::Body for Batches {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if !self.body.is_empty() {
            let body = std::mem::take(&mut self.body);
            return Poll::Ready(Some(Ok(Frame::data(body))));
        }
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(None);
        };
        let next = std::task::ready!(stream.poll_next_unpin(context));
        let encoded = next.map(|message| message.and_then(encode));
        let status = match encoded {
            Some(Ok((head, body))) => {
                self.body = body;
                return Poll::Ready(Some(Ok(Frame::data(head))));
            }
            Some(Err(status)) => status,
            None => Status::new(Code::Ok, ""),
        };
        // What the stream holds is free before the client hears of its end.
        self.stream = None;
        let mut trailers = HeaderMap::new();
        status.add_header(&mut trailers)?;
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }
}

/// A message with its prefix, in two parts: the second one is its body.
fn encode(mut message: FlightData) -> Result<(Bytes, Bytes), Status> {
    let mut body = std::mem::take(&mut message.data_body);
    let mut length = message.encoded_len();
    if !body.is_empty() {
        let count = u64::try_from(body.len()).unwrap_or(u64::MAX);
        length += key_len(DATA_BODY) + encoded_len_varint(count) + body.len();
    }
    let prefix = u32::try_from(length)
        .map_err(|_| Status::resource_exhausted("a message has more than 4 GiB"))?;
    let copied = if body.len() <= COPIED_BYTES_MAX {
        std::mem::take(&mut body)
    } else {
        Bytes::new()
    };
    let mut head = BytesMut::with_capacity(PREFIX_BYTES + length - body.len());
    head.put_u8(0);
    head.put_u32(prefix);
    message
        .encode(&mut head)
        .map_err(|error| Status::internal(error.to_string()))?;
    let count = copied.len().max(body.len());
    if count > 0 {
        encode_key(DATA_BODY, WireType::LengthDelimited, &mut head);
        encode_varint(u64::try_from(count).unwrap_or(u64::MAX), &mut head);
        head.put(copied);
    }
    Ok((head.freeze(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_what_the_generated_server_would_send_and_large_bodies_are_not_copied() {
        for size in [
            0,
            1,
            127,
            128,
            COPIED_BYTES_MAX,
            COPIED_BYTES_MAX + 1,
            3_000_000,
        ] {
            let message = FlightData::new()
                .with_data_header(vec![7; 300])
                .with_app_metadata(vec![9; 3])
                .with_data_body(vec![5; size]);
            let bytes = message.data_body.as_ptr();
            let whole = message.encode_to_vec();
            let (head, body) = encode(message).expect("encodes");
            let mut sent = head.to_vec();
            sent.extend_from_slice(&body);
            assert_eq!(sent[0], 0);
            assert_eq!(
                sent[1..5],
                u32::try_from(whole.len()).unwrap().to_be_bytes()
            );
            assert_eq!(sent[5..], whole);
            if size > COPIED_BYTES_MAX {
                assert_eq!(body.as_ptr(), bytes);
            }
        }
    }

    #[tokio::test]
    async fn messages_come_whole_and_then_the_end_as_it_was() {
        use http_body_util::BodyExt;

        let messages: Vec<FlightData> = [(0, 10), (400, 100_000), (9000, 100_000), (300, 0)]
            .map(|(header, body)| {
                FlightData::new()
                    .with_data_header(vec![7; header])
                    .with_data_body(vec![5; body])
            })
            .into();
        let end = Status::resource_exhausted("enough");
        let stream = futures::stream::iter(messages.clone().into_iter().map(Ok))
            .chain(futures::stream::iter([Err(end)]));
        let mut body = Batches {
            stream: Some(stream.boxed()),
            body: Bytes::new(),
        };
        let (mut sent, mut trailers) = (Vec::new(), None);
        while let Some(frame) = body.frame().await {
            assert!(trailers.is_none(), "nothing follows the trailers");
            match frame.expect("a frame").into_data() {
                Ok(data) => sent.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        let mut expected = Vec::new();
        for message in messages {
            let message = message.encode_to_vec();
            expected.push(0);
            expected.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
            expected.extend(message);
        }
        assert!(sent == expected);
        let status = Status::from_header_map(&trailers.expect("trailers")).expect("a status");
        assert_eq!(status.code(), Code::ResourceExhausted);
    }
}
