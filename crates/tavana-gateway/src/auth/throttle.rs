//! Guessing passwords is slow: after a few misses, an address must wait before it tries a name
//! again.
//!
//! Each (address, name) may miss a few times; a miss is forgotten after [`FORGIVEN_AFTER`].
//! A try takes its place before anything is compared and gives it back when it succeeds, so a
//! pool that connects a hundred times at once is never refused, and a thousand guesses at once
//! are no more than five. The table is bounded: the least used names go first.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a miss counts: five in five minutes.
const FORGIVEN_AFTER: Duration = Duration::from_secs(300);
/// (address, name) pairs that are remembered.
const PAIRS_MAX: u64 = 100_000;

/// Misses by address and name.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// Misses before further tries are refused.
    misses_max: usize,
    pairs: Cache<(IpAddr, String), Arc<Pair>>,
}

#[derive(Debug, Default)]
struct Pair {
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct State {
    misses: VecDeque<Instant>,
    under_way: usize,
    /// Refusals since the last miss that was compared: only the first one is logged.
    refused: u64,
}

/// Too many misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttled {
    /// The first refusal since the last miss: worth a line in the log.
    pub(crate) first: bool,
}

impl Throttle {
    pub(crate) fn new(misses_max: usize) -> Self {
        Self {
            misses_max,
            pairs: Cache::builder()
                .max_capacity(PAIRS_MAX)
                .time_to_idle(FORGIVEN_AFTER)
                .build(),
        }
    }

    /// A place for one try. Waits while other tries of the same pair are under way and could still
    /// fail.
    ///
    /// # Errors
    /// When the pair has missed too often.
    pub(crate) async fn admit(&self, address: IpAddr, name: &str) -> Result<Try, Throttled> {
        let pair = self
            .pairs
            .get_with((network(address), name.to_owned()), Arc::default);
        loop {
            let settled = pair.settled.notified();
            tokio::pin!(settled);
            // From here on no settling is missed.
            settled.as_mut().enable();
            {
                let mut state = pair.lock();
                let misses = state.misses();
                if misses >= self.misses_max {
                    state.refused = state.refused.saturating_add(1);
                    return Err(Throttled {
                        first: state.refused == 1,
                    });
                }
                if misses.saturating_add(state.under_way) < self.misses_max {
                    state.under_way = state.under_way.saturating_add(1);
                    drop(state);
                    return Ok(Try {
                        pair: Arc::clone(&pair),
                        outcome: Outcome::Missed,
                    });
                }
            }
            settled.await;
        }
    }
}

impl Pair {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Those that still count.
    fn misses(&mut self) -> usize {
        while self
            .misses
            .front()
            .is_some_and(|missed| missed.elapsed() >= FORGIVEN_AFTER)
        {
            self.misses.pop_front();
        }
        self.misses.len()
    }
}

/// One try. Dropped, it is a miss, unless it was told otherwise.
#[derive(Debug)]
pub(crate) struct Try {
    pair: Arc<Pair>,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Missed,
    Forgiven,
}

impl Try {
    /// The proof was right.
    pub(crate) fn succeeded(mut self) {
        self.outcome = Outcome::Forgiven;
    }

    /// Nobody compared anything: a provider was away.
    pub(crate) fn undecided(mut self) {
        self.outcome = Outcome::Forgiven;
    }
}

impl Drop for Try {
    fn drop(&mut self) {
        let mut state = self.pair.lock();
        state.under_way = state.under_way.saturating_sub(1);
        if self.outcome == Outcome::Missed {
            state.misses.push_back(Instant::now());
            state.refused = 0;
        }
        drop(state);
        self.pair.settled.notify_waiters();
    }
}

/// An IPv6 client has a whole /64 to itself.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const MISSES_MAX: usize = 5;
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[tokio::test(start_paused = true)]
    async fn the_sixth_try_after_five_misses_is_refused_until_one_is_forgiven() {
        let throttle = Throttle::new(MISSES_MAX);
        for _ in 0..MISSES_MAX {
            drop(throttle.admit(HERE, "ada").await.unwrap());
        }
        assert_eq!(
            throttle.admit(HERE, "ada").await.unwrap_err(),
            Throttled { first: true }
        );
        assert_eq!(
            throttle.admit(HERE, "ada").await.unwrap_err(),
            Throttled { first: false }
        );
        throttle.admit(HERE, "bob").await.unwrap().succeeded();
        throttle.admit(THERE, "ada").await.unwrap().succeeded();
        tokio::time::advance(FORGIVEN_AFTER).await;
        throttle.admit(HERE, "ada").await.unwrap().succeeded();
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_gives_its_place_back() {
        let throttle = Throttle::new(MISSES_MAX);
        for _ in 0..100 {
            throttle.admit(HERE, "ada").await.unwrap().succeeded();
        }
        for _ in 0..100 {
            throttle.admit(HERE, "ada").await.unwrap().undecided();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_guesses_at_once_are_five() {
        let throttle = Arc::new(Throttle::new(MISSES_MAX));
        let guesses = (0..1000).map(|_| {
            let throttle = Arc::clone(&throttle);
            async move {
                match throttle.admit(HERE, "ada").await {
                    Ok(guess) => {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        drop(guess);
                        1
                    }
                    Err(_) => 0,
                }
            }
        });
        let compared: usize = futures::future::join_all(guesses).await.into_iter().sum();
        assert_eq!(compared, MISSES_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_good_logins_at_once_all_pass() {
        let throttle = Arc::new(Throttle::new(MISSES_MAX));
        let logins = (0..100).map(|_| {
            let throttle = Arc::clone(&throttle);
            async move {
                let login = throttle.admit(HERE, "ada").await.expect("admitted");
                tokio::time::sleep(Duration::from_millis(10)).await;
                login.succeeded();
            }
        });
        futures::future::join_all(logins).await;
    }

    #[test]
    fn neighbours_in_a_64_are_one_client() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8:0:1::1"), address("2001:db8::1"));
        assert_eq!(address("::ffff:192.0.2.1"), HERE);
    }
}
