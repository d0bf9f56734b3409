//! Engines that nobody uses just now: never-used ones held ready for anybody, and used ones kept
//! warm for their owner. Nothing here waits; the thin code around it does.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::process::{Engine, Owner};

/// What the pool needs to know of an engine; so its rules can be tested without processes.
pub(crate) trait Pooled {
    fn owner(&self) -> Option<&Owner>;
    fn quiet_since(&self) -> Instant;
    /// Bytes of the memory budget that it holds.
    fn granted_bytes(&self) -> u64;
}

impl Pooled for Engine {
    fn owner(&self) -> Option<&Owner> {
        Self::owner(self)
    }

    fn quiet_since(&self) -> Instant {
        Self::quiet_since(self)
    }

    fn granted_bytes(&self) -> u64 {
        Self::granted_bytes(self)
    }
}

#[derive(Debug)]
pub(crate) struct Pool<E = Engine> {
    /// Without owner.
    fresh: Vec<E>,
    /// With owner, the longest idle one in front.
    idle: VecDeque<E>,
    fresh_wanted: usize,
    idle_max: usize,
}

impl<E: Pooled> Pool<E> {
    pub(crate) fn new(fresh_wanted: u32, idle_max: u32) -> Self {
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            fresh: Vec::new(),
            idle: VecDeque::new(),
            fresh_wanted: count(fresh_wanted),
            idle_max: count(idle_max),
        }
    }

    /// The most recently used engine of `owner`, and of nobody else.
    pub(crate) fn take_idle(&mut self, owner: &Owner) -> Option<E> {
        let index = self
            .idle
            .iter()
            .rposition(|engine| engine.owner() == Some(owner))?;
        self.idle.remove(index)
    }

    /// The longest-idle engine of `principal`, whatever its credentials.
    pub(crate) fn take_idle_of(&mut self, principal: &str) -> Option<E> {
        let index = self.idle.iter().position(|engine| {
            engine
                .owner()
                .is_some_and(|owner| *owner.principal == *principal)
        })?;
        self.idle.remove(index)
    }

    pub(crate) fn take_fresh(&mut self) -> Option<E> {
        self.fresh.pop()
    }

    pub(crate) fn wants_fresh(&self) -> bool {
        self.fresh.len() < self.fresh_wanted
    }

    /// Takes a never-used engine; gives it back when there are enough.
    pub(crate) fn put_fresh(&mut self, engine: E) -> Option<E> {
        if engine.owner().is_some() || !self.wants_fresh() {
            return Some(engine);
        }
        self.fresh.push(engine);
        None
    }

    /// Takes an engine that its owner may use again; gives back the one that has to go for it.
    pub(crate) fn put_idle(&mut self, engine: E) -> Option<E> {
        self.idle.push_back(engine);
        if self.idle.len() > self.idle_max {
            self.idle.pop_front()
        } else {
            None
        }
    }

    /// The longest-idle engine that holds more than `floor` bytes.
    pub(crate) fn take_idle_above(&mut self, floor: u64) -> Option<E> {
        let index = self
            .idle
            .iter()
            .position(|engine| engine.granted_bytes() > floor)?;
        self.idle.remove(index)
    }

    /// Takes back an engine that holds `floor` bytes by now. It was idle for longer than all that
    /// hold more.
    pub(crate) fn put_shrunk(&mut self, engine: E, floor: u64) {
        let index = self
            .idle
            .iter()
            .position(|other| other.granted_bytes() > floor)
            .unwrap_or(self.idle.len());
        self.idle.insert(index, engine);
    }

    /// The engine to end when room is needed.
    pub(crate) fn take_longest_idle(&mut self) -> Option<E> {
        self.idle.pop_front()
    }

    /// Engines that have been idle for `idle_max` at `now`.
    pub(crate) fn take_expired(&mut self, now: Instant, idle_max: Duration) -> Vec<E> {
        let mut expired = Vec::new();
        while let Some(engine) = self.idle.front() {
            if now.duration_since(engine.quiet_since()) < idle_max {
                break;
            }
            expired.extend(self.idle.pop_front());
        }
        expired
    }

    /// Engines for which `lives` says no.
    pub(crate) fn take_dead(&mut self, mut lives: impl FnMut(&mut E) -> bool) -> Vec<E> {
        let mut dead: Vec<E> = self.fresh.extract_if(.., |engine| !lives(engine)).collect();
        let mut index = 0;
        while let Some(engine) = self.idle.get_mut(index) {
            if lives(engine) {
                index += 1;
            } else {
                dead.extend(self.idle.remove(index));
            }
        }
        dead
    }

    pub(crate) fn take_all(&mut self) -> Vec<E> {
        self.fresh.drain(..).chain(self.idle.drain(..)).collect()
    }

    pub(crate) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// Never-used engines held ready.
    pub(crate) fn fresh(&self) -> usize {
        self.fresh.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Debug)]
    struct Fake(u32, Option<Owner>, Instant, u64);

    impl Pooled for Fake {
        fn owner(&self) -> Option<&Owner> {
            self.1.as_ref()
        }

        fn quiet_since(&self) -> Instant {
            self.2
        }

        fn granted_bytes(&self) -> u64 {
            self.3
        }
    }

    fn owner(principal: &str, credentials: u8) -> Owner {
        Owner {
            principal: Arc::from(principal),
            user: Arc::from(principal),
            credentials: [credentials; 32],
        }
    }

    fn used(id: u32, owner: Owner) -> Fake {
        Fake(id, Some(owner), Instant::now(), 100)
    }

    #[test]
    fn an_engine_goes_back_only_to_the_same_principal_with_the_same_credentials() {
        let mut pool = Pool::new(1, 9);
        assert!(pool.put_idle(used(1, owner("a", 0))).is_none());
        assert!(pool.put_idle(used(2, owner("a", 1))).is_none());
        assert!(pool.put_idle(used(3, owner("a", 0))).is_none());
        assert!(pool.take_idle(&owner("b", 0)).is_none());
        assert_eq!(
            pool.take_idle(&owner("a", 0)).unwrap().0,
            3,
            "the warmest first"
        );
        assert_eq!(pool.take_idle(&owner("a", 0)).unwrap().0, 1);
        assert!(pool.take_idle(&owner("a", 0)).is_none());
        assert_eq!(pool.take_idle(&owner("a", 1)).unwrap().0, 2);
        assert!(pool.put_idle(used(4, owner("b", 0))).is_none());
        assert!(pool.take_idle_of("a").is_none());
        assert_eq!(pool.take_idle_of("b").unwrap().0, 4);
    }

    #[test]
    fn a_used_engine_is_never_counted_as_fresh() {
        let mut pool = Pool::new(1, 9);
        assert_eq!(pool.put_fresh(used(1, owner("a", 0))).unwrap().0, 1);
        assert!(pool.take_fresh().is_none());
        assert!(pool.put_fresh(Fake(2, None, Instant::now(), 0)).is_none());
        assert_eq!(
            pool.put_fresh(Fake(3, None, Instant::now(), 0)).unwrap().0,
            3,
            "enough"
        );
        assert_eq!(pool.take_fresh().unwrap().0, 2);
    }

    #[test]
    fn the_longest_idle_engines_go_first() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let since = |id, seconds| Fake(id, Some(owner("a", 0)), at(seconds), 100);
        let mut pool = Pool::new(0, 2);
        assert!(pool.put_idle(since(1, 0)).is_none());
        assert!(pool.put_idle(since(2, 40)).is_none());
        assert_eq!(
            pool.put_idle(since(3, 50)).unwrap().0,
            1,
            "no room for three"
        );
        let idle_max = Duration::from_secs(30);
        assert!(pool.take_expired(at(69), idle_max).is_empty());
        let expired = pool.take_expired(at(70), idle_max);
        assert_eq!(
            expired.iter().map(|engine| engine.0).collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(pool.take_dead(|engine| engine.0 != 3).len(), 1);
        assert_eq!(pool.idle(), 0);
    }
    #[test]
    fn engines_are_shrunk_and_then_ended_in_the_order_of_their_idleness() {
        let mut pool = Pool::new(0, 9);
        for id in [1, 2, 3] {
            assert!(pool.put_idle(used(id, owner("a", 0))).is_none());
        }
        for id in [1, 2] {
            let mut engine = pool.take_idle_above(16).unwrap();
            assert_eq!(engine.0, id);
            engine.3 = 16;
            pool.put_shrunk(engine, 16);
        }
        // Somebody used the first again.
        let mut engine = pool.take_longest_idle().unwrap();
        assert_eq!(engine.0, 1);
        engine.3 = 100;
        assert!(pool.put_idle(engine).is_none());
        assert_eq!(pool.take_idle_above(16).unwrap().0, 3);
        let rest: Vec<u32> = pool.take_all().iter().map(|engine| engine.0).collect();
        assert_eq!(rest, [2, 1]);
    }
}
