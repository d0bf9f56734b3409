//! Which worker is chosen: pure, from what is known of each.

use std::sync::Arc;

/// What routing knows of a worker.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) state: State,
    /// Whose word it is; `None` while it cannot be reached.
    pub(super) id: Option<Arc<str>>,
    pub(super) slots: usize,
    pub(super) running: usize,
    /// Of these, the statements of this gateway.
    pub(super) own: usize,
}

/// Whether a worker takes statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// It has spoken a moment ago.
    Lively,
    /// It should have spoken by now: only when there is nobody else.
    Quiet,
    /// It cannot be reached, drains, or is no longer among the workers.
    Away,
}

/// The worker with the smallest share of its slots taken; the first of equals.
pub(super) fn least_loaded(loads: &[Load]) -> Option<usize> {
    takers(loads)
        .filter(|(_, load)| load.slots > 0)
        // a/b < c/d compared as a*d < c*b: whole numbers, no rounding.
        .min_by(|(_, left), (_, right)| {
            left.state
                .cmp(&right.state)
                .then((left.running * right.slots).cmp(&(right.running * left.slots)))
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

    fn load(id: &str, running: usize, slots: usize) -> Load {
        Load {
            state: State::Lively,
            id: Some(Arc::from(id)),
            slots,
            running,
            own: running,
        }
    }

    #[test]
    fn what_runs_on_a_worker_that_drains_takes_no_slot_of_the_others() {
        let draining = Load {
            state: State::Away,
            ..load("a", 3, 4)
        };
        assert_eq!(capacity(&[load("b", 1, 4), draining.clone()]), 7);
        assert_eq!(capacity(&[draining]), 3);
        assert_eq!(
            capacity(&[load("b", 1, 4), load("b", 1, 4)]),
            4,
            "one worker"
        );
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
            assert_eq!(least_loaded(loads), *expected, "{loads:?}");
        }
    }

    #[test]
    fn a_worker_with_two_addresses_is_one_worker() {
        let loads = [load("a", 3, 4), load("b", 2, 4), load("a", 0, 4)];
        assert_eq!(least_loaded(&loads), Some(1));
        let slots: usize = takers(&loads).map(|(_, load)| load.slots).sum();
        assert_eq!(slots, 8);
    }

    #[test]
    fn when_one_address_of_a_worker_is_away_the_other_is_used() {
        let lost = Load {
            state: State::Away,
            ..load("a", 0, 4)
        };
        assert_eq!(least_loaded(&[lost, load("a", 0, 4)]), Some(1));
    }
}
