//! Stopping a request from outside of the thread that works on it.
//!
//! DuckDB clears its own interrupt flag whenever a query starts, so one call may come too early
//! and be lost. Here an interrupt stays requested until the request has ended: the executor asks
//! between its steps, and a thread repeats the call to DuckDB until then.
//!
//! A request that tried to reach what it may not is interrupted in the same way, and its answer is
//! the refusal. Some clients in DuckDB's extensions try again for a minute and hear no interrupt:
//! the process does not wait for them.
//!
//! The same thread sees when a request has had its CPU time at ordinary priority, lowers the
//! priority of the threads that work on it, and starts one that takes over from the executor. On
//! the way it tells how far the request has come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tavana_common::proto::v1::Failure;
use tokio::time::Instant;

use super::failure;
use super::ffi::Interrupter;
use super::network::Denied;
use super::priority;
use super::session::Takeover;

/// Time between two calls to DuckDB while a request does not end.
const REPEAT: Duration = Duration::from_millis(10);
/// How long a statement of a transaction has to notice by itself that it is to end. DuckDB gives up
/// the whole transaction of what it interrupts, and the client may only have left a result unread.
const GENTLE: Duration = Duration::from_millis(150);
/// How long a refused request may go on before the process answers for it and ends.
const REFUSED_MAX: Duration = Duration::from_secs(1);

/// Time between two looks at the CPU time of a request.
const LOOK: Duration = Duration::from_millis(100);

/// What a request tried and may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A connection to an address that is not allowed.
    Network(Denied),
    /// A file of the spill folder.
    Spilled,
}

impl Refusal {
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Network(denied) => failure::denied(denied),
            Self::Spilled => failure::refused(
                "this local path cannot be used here",
                "The folder DuckDB spills to is not for statements; no setting allows it.",
            ),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// A request is being worked on (or waits for the executor).
    armed: bool,
    requested: bool,
    /// The request is part of a transaction that is to outlive it.
    in_transaction: bool,
    /// Until then DuckDB is not interrupted.
    gentle_until: Option<Instant>,
    /// DuckDB does what must not end half-way.
    held: bool,
    /// The first refusal of the request, and when it was.
    refused: Option<(Refusal, Instant)>,
    /// The process answers for the executor and ends: the executor says nothing any more.
    abandoned: bool,
    /// CPU time of the process at which the request gives way.
    ordinary_until: Option<Duration>,
    /// A request has begun since the last look.
    looked_away: bool,
    /// The thread that looks waits until it is told.
    asleep: bool,
    /// The threads that work on requests have given way; this is the one that takes over, unless
    /// there was no room for it.
    given_way: bool,
    successor: Option<SyncSender<Takeover>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// A copy of `requested` to be read without the lock for each chunk of rows.
    requested: AtomicBool,
}

/// The interrupt of the one request an engine works on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupts(Arc<Shared>);

impl Interrupts {
    /// A new request: interrupts that come from now on are for it.
    pub(crate) fn arm(&self) {
        let mut state = self.lock();
        state.armed = true;
        state.requested = false;
        state.in_transaction = false;
        state.gentle_until = None;
        state.held = false;
        state.refused = None;
        self.0.requested.store(false, Ordering::Release);
    }

    /// The request is part of a transaction: it is stopped between two chunks of rows if it can be.
    pub(crate) fn is_in_transaction(&self) {
        self.lock().in_transaction = true;
    }

    /// The request tried what it may not. A connection is not tried again: the request is
    /// interrupted.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        let mut state = self.lock();
        if !state.armed {
            return;
        }
        if matches!(refusal, Refusal::Network(_)) {
            state.requested = true;
            self.0.requested.store(true, Ordering::Release);
        }
        if state.refused.is_none() {
            state.refused = Some((refusal, Instant::now()));
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// How much CPU time the request has at ordinary priority. Nothing changes when its threads
    /// have given way already.
    pub(crate) fn ordinary_for(&self, cpu_time: Duration) {
        let mut state = self.lock();
        if !state.armed || state.given_way {
            return;
        }
        state.ordinary_until = Some(priority::cpu_time() + cpu_time);
        state.looked_away = true;
        if state.asleep || cpu_time.is_zero() {
            drop(state);
            self.0.changed.notify_all();
        }
    }

    /// The thread that works at ordinary priority on what comes, when the others have given way.
    pub(crate) fn successor(&self) -> Option<SyncSender<Takeover>> {
        let mut state = self.lock();
        let successor = state.successor.take()?;
        state.given_way = false;
        Some(successor)
    }

    /// The supervisor wants the request to end. Without a request this does nothing.
    pub(crate) fn request(&self) {
        let mut state = self.lock();
        if !state.armed {
            return;
        }
        if state.in_transaction && !state.requested {
            state.gentle_until = Some(Instant::now() + GENTLE);
        }
        state.requested = true;
        self.0.requested.store(true, Ordering::Release);
        drop(state);
        self.0.changed.notify_all();
    }

    /// Does what must be done wholly or not at all: DuckDB is interrupted after it. An interrupted
    /// BEGIN, for one, leaves a transaction that nobody knows of.
    pub(crate) fn held<T>(&self, work: impl FnOnce() -> T) -> T {
        self.lock().held = true;
        let done = work();
        self.lock().held = false;
        // The other thread, which asks again after a short while, is not told.
        done
    }

    /// Whether the request is to end.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::Acquire)
    }

