//! CancelRequest: only the exact key, only the statement that runs.

use crate::support::server::{Tavana, report};
use crate::support::wire::{CancelKey, Next, Out, Wire};
use crate::support::{PATIENCE, eventually, rounds};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tokio::time::Instant;

/// Long, and interruptible at any time.
const LONG: &str =
    "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range";

fn starts_to_run(tavana: &Tavana) {
    let pid = tavana.pid();
    eventually("an engine works", PATIENCE, || {
        crate::support::process::busiest_engine(pid).is_some()
    });
}

#[test]
fn the_exact_key_cancels_the_running_statement() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for _ in 0..3 {
        wire.send(Out::new().query(LONG));
        starts_to_run(&tavana);
        let asked = Instant::now();
        wire.cancel_key.send(tavana.postgres);
        let reply = wire.reply();
        assert_eq!(reply.state(), "57014");
        assert!(
            asked.elapsed() < Duration::from_secs(3),
            "it took {:?}",
            asked.elapsed()
        );
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    }
    let out = Out::new()
        .parse("", LONG, &[])
        .bind("", "", &[])
        .execute("", 0)
        .sync();
    wire.send(out);
    starts_to_run(&tavana);
    wire.cancel_key.send(tavana.postgres);
    assert_eq!(wire.reply().state(), "57014");
}

#[test]
fn a_statement_that_sends_rows_is_cancelled_too() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)"));
    while wire.message().kind != b'D' {}
    let asked = Instant::now();
    wire.cancel_key.send(tavana.postgres);
    let reply = wire.reply();
    assert_eq!(reply.state(), "57014");
    assert!(
        reply.tags().is_empty(),
        "a cancelled result is not complete"
    );
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "it took {:?}",
        asked.elapsed()
    );
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn no_other_key_cancels_anything() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let bystander = Wire::connect(tavana.postgres);
    let key = wire.cancel_key.0.clone();
    wire.send(Out::new().query(LONG));
    starts_to_run(&tavana);
    let mut wrong_secret = key.clone();
    *wrong_secret.last_mut().expect("a key has bytes") ^= 1;
    let mut wrong_process = key.clone();
    wrong_process[3] ^= 1;
    let mut swapped = key[..4].to_vec();
    swapped.extend(&bystander.cancel_key.0[4..]);
    let cases = [
        wrong_secret,
        wrong_process,
        swapped,
        key[..key.len() - 1].to_vec(),
        bystander.cancel_key.0.clone(),
    ];
    for key in cases {
        CancelKey(key).send(tavana.postgres);
    }
    assert_eq!(
        wire.next(Duration::from_millis(500)),
        Next::Silence,
        "it still runs"
    );
    wire.cancel_key.send(tavana.postgres);
    assert_eq!(wire.reply().state(), "57014");
}

#[test]
fn a_cancel_that_comes_too_late_harms_nothing() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for round in 0..50 {
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
        wire.cancel_key.send(tavana.postgres);
        // As PostgreSQL: a cancel that arrives between two statements is for neither.
        let reply = wire.query(format!("SELECT {round}")).ok();
        assert_eq!(reply.value(), Some(round.to_string()));
    }
}

#[test]
fn a_cancelled_block_is_a_failed_block() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.send(Out::new().query(LONG));
    starts_to_run(&tavana);
    wire.cancel_key.send(tavana.postgres);
    let reply = wire.reply();
    assert_eq!((reply.state().as_str(), reply.status()), ("57014", 'E'));
    assert_eq!(wire.query("SELECT 1").state(), "25P02");
    wire.query("ROLLBACK").ok();
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn statement_timeout_ends_a_statement_with_57014() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SET statement_timeout = '1500ms'").ok();
    // A fifth more or less; never sooner, and later only where the machine is busy.
    let mut tries = (0..4).map(|_| {
        let started = Instant::now();
        assert_eq!(wire.query(LONG).state(), "57014");
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(1200), "{took:?}");
        took
    });
    assert!(tries.any(|took| took <= Duration::from_millis(1800)));
    drop(tries);
    assert_eq!(
        wire.query("SHOW statement_timeout").value().as_deref(),
        Some("1500ms")
    );
    wire.query("SET statement_timeout = 0").ok();
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn of_many_racing_cancels_none_hits_another_statement() {
    let tavana = Tavana::start();
    let bystander_to = tavana.postgres;
    // The bystander takes whatever slot the cancelled statements free.
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let bystander = thread::spawn(move || {
        let mut wire = Wire::connect(bystander_to);
        let mut answers = 0_u32;
        while !stopped.load(Ordering::Relaxed) {
            let reply = wire.query("SELECT sum(i) FROM range(100000) t(i)").ok();
            assert_eq!(reply.value().as_deref(), Some("4999950000"));
            answers += 1;
        }
        answers
    });
    let mut wire = Wire::connect(tavana.postgres);
    let (mut cancelled, mut finished) = (0_u32, 0_u32);
    for _ in 0..rounds(20) {
        wire.send(
            Out::new()
                .query("SELECT count(*) FROM range(3000000) a WHERE md5(a.range::VARCHAR) = ''"),
        );
        let cancels: Vec<_> = (0..100)
            .map(|_| {
                let (key, to) = (wire.cancel_key.clone(), tavana.postgres);
                thread::spawn(move || key.send(to))
            })
            .collect();
        match wire.reply().state().as_str() {
            "57014" => cancelled += 1,
            "" => finished += 1,
            other => panic!("{other}"),
        }
        for cancel in cancels {
            cancel.join().expect("a cancel is sent");
        }
        // The server has closed the connections of all of them: none has power over what the
        // session runs now.
        let reply = wire.query("SELECT count(*) FROM range(200000)").ok();
        assert_eq!(reply.value().as_deref(), Some("200000"));
    }
    stop.store(true, Ordering::Relaxed);
    let answers = bystander
        .join()
        .expect("no statement of the bystander was cancelled");
    assert!(cancelled > 0 && answers > 0);
    report(&format!(
        "{cancelled} cancelled, {finished} finished, {answers} beside them"
    ));
}
