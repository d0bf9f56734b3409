//! Which worker is chosen: pure, from what is known of each.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// What routing knows of a worker.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) state: State,
    /// Whose word it is; `None` while it cannot be reached.
    pub(super) id: Option<Arc<str>>,
    pub(super) slots: usize,
    /// Of these, the reserved ones.
    pub(super) reserved: usize,
    /// Statements that run there, and those that have come and do not run yet.
    pub(super) running: usize,
    /// Of these, the statements of this gateway.
    pub(super) own: usize,
    /// What all of its statements may use.
    pub(super) memory_bytes: u64,
    /// What those use that run.
    pub(super) memory_running_bytes: u64,
    /// Statements that this gateway has sent there.
    pub(super) sent: u64,
}

/// Whether a worker takes statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// It has spoken a moment ago.
    Lively,
    /// It should have spoken by now, or statements do not reach it: only when there is nobody else.
    Quiet,
    /// It cannot be reached, drains, or is no longer among the workers.
    Away,
}

/// What is to be placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Equal for statements that read the same files and tables.
    pub(crate) sources: Option<u64>,
    /// Memory that the statement needs; 0 = what a slot has.
    pub(crate) memory_bytes: u64,
}

impl Load {
    /// Whether it would say that it has room.
    pub(super) fn has_room(&self, wish: &Wish) -> bool {
        let memory = self.memory_running_bytes.saturating_add(wish.memory_bytes);
        // Alone, a statement has what there is.
        self.running < self.slots && (self.running == 0 || memory <= self.memory_bytes)
    }

    /// How much of its memory is in use, in tenths: smaller differences say nothing.
    fn memory_tenths(&self) -> u64 {
        let tenths = self.memory_running_bytes.saturating_mul(10);
        tenths.checked_div(self.memory_bytes).unwrap_or(0)
    }

    /// The same for the same sources, as long as the worker lives: files that it has read are warm
    /// there. The largest of all workers' wins, so that only a share of the files moves when a
    /// worker comes or goes.
    fn warmth(&self, sources: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (sources, &self.id).hash(&mut hasher);
        hasher.finish()
    }
}

/// The worker with room that has the smallest share of its slots and memory taken; of equals, the
/// one where the sources are warm, or which was sent the fewest statements.
pub(super) fn least_loaded(loads: &[Load], wish: &Wish) -> Option<usize> {
    takers(loads)
        .filter(|(_, load)| load.slots > 0)
        // a/b < c/d compared as a*d < c*b: whole numbers, no rounding.
        .min_by(|(_, left), (_, right)| {
            left.state
                .cmp(&right.state)
                .then(right.has_room(wish).cmp(&left.has_room(wish)))
                .then((left.running * right.slots).cmp(&(right.running * left.slots)))
                .then(left.memory_tenths().cmp(&right.memory_tenths()))
                .then_with(|| match wish.sources {
                    Some(sources) => right.warmth(sources).cmp(&left.warmth(sources)),
                    None => left.sent.cmp(&right.sent),
                })
        })
        .map(|(at, _)| at)
}

/// How many statements of this gateway may run at once: what the workers take, and what still runs
/// where nothing new is taken, which must not keep the slots of the others from being used.
pub(super) fn capacity(loads: &[Load]) -> usize {
    let taken: usize = takers(loads).map(|(_, load)| load.slots).sum();
    let away = loads.iter().filter(|load| load.state == State::Away);
    taken + away.map(|load| load.own).sum::<usize>()
}

/// Of the slots, those that are not for everybody.
pub(super) fn reserved(loads: &[Load]) -> usize {
    takers(loads).map(|(_, load)| load.reserved).sum()
}

/// What all statements may use together. What runs where nothing new is taken counts with what a
/// slot has elsewhere, as it counts as a slot.
pub(super) fn memory_bytes(loads: &[Load]) -> u64 {
    let (slots, bytes) = takers(loads).fold((0, 0), |(slots, bytes), (_, load)| {
        (slots + load.slots, load.memory_bytes.saturating_add(bytes))
    });
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let away = capacity(loads) - slots;
    bytes.saturating_add((bytes / count(slots).max(1)).saturating_mul(count(away)))
}

