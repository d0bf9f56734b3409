//! Time and channels around the book: waits, and wakes who may run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::admission::{Admission, Book, Place};
use crate::error::{QueryError, SqlState};

/// The one admission queue of a gateway, and before it the one of sessions that need an engine of
/// their own and have none yet. Of those as many as there are slots come into the first queue at a
/// time, so that sessions that hold an engine do not wait behind ones that wait for an engine.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    statements: Arc<Shared>,
    beginnings: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    wait_max: Duration,
}

#[derive(Debug)]
struct State {
    book: Book,
    /// One entry for each place that waits in the book.
    wakers: HashMap<Place, oneshot::Sender<Permit>>,
    /// How long statements have lately kept their permits.
    kept: Duration,
}

/// What of [`State::kept`] is the word of the last permit: 1 of so many parts.
const KEPT_PARTS: u32 = 8;
/// What a refused statement is told at least, and at most, to wait.
const RETRY_AFTER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The right to run one statement; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit(Box<Held>);

/// Apart, because a permit is part of every statement's future.
#[derive(Debug)]
struct Held {
    shared: Arc<Shared>,
    since: Instant,
}

impl Queue {
    /// A queue of at most `length_max` waiters, each waiting at most `wait_max`.
    pub(crate) fn new(length_max: usize, wait_max: Duration) -> Self {
        let queue = || {
            let state = State {
                book: Book::new(length_max),
                wakers: HashMap::new(),
                kept: Duration::ZERO,
            };
            Arc::new(Shared {
                state: Mutex::new(state),
                wait_max,
            })
        };
        Self {
            statements: queue(),
            beginnings: queue(),
        }
    }

    /// Waits for the right to run one statement.
    ///
    /// # Errors
    /// 53300 when the queue is full or the wait took too long.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the queue.
    pub(crate) async fn admit(&self) -> Result<Permit, QueryError> {
        self.statements.admit().await
    }

    /// Waits for the right to ask for an engine of a session's own; afterwards it asks to run as
    /// every statement does.
    ///
    /// # Errors
    /// As [`Self::admit`].
    ///
    /// # Cancel safety
    /// As [`Self::admit`].
    pub(crate) async fn begin(&self) -> Result<Permit, QueryError> {
        self.beginnings.admit().await
    }

    /// Tells the queue how many statements the workers can run at once.
    pub(crate) fn resize(&self, capacity: usize) {
        for queue in [&self.statements, &self.beginnings] {
            let admitted = queue.lock().book.resize(capacity);
            queue.wake(admitted);
        }
    }

    /// When a statement that was refused should come again.
    pub(crate) fn retry_after(&self) -> Duration {
        self.statements.lock().retry_after()
    }

    /// Statements that hold a permit.
    pub(crate) fn running(&self) -> usize {
        self.statements.lock().book.running()
    }

    /// Statements that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.statements.lock().book.waiting() + self.beginnings.lock().book.waiting()
    }
}

