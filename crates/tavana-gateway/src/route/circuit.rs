//! Whether statements reach a worker. Status travels on a connection of its own and can go on while
//! the one for statements does not work; then the worker rests, and one statement at a time tries.
//!
//! No clock: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// So many statements in a row that do not reach the worker open the circuit.
const FAILURES_MAX: u32 = 3;
/// How long it is open at first, and at most: it doubles with each try that fails.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));

/// The state of the way to one worker.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    /// In a row, without an answer between them.
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    pause: Duration,
    is_probed: bool,
}

/// What a statement is to the circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Ordinary,
    /// The one that finds out whether the worker can be reached again.
    Probe,
}

impl Circuit {
    /// Whether a statement should go this way now.
    pub(super) fn passes(&self, now: Instant) -> bool {
        self.open
            .as_ref()
            .is_none_or(|open| !open.is_probed && now >= open.until)
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// A statement goes this way, whether it should or there is no other.
    pub(super) fn begin(&mut self, now: Instant) -> Role {
        match &mut self.open {
            Some(open) if !open.is_probed && now >= open.until => {
                open.is_probed = true;
                Role::Probe
            }
            Some(_) | None => Role::Ordinary,
        }
    }

    /// The worker answered, whatever it said. Says whether that closed the circuit.
    pub(super) fn answered(&mut self) -> bool {
        self.failures = 0;
        self.open.take().is_some()
    }

    /// The connection failed under a statement. Says whether that opened the circuit.
    pub(super) fn failed(&mut self, role: Role, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        match &mut self.open {
            Some(open) => {
                if role == Role::Probe {
                    open.pause = (open.pause * 2).min(PAUSE.1);
                    open.until = now + open.pause;
                    open.is_probed = false;
                }
                false
            }
            None if self.failures >= FAILURES_MAX => {
                self.open = Some(Open {
                    until: now + PAUSE.0,
                    pause: PAUSE.0,
                    is_probed: false,
                });
                true
            }
            None => false,
        }
    }

    /// A probe was dropped before it heard anything: the next statement is one.
    pub(super) fn given_up(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_probed = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Circuit {
        let mut circuit = Circuit::default();
        for number in 1..=FAILURES_MAX {
            assert!(circuit.passes(now));
            assert_eq!(circuit.begin(now), Role::Ordinary);
            assert_eq!(circuit.failed(Role::Ordinary, now), number == FAILURES_MAX);
        }
        circuit
    }

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let now = Instant::now();
        let mut circuit = Circuit::default();
        for _ in 0..10 {
            circuit.failed(Role::Ordinary, now);
            circuit.failed(Role::Ordinary, now);
            assert!(!circuit.answered());
        }
        assert!(circuit.passes(now));
        assert!(!opened(now).passes(now));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_one_statement_tries_and_its_answer_closes_it() {
        let now = Instant::now();
        let mut circuit = opened(now);
        let later = now + PAUSE.0;
        assert!(circuit.passes(later));
        assert_eq!(circuit.begin(later), Role::Probe);
        assert!(!circuit.passes(later), "one at a time");
        assert_eq!(circuit.begin(later), Role::Ordinary);
        circuit.given_up();
        assert_eq!(circuit.begin(later), Role::Probe, "nobody knows yet");
        assert!(circuit.answered());
        assert!(circuit.passes(later) && !circuit.is_open());
    }

    #[tokio::test(start_paused = true)]
    async fn each_try_that_fails_doubles_the_pause_up_to_its_bound() {
        let mut now = Instant::now();
        let mut circuit = opened(now);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let mut pause = Duration::ZERO;
            while !circuit.passes(now + pause) {
                pause += Duration::from_millis(100);
            }
            pauses.push(pause.as_millis());
            now += pause;
            let role = circuit.begin(now);
            assert!(!circuit.failed(role, now));
            assert!(!circuit.failed(Role::Ordinary, now), "not for the others");
        }
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000]);
    }
}
