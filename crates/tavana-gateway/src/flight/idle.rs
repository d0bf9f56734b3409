//! Readers that stop.
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
use tokio::time::{Instant, sleep_until};
use tonic::Status;
use tracing::info;

use super::info::FlightStream;
use crate::error::QueryError;

/// `stream`, which is dropped, and with it its statement, when its reader takes no message for
/// `idle_max`. Zero is no limit.
pub(crate) fn bounded(
    stream: FlightStream<FlightData>,
    idle_max: Duration,
) -> FlightStream<FlightData> {
    if idle_max.is_zero() {
        return stream;
    }
    let shared = Arc::new(Mutex::new(State {
        phase: Phase::Open(stream),
        waits_for: WaitsFor::Reader(Instant::now()),
    }));
    let _watch = task::spawn(watch(Arc::clone(&shared), idle_max));
    Bounded { shared, _watch }.boxed()
}

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
    /// Its reader was away for too long, and is told so when it comes back.
    GivenUp,
    Ended,
}

/// Who has to do the next step.
#[derive(Clone, Copy)]
enum WaitsFor {
    /// Since then.
    Reader(Instant),
    Statement,
}

async fn watch(shared: Arc<Mutex<State>>, idle_max: Duration) {
    loop {
        let since = match lock(&shared).waits_for {
            WaitsFor::Reader(since) => since,
            WaitsFor::Statement => Instant::now(),
        };
        sleep_until(since + idle_max).await;
        let mut state = lock(&shared);
        let is_idle = matches!(state.waits_for, WaitsFor::Reader(now) if now == since);
        if is_idle && matches!(state.phase, Phase::Open(_)) {
            info!(
                seconds = idle_max.as_secs_f64(),
                "a client does not read its result: it is dropped"
            );
            let given_up = std::mem::replace(&mut state.phase, Phase::GivenUp);
            drop(state);
            drop(given_up);
            return;
        }
    }
}

impl Stream for Bounded {
    type Item = Result<FlightData, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = lock(&self.shared);
        match &mut state.phase {
            Phase::Ended => Poll::Ready(None),
            Phase::GivenUp => {
                state.phase = Phase::Ended;
                let error = QueryError::reader_idle();
                Poll::Ready(Some(Err(error.grpc_status())))
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
    ) {
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        (sender, bounded(stream.boxed(), IDLE_MAX))
    }

    #[tokio::test(start_paused = true)]
    async fn a_result_that_nobody_reads_is_dropped_and_its_reader_told() {
        let (sender, mut stream) = messages();
        sender.send(Ok(FlightData::new())).await.unwrap();
        assert!(stream.next().await.unwrap().is_ok());
        tokio::time::sleep(IDLE_MAX / 2).await;
        assert!(!sender.is_closed());
        tokio::time::sleep(IDLE_MAX).await;
        assert!(sender.is_closed(), "the statement is over");
        let status = stream.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), tonic::Code::Cancelled);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_waits_for_a_slow_statement_is_not_idle() {
        let (sender, mut stream) = messages();
        let reading = task::spawn(async move {
            let first = stream.next().await;
            (first, stream)
        });
        tokio::time::sleep(IDLE_MAX * 3).await;
        sender.send(Ok(FlightData::new())).await.unwrap();
        let (first, mut stream) = reading.await.unwrap();
        assert!(first.unwrap().is_ok());
        // Each message gives it as much time again.
        for _ in 0..4 {
            tokio::time::sleep(IDLE_MAX * 2 / 3).await;
            sender.send(Ok(FlightData::new())).await.unwrap();
            assert!(stream.next().await.unwrap().is_ok());
        }
        drop(sender);
        assert!(stream.next().await.is_none());
    }
}
