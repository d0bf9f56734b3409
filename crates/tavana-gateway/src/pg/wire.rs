//! Bytes of one client: frames in, messages out, both buffers bounded.
//!
//! PostgreSQL protocol 3.0, "Message Flow" and "Message Formats". A frame's length is judged before
//! a byte of its body is kept.

#![warn(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing
)]

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use pgwire::messages::PgWireBackendMessage;
use tavana_common::socket::unacknowledged;
use tavana_common::tls::{Identity, Protocol};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, interval, timeout};
use tracing::debug;

use crate::accept::{ClientStream, Tls, begins_tls};
use crate::intake::{Intake, LONG_BYTES_MIN, Unfinished};
use crate::queue::Patience;

/// Longest wait for a client to take what was sent before its connection was closed.
const LINGER_MAX: Duration = Duration::from_secs(60);
/// How often is looked whether it has.
const LINGER_LOOK: Duration = Duration::from_millis(20);
/// Output is sent when this much is ready: a write wakes the client, which costs more than to copy
/// what it reads then.
pub(super) const FLUSH_BYTES: usize = 256 * 1024;
/// Memory for more output than this is given back before the next message is waited for.
const KEPT_OUTPUT_BYTES: usize = 16 * 1024;
/// Input that is read ahead while a statement runs, to notice a client that went away.
const READ_AHEAD_BYTES: usize = 64 * 1024;
/// Least space for a read, from a client that is known and from one that is not.
const READ_BYTES: usize = 8 * 1024;
const STRANGER_READ_BYTES: usize = 512;
/// Longest message of a kind that has no reason to be long.
const SHORT_BYTES_MAX: usize = 64 * 1024;
/// What Parse holds beside the SQL text: names and parameter types (at most 65,535).
const PARSE_EXTRA_BYTES: usize = 512 * 1024;

/// Why a connection cannot go on.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    /// The client is gone, or the network is.
    #[error("the connection was closed")]
    Closed,
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The bytes are not the protocol. The client hears it, then the connection ends.
    #[error("{0}")]
    Protocol(&'static str),
    /// The client reads nothing, so it cannot be told either.
    #[error("the client has read nothing of its result for too long")]
    Idle,
    /// Others need the memory for their messages.
    #[error("the client has sent its message too slowly")]
    TooSlow,
    /// A message that cannot be sent; a fault of this program.
    #[error("{0}")]
    Encode(String),
}

/// What a client must keep to.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) sql_bytes_max: usize,
    pub(super) message_bytes_max: usize,
    /// Where long messages get their room.
    pub(super) intake: Intake,
    /// How long a client may take nothing of what is sent to it.
    pub(super) patience: Patience,
}

/// One message of the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Message {
        tag: u8,
        body: Bytes,
    },
    /// Longer than its kind may be; its body was read and thrown away.
    TooLong {
        tag: u8,
    },
}

/// `write`, for which a client has to read.
async fn in_time<T>(
    patience: &Patience,
    write: impl Future<Output = io::Result<T>>,
) -> Result<T, WireError> {
    tokio::select! {
        biased;
        written = write => Ok(written?),
        () = patience.lasts(Instant::now()) => Err(WireError::Idle),
    }
}

/// What a stream knows of its peer's end.
pub(super) trait Acknowledged {
    /// Whether the peer's kernel has everything that was sent, and the end of the stream.
    fn has_all(&self) -> bool;
}

impl Acknowledged for ClientStream {
    fn has_all(&self) -> bool {
        // Where the kernel does not say, there is no connection any more.
        self.socket()
            .is_none_or(|socket| unacknowledged(socket).unwrap_or(0) == 0)
    }
}

