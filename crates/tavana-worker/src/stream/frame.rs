//! One frame: `u32` length of what follows, `u8` kind, payload.
//!
//! A batch travels as its two encoded parts, which are written with vectored writes and read into
//! one allocation that is split, so neither side copies a result's bytes. A length is checked
//! against [`FRAME_BYTES_MAX`] before anything is allocated for it. The body of a batch stands where
//! Arrow can read it in place.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::marker::PhantomData;

use bytes::buf::Chain;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message;
use tavana_common::proto::engine::{FromEngine, ToEngine};
use tavana_common::proto::v1::Batch;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest frame either side accepts or sends, counted after the length field.
pub const FRAME_BYTES_MAX: usize = 1 << 30;

const KIND_MESSAGE: u8 = 0;
const KIND_BATCH: u8 = 1;

/// Length field and kind.
const HEAD_BYTES: usize = 5;
/// Row count and header length in front of a batch's header.
const BATCH_HEAD_BYTES: usize = 12;
/// A batch's body begins at a multiple of it, counted from the beginning of the frame.
const BODY_ALIGNMENT: usize = 64;
const PADDING: [u8; BODY_ALIGNMENT] = [0; BODY_ALIGNMENT];
/// What the reader asks for while it does not know the next frame's length. Small frames then
/// cost one read instead of two; of a large frame at most this much is moved once.
const READ_AHEAD_BYTES: usize = 8 * 1024;

/// Frames of a result whose memory serves later ones once nobody reads them any more: as many as a
/// result usually has on their way. Fresh memory costs a page fault for each 4 KiB.
const GIVEN_MAX: usize = 8;
/// Memory for frames is of multiples of this size, so that it fits later ones.
const MEMORY_STEP_BYTES: usize = 256 * 1024;
/// The memory of larger frames is given back.
const REUSED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What travels in one direction: a control message or a record batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame<M> {
    /// An encoded `ToEngine` or `FromEngine`.
    Message(M),
    /// One Arrow IPC message.
    Batch(Batch),
}

/// A frame from the engine to its supervisor.
pub type FromEngineFrame = Frame<FromEngine>;
/// A frame from the supervisor to its engine.
pub type ToEngineFrame = Frame<ToEngine>;

