//! Connections that have logged in, in all and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::auth::network;

/// A bounded number of seats.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    all_max: usize,
    address_max: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A seat, given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    address: IpAddr,
    seats: Seats,
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    All,
    OfAddress,
}

impl Seats {
    pub(crate) fn new(all_max: usize, address_max: usize) -> Self {
        Self {
            all_max,
            address_max,
            taken: Arc::default(),
        }
    }

    /// # Errors
    /// When there is none left, for anybody or for this address.
    pub(crate) fn take(&self, address: IpAddr) -> Result<Seat, Full> {
        let address = network(address);
        let mut taken = self.lock();
        if taken.all >= self.all_max {
            return Err(Full::All);
        }
        let here = taken.by_address.entry(address).or_default();
        if *here >= self.address_max {
            return Err(Full::OfAddress);
        }
        *here += 1;
        taken.all += 1;
        drop(taken);
        Ok(Seat {
            address,
            seats: self.clone(),
        })
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(here) = taken.by_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_in_all_and_by_address_and_come_back() {
        let seats = Seats::new(3, 2);
        let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let (first, _second) = (seats.take(here).unwrap(), seats.take(here).unwrap());
        assert_eq!(seats.take(here).unwrap_err(), Full::OfAddress);
        // The same address, as a socket for both families names it.
        assert_eq!(
            seats.take("::ffff:192.0.2.1".parse().unwrap()).unwrap_err(),
            Full::OfAddress
        );
        let third = seats.take(there).unwrap();
        assert_eq!(seats.take(there).unwrap_err(), Full::All);
        drop((first, third));
        let _again = seats.take(here).unwrap();
        assert_eq!(seats.lock().by_address.len(), 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let seats = Seats::new(9, 1);
        let _first = seats.take("2001:db8::1".parse().unwrap()).unwrap();
        assert_eq!(
            seats.take("2001:db8::ffff:1".parse().unwrap()).unwrap_err(),
            Full::OfAddress
        );
        let _other = seats.take("2001:db8:0:1::1".parse().unwrap()).unwrap();
    }
}
