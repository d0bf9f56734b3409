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
use crate::worker::PREFIX_BYTES;

/// The body of a request.
pub(super) struct Whole<B> {
    body: B,
    intake: Intake,
    message_bytes_max: usize,
    progress: Progress,
    room: Room,
    /// What has come and is not passed on yet.
    come: Bytes,
}

enum Room {
    /// The present message is not long.
    NotNeeded,
    Awaited(BoxFuture<'static, Unfinished>),
    Taken {
        given_up: Pin<Box<WaitForCancellationFutureOwned>>,
        _unfinished: Unfinished,
    },
    Lost,
}

/// How much of the present message has been passed on.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    prefix: [u8; PREFIX_BYTES],
    prefix_bytes: usize,
    length: usize,
    left: usize,
}

impl Progress {
    /// Follows `bytes`, at most to the end of the prefix or of the message, and says how many of
    /// them that is.
    fn step(&mut self, bytes: &[u8]) -> usize {
        if self.prefix_bytes < PREFIX_BYTES {
            let head = bytes.len().min(PREFIX_BYTES - self.prefix_bytes);
            for (place, byte) in self.prefix.iter_mut().skip(self.prefix_bytes).zip(bytes) {
                *place = *byte;
            }
            self.prefix_bytes += head;
            if self.prefix_bytes == PREFIX_BYTES {
                let mut length = &self.prefix[1..];
                self.length = usize::try_from(length.get_u32()).unwrap_or(usize::MAX);
                self.left = self.length;
            }
            return head;
        }
        let part = bytes.len().min(self.left);
        self.left -= part;
        part
    }

    /// The length of a message that has begun.
    fn begun(&self) -> Option<usize> {
        (self.prefix_bytes == PREFIX_BYTES).then_some(self.length)
    }

    fn is_over(&self) -> bool {
        self.begun().is_some() && self.left == 0
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
            come: Bytes::new(),
        }
    }

    /// What is to be passed on now of what has come; nothing as long as it has to wait for room.
    ///
    /// The beginning of a long message is not passed on with the end of the one before: whoever
    /// reads comes for it when that is done, and it would have its room for nothing until then.
    fn pass_on(&mut self) -> Option<Bytes> {
        let needs_room = LONG_BYTES_MIN..=self.message_bytes_max;
        let mut passed = 0;
        while let Some(rest) = self.come.get(passed..)
            && !rest.is_empty()
        {
            let mut next = self.progress;
            let bytes = next.step(rest);
            let is_begun = self.progress.begun().is_none()
                && next
                    .begun()
                    .is_some_and(|length| needs_room.contains(&length));
            if is_begun && !matches!(self.room, Room::Taken { .. }) {
                if passed > 0 {
                    break;
                }
                let room = self.intake.clone().room(next.length);
                self.room = Room::Awaited(room.boxed());
                return None;
            }
            self.progress = next;
            passed += bytes;
            if self.progress.is_over() {
                self.progress = Progress::default();
                self.room = Room::NotNeeded;
            }
        }
        Some(self.come.split_to(passed))
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
                Room::Awaited(room) => {
                    let unfinished = ready!(room.poll_unpin(context));
                    this.room = Room::Taken {
                        given_up: Box::pin(unfinished.given_up()),
                        _unfinished: unfinished,
                    };
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
            if !this.come.is_empty() {
                let Some(bytes) = this.pass_on() else {
                    continue;
                };
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            let next = ready!(Pin::new(&mut this.body).poll_frame(context));
            match next.map(|frame| frame.map(Frame::into_data)) {
                // One without bytes passes nothing on, and is no end.
                Some(Ok(Ok(bytes))) => this.come = bytes,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.come.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::{BodyExt as _, StreamBody};
    use tokio::sync::mpsc;
    use tokio::time::timeout;
    use tokio_stream::wrappers::UnboundedReceiverStream;

    use super::*;

    const KIB: usize = 1024;
    const MESSAGE_BYTES_MAX: usize = 1024 * KIB;
    const WAIT_MAX: Duration = Duration::from_secs(1);

    fn message(length: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        bytes.resize(PREFIX_BYTES + length, 7);
        bytes
    }

    #[tokio::test(start_paused = true)]
    async fn messages_are_passed_on_as_they_are_however_they_are_cut() {
        let long = LONG_BYTES_MIN + 7;
        let lengths = [0, 10, long, 0, long, 3, LONG_BYTES_MIN - 1, long];
        let bytes = lengths.map(message).concat();
        for size in [1, 2, 3, 4, 5, 6, 7, 64, 16_384, 65_537, bytes.len()] {
            let intake = Intake::new(long);
            let (sender, mut body) = request(&intake);
            for piece in bytes.chunks(size) {
                send(&sender, piece);
            }
            drop(sender);
            let mut come = Vec::new();
            while let Some(frame) = timeout(WAIT_MAX, body.frame())
                .await
                .expect("there is room")
            {
                come.extend_from_slice(frame.unwrap().data_ref().unwrap());
            }
            assert!(come == bytes, "in pieces of {size}");
            let all = intake.room(long).now_or_never();
            all.expect("the room is free again");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_nobody_comes_for_yet_takes_no_room() {
        let intake = Intake::new(100 * KIB);
        let (sender, mut body) = request(&intake);
        let long = message(100 * KIB);
        let (head, rest) = long.split_at(10 * KIB);
        send(&sender, &[&message(20), head].concat());
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.data_ref().unwrap(), &message(20));
        let others = intake.clone().room(100 * KIB).now_or_never();
        let others = others.expect("nobody has asked for the second");
        assert!(body.frame().now_or_never().is_none(), "there is no room");
        assert!(!body.is_end_stream());
        drop(others);
        let second = body.frame().await.unwrap().unwrap();
        assert_eq!(second.data_ref().unwrap(), head);
        assert!(intake.clone().room(1).now_or_never().is_none());
        send(&sender, rest);
        body.frame().await.unwrap().unwrap();
        assert!(intake.room(100 * KIB).now_or_never().is_some());
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
