use proptest::prelude::*;

use super::*;

const UNBOUNDED: Bounds = Bounds {
    waiting_max: 1000,
    waiting_per_principal_max: 1000,
    running_per_principal_max: 1000,
};

fn capacity(slots: usize, reserved: usize) -> Capacity {
    Capacity {
        slots,
        reserved,
        bytes: 0,
    }
}

fn book(slots: usize, reserved: usize) -> Book {
    let mut book = Book::new(UNBOUNDED);
    book.resize(capacity(slots, reserved));
    book
}

fn want(principal: &str) -> Want {
    Want {
        principal: Arc::from(principal),
        weight: 1,
        statement: 0,
        size: Size::Ordinary,
        needs: Needs::Engine,
        bytes: 0,
    }
}

fn short(principal: &str) -> Want {
    Want {
        size: Size::Short,
        ..want(principal)
    }
}

/// The place of one that must wait.
#[track_caller]
fn waits(book: &mut Book, want: Want) -> Place {
    let (place, admitted) = book.offer(want).expect("there is room to wait");
    assert_eq!(admitted, [], "it waits, and nobody else goes for it");
    place
}

/// The place of one that must run at once.
#[track_caller]
fn runs(book: &mut Book, want: Want) -> Place {
    let (place, admitted) = book.offer(want).expect("there is room");
    assert_eq!(admitted, [place]);
    place
}

#[test]
fn who_came_first_runs_first() {
    let mut book = book(1, 0);
    let mut running = runs(&mut book, want("ann"));
    let line: Vec<Place> = (0..10).map(|_| waits(&mut book, want("ann"))).collect();
    for next in line {
        assert_eq!(book.release(running), [next]);
        running = next;
    }
    assert_eq!(book.release(running), []);
    assert_eq!((book.running(), book.waiting()), (0, 0));
    assert!(book.lines.is_empty() && book.owners.is_empty());
}

#[test]
fn a_full_queue_refuses_and_so_does_the_full_line_of_a_principal() {
    let mut book = Book::new(Bounds {
        waiting_max: 3,
        waiting_per_principal_max: 2,
        ..UNBOUNDED
    });
    for _ in 0..2 {
        waits(&mut book, want("ann"));
    }
    assert_eq!(
        book.offer(want("ann")).map(drop),
        Err(Refusal::FullForPrincipal)
    );
    waits(&mut book, want("bob"));
    assert_eq!(book.offer(want("eve")).map(drop), Err(Refusal::Full));
    assert_eq!(book.waiting(), 3);
    assert_eq!(book.owners.len(), 3, "a refused one leaves nothing behind");
}

#[test]
fn a_principal_with_a_hundred_waiting_is_in_nobodys_way() {
    let mut book = book(2, 0);
    let hog = [runs(&mut book, want("hog")), runs(&mut book, want("hog"))];
    for _ in 0..100 {
        waits(&mut book, want("hog"));
    }
    let others: Vec<Place> = ["a", "b", "c"]
        .map(|user| waits(&mut book, want(user)))
        .into();
    assert_eq!(book.position(others[2]), Some(4), "one of each goes before");
    assert_eq!(book.release(hog[0]), [others[0]]);
    assert_eq!(book.release(hog[1]), [others[1]]);
    assert_eq!(book.release(others[0]), [others[2]]);
}

#[test]
fn of_two_waiting_principals_a_weight_of_three_gets_three_of_four_slots() {
    let heavy = || Want {
        weight: 3,
        ..want("heavy")
    };
    let mut one_slot = book(1, 0);
    let mut running = runs(&mut one_slot, want("first"));
    for _ in 0..40 {
        waits(&mut one_slot, heavy());
        waits(&mut one_slot, want("light"));
    }
    let mut of_heavy = 0;
    for _ in 0..40 {
        running = one_slot.release(running)[0];
        of_heavy += usize::from(&*one_slot.owners[&running] == "heavy");
    }
    assert!((29..=31).contains(&of_heavy), "{of_heavy} of 40, in turn");
    let mut four_slots = Book::new(UNBOUNDED);
    for _ in 0..10 {
        waits(&mut four_slots, want("light"));
        waits(&mut four_slots, heavy());
    }
    let admitted = four_slots.resize(capacity(4, 0));
    let of_heavy = admitted
        .iter()
        .filter(|place| &*four_slots.owners[place] == "heavy");
    assert_eq!(of_heavy.count(), 3, "at once");
}

#[test]
fn a_principal_runs_at_most_as_many_as_it_may() {
    let mut book = Book::new(Bounds {
        running_per_principal_max: 2,
        ..UNBOUNDED
    });
    book.resize(capacity(8, 2));
    let first = runs(&mut book, want("ann"));
    runs(&mut book, want("ann"));
    let third = waits(&mut book, short("ann"));
    runs(&mut book, want("bob"));
    assert_eq!(book.release(first), [third]);
}