/// A client's connection.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    input: BytesMut,
    output: BytesMut,
    /// The output has had more than [`KEPT_OUTPUT_BYTES`].
    is_large: bool,
    limits: Limits,
    /// Least space for a read.
    read_bytes: usize,
    /// Room for the message that is being read.
    room: Option<Unfinished>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Acknowledged> Wire<S> {
    /// Sends all output and the end of the stream, and waits until the client has it, at most
    /// [`LINGER_MAX`]. A process that ends before that would take with it what a slow reader has
    /// not read yet, and so would closing a socket on which the client still sends.
    pub(super) async fn close(mut self) {
        // The client may be gone already; there is nothing left to tell it.
        if self.flush().await.is_err() || self.stream.shutdown().await.is_err() {
            return;
        }
        let taken = async {
            let mut look = interval(LINGER_LOOK);
            loop {
                self.input.clear();
                tokio::select! {
                    biased;
                    read = self.stream.read_buf(&mut self.input) => match read {
                        Ok(0) | Err(_) => return,
                        Ok(_) => {}
                    },
                    _ = look.tick() => if self.stream.has_all() {
                        return;
                    },
                }
            }
        };
        if timeout(LINGER_MAX, taken).await.is_err() {
            debug!("a client did not take the end of its connection");
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, limits: Limits) -> Self {
        Self {
            stream,
            // Strangers get no more than they need.
            input: BytesMut::new(),
            output: BytesMut::new(),
            is_large: false,
            limits,
            read_bytes: STRANGER_READ_BYTES,
            room: None,
        }
    }

    /// The client is known: from now on its messages are read in larger pieces.
    pub(super) fn logged_in(&mut self) {
        self.read_bytes = READ_BYTES;
    }

    /// The body of a startup-phase packet, which has no type byte: at most `bytes_max` long.
    /// Nothing is kept of a packet that claims to be longer.
    pub(super) async fn read_startup(&mut self, bytes_max: usize) -> Result<Bytes, WireError> {
        self.fill(4).await?;
        let length = self.input.chunk().get_u32();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(8..=bytes_max).contains(&length) {
            return Err(WireError::Protocol("invalid length of startup packet"));
        }
        self.fill(length).await?;
        let mut packet = self.input.split_to(length);
        packet.advance(4);
        Ok(packet.freeze())
    }

    /// The body of the client's answer to an authentication request, at most `bytes_max` long.
    /// Nothing else may come before the client is known.
    pub(super) async fn read_answer(&mut self, bytes_max: usize) -> Result<Bytes, WireError> {
        self.fill(5).await?;
        let mut head = self.input.chunk();
        let tag = head.get_u8();
        let length = usize::try_from(head.get_u32()).unwrap_or(usize::MAX);
        match tag {
            b'p' if (4..=bytes_max).contains(&length) => {}
            b'p' => {
                return Err(WireError::Protocol(
                    "invalid length of the password message",
                ));
            }
            b'X' => return Err(WireError::Closed),
            _ => return Err(WireError::Protocol("expected a password response")),
        }
        let total = length.saturating_add(1);
        self.fill(total).await?;
        let mut body = self.input.split_to(total);
        body.advance(5);
        Ok(body.freeze())
    }

    /// Whether bytes came that were not read yet.
    pub(super) fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    /// The next message.
    ///
    /// # Cancel safety
    /// Cancel safe while the message is not too long: bytes read so far are kept.
    pub(super) async fn read(&mut self) -> Result<Frame, WireError> {
        if self.is_large && self.output.is_empty() {
            self.output = BytesMut::new();
            self.is_large = false;
        }
        self.fill(5).await?;
        let mut head = self.input.chunk();
        let tag = head.get_u8();
        let length = usize::try_from(head.get_u32()).unwrap_or(usize::MAX);
        if length < 4 {
            return Err(WireError::Protocol("invalid message length"));
        }
        let total = length.saturating_add(1);
        let bytes_max = self.bytes_max(tag)?;
        if length.saturating_sub(4) > bytes_max {
            if length > self.limits.message_bytes_max {
                return Err(WireError::Protocol("message is too long"));
            }
            self.discard(total).await?;
            return Ok(Frame::TooLong { tag });
        }
        self.fill_in_room(total).await?;
        let mut body = self.input.split_to(total);
        body.advance(5);
        Ok(Frame::Message {
            tag,
            body: body.freeze(),
        })
    }

    /// The next message of a client whose statement has a slot and an engine while it is waited for;
    /// `None` when it does not come for longer than such a client may pause.
    pub(super) async fn read_in_time(&mut self) -> Result<Option<Frame>, WireError> {
        let patience = self.limits.patience.clone();
        tokio::select! {
            biased;
            frame = self.read() => frame.map(Some),
            () = patience.lasts(Instant::now()) => Ok(None),
        }
    }

    /// Whether a whole Sync is the next thing in the input already read.
    pub(super) fn next_is_sync(&self) -> bool {
        self.input.first() == Some(&b'S') && self.input.len() >= 5
    }

    /// Ends only when the client is gone. Meanwhile it reads ahead, up to a bound.
    ///
    /// # Cancel safety
    /// Cancel safe: what was read stays in the buffer.
    pub(super) async fn gone(&mut self) -> WireError {
        loop {
            if self.input.len() >= READ_AHEAD_BYTES {
                // The next write notices a client that went away after sending this much.
                std::future::pending::<()>().await;
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) => return WireError::Closed,
                Ok(_) => {}
                Err(error) => return WireError::Io(error),
            }
        }
    }

    /// Puts a message into the output.
    pub(super) fn put(&mut self, message: &PgWireBackendMessage) -> Result<(), WireError> {
        message
            .encode(&mut self.output)
            .map_err(|error| WireError::Encode(error.to_string()))
    }

    /// One byte outside of any message: the answer to SSLRequest.
    pub(super) fn put_byte(&mut self, byte: u8) {
        self.output.put_u8(byte);
    }

    /// The output, for encoders that write whole messages.
    pub(super) fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Sends all output.
    ///
    /// # Cancel safety
    /// Cancel safe: what was not sent stays in the output.
    pub(super) async fn flush(&mut self) -> Result<(), WireError> {
        self.is_large |= self.output.len() > KEPT_OUTPUT_BYTES;
        while self.output.has_remaining() {
            let write = self.stream.write_buf(&mut self.output);
            if in_time(&self.limits.patience, write).await? == 0 {
                return Err(WireError::Closed);
            }
        }
        in_time(&self.limits.patience, self.stream.flush()).await
    }

    fn bytes_max(&self, tag: u8) -> Result<usize, WireError> {
        match tag {
            b'Q' => Ok(self.limits.sql_bytes_max.saturating_add(1)),
            b'P' => Ok(self.limits.sql_bytes_max.saturating_add(PARSE_EXTRA_BYTES)),
            b'B' | b'd' | b'F' => Ok(self.limits.message_bytes_max),
            b'C' | b'D' | b'E' | b'H' | b'S' | b'X' | b'c' | b'f' => Ok(SHORT_BYTES_MAX),
            _ => Err(WireError::Protocol("invalid frontend message type")),
        }
    }

    /// [`Self::fill`], where there is room for so much. It is held until the message is whole.
    async fn fill_in_room(&mut self, bytes: usize) -> Result<(), WireError> {
        if bytes < LONG_BYTES_MIN {
            return self.fill(bytes).await;
        }
        let room = match self.room.take() {
            Some(room) => self.room.insert(room),
            None => {
                let room = self.limits.intake.clone().room(bytes).await;
                self.room.insert(room)
            }
        };
        let given_up = room.given_up();
        tokio::select! {
            biased;
            filled = self.fill(bytes) => filled?,
            () = given_up => return Err(WireError::TooSlow),
        }
        self.room = None;
        Ok(())
    }

    /// Reads until `bytes` are in the input.
    async fn fill(&mut self, bytes: usize) -> Result<(), WireError> {
        while self.input.len() < bytes {
            let missing = bytes.saturating_sub(self.input.len());
            self.input
                .reserve(missing.clamp(self.read_bytes, READ_AHEAD_BYTES));
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(WireError::Closed);
            }
        }
        Ok(())
    }

    async fn discard(&mut self, bytes: usize) -> Result<(), WireError> {
        let mut left = bytes;
        loop {
            let here = left.min(self.input.len());
            self.input.advance(here);
            left = left.saturating_sub(here);
            if left == 0 {
                return Ok(());
            }
            self.fill(1).await?;
        }
    }
}

