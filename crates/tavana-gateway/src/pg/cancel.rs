//! CancelRequest (PostgreSQL protocol, "Canceling Requests in Progress").

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::session::Canceller;

/// The sessions of this gateway that can be cancelled by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancels(Arc<Mutex<HashMap<i32, Entry>>>);

#[derive(Debug)]
struct Entry {
    secret: i32,
    canceller: Canceller,
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
        let mut entries = self.lock();
        let secret = rand::random();
        let pid = loop {
            let pid = rand::random_range(1..i32::MAX);
            if !entries.contains_key(&pid) {
                break pid;
            }
        };
        entries.insert(pid, Entry { secret, canceller });
        CancelKey {
            pid,
            secret,
            cancels: self.clone(),
        }
    }

    /// Cancels what the session of exactly this key runs now.
    pub(super) fn cancel(&self, pid: i32, secret: i32) {
        if let Some(entry) = self.lock().get(&pid).filter(|entry| entry.secret == secret) {
            entry.canceller.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i32, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CancelKey {
    fn drop(&mut self) {
        self.cancels.lock().remove(&self.pid);
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
        cancels.cancel(key.pid, key.secret.wrapping_add(1));
        cancels.cancel(key.pid.wrapping_add(1), key.secret);
        assert!(!token.is_cancelled());
        cancels.cancel(key.pid, key.secret);
        assert!(token.is_cancelled());
        drop(key);
        assert!(cancels.lock().is_empty());
    }
}