#[test]
fn one_principals_long_statements_leave_the_reserved_slots_to_others_and_to_short_ones() {
    let mut book = book(4, 1);
    for _ in 0..3 {
        runs(&mut book, want("hog"));
    }
    let waiting = waits(&mut book, want("hog"));
    let brief = runs(&mut book, short("hog"));
    assert_eq!(book.release(brief), [], "the reserve is not for the hog");
    let newcomer = runs(&mut book, want("ann"));
    let second = waits(&mut book, want("ann"));
    assert_eq!(book.release(newcomer), [second], "nothing else of it runs");
    assert_eq!(book.leave(waiting), Some(vec![]));
}

#[test]
fn where_two_slots_are_reserved_one_is_for_short_statements_alone() {
    let mut book = book(8, 2);
    for _ in 0..6 {
        runs(&mut book, want("hog"));
    }
    runs(&mut book, want("ann"));
    waits(&mut book, want("bob"));
    runs(&mut book, short("eve"));
}

#[test]
fn a_long_statement_leaves_the_reserve_when_a_common_slot_is_free() {
    let mut book = book(4, 1);
    let hog: Vec<Place> = (0..3).map(|_| runs(&mut book, want("hog"))).collect();
    runs(&mut book, want("ann"));
    waits(&mut book, want("hog"));
    assert_eq!(book.release(hog[0]), [], "ann has that slot now");
    assert_eq!(book.in_reserve(), 0);
    runs(&mut book, short("hog"));
}

#[test]
fn short_statements_without_end_do_not_starve_a_long_one() {
    let mut book = book(4, 1);
    let mut running: Vec<Place> = (0..4).map(|_| runs(&mut book, short("ann"))).collect();
    let long = waits(&mut book, want("ann"));
    for _ in 0..8 {
        waits(&mut book, short("ann"));
    }
    let mut released = 0;
    loop {
        let next = book.release(running.remove(0));
        released += 1;
        if next.contains(&long) {
            break;
        }
        running.extend(next);
        waits(&mut book, short("ann"));
        assert!(released < 6, "it waits behind short ones for ever");
    }
}

#[test]
fn what_is_learned_of_a_statement_holds_for_those_that_wait_and_keeps_their_order() {
    let mut book = book(4, 1);
    for _ in 0..3 {
        runs(&mut book, want("ann"));
    }
    let known = |statement| Want {
        statement,
        ..want("ann")
    };
    let _long = waits(&mut book, known(1));
    let first = waits(&mut book, known(2));
    let second = waits(&mut book, known(2));
    assert_eq!(book.learned("ann", 2, Size::Short), [first]);
    assert_eq!(book.release(first), [second]);
    assert_eq!(book.learned("eve", 2, Size::Short), []);
}

#[test]
fn who_is_sent_back_stands_where_it_stood() {
    let mut book = book(1, 0);
    let first = runs(&mut book, want("ann"));
    let second = waits(&mut book, want("ann"));
    assert_eq!(book.back(first), [], "nobody passes who needs the same");
    assert_eq!((book.running(), book.waiting()), (0, 2));
    assert_eq!(book.position(first), Some(1));
    let own = runs(
        &mut book,
        Want {
            needs: Needs::Slot,
            ..want("ann")
        },
    );
    assert_eq!(book.release(own), [], "a session with an engine passed");
    let other = runs(&mut book, want("bob"));
    assert_eq!(book.release(other), []);
    assert_eq!(book.rested(first), [first]);
    assert_eq!(book.back(first), []);
    assert_eq!(book.resize(capacity(2, 0)), [first, second]);
}

#[test]
fn who_is_sent_back_and_gives_up_lets_the_next_one_go() {
    let mut book = book(1, 0);
    let first = runs(&mut book, want("ann"));
    let second = waits(&mut book, want("ann"));
    assert_eq!(book.back(first), []);
    assert_eq!(book.leave(first), Some(vec![second]));
    assert_eq!(book.leave(second), None, "it runs");
}

#[test]
fn three_statements_of_sixty_per_cent_of_the_memory_run_one_at_a_time() {
    let mut book = Book::new(UNBOUNDED);
    let all = Capacity {
        bytes: 100,
        ..capacity(10, 0)
    };
    book.resize(all);
    let large = |bytes| Want {
        bytes,
        ..want("ann")
    };
    let mut running = runs(&mut book, large(60));
    for _ in 0..2 {
        let next = waits(&mut book, large(60));
        assert_eq!(book.release(running), [next]);
        running = next;
    }
    // What a slot has is a tenth here.
    for user in ["bob", "bob", "eve", "eve"] {
        runs(&mut book, want(user));
    }
    waits(&mut book, want("bob"));
    assert_eq!(book.running_bytes, 100);
}

#[test]
fn what_is_larger_than_all_memory_runs_alone() {
    let mut book = Book::new(UNBOUNDED);
    book.resize(Capacity {
        bytes: 100,
        ..capacity(4, 0)
    });
    let huge = runs(
        &mut book,
        Want {
            bytes: 500,
            ..want("ann")
        },
    );
    let next = waits(&mut book, want("bob"));
    assert_eq!(book.release(huge), [next]);
}

