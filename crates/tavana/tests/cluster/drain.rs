//! The end of a process that is told to end, and of all of them in turn.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::ENDLESS;
use crate::load::Load;
use crate::support::cluster::Plan;
use crate::support::flight::Flight;
use crate::support::server::report;
use crate::support::wire::{Message, Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause, rounds};

/// The FATAL error that ends a connection, which nothing follows.
#[track_caller]
fn last_words(messages: &[Message]) -> (String, String) {
    let last = messages.last().expect("it was told something");
    assert_eq!(last.kind, b'E', "{messages:?}");
    let fault = last.fault();
    assert_eq!(fault.fields[&'S'], "FATAL");
    let detail = fault.fields.get(&'D').cloned().unwrap_or_default();
    (fault.state().to_owned(), detail)
}

#[test]
fn all_workers_are_replaced_in_turn_and_no_statement_fails() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(2, 3).start();
    let gateways: Vec<_> = cluster
        .gateways
        .iter()
        .map(|gateway| gateway.postgres)
        .collect();
    let load = Load::start(&gateways, 8);
    load.answers(100);
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds(1) {
        for index in 0..cluster.workers.len() {
            let told = Instant::now();
            cluster.workers[index].process.signal("TERM");
            let status = cluster.workers[index].process.ends(PATIENCE);
            assert!(status.success(), "{status}");
            slowest = slowest.max(told.elapsed());
            cluster.replace_worker(index);
            for gateway in &cluster.gateways {
                gateway.knows(3);
            }
            load.answers(50);
        }
    }
    let account = load.finish();
    report(&format!("a worker took {slowest:?} at most; {account:?}"));
    assert_eq!(account.failures() + account.silent, 0, "{account:?}");
    assert!(account.ended.is_empty(), "{account:?}");
    // They go when they are empty, not at the end of the grace time.
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    assert!(account.slowest < Duration::from_secs(5), "{account:?}");
}

#[test]
fn all_gateways_are_replaced_in_turn_and_sessions_hear_of_it() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(3, 2).start();
    let gateways: Vec<_> = cluster
        .gateways
        .iter()
        .map(|gateway| gateway.postgres)
        .collect();
    let load = Load::start(&gateways, 9);
    load.answers(100);
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds(1) {
        for index in 0..cluster.gateways.len() {
            let told = Instant::now();
            cluster.gateways[index].process.signal("TERM");
            let status = cluster.gateways[index].process.ends(PATIENCE);
            assert!(status.success(), "{status}");
            slowest = slowest.max(told.elapsed());
            // The clients go on elsewhere meanwhile.
            load.answers(50);
            cluster.replace_gateway(index);
            load.answers(50);
        }
    }
    let account = load.finish();
    report(&format!("a gateway took {slowest:?} at most; {account:?}"));
    assert_eq!(account.failures() + account.silent, 0, "{account:?}");
    assert!(
        account.ended.keys().all(|state| state == "57P01"),
        "{account:?}"
    );
    assert!(!account.ended.is_empty(), "{account:?}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    cluster.becomes_idle(PATIENCE);
}

