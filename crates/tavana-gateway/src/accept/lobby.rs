//! Connections that have not logged in yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// A bounded number of places; whoever has been in longest leaves when somebody new comes and
/// there is none.
#[derive(Clone, Debug)]
pub(crate) struct Lobby {
    places: usize,
    guests: Arc<Mutex<Guests>>,
}

#[derive(Debug, Default)]
struct Guests {
    next: u64,
    /// By arrival, the oldest first.
    waiting: BTreeMap<u64, CancellationToken>,
}

/// A place in the lobby, given back when dropped.
#[derive(Debug)]
pub(crate) struct Guest {
    number: u64,
    evicted: CancellationToken,
    lobby: Lobby,
}

impl Lobby {
    pub(crate) fn new(places: usize) -> Self {
        Self {
            places,
            guests: Arc::default(),
        }
    }

    /// A place. There always is one.
    pub(crate) fn enter(&self) -> Guest {
        let evicted = CancellationToken::new();
        let mut guests = self.lock();
        let number = guests.next;
        guests.next += 1;
        guests.waiting.insert(number, evicted.clone());
        let oldest = if guests.waiting.len() > self.places {
            guests.waiting.pop_first()
        } else {
            None
        };
        drop(guests);
        if let Some((_, oldest)) = oldest {
            oldest.cancel();
        }
        Guest {
            number,
            evicted,
            lobby: self.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Cancelled when the place is needed for somebody else.
    pub(crate) fn evicted(&self) -> &CancellationToken {
        &self.evicted
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.lobby.lock().waiting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_who_has_waited_longest_makes_room() {
        let lobby = Lobby::new(2);
        let (first, second) = (lobby.enter(), lobby.enter());
        assert!(!first.evicted().is_cancelled());
        let third = lobby.enter();
        assert!(first.evicted().is_cancelled());
        assert!(!second.evicted().is_cancelled() && !third.evicted().is_cancelled());
        drop(second);
        let fourth = lobby.enter();
        assert!(!third.evicted().is_cancelled() && !fourth.evicted().is_cancelled());
        drop((first, third, fourth));
        assert!(lobby.lock().waiting.is_empty());
    }
}
