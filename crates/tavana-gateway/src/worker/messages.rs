//! The messages of a result: as a worker of this process hands them over, or read from the frames of
//! HTTP/2 as they come.
//!
//! tonic's own stream copies everything that it receives into one buffer. Nearly all bytes of a
//! gateway are batches on their way from a worker to a client, and a worker sends each of them in
//! one frame where the windows allow it (see [`super::client`]): a message that came in one piece is
//! not copied here, its bytes are the frame's. What came in several is put together.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures::StreamExt as _;
use http::header::{CONTENT_TYPE, HeaderValue, TE};
use http_body_util::{BodyExt, Full};
use prost::Message;
use tavana_common::inside::Results;
use tavana_common::proto::v1::ResultMessage;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;

use super::client::ResultService;

/// Before each message (gRPC over HTTP/2, "Length-Prefixed-Message"): whether it is compressed,
/// and its length.
pub(crate) const PREFIX_BYTES: usize = 5;

/// Calls a method that answers with [`ResultMessage`]s.
///
/// # Errors
/// What the worker refuses, and what fails on the way to it.
pub(super) async fn call(
    service: ResultService,
    path: &'static str,
    request: &impl Message,
    message_bytes_max: usize,
) -> Result<Messages, Status> {
    let length = request.encoded_len();
    let prefix = u32::try_from(length)
        .map_err(|_| Status::out_of_range("the request has more than 4 GiB"))?;
    let mut bytes = BytesMut::with_capacity(PREFIX_BYTES + length);
    bytes.put_u8(0);
    bytes.put_u32(prefix);
    request
        .encode(&mut bytes)
        .map_err(|error| Status::internal(error.to_string()))?;
    let request = http::Request::post(path)
        .version(http::Version::HTTP_2)
        .header(TE, HeaderValue::from_static("trailers"))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/grpc"))
        .body(Body::new(Full::new(bytes.freeze())))
        .map_err(|error| Status::internal(error.to_string()))?;
    let answer = service
        .oneshot(request)
        .await
        .map_err(|error| Status::from_error(error.into()))?;
    let (head, body) = answer.into_parts();
    match Status::from_header_map(&head.headers) {
        Some(status) if status.code() != Code::Ok => return Err(status),
        Some(_) | None => {}
    }
    if head.status != http::StatusCode::OK {
        return Err(Status::unavailable(format!(
            "the worker answered with HTTP status {}",
            head.status
        )));
    }
    Ok(Messages {
        source: Source::Frames(Frames {
            body: Body::new(body),
            pieces: Pieces::new(message_bytes_max),
        }),
        ended: false,
    })
}

/// The messages of one result. Dropping them cancels the statement on the worker.
pub(crate) struct Messages {
    source: Source,
    ended: bool,
}

enum Source {
    Frames(Frames),
    Inside(Results),
}

struct Frames {
    body: Body,
    pieces: Pieces,
}

impl From<Results> for Messages {
    fn from(results: Results) -> Self {
        Self {
            source: Source::Inside(results),
            ended: false,
        }
    }
}

impl Messages {
    /// What a worker answers with these frames.
    #[cfg(test)]
    pub(super) fn of(body: Body) -> Self {
        let pieces = Pieces::new(1024 * 1024);
        Self {
            source: Source::Frames(Frames { body, pieces }),
            ended: false,
        }
    }

    /// The next message; `None` after the last one.
    ///
    /// # Errors
    /// How the worker ended the result, if not well. Nothing follows.
    ///
    /// # Cancel safety
    /// Cancel safe: what has come is kept.
    pub(crate) async fn next(&mut self) -> Result<Option<ResultMessage>, Status> {
        if self.ended {
            return Ok(None);
        }
        let result = match &mut self.source {
            Source::Frames(frames) => frames.next().await,
            Source::Inside(results) => results.next().await.transpose(),
        };
        self.ended = !matches!(result, Ok(Some(_)));
        result
    }
}