/// Why a frame could not be read or written. None of them leaves the stream usable.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The socket failed.
    #[error("frame socket: {0}")]
    Io(#[from] io::Error),
    /// The other side closed the socket inside a frame.
    #[error("the stream ended inside a frame")]
    Truncated,
    /// A length above [`FRAME_BYTES_MAX`].
    #[error("a frame of {bytes} bytes is longer than the limit of {FRAME_BYTES_MAX} bytes")]
    TooLong {
        /// Length the frame has or claims.
        bytes: usize,
    },
    /// A kind byte this version does not know.
    #[error("unknown frame kind {0}")]
    UnknownKind(u8),
    /// A batch whose inner lengths do not fit its frame.
    #[error("a batch frame is shorter than its own header says")]
    BatchTooShort,
    /// The protobuf message does not decode.
    #[error("frame message: {0}")]
    Message(#[from] prost::DecodeError),
}

/// Writes one frame. Blocks while the other side does not read: that is the back-pressure.
///
/// # Errors
/// Socket errors, and [`FrameError::TooLong`] before anything was written.
pub fn write_frame_blocking<M: Message>(
    writer: &mut impl Write,
    frame: &Frame<M>,
) -> Result<(), FrameError> {
    match frame {
        Frame::Message(message) => writer.write_all(&encode_message(message)?)?,
        Frame::Batch(batch) => {
            let head = encode_batch_head(batch)?;
            let mut slices = [
                IoSlice::new(&head),
                IoSlice::new(&batch.header),
                IoSlice::new(padding(batch.header.len())),
                IoSlice::new(&batch.body),
            ];
            let mut left = &mut slices[..];
            IoSlice::advance_slices(&mut left, 0);
            while !left.is_empty() {
                match writer.write_vectored(left) {
                    Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                    Ok(written) => IoSlice::advance_slices(&mut left, written),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok(())
}

/// Reads one frame; `None` when the other side closed the socket between two frames.
///
/// # Errors
/// All of [`FrameError`].
pub fn read_frame_blocking<M: Message + Default>(
    reader: &mut impl Read,
) -> Result<Option<Frame<M>>, FrameError> {
    let mut head = [0_u8; HEAD_BYTES];
    let mut filled = 0;
    while filled < HEAD_BYTES {
        match reader.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(FrameError::Truncated),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let payload_bytes = payload_length(head)?;
    let mut payload = Vec::with_capacity(payload_bytes);
    let limit = u64::try_from(payload_bytes).expect("a frame's length fits 64 bits");
    if reader.take(limit).read_to_end(&mut payload)? < payload_bytes {
        return Err(FrameError::Truncated);
    }
    decode_payload(head[4], Bytes::from(payload)).map(Some)
}

/// The bytes of a frame: all of a message; head, header, padding and body of a batch.
type Parts = Chain<Chain<Bytes, Bytes>, Chain<Bytes, Bytes>>;

fn parts(first: Bytes, second: Bytes, third: Bytes, fourth: Bytes) -> Parts {
    first.chain(second).chain(third.chain(fourth))
}

/// A frame without anything after its first part.
fn whole(first: Bytes) -> Parts {
    parts(first, Bytes::new(), Bytes::new(), Bytes::new())
}

/// What stands between a header of so many bytes and the body.
fn padding(header_bytes: usize) -> &'static [u8] {
    let before = HEAD_BYTES + BATCH_HEAD_BYTES + header_bytes;
    &PADDING[..before.next_multiple_of(BODY_ALIGNMENT) - before]
}

/// Writes frames to a tokio stream.
#[derive(Debug)]
pub struct AsyncFrameWriter<W> {
    writer: W,
    /// What is left of the frame that was begun last.
    unsent: Parts,
}

impl<W: AsyncWrite + Unpin> AsyncFrameWriter<W> {
    /// Writes frames to `writer`, which must stand at the start of a frame.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            unsent: whole(Bytes::new()),
        }
    }

    /// Writes one frame, after what is left of the one before.
    ///
    /// # Errors
    /// Socket errors, and [`FrameError::TooLong`] before anything was written.
    ///
    /// # Cancel safety
    /// Cancel safe: the frame is not begun, or the next call completes it.
    pub async fn write<M: Message>(&mut self, frame: &Frame<M>) -> Result<(), FrameError> {
        let next = match frame {
            Frame::Message(message) => whole(encode_message(message)?.into()),
            Frame::Batch(batch) => {
                let head = Bytes::copy_from_slice(&encode_batch_head(batch)?);
                let padding = Bytes::from_static(padding(batch.header.len()));
                parts(head, batch.header.clone(), padding, batch.body.clone())
            }
        };
        self.writer.write_all_buf(&mut self.unsent).await?;
        self.unsent = next;
        self.writer.write_all_buf(&mut self.unsent).await?;
        // Nothing holds a batch that was sent.
        self.unsent = whole(Bytes::new());
        Ok(())
    }
}

/// Reads frames from a tokio stream.
#[derive(Debug)]
pub struct AsyncFrameReader<R, M> {
    reader: R,
    /// Bytes read and not yet given out; never more than one frame plus the read-ahead.
    buffer: BytesMut,
    /// The newest batches of the result that is under way, as they were given out.
    given: VecDeque<Bytes>,
    message: PhantomData<fn() -> M>,
}

impl<R: AsyncRead + Unpin, M: Message + Default> AsyncFrameReader<R, M> {
    /// Reads frames from `reader`, which must stand at the start of a frame.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: BytesMut::new(),
            given: VecDeque::new(),
            message: PhantomData,
        }
    }

    /// The next frame; `None` when the other side closed the stream between two frames.
    ///
    /// # Errors
    /// All of [`FrameError`].
    ///
    /// # Cancel safety
    /// Cancel safe: what was read stays in the reader and the next call goes on from there.
    pub async fn next(&mut self) -> Result<Option<Frame<M>>, FrameError> {
        loop {
            let wanted = match self.buffer.first_chunk::<HEAD_BYTES>() {
                None => READ_AHEAD_BYTES,
                Some(&head) => {
                    let frame_bytes = HEAD_BYTES + payload_length(head)?;
                    if self.buffer.len() >= frame_bytes {
                        let mut frame = self.buffer.split_to(frame_bytes).freeze();
                        self.remember(head[4], &frame);
                        frame.advance(HEAD_BYTES);
                        return decode_payload(head[4], frame).map(Some);
                    }
                    if self.buffer.capacity() < frame_bytes {
                        // Memory of its own, so that a body is aligned as its frame has it.
                        let mut memory = self.memory(frame_bytes);
                        memory.extend_from_slice(&self.buffer);
                        self.buffer = memory;
                    }
                    frame_bytes - self.buffer.len()
                }
            };
            self.buffer.reserve(wanted);
            let mut room = (&mut self.buffer).limit(wanted);
            if self.reader.read_buf(&mut room).await? == 0 {
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(FrameError::Truncated)
                };
            }
        }
    }
}

