//! Readers that stop, and statements that are cancelled while theirs have; and writers that stop.
//!
//! HTTP/2 asks a stream for its next message only when the client has room for it. So the stream of
//! a client that has stopped reading is never asked again, and something beside it has to look.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use arrow_flight::FlightData;
use futures::{Stream, StreamExt as _};
use tavana_common::task::{self, Task};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};
use tracing::info;

use super::info::FlightStream;
use crate::error::QueryError;
use crate::queue::Patience;

/// `stream`, which is dropped, and with it its statement, when it is `stopped`, or when its reader
/// takes no message for longer than `patience` lasts.
pub(crate) fn bounded(
    stream: FlightStream<FlightData>,
    patience: Patience,
    stopped: CancellationToken,
) -> FlightStream<FlightData> {
    let shared = Arc::new(Mutex::new(State {
        phase: Phase::Open(stream),
        waits_for: WaitsFor::Reader(Instant::now()),
    }));
    let _watch = task::spawn(watch(Arc::clone(&shared), patience, stopped));
    Bounded { shared, _watch }.boxed()
}

/// The next message of a client that writes, if it comes whole before `patience` ends: its statement
/// has a slot and an engine meanwhile.
pub(crate) async fn next_of(
    messages: &mut Streaming<FlightData>,
    patience: &Patience,
) -> Result<Option<FlightData>, Status> {
    let since = Instant::now();
    tokio::select! {
        biased;
        next = messages.message() => next,
        () = patience.lasts(since) => {
            info!(
                seconds = since.elapsed().as_secs_f64(),
                "a client sends nothing more: what it has sent is dropped"
            );
            Err(QueryError::writer_idle().grpc_status())
        }
    }
}

/// How often one looks whether a statement has given its reader something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

struct Bounded {
    shared: Arc<Mutex<State>>,
    _watch: Task<()>,
}

struct State {
    phase: Phase,
    waits_for: WaitsFor,
}

enum Phase {
    Open(FlightStream<FlightData>),
    /// Its reader was away, and is told why when it comes back.
    GivenUp(QueryError),
    Ended,
}

/// Who has to do the next step.
#[derive(Clone, Copy)]
enum WaitsFor {
    /// Since then.
    Reader(Instant),
    Statement,
}

async fn watch(shared: Arc<Mutex<State>>, patience: Patience, stopped: CancellationToken) {
    tokio::select! {
        biased;
        () = stopped.cancelled() => lock(&shared).give_up(QueryError::canceled()),
        () = watch_reader(&shared, patience) => {}
    }
}

async fn watch_reader(shared: &Mutex<State>, patience: Patience) {
    loop {
        let waits_for = lock(shared).waits_for;
        let WaitsFor::Reader(since) = waits_for else {
            sleep(LOOK_EVERY).await;
            continue;
        };
        patience.lasts(since).await;
        let mut state = lock(shared);
        let is_idle = matches!(state.waits_for, WaitsFor::Reader(now) if now == since);
        if is_idle && matches!(state.phase, Phase::Open(_)) {
            info!(
                seconds = since.elapsed().as_secs_f64(),
                "a client does not read its result: it is dropped"
            );
            state.give_up(QueryError::reader_idle());
            return;
        }
    }
}

impl State {
    fn give_up(&mut self, why: QueryError) {
        if matches!(self.phase, Phase::Open(_)) {
            self.phase = Phase::GivenUp(why);
        }
    }
}

impl Stream for Bounded {
    type Item = Result<FlightData, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = lock(&self.shared);
        match &mut state.phase {
            Phase::Ended => Poll::Ready(None),
            Phase::GivenUp(why) => {
                let status = why.grpc_status();
                state.phase = Phase::Ended;
                Poll::Ready(Some(Err(status)))
            }
            Phase::Open(stream) => {
                let next = stream.poll_next_unpin(context);
                state.waits_for = if next.is_pending() {
                    WaitsFor::Statement
                } else {
                    WaitsFor::Reader(Instant::now())
                };
                if matches!(next, Poll::Ready(None)) {
                    state.phase = Phase::Ended;
                }
                next
            }
        }
    }
}

fn lock(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE_MAX: Duration = Duration::from_secs(10);

    fn messages() -> (
        tokio::sync::mpsc::Sender<Result<FlightData, Status>>,
        FlightStream<FlightData>,
        CancellationToken,
    ) {
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let stopped = CancellationToken::new();
        let stream = bounded(stream.boxed(), Patience::of(IDLE_MAX), stopped.clone());
        (sender, stream, stopped)
    }

    #[tokio::test(start_paused = true)]
    async fn a_result_that_is_cancelled_while_nobody_reads_it_is_dropped_at_once() {
        let (sender, mut stream, stopped) = messages();
        sender.send(Ok(FlightData::new())).await.unwrap();
        assert!(stream.next().await.unwrap().is_ok());
        stopped.cancel();
        sender.closed().await;
        let status = stream.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), tonic::Code::Cancelled);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_result_that_nobody_reads_is_dropped_and_its_reader_told() {
        let (sender, mut stream, _stopped) = messages();
        sender.send(Ok(FlightData::new())).await.unwrap();
        assert!(stream.next().await.unwrap().is_ok());
        sleep(IDLE_MAX / 2).await;
        assert!(!sender.is_closed());
        sleep(IDLE_MAX).await;
        assert!(sender.is_closed(), "the statement is over");
        let status = stream.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), tonic::Code::Cancelled);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_waits_for_a_slow_statement_is_not_idle() {
        let (sender, mut stream, _stopped) = messages();
        let reading = task::spawn(async move {
            let first = stream.next().await;
            (first, stream)
        });
        sleep(IDLE_MAX * 3).await;
        sender.send(Ok(FlightData::new())).await.unwrap();
        let (first, mut stream) = reading.await.unwrap();
        assert!(first.unwrap().is_ok());
        // Each message gives it as much time again.
        for _ in 0..4 {
            sleep(IDLE_MAX * 2 / 3).await;
            sender.send(Ok(FlightData::new())).await.unwrap();
            assert!(stream.next().await.unwrap().is_ok());
        }
        drop(sender);
        assert!(stream.next().await.is_none());
    }
}
