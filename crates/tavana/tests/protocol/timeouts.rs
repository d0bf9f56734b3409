//! Time limits of a session, by SET.

use crate::support::flight::Flight;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause};
use std::time::Duration;
use tokio::time::Instant;

/// What the server says last, and how long after `asked` that was.
fn last_words(wire: &mut Wire, asked: Instant) -> (String, Duration) {
    let mut state = String::new();
    loop {
        match wire.next(PATIENCE) {
            Next::Message(message) if message.kind == b'E' => {
                let fault = message.fault();
                assert_eq!(fault.fields[&'S'], "FATAL");
                fault.state().clone_into(&mut state);
            }
            Next::Message(_) => {}
            Next::End => return (state, asked.elapsed()),
            Next::Silence => panic!("the session goes on"),
        }
    }
}

#[test]
fn a_session_that_is_idle_too_long_is_ended() {
    let tavana = Tavana::start();
    for (setting, begin, state) in [
        ("idle_session_timeout", "", "57P05"),
        ("idle_in_transaction_session_timeout", "BEGIN", "25P03"),
        (
            "idle_in_transaction_session_timeout",
            "BEGIN; SELECT bad",
            "25P03",
        ),
        ("transaction_timeout", "BEGIN", "25P04"),
    ] {
        let mut wire = Wire::connect(tavana.postgres);
        wire.query(format!("SET {setting} = '500ms'")).ok();
        // Sooner than the server begins to count.
        let asked = Instant::now();
        wire.query(begin);
        let (found, took) = last_words(&mut wire, asked);
        assert_eq!(found, state, "{setting}");
        assert!(
            (Duration::from_millis(400)..Duration::from_secs(3)).contains(&took),
            "{setting}: {took:?}"
        );
    }
}

#[test]
fn a_timeout_of_another_state_ends_nothing() {
    let tavana = Tavana::start();
    let mut outside = Wire::connect(tavana.postgres);
    outside
        .query("SET idle_in_transaction_session_timeout = '1s'; SET transaction_timeout = '1s'")
        .ok();
    let mut inside = Wire::connect(tavana.postgres);
    inside.query("SET idle_session_timeout = '1s'; BEGIN").ok();
    // As long as it would take for the wrong one to strike.
    pause(Duration::from_millis(1500));
    for wire in [&mut outside, &mut inside] {
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    }
}

#[test]
fn a_running_statement_is_not_idle() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query(
        "SET idle_session_timeout = '1s'; SET idle_in_transaction_session_timeout = '1s'; \
         BEGIN",
    )
    .ok();
    let asked = Instant::now();
    let sql = "SELECT count(md5(i::VARCHAR)) FROM range(30000000) t(i)";
    wire.query(sql).ok();
    wire.query("COMMIT").ok();
    assert!(
        asked.elapsed() > Duration::from_secs(1),
        "the statement was too fast"
    );
}

#[test]
fn statement_timeout_is_kept_while_rows_are_pulled_and_in_cursors() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SET statement_timeout = '1s'").ok();
    let slow =
        "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range";
    let rows = "SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)";
    for (what, before, out) in [
        ("an aggregate", "", Out::new().query(slow)),
        ("rows", "", Out::new().query(rows)),
        (
            "COPY",
            "",
            Out::new().query(format!("COPY ({rows}) TO STDOUT")),
        ),
        (
            "a cursor",
            "BEGIN; DECLARE c CURSOR FOR SELECT md5(i::VARCHAR) FROM range(1000000000) t(i)",
            Out::new().query("FETCH ALL FROM c"),
        ),
        (
            "MOVE",
            "BEGIN; DECLARE c CURSOR FOR SELECT md5(i::VARCHAR) FROM range(1000000000) t(i)",
            Out::new().query("MOVE ALL FROM c"),
        ),
        (
            "a portal",
            "",
            Out::new()
                .parse("", slow, &[])
                .bind("", "", &[])
                .execute("", 5)
                .sync(),
        ),
    ] {
        wire.query(before).ok();
        let asked = Instant::now();
        let reply = wire.exchange(out);
        let took = asked.elapsed();
        assert_eq!(reply.state(), "57014", "{what}");
        // The client of this test has to read what was sent until then.
        let reading = Duration::from_secs(if what == "an aggregate" { 1 } else { 4 });
        let limits = Duration::from_millis(800)..Duration::from_millis(1200) + reading;
        assert!(limits.contains(&took), "{what}: {took:?}");
        wire.query("ROLLBACK").ok();
    }
}

