//! More statements than there are slots: who runs, who waits, who is refused.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::routing::{ENDLESS, begin};
use crate::support::server::{Start, Tavana, metric, report};
use crate::support::wire::Wire;
use crate::support::{PATIENCE, eventually, pause, rounds};

fn waits_for(tavana: &Tavana, name: &str, value: &str) {
    eventually(&format!("{name} is {value}"), PATIENCE, || {
        metric(tavana.http, name) == value
    });
}

fn running(tavana: &Tavana, count: &str) {
    waits_for(tavana, "tavana_queue_running", count);
}

fn waiting(tavana: &Tavana, count: &str) {
    waits_for(tavana, "tavana_queue_waiting", count);
}

#[test]
fn a_user_with_a_hundred_endless_statements_keeps_nobody_else_from_a_slot() {
    let _alone = crate::alone();
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "4").run();
    let hogs: Vec<Wire> = (0..100)
        .map(|_| begin(tavana.postgres, "hog", ENDLESS))
        .collect();
    running(&tavana, "3");
    waiting(&tavana, "97");
    let others: Vec<_> = (0..10)
        .map(|number| {
            let to = tavana.postgres;
            std::thread::spawn(move || {
                let mut wire = Wire::connect_as(to, &[("user", &format!("user{number}"))]);
                let began = Instant::now();
                let reply = wire.query("SELECT count(*) FROM range(100000)").ok();
                assert_eq!(reply.value().as_deref(), Some("100000"));
                began.elapsed()
            })
        })
        .collect();
    for other in others {
        let took = other.join().expect("an answer");
        assert!(took < Duration::from_secs(5), "a slot after {took:?}");
    }
    for hog in hogs {
        hog.vanish();
    }
    running(&tavana, "0");
    waiting(&tavana, "0");
}

#[test]
fn short_statements_do_not_wait_behind_long_ones_of_the_same_user() {
    let _alone = crate::alone();
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "4").run();
    let mut wire = Wire::connect(tavana.postgres);
    let brief = |rows: u32| format!("SELECT sum(i) FROM range({rows}) t(i)");
    wire.query(brief(1000)).ok();
    let long: Vec<Wire> = (0..8)
        .map(|_| begin(tavana.postgres, "tester", ENDLESS))
        .collect();
    running(&tavana, "3");
    waiting(&tavana, "5");
    for rows in 1..20 {
        wire.query(brief(rows)).ok();
    }
    for wire in long {
        wire.vanish();
    }
    running(&tavana, "0");
}

#[test]
fn statements_of_one_user_run_in_the_order_in_which_they_came() {
    let _alone = crate::alone();
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "1").run();
    let first = begin(tavana.postgres, "tester", ENDLESS);
    running(&tavana, "1");
    let line: Vec<_> = (1..=10)
        .map(|number| {
            // Its transaction begins when it runs.
            let sql = "SELECT epoch_us(now()) FROM range(1)";
            let mut wire = begin(tavana.postgres, "tester", sql);
            waiting(&tavana, &number.to_string());
            std::thread::spawn(move || {
                let began = wire.reply().ok().value().expect("a number");
                began.parse::<u64>().expect("a number")
            })
        })
        .collect();
    first.vanish();
    let begun: Vec<u64> = line
        .into_iter()
        .map(|one| one.join().expect("an answer"))
        .collect();
    assert!(begun.is_sorted(), "{begun:?}");
}

