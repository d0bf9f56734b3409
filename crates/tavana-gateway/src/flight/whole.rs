//! The bodies of requests on their way to tonic, which keeps each message until it is whole: long
//! ones are let through when there is room for them.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http_body::{Body, Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;

use crate::intake::{self, Intake, LONG_BYTES_MIN, Unfinished};

/// Before each message (gRPC over HTTP/2, "Length-Prefixed-Message"): whether it is compressed, and
/// its length.
const PREFIX_BYTES: usize = 5;

/// The body of a request.
pub(super) struct Whole<B> {
    body: B,
    intake: Intake,
    message_bytes_max: usize,
    progress: Progress,
    room: Room,
}

enum Room {
    /// The present message is not long.
    NotNeeded,
    /// What has come of it is passed on afterwards.
    Awaited(BoxFuture<'static, Unfinished>, Bytes),
    Taken {
        message: u64,
        given_up: Pin<Box<WaitForCancellationFutureOwned>>,
        _unfinished: Unfinished,
    },
    Lost,
}

/// How much of the present message has come.
#[derive(Debug, Default)]
struct Progress {
    /// Its number in the call.
    message: u64,
    prefix: [u8; PREFIX_BYTES],
    prefix_bytes: usize,
    length: usize,
    left: usize,
}

impl Progress {
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.prefix_bytes < PREFIX_BYTES {
                let missing = PREFIX_BYTES - self.prefix_bytes;
                let (head, rest) = bytes.split_at(bytes.len().min(missing));
                for (place, byte) in self.prefix.iter_mut().skip(self.prefix_bytes).zip(head) {
                    *place = *byte;
                }
                self.prefix_bytes += head.len();
                bytes = rest;
                if self.prefix_bytes < PREFIX_BYTES {
                    return;
                }
                let mut length = &self.prefix[1..];
                self.length = usize::try_from(length.get_u32()).unwrap_or(usize::MAX);
                self.left = self.length;
            }
            let (part, rest) = bytes.split_at(bytes.len().min(self.left));
            self.left -= part.len();
            bytes = rest;
            if self.left == 0 {
                *self = Self {
                    message: self.message + 1,
                    ..Self::default()
                };
            }
        }
    }

    /// The length of a message that has begun.
    fn begun(&self) -> Option<usize> {
        (self.prefix_bytes == PREFIX_BYTES).then_some(self.length)
    }
}

impl<B> Whole<B> {
    /// Messages longer than `message_bytes_max` are refused by whoever reads them.
    pub(super) fn new(body: B, intake: &Intake, message_bytes_max: usize) -> Self {
        Self {
            body,
            intake: intake.clone(),
            message_bytes_max,
            progress: Progress::default(),
            room: Room::NotNeeded,
        }
    }

    /// What comes next of the body; says whether it has to wait for room.
    fn take(&mut self, bytes: &Bytes) -> bool {
        self.progress.take(bytes);
        if let Room::Taken { message, .. } = &self.room
            && *message == self.progress.message
        {
            return false;
        }
        let needs_room = LONG_BYTES_MIN..=self.message_bytes_max;
        match self.progress.begun() {
            Some(length) if needs_room.contains(&length) => {
                // Room of the message before is free before this one waits for its own.
                self.room = Room::NotNeeded;
                let room = self.intake.clone().room(length).boxed();
                self.room = Room::Awaited(room, bytes.clone());
                true
            }
            Some(_) | None => {
                self.room = Room::NotNeeded;
                false
            }
        }
    }
}