#[test]
fn a_draining_gateway_ends_idle_sessions_and_waits_for_transactions_and_cursors() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).start();
    let gateway = &mut cluster.gateways[0];
    let mut idle = Wire::connect(gateway.postgres);
    idle.query("SELECT 1 FROM range(1)").ok();
    let mut block = Wire::connect(gateway.postgres);
    block.query("BEGIN").ok();
    block.query("CREATE TEMP TABLE t AS SELECT 42 AS i").ok();
    let mut cursor = Wire::connect(gateway.postgres);
    cursor
        .query("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM range(100) t(i); COMMIT")
        .ok();
    let mut running = Wire::connect(gateway.postgres);
    running.send(
        Out::new().query("SELECT count(*) FROM range(3000000) t(i) WHERE md5(i::VARCHAR) >= '0'"),
    );
    eventually("it runs", PATIENCE, || {
        gateway.metric("tavana_queue_running") >= 1.0
    });
    assert_eq!(
        (gateway.says("/ready"), gateway.says("/health")),
        (200, 200)
    );
    gateway.process.signal("TERM");
    let (state, detail) = last_words(&idle.expect_end_of("an idle session"));
    assert_eq!(
        (state.as_str(), detail.as_str()),
        ("57P01", "The server is shutting down.")
    );
    assert_eq!(
        (gateway.says("/ready"), gateway.says("/health")),
        (503, 200)
    );
    let mut late = Wire::dial(gateway.postgres);
    late.send_bytes(&crate::support::wire::startup(
        crate::support::wire::PROTOCOL_3_0,
        &[("user", "late")],
    ));
    assert_eq!(last_words(&late.expect_end()).0, "57P03");
    // What was under way goes on.
    let answer = running.expect_end_of("a statement");
    let row = answer
        .iter()
        .find(|message| message.kind == b'D')
        .expect("its answer");
    assert_eq!(row.row()[0].as_deref(), Some(&b"3000000"[..]));
    assert_eq!(last_words(&answer).0, "57P01");
    assert_eq!(
        block.query("SELECT i FROM t").ok().value().as_deref(),
        Some("42")
    );
    assert_eq!(cursor.query("FETCH 50 FROM c").ok().rows().len(), 50);
    assert!(gateway.process.is_running());
    block.send(Out::new().query("COMMIT"));
    let answer = block.expect_end_of("the end of a transaction");
    assert!(
        answer
            .iter()
            .any(|message| message.kind == b'C' && message.text() == "COMMIT")
    );
    assert_eq!(last_words(&answer).0, "57P01");
    assert!(gateway.process.is_running(), "a cursor is open");
    cursor.send(Out::new().query("CLOSE c"));
    assert_eq!(
        last_words(&cursor.expect_end_of("the last cursor")).0,
        "57P01"
    );
    let ended = Instant::now();
    assert!(gateway.process.ends(PATIENCE).success());
    assert!(
        ended.elapsed() < Duration::from_secs(3),
        "{:?}",
        ended.elapsed()
    );
}

#[test]
fn what_outstays_the_grace_time_is_told_so_and_the_gateway_goes() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).gateway("TAVANA_DRAIN_SECS", "2").start();
    let gateway = &mut cluster.gateways[0];
    let mut running = Wire::connect(gateway.postgres);
    running.send(Out::new().query(ENDLESS));
    let mut block = Wire::connect(gateway.postgres);
    block.query("BEGIN; SELECT 1 FROM range(1)").ok();
    let mut flight = Flight::connect(gateway.flight);
    let info = flight.info(ENDLESS).expect("it is planned");
    let reading = thread::spawn(move || flight.fetch(&info));
    cluster.workers[0].runs(2);
    let gateway = &mut cluster.gateways[0];
    let told = Instant::now();
    gateway.process.signal("TERM");
    for wire in [&mut running, &mut block] {
        assert_eq!(last_words(&wire.expect_end()).0, "57P01");
        let took = told.elapsed();
        let limits = Duration::from_secs(2)..Duration::from_secs(4);
        assert!(limits.contains(&took), "{took:?}");
    }
    let status = reading
        .join()
        .expect("the reader")
        .expect_err("it has no end");
    assert_eq!(status.code(), tonic::Code::Unavailable, "{status}");
    assert!(status.message().contains("terminating"), "{status}");
    assert!(gateway.process.ends(PATIENCE).success());
    let took = told.elapsed();
    assert!(took < Duration::from_secs(7), "{took:?}");
    cluster.becomes_idle(PATIENCE);
}

#[test]
fn a_slow_reader_gets_all_of_its_result_from_a_gateway_that_ends() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).start();
    let gateway = &mut cluster.gateways[0];
    let rows = 20_000;
    let sql = format!("SELECT i, repeat('x', 100) FROM range({rows}) t(i)");
    let mut slow = Wire::connect(gateway.postgres);
    slow.send(Out::new().query(&sql));
    let first = slow.next(PATIENCE);
    assert!(matches!(first, Next::Message(_)), "{first:?}");
    eventually("the worker has sent it all", PATIENCE, || {
        gateway.metric("tavana_queue_running") == 0.0
    });
    gateway.process.signal("TERM");
    eventually("it drains", PATIENCE, || gateway.says("/ready") == 503);
    pause(Duration::from_millis(500));
    // The client does not know yet. What it sends now must not cost it what it has not read.
    slow.send(Out::new().query("SELECT 1"));
    pause(Duration::from_millis(500));
    assert!(gateway.process.is_running(), "it waits for its reader");
    let mut messages = Vec::new();
    let mut got = 0;
    loop {
        match slow.next(PATIENCE) {
            Next::Message(message) if message.kind == b'D' => {
                got += 1;
                if got % 1000 == 0 {
                    pause(Duration::from_millis(50));
                }
            }
            Next::Message(message) => messages.push(message),
            Next::End => break,
            Next::Silence => panic!("neither rows nor an end after {got} rows"),
        }
    }
    assert_eq!(got, rows);
    assert!(
        messages
            .iter()
            .any(|message| message.kind == b'C' && message.text() == format!("SELECT {rows}")),
        "{messages:?}"
    );
    assert_eq!(last_words(&messages).0, "57P01");
    assert!(gateway.process.ends(PATIENCE).success());
}