impl<R, M> AsyncFrameReader<R, M> {
    /// Keeps what is given out in view. The end of a result, as any message, lets go of all of it.
    fn remember(&mut self, kind: u8, frame: &Bytes) {
        if kind != KIND_BATCH {
            self.given.clear();
        } else if (MEMORY_STEP_BYTES..=REUSED_BYTES_MAX).contains(&frame.len()) {
            if self.buffer.is_empty() {
                // What is left of the frame's memory is of no use, and keeps it from being used again.
                self.buffer = BytesMut::new();
            }
            if self.given.len() == GIVEN_MAX {
                self.given.pop_front();
            }
            self.given.push_back(frame.clone());
        }
    }

    /// Room for a frame, aligned as the C library aligns.
    fn memory(&mut self, frame_bytes: usize) -> BytesMut {
        let unread = self.given.iter().position(Bytes::is_unique);
        let unread = unread.and_then(|index| self.given.remove(index));
        if let Some(Ok(mut memory)) = unread.map(Bytes::try_into_mut) {
            memory.clear();
            if memory.capacity() >= frame_bytes {
                return memory;
            }
        }
        let step = if frame_bytes > REUSED_BYTES_MAX {
            1
        } else {
            MEMORY_STEP_BYTES
        };
        BytesMut::with_capacity(frame_bytes.next_multiple_of(step))
    }
}

/// Bytes after the head.
fn payload_length(head: [u8; HEAD_BYTES]) -> Result<usize, FrameError> {
    let [a, b, c, d, kind] = head;
    let bytes = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if bytes > FRAME_BYTES_MAX {
        return Err(FrameError::TooLong { bytes });
    }
    if kind != KIND_MESSAGE && kind != KIND_BATCH {
        return Err(FrameError::UnknownKind(kind));
    }
    bytes.checked_sub(1).ok_or(FrameError::Truncated)
}

fn decode_payload<M: Message + Default>(
    kind: u8,
    mut payload: Bytes,
) -> Result<Frame<M>, FrameError> {
    if kind == KIND_MESSAGE {
        return Ok(Frame::Message(M::decode(payload)?));
    }
    if payload.len() < BATCH_HEAD_BYTES {
        return Err(FrameError::BatchTooShort);
    }
    let rows = payload.get_u64_le();
    let header_bytes = usize::try_from(payload.get_u32_le()).unwrap_or(usize::MAX);
    if header_bytes > payload.len() {
        return Err(FrameError::BatchTooShort);
    }
    let header = payload.split_to(header_bytes);
    let padding_bytes = padding(header_bytes).len();
    if padding_bytes > payload.len() {
        return Err(FrameError::BatchTooShort);
    }
    payload.advance(padding_bytes);
    Ok(Frame::Batch(Batch {
        header,
        body: payload,
        rows,
    }))
}

