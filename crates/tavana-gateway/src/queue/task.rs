//! Time and channels around the book: waits, and wakes who may run.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::admission::{Book, Bounds, Capacity, Needs, Place, Refusal, Size, Want};
use super::history::{End, History};
use super::metrics::{QueueMetrics, Reason};
use crate::error::{QueryError, SqlState};

/// The one admission queue of a gateway, and before it the one of sessions that need an engine of
/// their own and have none yet. Of those as many as there are slots come into the first queue at a
/// time, so that sessions that hold an engine do not wait behind ones that wait for an engine.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    statements: Arc<Shared>,
    beginnings: Arc<Shared>,
}

/// The bounds of a queue, and who weighs what.
#[derive(Clone, Debug)]
pub(crate) struct QueueSettings {
    pub(crate) bounds: Bounds,
    /// Longest wait of one statement.
    pub(crate) wait_max: Duration,
    /// By the name of a user; all others weigh 1.
    pub(crate) weights: Arc<BTreeMap<String, u32>>,
}

/// A statement that asks to run.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The id of its principal.
    pub(crate) principal: Arc<str>,
    pub(crate) user: Arc<str>,
    /// Of its session, as PostgreSQL clients know it; 0 = it has none.
    pub(crate) pid: i32,
    /// Equal for statements that differ only in their values.
    pub(crate) statement: u64,
    pub(crate) work: Work,
    pub(crate) needs: Needs,
}

/// What is to be done with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Parse and bind.
    Plan,
    /// Run what reads nothing but the catalog.
    Look,
    Run,
}

/// A statement in the queue, as `tavana.queue` shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) principal: Arc<str>,
    pub(crate) user: Arc<str>,
    pub(crate) pid: i32,
    /// `None` when it runs.
    pub(crate) position: Option<usize>,
    pub(crate) is_short: bool,
    pub(crate) memory_bytes: u64,
    /// Microseconds since 1970 at which it came.
    pub(crate) came: i64,
    /// How long it has waited, or had before it ran.
    pub(crate) waited: Duration,
}

/// Counts of a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snapshot {
    pub(super) running: usize,
    pub(super) in_reserve: usize,
    pub(super) waiting: usize,
    pub(super) waiting_principals: usize,
    pub(super) capacity: Capacity,
    pub(super) longest_wait: Duration,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    history: History,
    settings: QueueSettings,
    metrics: QueueMetrics,
}

#[derive(Debug)]
struct State {
    book: Book,
    /// One entry for each place that waits in the book.
    wakers: HashMap<Place, oneshot::Sender<Permit>>,
    /// One entry for each place in the book.
    entries: HashMap<Place, Entry>,
    /// How long statements have lately kept their permits.
    kept: Duration,
}

#[derive(Debug)]
struct Entry {
    job: Job,
    came: SystemTime,
    since: Instant,
    /// When it was let in.
    begun: Option<Instant>,
    /// Memory that it is thought to need.
    bytes: u64,
}

/// What of [`State::kept`] is the word of the last permit: 1 of so many parts.
const KEPT_PARTS: u32 = 8;
/// What a refused statement is told at least, and at most, to wait.
const RETRY_AFTER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Who waits for longer is told so.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// How long a statement rests that a worker has sent back, when no worker says anything new.
const REST: Duration = Duration::from_millis(50);

/// The right to run one statement; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit(Box<Held>);

/// Apart, because a permit is part of every statement's future.
#[derive(Debug)]
struct Held {
    shared: Arc<Shared>,
    place: Place,
    principal: Arc<str>,
    statement: u64,
    since: Instant,
    end: End,
    /// More memory than a slot has, if it is thought to need that; else 0.
    memory_bytes: u64,
    is_short: bool,
    /// The place is another's to give back.
    is_void: bool,
}

impl Queue {
    /// A queue in which nothing may run before [`Self::resize`].
    pub(crate) fn new(settings: &QueueSettings, metrics: &QueueMetrics) -> Self {
        let queue = || {
            let state = State {
                book: Book::new(settings.bounds),
                wakers: HashMap::new(),
                entries: HashMap::new(),
                kept: Duration::ZERO,
            };
            Arc::new(Shared {
                state: Mutex::new(state),
                history: History::new(),
                settings: settings.clone(),
                metrics: metrics.clone(),
            })
        };
        Self {
            statements: queue(),
            beginnings: queue(),
        }
    }