impl<B: Body<Data = Bytes, Error = Status> + Unpin> Body for Whole<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        loop {
            match &mut this.room {
                Room::Awaited(room, come) => {
                    let unfinished = ready!(room.poll_unpin(context));
                    let come = std::mem::take(come);
                    this.room = Room::Taken {
                        message: this.progress.message,
                        given_up: Box::pin(unfinished.given_up()),
                        _unfinished: unfinished,
                    };
                    return Poll::Ready(Some(Ok(Frame::data(come))));
                }
                Room::Taken { given_up, .. } => {
                    if given_up.poll_unpin(context).is_ready() {
                        this.room = Room::Lost;
                        return Poll::Ready(Some(Err(intake::too_slow().grpc_status())));
                    }
                }
                Room::Lost => return Poll::Ready(None),
                Room::NotNeeded => {}
            }
            let next = ready!(Pin::new(&mut this.body).poll_frame(context));
            if let Some(Ok(frame)) = &next
                && let Some(bytes) = frame.data_ref()
                && this.take(bytes)
            {
                continue;
            }
            return Poll::Ready(next);
        }
    }

    fn is_end_stream(&self) -> bool {
        !matches!(self.room, Room::Awaited(..)) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, StreamBody};
    use tokio::sync::mpsc;
    use tokio_stream::wrappers::UnboundedReceiverStream;

    use super::*;

    const KIB: usize = 1024;
    const MESSAGE_BYTES_MAX: usize = 1024 * KIB;

    fn message(length: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        bytes.resize(PREFIX_BYTES + length, 7);
        bytes
    }

    #[test]
    fn a_message_is_followed_however_it_is_cut() {
        let bytes = [message(0), message(10), message(3)].concat();
        for size in 1..=bytes.len() {
            let mut progress = Progress::default();
            let mut come = 0;
            for piece in bytes.chunks(size) {
                progress.take(piece);
                come += piece.len();
                let ends = [5, 20, 28];
                let whole = ends.iter().filter(|end| **end <= come).count();
                assert_eq!(progress.message, u64::try_from(whole).unwrap());
                let lengths = [(0..5, 0), (10..20, 10), (25..28, 3)];
                let begun = lengths.iter().find(|(span, _)| span.contains(&come));
                let length = begun
                    .map(|(_, length)| *length)
                    .filter(|length| *length > 0);
                assert_eq!(progress.begun(), length, "{size} at {come}");
            }
        }
    }

    type Frames = mpsc::UnboundedSender<Result<Frame<Bytes>, Status>>;

    fn request(
        intake: &Intake,
    ) -> (
        Frames,
        impl Body<Data = Bytes, Error = Status> + Unpin + use<>,
    ) {
        let (sender, frames) = mpsc::unbounded_channel();
        let body = StreamBody::new(UnboundedReceiverStream::new(frames));
        (
            sender,
            Whole::new(Box::pin(body), intake, MESSAGE_BYTES_MAX),
        )
    }

    fn send(sender: &Frames, bytes: &[u8]) {
        let frame = Frame::data(Bytes::copy_from_slice(bytes));
        sender.send(Ok(frame)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn long_messages_wait_for_each_other_and_short_ones_for_nobody() {
        let intake = Intake::new(300 * KIB);
        let (to_first, mut first) = request(&intake);
        let (to_second, mut second) = request(&intake);
        let long = message(200 * KIB);
        let (head, rest) = long.split_at(100 * KIB);
        send(&to_first, head);
        assert_eq!(
            first.frame().await.unwrap().unwrap().data_ref().unwrap(),
            head
        );
        send(&to_second, &message(10));
        second.frame().await.unwrap().unwrap();
        send(&to_second, head);
        assert!(second.frame().now_or_never().is_none(), "there is no room");
        assert!(!second.is_end_stream());
        send(&to_first, rest);
        first.frame().await.unwrap().unwrap();
        let come = second.frame().await.unwrap().unwrap();
        assert_eq!(come.data_ref().unwrap(), head);
        send(&to_second, rest);
        drop(to_second);
        second.frame().await.unwrap().unwrap();
        assert!(second.frame().await.is_none());
        // Longer than may be: it is not waited for, as it is refused.
        send(&to_first, &message(MESSAGE_BYTES_MAX + 1)[..100 * KIB]);
        assert!(first.frame().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_comes_slowly_makes_way_with_an_error() {
        let intake = Intake::new(300 * KIB);
        let (to_slow, mut slow) = request(&intake);
        let (to_next, mut next) = request(&intake);
        let head = &message(200 * KIB)[..100 * KIB];
        send(&to_slow, head);
        slow.frame().await.unwrap().unwrap();
        send(&to_next, head);
        let (ended, came) = tokio::join!(slow.frame(), next.frame());
        assert_eq!(came.unwrap().unwrap().data_ref().unwrap(), head);
        let status = ended.unwrap().unwrap_err();
        assert_eq!(status.code(), tonic::Code::ResourceExhausted);
    }
}
