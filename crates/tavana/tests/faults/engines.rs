//! kill -9 of an engine process.

use crate::bystanders::Bystanders;
use crate::support::process;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, rounds};
use std::time::Duration;
use tokio::time::Instant;

/// Enough rows that the kill comes in the middle, few enough to read what is there quickly.
const ROWS: u64 = 50_000_000;

fn start() -> Tavana {
    // The death of an engine is worth a line in the log.
    Start::new().logs("engine").run()
}

/// The engine that runs the statement of the only busy session.
fn busy_engine(tavana: &Tavana) -> u32 {
    let mut found = None;
    eventually("an engine works", PATIENCE, || {
        found = process::busiest_engine(tavana.pid());
        found.is_some()
    });
    found.expect("it was found")
}

/// Reads everything up to ReadyForQuery: rows, states of errors, tags.
fn read_to_ready(wire: &mut Wire) -> (u64, Vec<String>, Vec<String>) {
    let (mut rows, mut states, mut tags) = (0, Vec::new(), Vec::new());
    loop {
        match wire.next(PATIENCE) {
            Next::Message(message) => match message.kind {
                b'D' => rows += 1,
                b'E' => states.push(message.fault().state().to_owned()),
                b'C' => tags.push(message.text()),
                b'Z' => return (rows, states, tags),
                _ => {}
            },
            other => panic!("neither a result nor an error: {other:?} after {rows} rows"),
        }
    }
}

#[test]
fn an_engine_killed_in_mid_result_is_an_error_and_never_a_short_result() {
    let _alone = crate::alone();
    let tavana = start();
    let bystanders = Bystanders::start(tavana.postgres, 2);
    let mut wire = Wire::connect(tavana.postgres);
    // The hash table of the join makes this engine the largest by far: so it is told from those of
    // the bystanders.
    let sql = format!(
        "SELECT i, b.s FROM range({ROWS}) t(i) \
         LEFT JOIN (SELECT j, repeat('x', 100) AS s FROM range(1500000) u(j)) b ON i = -b.j - 1"
    );
    for round in 0..rounds(20) {
        wire.send(Out::new().query(&sql));
        let mut rows = 0_u64;
        while rows <= u64::from(round) * 5_000 {
            if wire.message().kind == b'D' {
                rows += 1;
            }
        }
        let engine = largest_engine(&tavana);
        let killed = Instant::now();
        assert!(process::signal(engine, "KILL"), "engine {engine} was alive");
        let (more, states, tags) = read_to_ready(&mut wire);
        assert!(rows + more < ROWS, "the engine was killed too late");
        assert_eq!(
            states,
            ["57P02"],
            "round {round}: {tags:?} after {} rows",
            rows + more
        );
        assert!(
            tags.is_empty(),
            "round {round}: an incomplete result was called complete"
        );
        assert!(
            killed.elapsed() < PATIENCE,
            "it took {:?}",
            killed.elapsed()
        );
        let started = Instant::now();
        assert_eq!(
            wire.query("SELECT 40 + 2").ok().value().as_deref(),
            Some("42")
        );
        let took = started.elapsed();
        assert!(
            took < Duration::from_secs(3),
            "the next statement took {took:?}"
        );
    }
    bystanders.finish();
}

fn largest_engine(tavana: &Tavana) -> u32 {
    let engines = tavana.engines().into_iter();
    let mut sizes: Vec<(u64, u32)> = engines
        .map(|pid| (process::resident_bytes(pid), pid))
        .collect();
    sizes.sort_unstable();
    let (size, pid) = sizes.pop().expect("there is an engine");
    let next = sizes.pop().map_or(0, |(size, _)| size);
    assert!(
        size > next + (60 << 20),
        "it cannot be told from the others: {size} and {next} bytes"
    );
    pid
}

#[test]
fn an_engine_killed_before_the_first_row_is_made_up_for_or_reported() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    // No row comes before all are counted.
    let sql = "SELECT count(*), max(md5(i::VARCHAR)) > '' FROM range(6000000) t(i)";
    for round in 0..rounds(5) {
        wire.send(Out::new().query(sql));
        let engine = busy_engine(&tavana);
        process::signal(engine, "KILL");
        let (rows, states, tags) = read_to_ready(&mut wire);
        match states.as_slice() {
            // Retried on another engine: then it is the whole answer.
            [] => assert_eq!((rows, tags.as_slice()), (1, &["SELECT 1".to_owned()][..])),
            [state] => assert_eq!((state.as_str(), rows, tags.len()), ("57P02", 0, 0)),
            more => panic!("round {round}: more than one error: {more:?}"),
        }
        assert_eq!(wire.query("SELECT 1").ok().value().as_deref(), Some("1"));
    }
}

#[test]
fn a_write_is_never_repeated_when_its_engine_dies() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i BIGINT)").ok();
    wire.send(Out::new().query(
        "INSERT INTO t SELECT count(*) FROM range(20000000) t(i) WHERE md5(i::VARCHAR) > ''",
    ));
    let engine = busy_engine(&tavana);
    process::signal(engine, "KILL");
    let (_, states, tags) = read_to_ready(&mut wire);
    assert_eq!(states, ["57P02"]);
    assert!(tags.is_empty());
    // The table was the session's own and died with its engine: said clearly, never found empty.
    let reply = wire.query("SELECT count(*) FROM t");
    assert!(
        ["42P01", "57P02"].contains(&reply.state().as_str()),
        "{reply:?}"
    );
    assert_eq!(wire.query("SELECT 1").ok().value().as_deref(), Some("1"));
}