#[test]
fn a_second_signal_ends_gateways_and_workers_at_once() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).start();
    let mut block = Wire::connect(cluster.gateways[0].postgres);
    block.query("BEGIN; SELECT 1 FROM range(1)").ok();
    let mut running = Wire::connect(cluster.gateways[0].postgres);
    running.send(Out::new().query(ENDLESS));
    cluster.workers[0].runs(1);
    let (gateway, worker) = (&mut cluster.gateways[0], &mut cluster.workers[0]);
    for (process, drains) in [
        (&mut gateway.process, "gateway is draining"),
        (&mut worker.process, "draining"),
    ] {
        process.signal("TERM");
        eventually("it drains", PATIENCE, || process.log().contains(drains));
        assert!(process.is_running());
        let again = Instant::now();
        process.signal("TERM");
        let status = process.ends(PATIENCE);
        assert!(!status.success(), "{status}");
        assert!(
            again.elapsed() < Duration::from_secs(2),
            "{:?}",
            again.elapsed()
        );
    }
}

#[test]
fn a_worker_that_ends_stops_what_outstays_its_grace_time_with_57p01() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 2).worker("TAVANA_DRAIN_SECS", "1").start();
    let mut wire = Wire::connect(cluster.gateways[0].postgres);
    // Rows were sent, so that nobody may run it again.
    wire.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(100000000000) t(i)"));
    while wire.message().kind != b'D' {}
    let runs = |worker: &crate::support::cluster::Worker| {
        worker.status().is_some_and(|status| status.running == 1)
    };
    let index = cluster.workers.iter().position(runs).expect("one runs it");
    let told = Instant::now();
    cluster.workers[index].process.signal("TERM");
    let reply = wire.reply();
    assert_eq!(reply.state(), "57P01");
    let took = told.elapsed();
    let limits = Duration::from_secs(1)..Duration::from_secs(6);
    assert!(limits.contains(&took), "{took:?}");
    assert!(cluster.workers[index].process.ends(PATIENCE).success());
    assert_eq!(
        wire.query("SELECT 1 FROM range(1)").ok().value().as_deref(),
        Some("1")
    );
}

#[test]
fn cursors_that_outlive_transactions_are_opened_elsewhere_when_a_worker_ends() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 2).start();
    let to = cluster.gateways[0].postgres;
    let stop = AtomicBool::new(false);
    let opened = AtomicU64::new(0);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..6)
            .map(|number| {
                let (stop, opened) = (&stop, &opened);
                scope.spawn(move || {
                    let user = format!("user{number}");
                    let mut wire = Wire::connect_as(to, &[("user", &user)]);
                    while !stop.load(Ordering::Relaxed) {
                        wire.query(
                            "DECLARE held CURSOR WITH HOLD FOR SELECT i FROM range(300) t(i)",
                        )
                        .ok();
                        assert_eq!(wire.query("FETCH ALL FROM held").ok().rows().len(), 300);
                        wire.query("CLOSE held").ok();
                        opened.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let more = |wanted: u64| {
            let wanted = opened.load(Ordering::Relaxed) + wanted;
            eventually("cursors are opened", PATIENCE, || {
                opened.load(Ordering::Relaxed) >= wanted
                    || clients.iter().any(|client| client.is_finished())
            });
        };
        for index in [0, 1].repeat(usize::try_from(rounds(2)).expect("few")) {
            more(20);
            cluster.workers[index].process.signal("TERM");
            assert!(cluster.workers[index].process.ends(PATIENCE).success());
            more(20);
            cluster.replace_worker(index);
            cluster.gateways[0].knows(2);
        }
        stop.store(true, Ordering::Relaxed);
    });
    report(&format!("{} cursors", opened.into_inner()));
}