impl Frames {
    async fn next(&mut self) -> Result<Option<ResultMessage>, Status> {
        loop {
            if let Some(message) = self.pieces.take()? {
                let decoded = ResultMessage::decode(message);
                return decoded.map(Some).map_err(|error| malformed(&error));
            }
            let frame = match self.body.frame().await {
                Some(frame) => frame?,
                None if self.pieces.is_empty() => return Ok(None),
                None => return Err(Status::internal("the result ended within a message")),
            };
            match frame.into_data() {
                Ok(data) => self.pieces.push(data),
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        return ended(Status::from_header_map(&trailers));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}

fn ended(status: Option<Status>) -> Result<Option<ResultMessage>, Status> {
    match status {
        Some(status) if status.code() != Code::Ok => Err(status),
        Some(_) | None => Ok(None),
    }
}

fn malformed(error: &dyn std::error::Error) -> Status {
    Status::internal(format!("the worker's message is malformed: {error}"))
}

/// Bytes that have come, cut into messages.
#[derive(Debug)]
struct Pieces {
    /// The newest frame, or what is left of it.
    whole: Bytes,
    /// The beginning of a message of which the rest is in later frames, with its prefix.
    begun: BytesMut,
    message_bytes_max: usize,
}

impl Pieces {
    fn new(message_bytes_max: usize) -> Self {
        Self {
            whole: Bytes::new(),
            begun: BytesMut::new(),
            message_bytes_max,
        }
    }

    /// Adds a frame. All complete messages must have been taken before.
    fn push(&mut self, frame: Bytes) {
        debug_assert!(self.whole.is_empty(), "what is left has been put aside");
        self.whole = frame;
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.begun.is_empty()
    }

    /// The next message, if all of it is here.
    fn take(&mut self) -> Result<Option<Bytes>, Status> {
        if self.begun.is_empty() {
            if let Some(length) = self.length(&self.whole)? {
                let end = PREFIX_BYTES + length;
                if self.whole.len() >= end {
                    let mut message = self.whole.split_to(end);
                    message.advance(PREFIX_BYTES);
                    return Ok(Some(message));
                }
                self.begun.reserve(end);
            }
            self.begun.extend_from_slice(&self.whole);
            self.whole.clear();
            return Ok(None);
        }
        // First the rest of the prefix, then the rest of the message.
        loop {
            let length = self.length(&self.begun)?;
            let missing = PREFIX_BYTES + length.unwrap_or(0) - self.begun.len();
            if missing == 0 && length.is_some() {
                let mut message = std::mem::take(&mut self.begun).freeze();
                message.advance(PREFIX_BYTES);
                return Ok(Some(message));
            }
            if self.whole.is_empty() {
                return Ok(None);
            }
            let part = self.whole.split_to(missing.min(self.whole.len()));
            self.begun.reserve(missing);
            self.begun.extend_from_slice(&part);
        }
    }

    /// The length of the message that begins here; `None` while its prefix is not complete.
    fn length(&self, bytes: &[u8]) -> Result<Option<usize>, Status> {
        let Some((prefix, _)) = bytes.split_first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let [compressed, length @ ..] = *prefix;
        if compressed != 0 {
            return Err(Status::internal("the worker sent a compressed message"));
        }
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > self.message_bytes_max {
            return Err(Status::out_of_range(format!(
                "a message of the worker has {length} bytes, {} are allowed",
                self.message_bytes_max
            )));
        }
        Ok(Some(length))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::worker) fn framed(messages: &[Vec<u8>]) -> Vec<u8> {
        let mut wire = Vec::new();
        for message in messages {
            wire.push(0);
            wire.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
            wire.extend(message);
        }
        wire
    }

    proptest! {
        #[test]
        fn messages_are_the_same_however_their_bytes_are_cut(
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8),
            cuts in proptest::collection::vec(1_usize..30, 1..60),
        ) {
            let mut wire = Bytes::from(framed(&messages));
            let mut pieces = Pieces::new(100);
            let mut taken = Vec::new();
            for cut in cuts.into_iter().cycle() {
                while let Some(message) = pieces.take().unwrap() {
                    taken.push(message.to_vec());
                }
                if wire.is_empty() {
                    break;
                }
                pieces.push(wire.split_to(cut.min(wire.len())));
            }
            prop_assert_eq!(taken, messages);
            prop_assert!(pieces.is_empty());
        }

        #[test]
        fn any_bytes_are_read_without_panic(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..9),
        ) {
            let mut pieces = Pieces::new(30);
            'frames: for frame in frames {
                pieces.push(Bytes::from(frame));
                loop {
                    match pieces.take() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => break 'frames,
                    }
                }
            }
        }
    }

    #[test]
    fn a_message_that_came_in_one_frame_is_not_copied() {
        let frame = Bytes::from(framed(&[vec![1; 50], vec![2; 60]]));
        let mut pieces = Pieces::new(100);
        pieces.push(frame.clone());
        for expected in [&frame[5..55], &frame[60..120]] {
            let message = pieces.take().unwrap().expect("a message");
            assert_eq!(message.as_ptr(), expected.as_ptr());
            assert_eq!(message, expected);
        }
    }

    #[test]
    fn a_message_over_the_bound_or_compressed_is_refused_by_its_prefix() {
        let mut pieces = Pieces::new(100);
        pieces.push(Bytes::from_static(&[0, 0, 0, 0, 101]));
        assert_eq!(pieces.take().unwrap_err().code(), Code::OutOfRange);
        let mut pieces = Pieces::new(100);
        pieces.push(Bytes::from_static(&[1, 0, 0, 0, 1, 7]));
        assert_eq!(pieces.take().unwrap_err().code(), Code::Internal);
    }
}