/// The workers that take statements. One that is reached by two addresses (`localhost` has two on
/// many machines) is one worker.
pub(super) fn takers(loads: &[Load]) -> impl Iterator<Item = (usize, &Load)> {
    loads.iter().enumerate().filter(|(at, load)| {
        let twin = |other: &Load| other.state != State::Away && other.id == load.id;
        load.state != State::Away && !loads.iter().take(*at).any(twin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_WISH: Wish = Wish {
        sources: None,
        memory_bytes: 0,
    };

    fn load(id: &str, running: usize, slots: usize) -> Load {
        Load {
            state: State::Lively,
            id: Some(Arc::from(id)),
            slots,
            reserved: slots / 4,
            running,
            own: running,
            memory_bytes: 0,
            memory_running_bytes: 0,
            sent: 0,
        }
    }

    #[test]
    fn what_runs_on_a_worker_that_drains_takes_no_slot_of_the_others() {
        let draining = Load {
            state: State::Away,
            ..load("a", 3, 4)
        };
        assert_eq!(capacity(&[load("b", 1, 4), draining.clone()]), 7);
        assert_eq!(reserved(&[load("b", 1, 4), draining.clone()]), 1);
        assert_eq!(capacity(std::slice::from_ref(&draining)), 3);
        assert_eq!(
            capacity(&[load("b", 1, 4), load("b", 1, 4)]),
            4,
            "one worker"
        );
        let with_memory = Load {
            memory_bytes: 40,
            ..load("b", 1, 4)
        };
        assert_eq!(memory_bytes(&[with_memory, draining]), 70);
        assert_eq!(memory_bytes(&[]), 0);
    }

    #[test]
    fn the_worker_with_the_smallest_share_taken_is_chosen() {
        let away = Load {
            state: State::Away,
            ..load("away", 0, 8)
        };
        let quiet = Load {
            state: State::Quiet,
            ..load("quiet", 0, 8)
        };
        let (a, b) = (
            |running, slots| load("a", running, slots),
            |running, slots| load("b", running, slots),
        );
        let table: &[(&[Load], Option<usize>)] = &[
            (&[], None),
            (std::slice::from_ref(&away), None),
            (&[a(1, 2), b(1, 4)], Some(1)),
            (&[a(0, 2), b(0, 4)], Some(0)),
            (&[away.clone(), b(9, 4)], Some(1)),
            (&[a(0, 0), b(3, 4)], Some(1)),
            (&[quiet.clone(), b(3, 4)], Some(1)),
            (&[quiet, away.clone()], Some(0)),
        ];
        for (loads, expected) in table {
            assert_eq!(least_loaded(loads, &NO_WISH), *expected, "{loads:?}");
        }
    }

    #[test]
    fn of_equal_workers_the_one_with_more_free_memory_is_chosen_and_one_that_has_room() {
        let with = |id, running, used| Load {
            memory_bytes: 100,
            memory_running_bytes: used,
            ..load(id, running, 4)
        };
        let wish = |memory_bytes| Wish {
            memory_bytes,
            ..NO_WISH
        };
        let both = [with("a", 1, 70), with("b", 1, 20)];
        assert_eq!(least_loaded(&both, &NO_WISH), Some(1));
        let fewer = [with("a", 1, 70), with("b", 2, 20)];
        assert_eq!(least_loaded(&fewer, &wish(30)), Some(0));
        assert_eq!(least_loaded(&fewer, &wish(31)), Some(1));
        assert!(!fewer[0].has_room(&wish(31)));
        assert!(with("a", 0, 0).has_room(&wish(1000)), "alone");
    }

    #[test]
    fn equal_statements_on_idle_workers_are_spread_evenly() {
        let mut loads = [load("a", 0, 20), load("b", 0, 20)];
        for _ in 0..20 {
            let at = least_loaded(&loads, &NO_WISH).expect("both take statements");
            loads[at].running += 1;
            loads[at].sent += 1;
        }
        assert_eq!(
            loads.each_ref().map(|load| load.running),
            [10, 10],
            "at once"
        );
        for load in &mut loads {
            load.running = 0;
        }
        for _ in 0..20 {
            let at = least_loaded(&loads, &NO_WISH).expect("both take statements");
            loads[at].sent += 1;
        }
        assert_eq!(loads.each_ref().map(|load| load.sent), [20, 20], "in turn");
    }

    #[test]
    fn the_same_files_go_to_the_same_worker_unless_it_is_busier() {
        let loads = ["a", "b", "c"].map(|id| load(id, 0, 4));
        let chosen = |loads: &[Load], sources| {
            let wish = Wish {
                sources: Some(sources),
                ..NO_WISH
            };
            least_loaded(loads, &wish).expect("all take statements")
        };
        let mut of_each = [0; 3];
        for sources in 0..300 {
            let at = chosen(&loads, sources);
            of_each[at] += 1;
            let mut busier = loads.clone();
            busier[at].running = 1;
            assert_ne!(chosen(&busier, sources), at, "it overflows");
            let mut others = loads.clone();
            others.reverse();
            assert_eq!(others[chosen(&others, sources)].id, loads[at].id);
            // One that goes moves no files but its own.
            let mut fewer = loads.to_vec();
            let gone = fewer.remove(2);
            if loads[at].id != gone.id {
                assert_eq!(fewer[chosen(&fewer, sources)].id, loads[at].id);
            }
        }
        assert!(of_each.iter().all(|count| *count > 70), "{of_each:?}");
    }

    #[test]
    fn a_worker_with_two_addresses_is_one_worker() {
        let loads = [load("a", 3, 4), load("b", 2, 4), load("a", 0, 4)];
        assert_eq!(least_loaded(&loads, &NO_WISH), Some(1));
        let slots: usize = takers(&loads).map(|(_, load)| load.slots).sum();
        assert_eq!(slots, 8);
    }

    #[test]
    fn when_one_address_of_a_worker_is_away_the_other_is_used() {
        let lost = Load {
            state: State::Away,
            ..load("a", 0, 4)
        };
        assert_eq!(least_loaded(&[lost, load("a", 0, 4)], &NO_WISH), Some(1));
    }
}
