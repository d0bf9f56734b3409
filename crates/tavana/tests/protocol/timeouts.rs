//! Time limits of a session, by SET.

use crate::support::server::Tavana;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, pause};
use std::time::Duration;
use tokio::time::Instant;

/// What the server says last, and how long that took.
fn last_words(wire: &mut Wire) -> (String, Duration) {
    let asked = Instant::now();
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
        wire.query(begin);
        let (found, took) = last_words(&mut wire);
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
        .query(
            "SET idle_in_transaction_session_timeout = '200ms'; SET transaction_timeout = '200ms'",
        )
        .ok();
    let mut inside = Wire::connect(tavana.postgres);
    inside.query("SET idle_session_timeout = '200ms'").ok();
    inside.query("BEGIN").ok();
    // As long as it would take for the wrong one to strike.
    pause(Duration::from_millis(600));
    for wire in [&mut outside, &mut inside] {
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    }
}

#[test]
fn a_running_statement_is_not_idle() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query(
        "SET idle_session_timeout = '300ms'; SET idle_in_transaction_session_timeout = '300ms'",
    )
    .ok();
    wire.query("BEGIN").ok();
    let asked = Instant::now();
    let sql = "SELECT count(md5(i::VARCHAR)) FROM range(5000000) t(i)";
    wire.query(sql).ok();
    wire.query("COMMIT").ok();
    assert!(
        asked.elapsed() > Duration::from_millis(300),
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