#[test]
fn who_waits_long_hears_its_position_and_sees_its_own_rows_of_the_queue() {
    let _alone = crate::alone();
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "4").run();
    let mut wires: Vec<Wire> = (0..4)
        .map(|_| begin(tavana.postgres, "ann", ENDLESS))
        .collect();
    running(&tavana, "3");
    waiting(&tavana, "1");
    let rows = |user: &str| {
        let mut wire = Wire::connect_as(tavana.postgres, &[("user", user)]);
        let sql = "SELECT state, position, lane, wait_seconds >= 0 AND memory_bytes > 0 \
                   AND pid IN (SELECT pid FROM pg_stat_activity) FROM tavana.queue \
                   ORDER BY state, position";
        let rows = wire.query(sql).ok().texts();
        rows.into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect::<Vec<Vec<String>>>()
    };
    let runs = ["running", "", "ordinary", "t"];
    let waits = ["waiting", "1", "ordinary", "t"];
    assert_eq!(rows("ann"), [runs, runs, runs, waits]);
    assert_eq!(rows("bob"), Vec::<Vec<String>>::new(), "nothing of others");
    let heard = |wire: &mut Wire| match wire.next(Duration::from_millis(10)) {
        crate::support::wire::Next::Message(message) if message.kind == b'N' => {
            Some(message.fault().message().to_owned())
        }
        crate::support::wire::Next::Silence => None,
        other => panic!("{other:?}"),
    };
    let mut notices = Vec::new();
    eventually("a notice", PATIENCE, || {
        notices.extend(wires.iter_mut().filter_map(heard));
        !notices.is_empty()
    });
    pause(Duration::from_millis(300));
    notices.extend(wires.iter_mut().filter_map(heard));
    assert_eq!(
        notices,
        ["the statement waits for a free slot, at position 1 of the queue"]
    );
    for wire in wires {
        wire.vanish();
    }
    running(&tavana, "0");
}

#[test]
fn a_full_line_of_one_user_refuses_that_user_at_once_and_nobody_else() {
    let _alone = crate::alone();
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "1")
        .env("TAVANA_QUEUE_LENGTH_MAX", "4")
        .env("TAVANA_QUEUE_LENGTH_PER_PRINCIPAL_MAX", "2")
        .run();
    let mut wires = Vec::new();
    for count in 0..3 {
        wires.push(begin(tavana.postgres, "ann", ENDLESS));
        running(&tavana, "1");
        waiting(&tavana, &count.to_string());
    }
    let refused = |user: &str| {
        let mut wire = Wire::connect_as(tavana.postgres, &[("user", user)]);
        // Of several: the machine may be busy with something else.
        let tries = (0..5).map(|_| {
            let began = Instant::now();
            (wire.query(ENDLESS), began.elapsed())
        });
        let (reply, took) = tries.min_by_key(|(_, took)| *took).expect("five");
        (reply.state(), reply.faults()[0].message().to_owned(), took)
    };
    let (state, message, took) = refused("ann");
    assert_eq!(state, "53300");
    assert_eq!(message, "too many statements of this user are waiting");
    assert!(took < Duration::from_millis(50), "refused after {took:?}");
    for count in ["3", "4"] {
        wires.push(begin(tavana.postgres, "bob", ENDLESS));
        waiting(&tavana, count);
    }
    let (state, message, took) = refused("eve");
    assert_eq!(
        (state.as_str(), message.as_str()),
        ("53300", "too many statements are waiting")
    );
    assert!(took < Duration::from_millis(50), "refused after {took:?}");
    for wire in wires {
        wire.vanish();
    }
    running(&tavana, "0");
    waiting(&tavana, "0");
}

/// What came of a load: how many answers, and how long each refusal took.
#[derive(Debug, Default)]
struct Outcome {
    answers: u32,
    refusals: Vec<Duration>,
    others: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.refusals.extend(other.refusals);
        self.others.extend(other.others);
    }
}

/// As many sessions ask again and again for a while; who is refused does so once in `each`.
fn load(to: SocketAddr, sessions: u32, each: Duration, time: Duration) -> Outcome {
    let stop = Arc::new(AtomicBool::new(false));
    let wires: Vec<Wire> = (0..sessions)
        .map(|number| Wire::connect_as(to, &[("user", &format!("user{}", number % 4))]))
        .collect();
    let threads: Vec<_> = wires
        .into_iter()
        .map(|mut wire| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let mut outcome = Outcome::default();
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let reply = wire.query("SELECT sum(i % 7) FROM range(8000000) t(i)");
                    let took = began.elapsed();
                    match reply.faults().first() {
                        None if stop.load(Ordering::Relaxed) => {}
                        None => outcome.answers += 1,
                        Some(fault) if fault.state() == "53300" => {
                            outcome.refusals.push(took);
                            pause(each.saturating_sub(took));
                        }
                        Some(fault) => outcome.others.push(format!("{fault:?}")),
                    }
                }
                outcome
            })
        })
        .collect();
    pause(time);
    stop.store(true, Ordering::Relaxed);
    let mut all = Outcome::default();
    for thread in threads {
        all.add(thread.join().expect("no panic"));
    }
    all
}