#[test]
fn a_transaction_whose_engine_died_is_failed_until_it_is_ended() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query("CREATE TEMP TABLE t AS SELECT 1 AS i").ok();
    wire.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)"));
    while wire.message().kind != b'D' {}
    let engine = busy_or_waiting(&tavana);
    process::signal(engine, "KILL");
    let reply = wire.reply();
    assert_eq!(reply.state(), "57P02");
    assert_eq!(reply.status(), 'E');
    assert_eq!(wire.query("SELECT 1").state(), "25P02");
    assert_eq!(wire.query("ROLLBACK").ok().status(), 'I');
    assert_eq!(wire.query("SELECT 1").ok().value().as_deref(), Some("1"));
    assert_eq!(
        wire.query("SELECT * FROM t").state(),
        "42P01",
        "never silently empty"
    );
}

/// With one session only: the engine that has used the processor most.
fn busy_or_waiting(tavana: &Tavana) -> u32 {
    let mut engines = tavana.engines();
    engines.sort_by_key(|pid| process::processor_ms(*pid).unwrap_or(0));
    engines.pop().expect("there is an engine")
}

#[test]
fn idle_engines_that_die_are_replaced_without_anybody_noticing() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    for _ in 0..rounds(5) {
        wire.query("SELECT 1 FROM range(1)").ok();
        for engine in tavana.engines() {
            process::signal(engine, "KILL");
        }
        eventually("new engines stand ready", PATIENCE, || {
            !tavana.engines().is_empty()
        });
        let answer = wire.query("SELECT 2 FROM range(1)").ok().value();
        assert_eq!(answer.as_deref(), Some("2"));
    }
}

#[test]
fn the_death_of_the_template_costs_no_session_anything() {
    let _alone = crate::alone();
    // That it is started anew is worth a line in the log.
    let tavana = start();
    let mut idle = Wire::connect_as(tavana.postgres, &[("user", "idle")]);
    idle.query("CREATE TEMP TABLE t AS SELECT 42 AS i").ok();
    let mut busy = Wire::connect_as(tavana.postgres, &[("user", "busy")]);
    busy.send(Out::new().query("SELECT count(md5(i::VARCHAR)) FROM range(3000000) t(i)"));
    busy_engine(&tavana);
    for round in 0..rounds(3) {
        // A dead one is replaced when an engine is needed.
        eventually("it is there", PATIENCE, || {
            process::template(tavana.pid()).is_some()
        });
        let before = process::template(tavana.pid()).expect("it is there");
        assert_eq!(process::threads(before), 1, "a copy has one thread only");
        assert!(process::signal(before, "KILL"));
        eventually("it is dead", PATIENCE, || !process::is_alive(before));
        // Each user has an engine of its own, so that one of them must be new.
        for user in 0..5 {
            let user = format!("user{round}{user}");
            let mut wire = Wire::connect_as(tavana.postgres, &[("user", &user)]);
            let answer = wire.query("SELECT 1 FROM range(1)").ok().value();
            assert_eq!(answer.as_deref(), Some("1"));
        }
        assert_ne!(process::template(tavana.pid()), Some(before));
        assert_eq!(
            idle.query("SELECT i FROM t").ok().value().as_deref(),
            Some("42")
        );
    }
    let (rows, states, _) = read_to_ready(&mut busy);
    assert_eq!((rows, states.len()), (1, 0), "{states:?}");
    // Nobody else would end the engines of a template that is gone.
    let template = process::template(tavana.pid()).expect("it is there");
    let orphans = process::engines(tavana.pid());
    assert!(!orphans.is_empty(), "the idle session has an engine");
    assert!(process::signal(template, "KILL"));
    tavana.stop_by("KILL");
    eventually("the engines are gone", PATIENCE, || {
        !orphans.iter().any(|engine| process::is_alive(*engine))
    });
}

#[test]
fn engines_have_an_empty_environment_and_no_secrets_in_their_arguments() {
    let _alone = crate::alone();
    let secret = "CANARY-0b5a3a53-96ad-4a6f";
    let tavana = Start::new()
        .env("AWS_ACCESS_KEY_ID", "AKCANARY")
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SELECT 1").ok();
    let engines = tavana.engines();
    assert!(!engines.is_empty());
    for engine in engines {
        // Root may read it; the engine itself says it is not dumpable.
        let environment = std::fs::read(format!("/proc/{engine}/environ")).unwrap_or_default();
        assert_eq!(environment.escape_ascii().to_string(), "");
        assert_eq!(process::arguments(engine), ["tavana", "engine"]);
    }
    let template = process::template(tavana.pid()).expect("it is there");
    let environment = std::fs::read(format!("/proc/{template}/environ")).unwrap_or_default();
    assert_eq!(environment.escape_ascii().to_string(), "");
    assert!(!process::arguments(template).join(" ").contains(secret));
    assert!(!tavana.log().contains(secret));
}
