//! CancelRequest (PostgreSQL protocol, "Canceling Requests in Progress").

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::cancel::Target;
use crate::session::Canceller;

/// The sessions of this gateway that can be cancelled by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancels(Arc<Mutex<Keys>>);

#[derive(Debug, Default)]
struct Keys {
    pids: HashSet<i32>,
    /// By the hash of the key, so that how long looking takes tells nothing of other keys.
    sessions: HashMap<Target, Canceller>,
}

/// A session's key; it stops working when this is dropped.
#[derive(Debug)]
pub(super) struct CancelKey {
    pub(super) pid: i32,
    pub(super) secret: i32,
    cancels: Cancels,
}

impl Cancels {
    /// Gives a session its key: random, so that knowing one says nothing of another.
    pub(super) fn register(&self, canceller: Canceller) -> CancelKey {
        let mut keys = self.lock();
        let secret = rand::random();
        let pid = loop {
            let pid = rand::random_range(1..i32::MAX);
            if keys.pids.insert(pid) {
                break pid;
            }
        };
        keys.sessions.insert(Target::of_key(pid, secret), canceller);
        CancelKey {
            pid,
            secret,
            cancels: self.clone(),
        }
    }

    /// Cancels what the session of exactly this key runs now. Whether it is one of this gateway.
    pub(super) fn cancel(&self, pid: i32, secret: i32) -> bool {
        let round = self.round_of(Target::of_key(pid, secret));
        round.is_some_and(|round| {
            round.cancel();
            true
        })
    }

    /// What a session of this gateway runs now.
    pub(crate) fn round_of(&self, target: Target) -> Option<CancellationToken> {
        self.lock().sessions.get(&target).map(Canceller::current)
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CancelKey {
    fn drop(&mut self) {
        let mut keys = self.cancels.lock();
        keys.pids.remove(&self.pid);
        keys.sessions.remove(&Target::of_key(self.pid, self.secret));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_key_cancels_and_only_while_the_session_lives() {
        let cancels = Cancels::default();
        let canceller = Canceller::default();
        let token = canceller.current();
        let key = cancels.register(canceller);
        assert!(!cancels.cancel(key.pid, key.secret.wrapping_add(1)));
        assert!(!cancels.cancel(key.pid.wrapping_add(1), key.secret));
        assert!(!token.is_cancelled());
        assert!(cancels.cancel(key.pid, key.secret));
        assert!(token.is_cancelled());
        let (pid, secret) = (key.pid, key.secret);
        drop(key);
        assert!(!cancels.cancel(pid, secret));
        let keys = cancels.lock();
        assert!(keys.pids.is_empty() && keys.sessions.is_empty());
    }
}