fn encode_message<M: Message>(message: &M) -> Result<Vec<u8>, FrameError> {
    let message_bytes = message.encoded_len();
    let mut out = Vec::with_capacity(HEAD_BYTES + message_bytes);
    out.put_u32_le(frame_length(message_bytes)?);
    out.put_u8(KIND_MESSAGE);
    message.encode(&mut out).expect("a vector grows as needed");
    Ok(out)
}

fn encode_batch_head(batch: &Batch) -> Result<[u8; HEAD_BYTES + BATCH_HEAD_BYTES], FrameError> {
    let header_bytes = batch.header.len();
    let payload_bytes =
        BATCH_HEAD_BYTES + header_bytes + padding(header_bytes).len() + batch.body.len();
    let header_bytes = u32::try_from(batch.header.len()).map_err(|_| FrameError::TooLong {
        bytes: batch.header.len(),
    })?;
    let mut head = [0_u8; HEAD_BYTES + BATCH_HEAD_BYTES];
    let mut out = &mut head[..];
    out.put_u32_le(frame_length(payload_bytes)?);
    out.put_u8(KIND_BATCH);
    out.put_u64_le(batch.rows);
    out.put_u32_le(header_bytes);
    Ok(head)
}

/// The length field for a payload: it counts the kind byte too.
fn frame_length(payload_bytes: usize) -> Result<u32, FrameError> {
    let bytes = payload_bytes + 1;
    if bytes > FRAME_BYTES_MAX {
        return Err(FrameError::TooLong { bytes });
    }
    u32::try_from(bytes).map_err(|_| FrameError::TooLong { bytes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tavana_common::proto::engine::{CloseCursor, Done, from_engine, to_engine};

    use super::*;

    fn done(rows: u64) -> FromEngineFrame {
        let done = Done {
            rows,
            changed_rows: Some(7),
            more: false,
        };
        Frame::Message(FromEngine {
            message: Some(from_engine::Message::Done(done)),
        })
    }

    fn batch(header_bytes: usize, body_bytes: usize) -> Batch {
        let filled = |bytes| Bytes::from((0..bytes).map(|i| (i % 251) as u8).collect::<Vec<_>>());
        Batch {
            header: filled(header_bytes),
            body: filled(body_bytes),
            rows: 3,
        }
    }

    /// Gives its bytes out a few at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let bytes = self.1.min(out.len()).min(self.0.len());
            out[..bytes].copy_from_slice(&self.0[..bytes]);
            self.0 = &self.0[bytes..];
            Ok(bytes)
        }
    }

    #[test]
    fn frames_survive_a_blocking_round_trip_in_small_pieces() {
        let frames = [
            done(1),
            Frame::Batch(batch(9, 100_000)),
            Frame::Batch(batch(0, 0)),
            done(2),
        ];
        let mut wire = Vec::new();
        for frame in &frames {
            write_frame_blocking(&mut wire, frame).unwrap();
        }
        for piece in [1, 3, 4096, usize::MAX] {
            let mut reader = Trickle(&wire, piece);
            for frame in &frames {
                assert_eq!(
                    read_frame_blocking(&mut reader).unwrap().as_ref(),
                    Some(frame)
                );
            }
            assert_eq!(
                read_frame_blocking::<FromEngine>(&mut reader).unwrap(),
                None
            );
        }
    }

    #[tokio::test]
    async fn frames_survive_an_async_round_trip_over_a_narrow_pipe() {
        let frames = [
            done(1),
            Frame::Batch(batch(9, 100_000)),
            Frame::Batch(batch(0, 0)),
            done(2),
        ];
        let (near, far) = tokio::io::duplex(777);
        let mut writer = AsyncFrameWriter::new(near);
        let sent = frames.clone();
        let send = async move {
            for frame in &sent {
                writer.write(frame).await.unwrap();
            }
            drop(writer);
        };
        let receive = async move {
            let mut reader = AsyncFrameReader::<_, FromEngine>::new(far);
            for frame in &frames {
                assert_eq!(reader.next().await.unwrap().as_ref(), Some(frame));
            }
            assert_eq!(reader.next().await.unwrap(), None);
        };
        tokio::join!(send, receive);
    }

    #[tokio::test]
    async fn a_large_body_stands_where_arrow_can_read_it() {
        let mut wire = Vec::new();
        for (header_bytes, body_bytes) in [(9, 100_000), (100, 300_000), (47, 20_000)] {
            write_frame_blocking(&mut wire, &done(1)).unwrap();
            let batch = FromEngineFrame::Batch(batch(header_bytes, body_bytes));
            write_frame_blocking(&mut wire, &batch).unwrap();
        }
        let mut reader = AsyncFrameReader::<_, FromEngine>::new(&wire[..]);
        let mut batches = 0;
        while let Some(frame) = reader.next().await.unwrap() {
            if let Frame::Batch(batch) = frame {
                assert_eq!(batch.body.as_ptr().addr() % align_of::<i128>(), 0);
                batches += 1;
            }
        }
        assert_eq!(batches, 3);
    }

    #[tokio::test]
    async fn a_write_that_is_given_up_is_completed_by_the_next_one() {
        let batch = Frame::<FromEngine>::Batch(Batch {
            header: vec![1; 100].into(),
            body: vec![2; 1000].into(),
            rows: 3,
        });
        for room in [1, 7, 50, 200, 1000] {
            let (near, far) = tokio::io::duplex(room);
            let mut writer = AsyncFrameWriter::new(near);
            {
                let mut given_up = std::pin::pin!(writer.write(&batch));
                assert!(futures::poll!(given_up.as_mut()).is_pending(), "{room}");
            }
            let send = async {
                writer.write(&done(1)).await.unwrap();
                drop(writer);
            };
            let receive = async {
                let mut reader = AsyncFrameReader::<_, FromEngine>::new(far);
                for frame in [&batch, &done(1)] {
                    assert_eq!(reader.next().await.unwrap().as_ref(), Some(frame));
                }
                assert_eq!(reader.next().await.unwrap(), None);
            };
            tokio::join!(send, receive);
        }
    }

    #[tokio::test]
    async fn a_stream_that_ends_inside_a_frame_is_an_error_and_not_an_end() {
        let mut wire = Vec::new();
        write_frame_blocking(&mut wire, &done(1)).unwrap();
        for cut in 1..wire.len() {
            let short = &wire[..cut];
            let blocking = read_frame_blocking::<FromEngine>(&mut &*short);
            assert!(matches!(blocking, Err(FrameError::Truncated)), "{cut}");
            let mut reader = AsyncFrameReader::<_, FromEngine>::new(short);
            assert!(
                matches!(reader.next().await, Err(FrameError::Truncated)),
                "{cut}"
            );
        }
    }

    #[tokio::test]
    async fn a_length_above_the_limit_is_refused_before_it_is_allocated() {
        let wire = [0xff, 0xff, 0xff, 0xff, KIND_BATCH, 1, 2, 3];
        let blocking = read_frame_blocking::<FromEngine>(&mut &wire[..]);
        assert!(matches!(blocking, Err(FrameError::TooLong { .. })));
        let mut reader = AsyncFrameReader::<_, FromEngine>::new(&wire[..]);
        assert!(matches!(
            reader.next().await,
            Err(FrameError::TooLong { .. })
        ));
    }

    #[test]
    fn a_batch_header_longer_than_its_frame_is_refused() {
        let close = to_engine::Message::CloseCursor(CloseCursor {
            cursor_id: "x".to_owned(),
        });
        let mut wire = Vec::new();
        let frame = Frame::Message(ToEngine {
            message: Some(close),
        });
        write_frame_blocking(&mut wire, &frame).unwrap();
        wire[4] = KIND_BATCH;
        let read = read_frame_blocking::<ToEngine>(&mut &wire[..]);
        assert!(matches!(read, Err(FrameError::BatchTooShort)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(wire in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = &wire[..];
            while let Ok(Some(_)) = read_frame_blocking::<ToEngine>(&mut reader) {}
        }
    }
}