    /// Waits for the right to run one statement. `tell` hears once of its position when that takes
    /// long.
    ///
    /// # Errors
    /// 53300 when the queue is full or the wait took too long.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the queue.
    pub(crate) async fn admit(
        &self,
        job: &Job,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Permit, QueryError> {
        self.statements.admit(job, tell).await
    }

    /// Waits for the right to ask for an engine of a session's own; afterwards it asks to run as
    /// every statement does.
    ///
    /// # Errors
    /// As [`Self::admit`].
    ///
    /// # Cancel safety
    /// As [`Self::admit`].
    pub(crate) async fn begin(
        &self,
        job: &Job,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Permit, QueryError> {
        self.beginnings.admit(job, tell).await
    }

    /// Tells the queue what the workers have now.
    pub(crate) fn resize(&self, capacity: Capacity) {
        self.statements.change(|book| book.resize(capacity));
        let beginnings = Capacity {
            slots: capacity.slots,
            reserved: 0,
            bytes: 0,
        };
        self.beginnings.change(|book| book.resize(beginnings));
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

    /// What runs and waits now, in the order in which it came.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let now = Instant::now();
        let mut shown = self.statements.lock().shown(now);
        let beginning = self.beginnings.lock().shown(now);
        // One that may ask for an engine is in the other queue, too.
        shown.extend(beginning.into_iter().filter(|one| one.position.is_some()));
        shown
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let now = Instant::now();
        let beginning = {
            let state = self.beginnings.lock();
            (
                state.book.waiting(),
                state.book.lines_waiting(),
                state.longest_wait(now),
            )
        };
        let state = self.statements.lock();
        Snapshot {
            running: state.book.running(),
            in_reserve: state.book.in_reserve(),
            waiting: state.book.waiting() + beginning.0,
            waiting_principals: state.book.lines_waiting().max(beginning.1),
            capacity: state.book.capacity(),
            longest_wait: state.longest_wait(now).max(beginning.2),
        }
    }
}

impl Shared {
    async fn admit(
        self: &Arc<Self>,
        job: &Job,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Permit, QueryError> {
        let past = self.history.of(&job.principal, job.statement);
        let want = Want {
            principal: Arc::clone(&job.principal),
            weight: self.settings.weights.get(&*job.user).copied().unwrap_or(1),
            statement: job.statement,
            size: match (past, job.work) {
                (Some(past), _) => past.size(),
                (None, Work::Plan | Work::Look) => Size::Short,
                (None, Work::Run) => Size::Ordinary,
            },
            needs: job.needs,
            // A session's engine has its memory.
            bytes: match job.needs {
                Needs::Engine => past.map_or(0, |past| past.bytes()),
                Needs::Slot => 0,
            },
        };
        let (since, bytes) = (Instant::now(), want.bytes);
        let (place, woken, others) = {
            let mut state = self.lock();
            let (place, mut admitted) = match state.book.offer(want) {
                Ok(offered) => offered,
                Err(refusal) => {
                    let (waiting, after) = (state.book.waiting(), state.retry_after());
                    drop(state);
                    return Err(self.refused(refusal, waiting, after));
                }
            };
            let (waker, woken) = oneshot::channel();
            state.wakers.insert(place, waker);
            state.entries.insert(
                place,
                Entry {
                    job: job.clone(),
                    came: SystemTime::now(),
                    since,
                    begun: None,
                    bytes,
                },
            );
            admitted.sort_unstable();
            (place, woken, admitted)
        };
        self.wake(others);
        self.wait(place, woken, since + self.settings.wait_max, tell)
            .await
    }

    /// Waits until `place` may run.
    async fn wait(
        self: &Arc<Self>,
        place: Place,
        woken: oneshot::Receiver<Permit>,
        give_up: Instant,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Permit, QueryError> {
        let _leaves = Leave {
            shared: self,
            place,
        };
        let mut told = false;
        tokio::pin!(woken);
        let tell_at = Instant::now() + TOLD_AFTER;
        loop {
            tokio::select! {
                biased;
                permit = &mut woken => {
                    return permit.map_err(|_| QueryError::internal("the queue was closed"));
                }
                () = sleep_until(give_up) => {
                    self.metrics.refused(Reason::WaitedTooLong);
                    return Err(QueryError::new(
                        SqlState::TOO_MANY_CONNECTIONS,
                        format!(
                            "no slot became free within {} seconds",
                            self.settings.wait_max.as_secs_f64()
                        ),
                    )
                    .with_hint("Try again later."));
                }
                () = sleep_until(tell_at), if !told => {
                    told = true;
                    if let Some(position) = self.lock().book.position(place) {
                        tell(position);
                    }
                }
            }
        }
    }

    fn refused(&self, refusal: Refusal, waiting: usize, after: Duration) -> QueryError {
        let (reason, message, detail) = match refusal {
            Refusal::Full => (
                Reason::Full,
                "too many statements are waiting",
                format!("{waiting} statements wait for a free slot."),
            ),
            Refusal::FullForPrincipal => (
                Reason::FullForPrincipal,
                "too many statements of this user are waiting",
                format!(
                    "A user can have {} statements that wait for a free slot.",
                    self.settings.bounds.waiting_per_principal_max
                ),
            ),
        };
        self.metrics.refused(reason);
        QueryError::new(SqlState::TOO_MANY_CONNECTIONS, message)
            .with_detail(detail)
            .with_hint(format!(
                "Try again in {} seconds.",
                after.as_secs_f64().ceil()
            ))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every step, so a panic of another holder changes nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the book, and wakes who may run then.
    fn change(self: &Arc<Self>, change: impl FnOnce(&mut Book) -> Vec<Place>) {
        let admitted = change(&mut self.lock().book);
        self.wake(admitted);
    }

    fn wake(self: &Arc<Self>, admitted: Vec<Place>) {
        let now = Instant::now();
        for place in admitted {
            let woken = {
                let mut state = self.lock();
                let waker = state.wakers.remove(&place);
                let usual = state.book.capacity().bytes_of_slot();
                let is_short = state.book.is_short(place);
                let entry = state.entries.get_mut(&place);
                entry.map(|entry| {
                    if entry.begun.is_none() {
                        self.metrics.waited(now.duration_since(entry.since));
                    }
                    entry.begun = Some(now);
                    (
                        waker,
                        Arc::clone(&entry.job.principal),
                        entry.job.statement,
                        entry.bytes,
                        usual,
                        is_short,
                    )
                })
            };
            let Some((waker, principal, statement, bytes, usual, is_short)) = woken else {
                continue;
            };
            let permit = Permit(Box::new(Held {
                shared: Arc::clone(self),
                place,
                principal,
                statement,
                since: now,
                end: End::Early,
                memory_bytes: if bytes > usual { bytes } else { 0 },
                is_short,
                is_void: false,
            }));
            // A waiter that left in this moment drops the permit, which lets the next one in.
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

    fn longest_wait(&self, now: Instant) -> Duration {
        self.entries
            .values()
            .filter(|entry| entry.begun.is_none())
            .map(|entry| now.duration_since(entry.since))
            .max()
            .unwrap_or_default()
    }

    fn shown(&self, now: Instant) -> Vec<Shown> {
        self.book
            .places()
            .into_iter()
            .filter_map(|(place, runs, size, memory_bytes)| {
                let entry = self.entries.get(&place)?;
                let came = entry
                    .came
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or_default();
                let until = entry.begun.filter(|_| runs).unwrap_or(now);
                Some(Shown {
                    principal: Arc::clone(&entry.job.principal),
                    user: Arc::clone(&entry.job.user),
                    pid: entry.job.pid,
                    position: if runs {
                        None
                    } else {
                        self.book.position(place)
                    },
                    is_short: size == Size::Short,
                    memory_bytes,
                    came: i64::try_from(came.as_micros()).unwrap_or(i64::MAX),
                    waited: until.duration_since(entry.since),
                })
            })
            .collect()
    }
}

impl Permit {
    /// Says how the statement ended; otherwise it ended early.
    pub(crate) fn end(&mut self, end: End) {
        self.0.end = end;
    }

    /// More memory than a slot has, if the statement is thought to need that; else 0.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.0.memory_bytes
    }

    /// Whether the statement is thought to be short.
    pub(crate) fn is_short(&self) -> bool {
        self.0.is_short
    }

    /// No worker has room: waits where the statement stood before, for the next news of the
    /// workers at least.
    ///
    /// # Errors
    /// 53300 at `give_up`.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the queue.
    pub(crate) async fn again(
        mut self,
        give_up: Instant,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Self, QueryError> {
        let (shared, place) = (Arc::clone(&self.0.shared), self.0.place);
        self.0.is_void = true;
        drop(self);
        shared.metrics.returned();
        let (waker, woken) = oneshot::channel();
        let admitted = {
            let mut state = shared.lock();
            state.wakers.insert(place, waker);
            state.book.back(place)
        };
        shared.wake(admitted);
        let waiting = shared.wait(place, woken, give_up, tell);
        tokio::pin!(waiting);
        match tokio::time::timeout(REST, &mut waiting).await {
            Ok(permit) => permit,
            Err(_) => {
                shared.change(|book| book.rested(place));
                waiting.await
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let held = &self.0;
        if held.is_void {
            return;
        }
        let took = held.since.elapsed();
        let shared = &held.shared;
        let (next, usual) = {
            let mut state = shared.lock();
            let before = state.kept.saturating_mul(KEPT_PARTS - 1);
            state.kept = before.saturating_add(took) / KEPT_PARTS;
            state.entries.remove(&held.place);
            let usual = state.book.capacity().bytes_of_slot();
            (state.book.release(held.place), usual)
        };
        shared.wake(next);
        let had = held.memory_bytes.max(usual);
        let changed = shared
            .history
            .note(&held.principal, held.statement, took, had, held.end);
        if let Some(size) = changed {
            shared.change(|book| book.learned(&held.principal, held.statement, size));
        }
    }
}

/// Takes a waiter that gives up out of the book.
struct Leave<'queue> {
    shared: &'queue Arc<Shared>,
    place: Place,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let next = {
            let mut state = self.shared.lock();
            let left = state.book.leave(self.place);
            if left.is_some() {
                state.wakers.remove(&self.place);
                state.entries.remove(&self.place);
            }
            left.unwrap_or_default()
        };
        self.shared.wake(next);
    }
}

#[cfg(test)]
mod tests;