#[test]
fn ten_times_as_many_statements_as_can_run_cost_hardly_any_answers() {
    let _alone = crate::alone();
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "2")
        .env("THREADS", "1")
        .env("TAVANA_QUEUE_LENGTH_MAX", "8")
        .run();
    let time = Duration::from_secs(1);
    let each = Duration::from_millis(250);
    let to = tavana.postgres;
    load(to, 4, each, time);
    // The clients are many, too, and use the same processors: how close it comes is for a quiet
    // machine and many rounds.
    let of_ten = if rounds(0) > 0 { 9 } else { 5 };
    let (mut most, mut over) = (Outcome::default(), Outcome::default());
    let mut slowest_return = Duration::ZERO;
    // By turns, so that what else the machine does counts for both.
    for _ in 0..rounds(3) {
        let before = load(to, 4, each, time);
        let wanted = before.answers;
        most.add(before);
        std::thread::scope(|scope| {
            let loading = scope.spawn(|| load(to, 40, each, time));
            while !loading.is_finished() {
                let waiting = metric(tavana.http, "tavana_queue_waiting");
                let waiting: u32 = waiting.parse().expect("a number");
                assert!(waiting <= 8, "{waiting} wait");
                pause(Duration::from_millis(20));
            }
            over.add(loading.join().expect("no panic"));
        });
        // Normal is when as many are answered in a second as before.
        let ended = Instant::now();
        eventually("answers come as before", PATIENCE, || {
            let began = ended.elapsed();
            let after = load(to, 4, each, time);
            let normal = after.answers * 10 >= wanted * of_ten;
            report(&format!(
                "{} answers in a second, {wanted} before",
                after.answers
            ));
            if normal {
                slowest_return = slowest_return.max(began);
            }
            normal
        });
    }
    assert!(most.others.is_empty() && over.others.is_empty(), "{over:?}");
    over.refusals.sort();
    let late = over.refusals[over.refusals.len() * 95 / 100];
    report(&format!(
        "{} answers at most, {} of too many statements: {} %; {} refusals, 95 % of them within \
         {late:?}; normal {slowest_return:?} after it at the latest",
        most.answers,
        over.answers,
        over.answers * 100 / most.answers,
        over.refusals.len(),
    ));
    assert!(
        over.answers * 10 >= most.answers * of_ten,
        "{} of {}",
        over.answers,
        most.answers
    );
    assert!(late <= Duration::from_millis(50), "refused after {late:?}");
    assert!(
        slowest_return <= Duration::from_secs(10),
        "normal after {slowest_return:?}"
    );
    waiting(&tavana, "0");
}

#[test]
fn a_statement_that_ran_out_of_memory_has_twice_as_much_the_next_time() {
    let _alone = crate::alone();
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "4")
        .env("MAX_MEMORY_GB", "2")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    // A list cannot be spilled; this one has 264 MB, and more than twice as much while it grows.
    let list = |rows: u32| format!("SELECT length(list(i)) FROM range({rows}) t(i)");
    let states: Vec<String> = (0..3)
        .map(|number| wire.query(list(33_000_000 + number)).state())
        .collect();
    assert_eq!(states, ["53200", "", ""]);
    let most = metric(tavana.http, "tavana_worker_memory_bytes");
    assert_eq!(most, (2_u64 << 30).to_string());
    // Another statement has what a slot has, as before.
    assert_eq!(
        wire.query("SELECT length(list(j)) FROM range(33000000) t(j)")
            .state(),
        "53200"
    );
}
