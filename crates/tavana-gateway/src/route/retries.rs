//! How many statements may be sent a second time: few, so that a cluster in trouble is not asked
//! twice as much. No clock: the time is an argument.

use tokio::time::Instant;

/// One repeated statement costs so much.
const COST: u64 = 1000;
/// What a statement that is sent adds: one in ten may be repeated.
const EARNED: u64 = 100;
/// What a millisecond adds: three in two seconds, however few statements there are.
const EARNED_PER_MILLISECOND: f64 = 1.5;
/// What is kept at most, and at the start: all statements of a worker that dies at once.
const KEPT_MAX: u64 = 100 * COST;

/// A budget of repetitions.
#[derive(Debug)]
pub(super) struct Retries {
    kept: u64,
    at: Instant,
}

impl Retries {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            kept: KEPT_MAX,
            at: now,
        }
    }

    /// A statement is sent for the first time.
    pub(super) fn sent(&mut self) {
        self.kept = (self.kept + EARNED).min(KEPT_MAX);
    }

    /// Whether a statement may be sent once more.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64() * 1000.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and a conversion keeps to the bounds of the type"
        )]
        let earned = (passed * EARNED_PER_MILLISECOND) as u64;
        self.kept = self.kept.saturating_add(earned).min(KEPT_MAX);
        self.at = now;
        let may = self.kept >= COST;
        if may {
            self.kept -= COST;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_statements_of_a_dead_worker_are_repeated_and_few_when_everything_fails() {
        let mut now = Instant::now();
        let mut retries = Retries::new(now);
        assert_eq!((0..200).filter(|_| retries.take(now)).count(), 100);
        let mut repeated = 0_u32;
        let seconds = 60;
        for _ in 0..seconds {
            now += Duration::from_secs(1);
            for _ in 0..50 {
                retries.sent();
                repeated += u32::from(retries.take(now));
            }
        }
        let sent = 50 * seconds;
        assert!(repeated <= sent / 5 + 3 * seconds, "{repeated} of {sent}");
        assert!(repeated >= sent / 10, "{repeated} of {sent}");
        now += Duration::from_secs(3600);
        assert_eq!((0..200).filter(|_| retries.take(now)).count(), 100);
    }
}
