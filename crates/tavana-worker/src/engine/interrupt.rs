//! Stopping a request from outside of the thread that works on it.
//!
//! DuckDB clears its own interrupt flag whenever a query starts, so one call may come too early
//! and be lost. Here an interrupt stays requested until the request has ended: the executor asks
//! between its steps, and a thread repeats the call to DuckDB until then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ffi::Interrupter;

/// Time between two calls to DuckDB while a request does not end.
const REPEAT: Duration = Duration::from_millis(10);

#[derive(Debug, Default)]
struct State {
    /// A request is being worked on (or waits for the executor).
    armed: bool,
    requested: bool,
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
        self.0.requested.store(false, Ordering::Release);
    }

    /// The supervisor wants the request to end. Without a request this does nothing.
    pub(crate) fn request(&self) {
        let mut state = self.lock();
        if !state.armed {
            return;
        }
        state.requested = true;
        self.0.requested.store(true, Ordering::Release);
        drop(state);
        self.0.changed.notify_all();
    }

    /// Whether the request is to end.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::Acquire)
    }

    /// From here on DuckDB is not interrupted any more: for the end of a request and what must
    /// be undone before it.
    pub(crate) fn disarm(&self) {
        let mut state = self.lock();
        // Not told to the other thread: where it repeats, it finds out at the next turn.
        state.armed = false;
        state.requested = false;
    }

    /// Interrupts DuckDB as long as that is requested. Runs until the process ends.
    pub(crate) fn repeat(&self, interrupter: &Interrupter) {
        let mut state = self.lock();
        loop {
            if state.armed && state.requested {
                // Under the lock, so that none comes after `disarm` has returned.
                interrupter.interrupt();
                state = self
                    .0
                    .changed
                    .wait_timeout(state, REPEAT)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            } else {
                state = self
                    .0
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
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