impl Shared {
    async fn admit(self: &Arc<Self>) -> Result<Permit, QueryError> {
        let (place, woken) = {
            let mut state = self.lock();
            match state.book.offer() {
                Admission::Runs => return Ok(self.permit()),
                Admission::Refused => {
                    let waiting = state.book.waiting();
                    return Err(QueryError::new(
                        SqlState::TOO_MANY_CONNECTIONS,
                        "too many statements are waiting",
                    )
                    .with_detail(format!("{waiting} statements wait for a free slot."))
                    .with_hint("Try again later."));
                }
                Admission::Waits(place) => {
                    let (waker, woken) = oneshot::channel();
                    state.wakers.insert(place, waker);
                    (place, woken)
                }
            }
        };
        let _leaves = Leave {
            shared: self,
            place,
        };
        match tokio::time::timeout(self.wait_max, woken).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(QueryError::internal("the queue was closed")),
            Err(_) => Err(QueryError::new(
                SqlState::TOO_MANY_CONNECTIONS,
                format!(
                    "no slot became free within {} seconds",
                    self.wait_max.as_secs_f64()
                ),
            )
            .with_hint("Try again later.")),
        }
    }

    fn permit(self: &Arc<Self>) -> Permit {
        Permit(Box::new(Held {
            shared: Arc::clone(self),
            since: Instant::now(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every step, so a panic of another holder changes nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(self: &Arc<Self>, admitted: impl IntoIterator<Item = Place>) {
        for place in admitted {
            let waker = self.lock().wakers.remove(&place);
            // A waiter that left in this moment drops the permit, which lets the next one in.
            let permit = self.permit();
            if let Some(waker) = waker {
                drop(waker.send(permit));
            }
        }
    }
}

impl State {
    /// After what time those that wait now should have had their turn.
    fn retry_after(&self) -> Duration {
        let before = u32::try_from(self.book.waiting()).unwrap_or(u32::MAX);
        let slots = u32::try_from(self.book.running())
            .unwrap_or(u32::MAX)
            .max(1);
        let expected = self.kept.saturating_mul(before.saturating_add(1)) / slots;
        expected.clamp(RETRY_AFTER.0, RETRY_AFTER.1)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let next = {
            let mut state = self.0.shared.lock();
            let before = state.kept.saturating_mul(KEPT_PARTS - 1);
            state.kept = before.saturating_add(self.0.since.elapsed()) / KEPT_PARTS;
            state.book.release()
        };
        self.0.shared.wake(next);
    }
}

/// Takes a waiter that gives up out of the book.
struct Leave<'queue> {
    shared: &'queue Arc<Shared>,
    place: Place,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.book.leave(self.place);
        state.wakers.remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(capacity: usize) -> Queue {
        let queue = Queue::new(2, Duration::from_secs(5));
        queue.resize(capacity);
        queue
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_that_waits_past_its_limit_is_refused_with_53300() {
        let queue = queue(1);
        let _running = queue.admit().await.expect("one slot is free");
        let refused = queue.admit().await.expect_err("no slot within 5 s");
        assert_eq!(refused.sqlstate, SqlState::TOO_MANY_CONNECTIONS);
        assert_eq!(queue.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once() {
        let queue = queue(0);
        let (first, second) = (queue.admit(), queue.admit());
        tokio::pin!(first, second);
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        let refused = queue.admit().await.expect_err("two wait already");
        assert_eq!(refused.sqlstate, SqlState::TOO_MANY_CONNECTIONS);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_engine_takes_no_slot_and_is_counted() {
        let queue = queue(1);
        let _asking = queue.begin().await.expect("nobody else asks");
        let next = queue.begin();
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending());
        assert_eq!((queue.running(), queue.waiting()), (0, 1));
        let _running = queue.admit().await.expect("the slot is free");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_permit_lets_the_next_one_run() {
        let queue = queue(1);
        let running = queue.admit().await.expect("one slot is free");
        let waiting = queue.admit();
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(running);
        let permit = waiting.await.expect("the slot was given back");
        assert_eq!(queue.running(), 1);
        drop(permit);
        assert_eq!(queue.running(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_goes_away_after_it_was_let_in_gives_the_slot_back() {
        let queue = queue(1);
        let running = queue.admit().await.expect("one slot is free");
        {
            let waiting = queue.admit();
            tokio::pin!(waiting);
            assert!(futures::poll!(&mut waiting).is_pending());
            drop(running);
            // Let in, but dropped before it could look.
        }
        assert_eq!((queue.running(), queue.waiting()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_statement_hears_when_those_before_it_should_have_had_their_turn() {
        let queue = Queue::new(1, Duration::from_secs(3600));
        queue.resize(1);
        for _ in 0..100 {
            let permit = queue.admit().await.expect("the slot is free");
            tokio::time::advance(Duration::from_secs(4)).await;
            drop(permit);
        }
        let _running = queue.admit().await.expect("the slot is free");
        let waiting = queue.clone();
        let _waiting = tavana_common::task::spawn(async move { waiting.admit().await });
        tokio::task::yield_now().await;
        queue.admit().await.expect_err("the queue is full");
        let seconds = queue.retry_after().as_secs_f64();
        assert!((7.9..=8.0).contains(&seconds), "{seconds}");
    }
}