impl Wire<ClientStream> {
    /// Whether the client begins with TLS, without asking first.
    pub(super) async fn begins_tls(&self) -> Result<bool, WireError> {
        match &self.stream {
            ClientStream::Plain(stream) => Ok(begins_tls(stream).await?),
            ClientStream::Tls(_) | ClientStream::Gone => Ok(false),
        }
    }

    /// Goes on in TLS. Bytes that came in clear must have been refused before.
    pub(super) async fn secure(&mut self, identity: Arc<Identity>) -> Result<Tls, WireError> {
        let stream = std::mem::replace(&mut self.stream, ClientStream::Gone);
        let (stream, tls) = stream.secure(identity, Protocol::Postgres).await?;
        self.stream = stream;
        Ok(tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE_MAX: Duration = Duration::from_secs(60);

    fn limits() -> Limits {
        Limits {
            sql_bytes_max: 1024,
            message_bytes_max: 1024 * 1024,
            intake: Intake::new(1024 * 1024),
            patience: Patience::of(IDLE_MAX),
        }
    }

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        bytes.extend_from_slice(
            &u32::try_from(body.len())
                .unwrap()
                .saturating_add(4)
                .to_be_bytes(),
        );
        bytes.extend_from_slice(body);
        bytes
    }

    async fn wire_with(bytes: &[u8]) -> Wire<tokio::io::DuplexStream> {
        let (mut client, server) = tokio::io::duplex(4 * 1024 * 1024);
        client.write_all(bytes).await.unwrap();
        Wire::new(server, limits())
    }

    #[tokio::test]
    async fn a_text_at_the_limit_passes_and_one_byte_more_is_skipped_not_kept() {
        let at_limit = message(b'Q', &[b'x'; 1025]);
        let over = message(b'Q', &[b'x'; 1026]);
        let mut wire = wire_with(&[at_limit, over, message(b'S', b"")].concat()).await;
        assert!(matches!(
            wire.read().await,
            Ok(Frame::Message { tag: b'Q', .. })
        ));
        assert_eq!(wire.read().await.unwrap(), Frame::TooLong { tag: b'Q' });
        assert_eq!(
            wire.read().await.unwrap(),
            Frame::Message {
                tag: b'S',
                body: Bytes::new()
            }
        );
    }

    #[tokio::test]
    async fn a_length_that_cannot_be_ends_the_connection_before_anything_is_kept() {
        for header in [
            &b"Q\0\0\0\x03"[..],
            b"Q\xff\xff\xff\xff",
            b"B\x7f\xff\xff\xff",
            b"!\0\0\0\x04",
        ] {
            let mut wire = wire_with(header).await;
            assert!(
                matches!(wire.read().await, Err(WireError::Protocol(_))),
                "{header:?}"
            );
            assert!(wire.input.capacity() < 128 * 1024);
        }
    }

    #[tokio::test]
    async fn a_startup_packet_is_bounded() {
        for length in [0_u32, 4, 7, 10_001, u32::MAX] {
            let mut wire = wire_with(&length.to_be_bytes()).await;
            assert!(matches!(
                wire.read_startup(10_000).await,
                Err(WireError::Protocol(_))
            ));
        }
    }

    #[tokio::test]
    async fn before_login_only_a_short_answer_is_read() {
        let answer = message(b'p', b"secret\0");
        let mut wire = wire_with(&answer).await;
        assert_eq!(wire.read_answer(1024).await.unwrap(), &b"secret\0"[..]);
        for header in [
            &b"p\xff\xff\xff\xff"[..],
            b"p\0\0\x04\x01",
            b"p\0\0\0\x03",
            b"Q\0\0\0\x08",
        ] {
            let mut wire = wire_with(header).await;
            assert!(
                matches!(wire.read_answer(1024).await, Err(WireError::Protocol(_))),
                "{header:?}"
            );
            assert!(wire.input.capacity() < 128 * 1024);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_is_given_up_and_one_that_reads_slowly_is_not() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut wire = Wire::new(server, limits());
        wire.output().extend_from_slice(&[0; 64 * 10]);
        let reading = async {
            for _ in 0..10 {
                tokio::time::sleep(IDLE_MAX * 2 / 3).await;
                let mut bytes = [0; 64];
                client.read_exact(&mut bytes).await.unwrap();
            }
        };
        let (flushed, ()) = tokio::join!(wire.flush(), reading);
        flushed.unwrap();
        wire.output().extend_from_slice(&[0; 65]);
        assert!(matches!(wire.flush().await, Err(WireError::Idle)));
    }

    #[tokio::test]
    async fn the_memory_of_a_large_result_is_given_back_before_the_next_message() {
        let (mut client, server) = tokio::io::duplex(2 * FLUSH_BYTES);
        client.write_all(&message(b'S', b"")).await.unwrap();
        let mut wire = Wire::new(server, limits());
        wire.output().resize(FLUSH_BYTES, 0);
        wire.flush().await.unwrap();
        wire.read().await.unwrap();
        assert!(!wire.output.try_reclaim(1), "no memory is kept");
    }

    #[tokio::test]
    async fn a_client_that_goes_away_is_noticed_while_nothing_is_read() {
        let (client, server) = tokio::io::duplex(64);
        let mut wire = Wire::new(server, limits());
        drop(client);
        assert!(matches!(wire.gone().await, WireError::Closed));
    }
}
