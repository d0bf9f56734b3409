//! What statements took when they last ran: the only estimate there is before they run again.
//!
//! Nothing of a statement is kept but a number that stands for it and its principal. Files are not
//! looked at: their footers could be read with the session's own credentials by an engine alone,
//! and an engine that reads them already has the slot that the estimate is for. Nor does the size
//! of a file say what a statement needs, which may spill. So a statement is thought to need what a
//! slot has, until it has run out of that: then twice as much.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use moka::sync::Cache;

use super::admission::Size;

/// What runs for less is short.
pub(super) const SHORT_MAX: Duration = Duration::from_millis(250);
/// Statements that are remembered.
const STATEMENTS_MAX: u64 = 64 * 1024;

/// The past of statements.
#[derive(Debug)]
pub(super) struct History {
    known: Cache<u64, Past>,
    keys: RandomState,
}

/// What is known of one statement of one principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Past {
    took: Duration,
    /// Memory that it needs; 0 = what a slot has.
    bytes: u64,
}

/// How one run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With all of its rows.
    Well,
    /// It failed or was cancelled: it would have taken at least as long.
    Early,
    /// For want of memory.
    OutOfMemory,
}

impl Past {
    pub(super) fn size(self) -> Size {
        if self.took <= SHORT_MAX {
            Size::Short
        } else {
            Size::Ordinary
        }
    }

    pub(super) fn bytes(self) -> u64 {
        self.bytes
    }

    /// What is known after another run, which had `had` bytes of memory. Times of a busy machine are
    /// too long, so a shorter one counts for more than a longer one.
    fn after(before: Option<Self>, took: Duration, had: u64, end: End) -> Option<Self> {
        let bytes = before.map_or(0, |past| past.bytes);
        let at_least = before.map_or(took, |past| past.took.max(took));
        match end {
            End::Well => {
                let took = before.map_or(took, |past| {
                    let parts = if took < past.took { 2 } else { 4 };
                    (past.took * (parts - 1) + took) / parts
                });
                Some(Self { took, bytes })
            }
            End::Early if took > SHORT_MAX => Some(Self {
                took: at_least,
                bytes,
            }),
            End::Early => before,
            End::OutOfMemory => Some(Self {
                took: at_least,
                bytes: bytes.max(had.saturating_mul(2)),
            }),
        }
    }
}

impl History {
    pub(super) fn new() -> Self {
        Self {
            known: Cache::new(STATEMENTS_MAX),
            keys: RandomState::new(),
        }
    }

    pub(super) fn of(&self, principal: &str, statement: u64) -> Option<Past> {
        self.known.get(&self.key(principal, statement))
    }

    /// Notes a run. Returns the statement's size if that has changed.
    pub(super) fn note(
        &self,
        principal: &str,
        statement: u64,
        took: Duration,
        had: u64,
        end: End,
    ) -> Option<Size> {
        let key = self.key(principal, statement);
        let before = self.known.get(&key);
        let after = Past::after(before, took, had, end)?;
        if before != Some(after) {
            self.known.insert(key, after);
        }
        (before.map(Past::size) != Some(after.size())).then(|| after.size())
    }

    fn key(&self, principal: &str, statement: u64) -> u64 {
        self.keys.hash_one((principal, statement))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_short_after_a_short_run_and_for_its_principal_only() {
        let history = History::new();
        assert_eq!(history.of("ann", 1), None);
        let note = || history.note("ann", 1, Duration::from_millis(20), 0, End::Well);
        assert_eq!(note(), Some(Size::Short));
        assert_eq!(note(), None, "nothing new");
        let size = |principal, statement| history.of(principal, statement).map(Past::size);
        assert_eq!(size("ann", 1), Some(Size::Short));
        assert_eq!(size("bob", 1), None);
        assert_eq!(size("ann", 2), None);
    }

    #[test]
    fn times_fall_faster_than_they_rise_and_memory_doubles_when_it_was_too_little() {
        let past = |seconds, bytes| {
            Some(Past {
                took: Duration::from_secs(seconds),
                bytes,
            })
        };
        for (before, seconds, end, after) in [
            (None, 8, End::Well, past(8, 0)),
            (past(8, 5), 4, End::Well, past(6, 5)),
            (past(4, 5), 8, End::Well, past(5, 5)),
            (None, 0, End::Early, None),
            (None, 9, End::Early, past(9, 0)),
            (past(4, 5), 1, End::Early, past(4, 5)),
            (past(4, 0), 1, End::OutOfMemory, past(4, 200)),
            (past(4, 400), 1, End::OutOfMemory, past(4, 400)),
            (None, 1, End::OutOfMemory, past(1, 200)),
        ] {
            let took = Duration::from_secs(seconds);
            assert_eq!(
                Past::after(before, took, 100, end),
                after,
                "{before:?} {seconds} {end:?}"
            );
        }
    }
}