#[test]
fn a_large_statement_is_passed_by_a_bounded_number_of_small_ones() {
    let mut book = Book::new(UNBOUNDED);
    book.resize(Capacity {
        bytes: 100,
        ..capacity(10, 0)
    });
    let mut running: Vec<Place> = (0..10).map(|_| runs(&mut book, want("small"))).collect();
    let large = waits(
        &mut book,
        Want {
            bytes: 50,
            ..want("large")
        },
    );
    for _ in 0..100 {
        waits(&mut book, want("small"));
    }
    let mut released = 0;
    loop {
        let next = book.release(running.remove(0));
        released += 1;
        if next.contains(&large) {
            break;
        }
        running.extend(next);
        assert!(released < 30, "it waits behind small ones for ever");
    }
}

#[test]
fn new_capacity_lets_waiters_in_and_lost_capacity_none() {
    let mut book = Book::new(UNBOUNDED);
    let first = waits(&mut book, want("ann"));
    let second = waits(&mut book, want("ann"));
    assert_eq!(book.resize(capacity(1, 0)), [first]);
    assert_eq!(book.resize(capacity(0, 0)), []);
    assert_eq!(book.release(first), []);
    assert_eq!(book.resize(capacity(2, 1)), [second]);
}

/// What may happen to a book.
#[derive(Clone, Debug)]
enum Step {
    Offer { user: u8, short: bool, slot: bool },
    Release(usize),
    Leave(usize),
    Back(usize),
    Rested(usize),
    Resize(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..4, any::<bool>(), any::<bool>())
            .prop_map(|(user, short, slot)| Step::Offer { user, short, slot }),
        3 => any::<usize>().prop_map(Step::Release),
        1 => any::<usize>().prop_map(Step::Leave),
        1 => any::<usize>().prop_map(Step::Back),
        1 => any::<usize>().prop_map(Step::Rested),
        1 => (0_usize..9).prop_map(Step::Resize),
    ]
}

fn nth(places: &BTreeSet<Place>, number: usize) -> Option<Place> {
    let count = places.len().max(1);
    places.iter().nth(number % count).copied()
}

proptest! {
    #[test]
    fn nobody_is_lost_no_bound_is_passed_and_no_slot_is_idle(
        steps in proptest::collection::vec(step(), 0..200)
    ) {
        let bounds = Bounds {
            waiting_max: 8,
            waiting_per_principal_max: 5,
            running_per_principal_max: 3,
        };
        let mut book = Book::new(bounds);
        let mut all = capacity(4, 1);
        book.resize(all);
        let (mut running, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        // Those that wait for a second time had a place before.
        let mut returned = BTreeSet::new();
        for step in steps {
            let before = running.len();
            let admitted = match step {
                Step::Offer { user, short, slot } => {
                    let wanted = Want {
                        principal: Arc::from(format!("user{user}")),
                        weight: u32::from(user) + 1,
                        size: if short { Size::Short } else { Size::Ordinary },
                        needs: if slot { Needs::Slot } else { Needs::Engine },
                        ..want("")
                    };
                    match book.offer(wanted) {
                        Ok((place, admitted)) => {
                            waiting.insert(place);
                            admitted
                        }
                        Err(_) => Vec::new(),
                    }
                }
                Step::Release(number) => match nth(&running, number) {
                    Some(place) => {
                        running.remove(&place);
                        book.release(place)
                    }
                    None => Vec::new(),
                },
                Step::Leave(number) => match nth(&waiting, number) {
                    Some(place) => {
                        waiting.remove(&place);
                        book.leave(place).expect("it waits")
                    }
                    None => Vec::new(),
                },
                Step::Back(number) => match nth(&running, number) {
                    Some(place) => {
                        running.remove(&place);
                        waiting.insert(place);
                        returned.insert(place);
                        book.back(place)
                    }
                    None => Vec::new(),
                },
                Step::Rested(number) => match nth(&waiting, number) {
                    Some(place) => book.rested(place),
                    None => Vec::new(),
                },
                Step::Resize(slots) => {
                    all = capacity(slots, slots / 4);
                    book.resize(all)
                }
            };
            for place in admitted {
                prop_assert!(waiting.remove(&place), "it waited");
                running.insert(place);
            }
            prop_assert_eq!((book.running(), book.waiting()), (running.len(), waiting.len()));
            prop_assert_eq!(book.owners.len(), running.len() + waiting.len());
            prop_assert!(running.len() <= all.slots.max(before), "more than there are slots");
            returned.retain(|place| waiting.contains(place));
            prop_assert!(waiting.len() <= bounds.waiting_max + returned.len(), "a bound on waiting");
            prop_assert!(book.lines.values().all(|line| !line.is_empty()));
            for line in book.lines.values() {
                prop_assert!(line.running.len() <= bounds.running_per_principal_max);
                // Whoever can go in a common slot has gone.
                let idle = book.common_is_free() && book.running < all.slots;
                prop_assert!(!idle || line.head().is_none() || !book.may_have_more(line));
            }
        }
        while let Some(place) = running.pop_first() {
            running.extend(book.release(place));
        }
        for place in std::mem::take(&mut waiting) {
            // It may have been let in above.
            if book.leave(place).is_none() {
                book.release(place);
            }
        }
        prop_assert!(book.lines.is_empty() && book.running() == 0 && book.running_bytes == 0);
    }
}
