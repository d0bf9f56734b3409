//! Connections that have not logged in yet.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::auth::network;

/// A bounded number of places. When somebody comes and there is none, the one leaves who has been
/// in longest of the address that has taken the most: whoever crowds the lobby crowds out himself.
#[derive(Clone, Debug)]
pub(crate) struct Lobby {
    places: usize,
    guests: Arc<Mutex<Guests>>,
}

#[derive(Debug, Default)]
struct Guests {
    next: u64,
    /// By arrival, the oldest first.
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    address: IpAddr,
    evicted: CancellationToken,
}

impl Guests {
    /// Who has to leave next.
    fn oldest_of_the_most(&self) -> Option<u64> {
        let mut taken: HashMap<IpAddr, usize> = HashMap::new();
        for waiting in self.waiting.values() {
            *taken.entry(waiting.address).or_default() += 1;
        }
        let most = taken.values().max()?;
        self.waiting
            .iter()
            .find(|(_, waiting)| taken.get(&waiting.address) == Some(most))
            .map(|(number, _)| *number)
    }
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
    pub(crate) fn enter(&self, address: IpAddr) -> Guest {
        let evicted = CancellationToken::new();
        let mut guests = self.lock();
        let leaving = if guests.waiting.len() >= self.places {
            let number = guests.oldest_of_the_most();
            number.and_then(|number| guests.waiting.remove(&number))
        } else {
            None
        };
        let number = guests.next;
        guests.next += 1;
        let waiting = Waiting {
            address: network(address),
            evicted: evicted.clone(),
        };
        guests.waiting.insert(number, waiting);
        drop(guests);
        if let Some(leaving) = leaving {
            leaving.evicted.cancel();
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

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_one_who_has_waited_longest_makes_room() {
        let lobby = Lobby::new(2);
        let enter = || lobby.enter(address(1));
        let (first, second) = (enter(), enter());
        assert!(!first.evicted().is_cancelled());
        let third = enter();
        assert!(first.evicted().is_cancelled());
        assert!(!second.evicted().is_cancelled() && !third.evicted().is_cancelled());
        drop(second);
        let fourth = enter();
        assert!(!third.evicted().is_cancelled() && !fourth.evicted().is_cancelled());
        drop((first, third, fourth));
        assert!(lobby.lock().waiting.is_empty());
    }

    #[test]
    fn a_crowd_from_one_address_evicts_nobody_else() {
        let lobby = Lobby::new(3);
        let honest = lobby.enter(address(1));
        let crowd: Vec<Guest> = (0..100).map(|_| lobby.enter(address(2))).collect();
        assert!(!honest.evicted().is_cancelled());
        let stay = crowd.iter().filter(|one| !one.evicted().is_cancelled());
        assert_eq!(stay.count(), 2);
    }

    #[test]
    fn a_crowd_from_one_network_of_ipv6_is_one_crowd() {
        let lobby = Lobby::new(3);
        let honest = lobby.enter(address(1));
        let crowd: Vec<Guest> = (0..100_u16)
            .map(|last| lobby.enter(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last])))
            .collect();
        assert!(!honest.evicted().is_cancelled());
        assert!(crowd.iter().any(|one| one.evicted().is_cancelled()));
    }
}
