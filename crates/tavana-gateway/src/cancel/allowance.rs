//! How often an address may have other gateways asked. Anybody who reaches the port may send a
//! cancel, and each one for an unknown target becomes a message to every gateway.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::network;

/// Questions at once after a pause, and how soon there is one more.
const BURST: u32 = 100;
const REFILL: Duration = Duration::from_millis(20);
/// Addresses that are told apart. When there are more, those that have asked for nothing lately
/// are forgotten; without any such one, newcomers have to wait.
const ADDRESSES_MAX: usize = 1024;

/// What each address has left.
#[derive(Debug, Default)]
pub(super) struct Allowance(HashMap<IpAddr, Bucket>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u32,
    counted: Instant,
}

impl Bucket {
    fn fill(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.counted);
        let more = since.as_nanos() / REFILL.as_nanos();
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(more).min(BURST);
        self.counted += REFILL.saturating_mul(more);
        if self.left == BURST {
            self.counted = now;
        }
    }
}

impl Allowance {
    /// Takes one question of `address`, if it has one left.
    pub(super) fn take(&mut self, address: IpAddr, now: Instant) -> bool {
        let address = network(address);
        if !self.0.contains_key(&address) && self.0.len() >= ADDRESSES_MAX {
            self.0.retain(|_, bucket| {
                bucket.fill(now);
                bucket.left < BURST
            });
            if self.0.len() >= ADDRESSES_MAX {
                return false;
            }
        }
        let bucket = self.0.entry(address).or_insert(Bucket {
            left: BURST,
            counted: now,
        });
        bucket.fill(now);
        let has_one = bucket.left > 0;
        bucket.left = bucket.left.saturating_sub(1);
        has_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_has_to_wait_and_nobody_else() {
        let mut allowance = Allowance::default();
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let now = Instant::now();
        let asked = (0..BURST * 2).filter(|_| allowance.take(here, now)).count();
        assert_eq!(asked, 100);
        assert!(allowance.take(there, now));
        assert!(!allowance.take(here, now + REFILL / 2));
        assert!(allowance.take(here, now + REFILL));
        assert!(!allowance.take(here, now + REFILL));
        let later = now + Duration::from_secs(3600);
        let asked = (0..BURST * 2)
            .filter(|_| allowance.take(here, later))
            .count();
        assert_eq!(asked, 100);
    }

    #[test]
    fn addresses_are_bounded_and_forgotten() {
        let mut allowance = Allowance::default();
        let now = Instant::now();
        let address = |number: u32| IpAddr::from(number.to_be_bytes());
        let asked = (0..3000)
            .filter(|number| allowance.take(address(*number), now))
            .count();
        assert_eq!((asked, allowance.0.len()), (ADDRESSES_MAX, ADDRESSES_MAX));
        assert!(allowance.take(address(5000), now + REFILL));
    }
}