#[test]
fn a_reader_that_stops_gives_its_slot_to_a_statement_that_waits() {
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "1")
        .env("TAVANA_STREAM_IDLE_CONTENDED_SECS", "1")
        .run();
    let rows = "SELECT i, repeat('x', 1000) FROM range(1000000000) t(i)";
    let mut stopped = Wire::connect_as(tavana.postgres, &[("user", "stops")]);
    stopped.send(Out::new().query(rows));
    while stopped.message().kind != b'D' {}
    // As long as nobody waits, it may rest.
    pause(Duration::from_secs(3));
    let (_, metrics) = tavana.http_get("/metrics");
    assert!(metrics.contains("\ntavana_queue_running 1\n"), "{metrics}");
    let mut other = Wire::connect_as(tavana.postgres, &[("user", "waits")]);
    let began = Instant::now();
    let answer = other.query("SELECT 41 + i FROM range(2) t(i)").ok();
    assert_eq!(answer.rows().len(), 2);
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    let rest = stopped.expect_end();
    assert!(
        rest.iter().all(|message| message.kind != b'C'),
        "it is not complete"
    );
    // The same for a reader by Flight SQL.
    let mut flight = Flight::connect(tavana.flight);
    let info = flight.info(rows).expect("it is planned");
    let ticket = info.endpoint[0].ticket.clone().expect("a ticket");
    let mut held = flight.open(ticket).expect("it begins");
    let began = Instant::now();
    other.query("SELECT 41 + i FROM range(2) t(i)").ok();
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    let status = flight.last_words(&mut held);
    assert_eq!(status.code(), tonic::Code::Cancelled, "{status}");
}

#[test]
fn a_reader_that_stops_for_ever_loses_its_connection_and_frees_its_engine() {
    let tavana = Start::new()
        .env("TAVANA_STREAM_IDLE_TIMEOUT_SECS", "2")
        .run();
    let count = |name: &str| {
        let (_, body) = tavana.http_get("/metrics");
        let mut values = body.lines().filter_map(|line| line.strip_prefix(name));
        values.next().map(|value| value.trim().to_owned())
    };
    let rows = "SELECT i, repeat('x', 1000) FROM range(1000000000) t(i)";
    let mut copying = Wire::connect_as(tavana.postgres, &[("user", "copies")]);
    copying.send(Out::new().query(format!("COPY ({rows}) TO STDOUT")));
    let mut stopped = Wire::connect(tavana.postgres);
    stopped.send(Out::new().query(rows));
    let mut flight = Flight::connect(tavana.flight);
    let info = flight.info(rows).expect("it is planned");
    let ticket = info.endpoint[0].ticket.clone().expect("a ticket");
    let mut held = flight.open(ticket).expect("it begins");
    let began = Instant::now();
    for wire in [&mut copying, &mut stopped] {
        while !matches!(wire.message().kind, b'D' | b'd') {}
    }
    eventually("nothing is left of them", Duration::from_secs(10), || {
        count("tavana_queue_running").as_deref() == Some("0")
            && count("tavana_postgres_connections").as_deref() == Some("0")
    });
    let took = began.elapsed();
    assert!(
        (Duration::from_millis(1800)..Duration::from_secs(5)).contains(&took),
        "{took:?}"
    );
    // Who comes back later gets what was under way, and then hears of it.
    let status = flight.last_words(&mut held);
    assert_eq!(status.code(), tonic::Code::Cancelled, "{status}");
    for wire in [&mut copying, &mut stopped] {
        let rest = wire.expect_end();
        assert!(
            rest.iter().all(|message| message.kind != b'C'),
            "it is not complete"
        );
    }
    // One that reads slowly is not meant.
    let mut slow = Wire::connect(tavana.postgres);
    slow.send(Out::new().query("SELECT i, repeat('x', 1000) FROM range(30000) t(i)"));
    let mut got = 0;
    loop {
        match slow.message().kind {
            b'D' => {
                got += 1;
                if got % 3000 == 0 {
                    pause(Duration::from_millis(400));
                }
            }
            b'Z' => break,
            _ => {}
        }
    }
    assert_eq!(got, 30_000);
}

#[test]
fn limits_of_all_sessions_hold_for_those_that_say_nothing_else() {
    let tavana = Start::new()
        .env("TAVANA_IDLE_SESSION_TIMEOUT_SECS", "1")
        .env("TAVANA_IDLE_IN_TRANSACTION_TIMEOUT_SECS", "0.5")
        .run();
    let mut other = Wire::connect(tavana.postgres);
    other.query("SET idle_session_timeout = 0").ok();
    let mut idle = Wire::connect(tavana.postgres);
    let asked = Instant::now();
    assert_eq!(
        idle.query("SHOW idle_session_timeout").value().as_deref(),
        Some("1s")
    );
    let (state, took) = last_words(&mut idle, asked);
    assert_eq!(state, "57P05");
    assert!(
        (Duration::from_millis(800)..Duration::from_secs(4)).contains(&took),
        "{took:?}"
    );
    let mut block = Wire::connect(tavana.postgres);
    let asked = Instant::now();
    block.query("BEGIN").ok();
    let (state, took) = last_words(&mut block, asked);
    assert_eq!(state, "25P03");
    assert!(
        (Duration::from_millis(400)..Duration::from_secs(3)).contains(&took),
        "{took:?}"
    );
    assert_eq!(other.query("SELECT 1").value().as_deref(), Some("1"));
}
