//! How much CPU time each principal may use at ordinary priority, and how many engines it may spoil.
//!
//! Statements of one principal that together take more than their share go on at a lower priority:
//! they get what others leave, and all of it when there are no others. Short statements of others
//! then wait for next to nothing. A share is used up by statements in the past too, so that many
//! short ones count like one long one.
//!
//! A statement that spoils its engine (it ran out of memory, it read what is broken) costs a new
//! process, which no priority makes cheaper. Whoever spoils many waits for the next one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a principal that has used nothing has, in CPU seconds for each thread of a statement.
const FULL_PER_THREAD: f64 = 0.5;
/// What it regains, in CPU seconds for each thread and second.
const REGAINED_PER_THREAD: f64 = 0.25;

/// Engines that may be spoiled without a wait.
const SPOILED_MAX: f64 = 10.0;
/// How many of them are forgiven in a second.
const FORGIVEN: f64 = 5.0;
/// Longest wait for an engine in place of a spoiled one.
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// What is left of a share at a time.
#[derive(Debug, Clone, Copy)]
struct Left {
    cpu_seconds: f64,
    /// Engines.
    spoilable: f64,
    at: Instant,
}

/// The shares of all principals.
#[derive(Debug)]
pub(crate) struct Shares {
    threads: f64,
    /// Those that are not full.
    used: Mutex<HashMap<Arc<str>, Left>>,
}

impl Shares {
    /// `threads` is what one statement may use.
    pub(crate) fn new(threads: u32) -> Self {
        Self {
            threads: f64::from(threads),
            used: Mutex::default(),
        }
    }

    /// CPU time that `principal` has at ordinary priority from `now` on.
    pub(crate) fn left(&self, principal: &str, now: Instant) -> Duration {
        let left = self.of(&self.used(), principal, now);
        Duration::from_secs_f64(left.cpu_seconds.max(0.0))
    }

    /// A statement of `principal` has used so much CPU time.
    pub(crate) fn charge(&self, principal: &Arc<str>, cpu_time: Duration, now: Instant) {
        let mut used = self.used();
        let mut left = self.of(&used, principal, now);
        // Nobody owes more than a full share: long ago is forgiven.
        left.cpu_seconds =
            (left.cpu_seconds - cpu_time.as_secs_f64()).max(-self.full(now).cpu_seconds);
        used.insert(Arc::clone(principal), left);
    }

    /// A statement of `principal` has spoiled its engine.
    pub(crate) fn spoil(&self, principal: &Arc<str>, now: Instant) {
        let mut used = self.used();
        let mut left = self.of(&used, principal, now);
        left.spoilable = (left.spoilable - 1.0).max(-SPOILED_MAX);
        used.insert(Arc::clone(principal), left);
    }

    /// How long `principal` is to wait for a new engine.
    pub(crate) fn pause(&self, principal: &str, now: Instant) -> Duration {
        let owed = -self.of(&self.used(), principal, now).spoilable;
        Duration::from_secs_f64((owed / FORGIVEN).max(0.0)).min(PAUSE_MAX)
    }

    /// Forgets the principals whose share is full again.
    pub(crate) fn sweep(&self, now: Instant) {
        let full = self.full(now);
        self.used().retain(|_, left| {
            let left = self.regained(*left, now);
            left.cpu_seconds < full.cpu_seconds || left.spoilable < full.spoilable
        });
    }

    fn of(&self, used: &HashMap<Arc<str>, Left>, principal: &str, now: Instant) -> Left {
        used.get(principal)
            .map_or_else(|| self.full(now), |left| self.regained(*left, now))
    }

    fn full(&self, at: Instant) -> Left {
        Left {
            cpu_seconds: FULL_PER_THREAD * self.threads,
            spoilable: SPOILED_MAX,
            at,
        }
    }

    fn regained(&self, left: Left, now: Instant) -> Left {
        let since = now.saturating_duration_since(left.at).as_secs_f64();
        let full = self.full(now);
        let cpu_seconds = left.cpu_seconds + since * REGAINED_PER_THREAD * self.threads;
        let spoilable = left.spoilable + since * FORGIVEN;
        Left {
            cpu_seconds: cpu_seconds.min(full.cpu_seconds),
            spoilable: spoilable.min(full.spoilable),
            at: now,
        }
    }

    fn used(&self) -> MutexGuard<'_, HashMap<Arc<str>, Left>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_used_up_regained_and_forgotten() {
        let shares = Shares::new(4);
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let ann: Arc<str> = Arc::from("ann");
        let seconds = Duration::from_secs_f64;
        assert_eq!(shares.left("ann", begin), seconds(2.0));
        shares.charge(&ann, seconds(1.5), begin);
        assert_eq!(shares.left("ann", begin), seconds(0.5));
        assert_eq!(
            shares.left("bob", begin),
            seconds(2.0),
            "a share of his own"
        );
        assert_eq!(shares.left("ann", at(1)), seconds(1.5));
        assert_eq!(
            shares.left("ann", at(9)),
            seconds(2.0),
            "never more than full"
        );

        shares.charge(&ann, seconds(100.0), at(9));
        assert_eq!(shares.left("ann", at(10)), Duration::ZERO);
        assert_eq!(
            shares.left("ann", at(13)),
            seconds(2.0),
            "owes one share at most"
        );
        shares.sweep(at(12));
        assert_eq!(shares.used().len(), 1);
        shares.sweep(at(13));
        assert_eq!(shares.used().len(), 0);
    }
    #[test]
    fn who_spoils_many_engines_waits_for_the_next() {
        let shares = Shares::new(1);
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let ann: Arc<str> = Arc::from("ann");
        for _ in 0..10 {
            shares.spoil(&ann, begin);
        }
        assert_eq!(shares.pause("ann", begin), Duration::ZERO);
        shares.spoil(&ann, begin);
        assert_eq!(shares.pause("ann", begin), Duration::from_millis(200));
        assert_eq!(shares.pause("bob", begin), Duration::ZERO);
        assert_eq!(shares.pause("ann", at(200)), Duration::ZERO);
        for _ in 0..100 {
            shares.spoil(&ann, at(200));
        }
        assert_eq!(shares.pause("ann", at(200)), PAUSE_MAX);
        shares.sweep(at(2200));
        assert_eq!(shares.pause("ann", at(2200)), Duration::ZERO);
        assert_eq!(shares.used().len(), 1, "not yet forgotten");
        shares.sweep(at(4200));
        assert_eq!(shares.used().len(), 0);
    }
}
