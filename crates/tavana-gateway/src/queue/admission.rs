//! The queue's decisions. No clock, no channel, no lock: everything it needs is an argument.

use std::collections::VecDeque;

/// A statement's place in the queue; smaller numbers came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u64);

/// What becomes of a statement that asks to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It runs now.
    Runs,
    /// It waits; [`Book::release`] or [`Book::resize`] will name its place.
    Waits(Place),
    /// The queue is full.
    Refused,
}

/// Who runs and who waits.
#[derive(Debug)]
pub(super) struct Book {
    capacity: usize,
    running: usize,
    waiting: VecDeque<Place>,
    waiting_max: usize,
    next: u64,
}

impl Book {
    /// An empty book in which nothing may run yet.
    pub(super) fn new(waiting_max: usize) -> Self {
        Self {
            capacity: 0,
            running: 0,
            waiting: VecDeque::new(),
            waiting_max,
            next: 0,
        }
    }

    /// A statement asks to run.
    pub(super) fn offer(&mut self) -> Admission {
        if self.running < self.capacity && self.waiting.is_empty() {
            self.running += 1;
            return Admission::Runs;
        }
        if self.waiting.len() >= self.waiting_max {
            return Admission::Refused;
        }
        let place = Place(self.next);
        self.next += 1;
        self.waiting.push_back(place);
        Admission::Waits(place)
    }

    /// A running statement ended. Returns the one that may run in its stead: it counts as running.
    pub(super) fn release(&mut self) -> Option<Place> {
        self.running -= 1;
        self.admit_one()
    }

    /// A waiting statement gave up. `false` when it was already let in: then it must release.
    pub(super) fn leave(&mut self, place: Place) -> bool {
        match self.waiting.iter().position(|waiting| *waiting == place) {
            Some(at) => {
                self.waiting.remove(at);
                true
            }
            None => false,
        }
    }

    /// The workers' slots changed. Returns all that may run now: they count as running.
    pub(super) fn resize(&mut self, capacity: usize) -> Vec<Place> {
        self.capacity = capacity;
        std::iter::from_fn(|| self.admit_one()).collect()
    }

    fn admit_one(&mut self) -> Option<Place> {
        if self.running >= self.capacity {
            return None;
        }
        let place = self.waiting.pop_front()?;
        self.running += 1;
        Some(place)
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(capacity: usize, waiting_max: usize) -> Book {
        let mut book = Book::new(waiting_max);
        book.resize(capacity);
        book
    }

    #[test]
    fn who_came_first_runs_first() {
        let mut book = book(1, 10);
        assert_eq!(book.offer(), Admission::Runs);
        let Admission::Waits(first) = book.offer() else {
            panic!("no slot is free")
        };
        let Admission::Waits(second) = book.offer() else {
            panic!("no slot is free")
        };
        assert_eq!(book.release(), Some(first));
        assert_eq!(book.release(), Some(second));
        assert_eq!(book.release(), None);
        assert_eq!(book.running(), 0);
    }

    #[test]
    fn a_full_queue_refuses() {
        let mut book = book(1, 1);
        assert_eq!(book.offer(), Admission::Runs);
        assert!(matches!(book.offer(), Admission::Waits(_)));
        assert_eq!(book.offer(), Admission::Refused);
    }

    #[test]
    fn who_gives_up_leaves_no_trace_and_takes_no_slot() {
        let mut book = book(1, 10);
        assert_eq!(book.offer(), Admission::Runs);
        let Admission::Waits(place) = book.offer() else {
            panic!("no slot is free")
        };
        assert!(book.leave(place));
        assert!(!book.leave(place));
        assert_eq!(book.release(), None);
        assert_eq!((book.running(), book.waiting()), (0, 0));
    }

    #[test]
    fn new_capacity_lets_waiters_in_and_lost_capacity_none() {
        let mut book = book(0, 10);
        let Admission::Waits(first) = book.offer() else {
            panic!("no slot yet")
        };
        let Admission::Waits(second) = book.offer() else {
            panic!("no slot yet")
        };
        assert_eq!(book.resize(1), [first]);
        assert_eq!(book.resize(0), []);
        assert_eq!(book.release(), None);
        assert_eq!(book.resize(2), [second]);
    }

    proptest::proptest! {
        #[test]
        fn never_more_run_than_the_capacity_allows_and_nobody_is_lost(
            steps in proptest::collection::vec(0_u8..4, 0..200)
        ) {
            let mut book = book(2, 5);
            let (mut running, mut waiting) = (0_usize, Vec::new());
            for step in steps {
                match step {
                    0 | 1 => match book.offer() {
                        Admission::Runs => running += 1,
                        Admission::Waits(place) => waiting.push(place),
                        Admission::Refused => assert_eq!(waiting.len(), 5),
                    },
                    2 if running > 0 => match book.release() {
                        Some(place) => waiting.retain(|other| *other != place),
                        None => running -= 1,
                    },
                    3 => if let Some(place) = waiting.pop() { assert!(book.leave(place)) },
                    _ => {}
                }
                assert!(running <= 2);
                assert_eq!((book.running(), book.waiting()), (running, waiting.len()));
            }
        }
    }
}