    /// From here on DuckDB is not interrupted any more: for the end of a request and what must
    /// be undone before it. Returns what the request tried and may not; that is its outcome then.
    /// Does not return when the process has answered already.
    pub(crate) fn disarm(&self) -> Option<Refusal> {
        let mut state = self.lock();
        while state.abandoned {
            state = self
                .0
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        // Not told to the other thread: where it repeats, it finds out at the next turn.
        state.armed = false;
        state.requested = false;
        state.ordinary_until = None;
        state.refused.as_ref().map(|(refusal, _)| refusal.clone())
    }

    /// Interrupts DuckDB as long as that is requested, and makes requests give way; `succeed`
    /// starts the thread that takes over, and `tell` hears how much of a request is done whenever
    /// that has changed. Returns when a refused request does not end: then it is
    /// for the caller to answer and to end the process.
    pub(crate) fn watch(
        &self,
        interrupter: &Interrupter,
        succeed: impl Fn() -> Option<SyncSender<Takeover>>,
        tell: impl Fn(f64),
    ) -> Refusal {
        let mut told = None;
        let mut state = self.lock();
        loop {
            if state.armed && state.requested {
                if let Some((refusal, since)) = &state.refused
                    && since.elapsed() >= REFUSED_MAX
                {
                    let refusal = refusal.clone();
                    state.abandoned = true;
                    return refusal;
                }
                // Under the lock, so that none comes after `disarm` has returned.
                let gentle = state
                    .gentle_until
                    .is_some_and(|until| Instant::now() < until);
                if !gentle && !state.held {
                    interrupter.interrupt();
                }
                state = self.wait(state, Some(REPEAT));
            } else if state.armed {
                if state
                    .ordinary_until
                    .is_some_and(|limit| priority::cpu_time() >= limit)
                {
                    state.ordinary_until = None;
                    // Without the priority the request goes on as it is.
                    state.given_way = priority::give_way().is_ok();
                    if state.given_way {
                        state.successor = succeed();
                    }
                }
                if std::mem::take(&mut state.looked_away) {
                    told = None;
                }
                state = self.wait(state, Some(LOOK));
                // Under the lock, so that nothing is told after `disarm` has returned.
                let progress = interrupter.progress().filter(|_| state.armed);
                if progress != told {
                    progress.iter().copied().for_each(&tell);
                    told = progress;
                }
            } else if std::mem::take(&mut state.looked_away) {
                // Where one request came, others may: they need not wake this thread.
                state = self.wait(state, Some(LOOK));
            } else {
                state.asleep = true;
                state = self.wait(state, None);
                state.asleep = false;
            }
        }
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        time: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        let changed = &self.0.changed;
        match time {
            Some(time) => {
                changed
                    .wait_timeout(state, time)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
            None => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_at_the_end_of_its_own_request_only() {
        let interrupts = Interrupts::default();
        interrupts.refuse(Refusal::Spilled);
        interrupts.arm();
        assert_eq!(interrupts.disarm(), None);
        interrupts.arm();
        interrupts.refuse(Refusal::Spilled);
        assert!(!interrupts.is_requested(), "a file is an error of its own");
        assert_eq!(interrupts.disarm(), Some(Refusal::Spilled));
        interrupts.arm();
        interrupts.refuse(Refusal::Network(Denied {
            to: "127.0.0.1:1".to_owned(),
            setting: "X",
        }));
        assert!(interrupts.is_requested(), "a connection ends the request");
    }

    #[test]
    fn an_interrupt_without_a_request_is_not_kept_for_the_next_one() {
        let interrupts = Interrupts::default();
        interrupts.request();
        interrupts.arm();
        assert!(!interrupts.is_requested());
        interrupts.request();
        assert!(interrupts.is_requested());
        interrupts.disarm();
        interrupts.arm();
        assert!(!interrupts.is_requested());
    }
}
