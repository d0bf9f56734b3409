//! What sessions keep of statements: their texts and parameters.
//!
//! A message is read, and then its statement is kept: prepared, bound to a portal, or waiting for a
//! slot with its parameters. A session keeps a little without asking. What is more than that comes
//! out of a store that all sessions of a gateway share and of which each gets a part, so that
//! nobody can make the gateway keep more than it has.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{QueryError, SqlState};

/// What each session keeps without asking, in bytes.
const FREE_BYTES: usize = 1024 * 1024;
/// One session gets so much of the store at most.
const SHARES: usize = 4;

/// The store of a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Store(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bytes_max: usize,
    /// One session gets no more.
    share_max: usize,
    taken: AtomicUsize,
}

impl Store {
    /// A store of `bytes_max`, or of `message_bytes_max` where that is more: a session that keeps
    /// nothing else can keep what the longest message brings.
    pub(crate) fn new(bytes_max: usize, message_bytes_max: usize) -> Self {
        Self(Arc::new(Shared {
            bytes_max: bytes_max.max(message_bytes_max),
            share_max: (bytes_max / SHARES).max(message_bytes_max),
            taken: AtomicUsize::new(0),
        }))
    }

    /// What a new session keeps with.
    pub(crate) fn keeper(&self) -> Keeper {
        Keeper(Arc::new(Own {
            store: self.clone(),
            bytes: Mutex::new(0),
        }))
    }

    fn take(&self, bytes: usize) -> bool {
        let taken = |taken: usize| {
            taken
                .checked_add(bytes)
                .filter(|after| *after <= self.0.bytes_max)
        };
        self.0
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What one session keeps; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Keeper(Arc<Own>);

#[derive(Debug)]
struct Own {
    store: Store,
    bytes: Mutex<usize>,
}

impl Keeper {
    /// Room for `bytes`, until what is returned is dropped.
    ///
    /// # Errors
    /// 53200 when the session, or all of them, would keep too much.
    pub(crate) fn keep(&self, bytes: usize) -> Result<Kept, QueryError> {
        let kept = Kept {
            keeper: self.clone(),
            bytes: AtomicUsize::new(0),
        };
        kept.grow(bytes)?;
        Ok(kept)
    }
}

/// Room that is taken; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Kept {
    keeper: Keeper,
    bytes: AtomicUsize,
}

impl Kept {
    /// Takes room for `bytes` more.
    ///
    /// # Errors
    /// As [`Keeper::keep`]; what was taken before stays.
    pub(crate) fn grow(&self, bytes: usize) -> Result<(), QueryError> {
        let Own { store, bytes: all } = &*self.keeper.0;
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let after = all.saturating_add(bytes);
        if beyond_free(after) > store.0.share_max {
            return Err(too_much("the session keeps"));
        }
        if !store.take(beyond_free(after) - beyond_free(*all)) {
            return Err(too_much("all sessions together keep"));
        }
        *all = after;
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// The same room, not as much.
impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Kept {}

impl Drop for Kept {
    fn drop(&mut self) {
        let released = *self.bytes.get_mut();
        let Own { store, bytes: all } = &*self.keeper.0;
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let after = *all - released;
        store.give_back(beyond_free(*all) - beyond_free(after));
        *all = after;
    }
}

/// What a prepared statement is counted as: its text, and about what else is kept with it.
pub(crate) fn bytes_of_prepared(sql: &str) -> usize {
    sql.len().saturating_add(1024)
}

fn beyond_free(bytes: usize) -> usize {
    bytes.saturating_sub(FREE_BYTES)
}

fn too_much(who: &str) -> QueryError {
    QueryError::new(
        SqlState::OUT_OF_MEMORY,
        format!("{who} too much in prepared statements and bound parameters"),
    )
    .with_hint("Close what is not needed. The setting TAVANA_KEPT_STATEMENTS_MAX_MB bounds it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    fn state(result: Result<Kept, QueryError>) -> SqlState {
        result.expect_err("too much").sqlstate
    }

    #[test]
    fn a_session_keeps_a_little_for_nothing_and_a_quarter_of_the_store() {
        let store = Store::new(40 * MIB, MIB);
        let keeper = store.keeper();
        let all = keeper.keep(11 * MIB).expect("its part");
        assert_eq!(state(keeper.keep(1)), SqlState::OUT_OF_MEMORY);
        drop(all);
        drop(keeper.keep(11 * MIB).expect("it was given back"));
        assert_eq!(store.0.taken.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn sessions_share_the_store_and_none_loses_the_little_that_is_free() {
        let store = Store::new(40 * MIB, MIB);
        let full: Vec<Kept> = (0..4)
            .map(|_| store.keeper().keep(11 * MIB).expect("its part"))
            .collect();
        let late = store.keeper();
        assert_eq!(state(late.keep(MIB + 1)), SqlState::OUT_OF_MEMORY);
        let free = late.keep(MIB).expect("free");
        assert_eq!(
            free.grow(1).expect_err("nothing is left").sqlstate,
            SqlState::OUT_OF_MEMORY
        );
        drop(full);
        free.grow(5 * MIB).expect("there is room again");
        drop(free);
        assert_eq!(store.0.taken.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_longest_message_fits_a_small_store() {
        let store = Store::new(MIB, 64 * MIB);
        drop(store.keeper().keep(65 * MIB).expect("it fits"));
    }
}
