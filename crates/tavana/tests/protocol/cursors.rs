//! DECLARE, FETCH, MOVE and CLOSE as SQL.

use crate::support::process;
use crate::support::server::{Start, Tavana};
use crate::support::switch;
use crate::support::wire::{Out, Wire};
use std::time::Duration;
use tokio::time::Instant;

fn column(wire: &mut Wire, sql: &str) -> Vec<String> {
    let reply = wire.query(sql).ok();
    reply
        .texts()
        .into_iter()
        .map(|row| row[0].clone().expect("not NULL"))
        .collect()
}

#[test]
fn a_cursor_gives_its_rows_in_parts() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    let reply = wire
        .query("DECLARE c CURSOR FOR SELECT i FROM range(10) t(i)")
        .ok();
    assert_eq!(reply.tags(), ["DECLARE CURSOR"]);
    assert_eq!(column(&mut wire, "FETCH 3 FROM c"), ["0", "1", "2"]);
    assert_eq!(column(&mut wire, "FETCH c"), ["3"]);
    assert_eq!(column(&mut wire, "FETCH NEXT IN c"), ["4"]);
    assert_eq!(column(&mut wire, "FETCH FORWARD 2 FROM c"), ["5", "6"]);
    assert_eq!(wire.query("MOVE 1 FROM c").ok().tags(), ["MOVE 1"]);
    let reply = wire.query("FETCH ALL FROM c").ok();
    assert_eq!(reply.tags(), ["FETCH 2"]);
    let reply = wire.query("FETCH ALL FROM c").ok();
    assert_eq!(
        reply.kinds(),
        "TCZ",
        "an exhausted cursor still has columns"
    );
    assert_eq!(reply.tags(), ["FETCH 0"]);
    assert_eq!(wire.query("CLOSE c").ok().tags(), ["CLOSE CURSOR"]);
    wire.query("COMMIT").ok();
}

#[test]
fn cursor_names_are_names_whatever_they_hold() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE canary (i INTEGER)").ok();
    wire.query("BEGIN").ok();
    let long = "n".repeat(1_000);
    for name in [
        "a b",
        "a\"\"b",
        "x'; DROP TABLE canary; --",
        "ü",
        "SELECT",
        long.as_str(),
    ] {
        wire.query(format!("DECLARE \"{name}\" CURSOR FOR SELECT 42 AS i"))
            .ok();
        assert_eq!(
            column(&mut wire, &format!("FETCH 1 FROM \"{name}\"")),
            ["42"],
            "{name}"
        );
        wire.query(format!("CLOSE \"{name}\"")).ok();
    }
    wire.query("COMMIT").ok();
    assert_eq!(
        wire.query("SELECT count(*) FROM canary").value().as_deref(),
        Some("0")
    );
}

#[test]
fn mistakes_with_cursors_have_their_own_states() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("DECLARE c CURSOR FOR SELECT 1");
    assert_eq!(
        reply.state(),
        "25P01",
        "a cursor without HOLD needs a block"
    );
    for (sql, state) in [
        ("FETCH 1 FROM nothing", "34000"),
        ("CLOSE nothing", "34000"),
        (
            "DECLARE c CURSOR FOR SELECT 1; DECLARE c CURSOR FOR SELECT 2",
            "42P03",
        ),
        ("DECLARE d CURSOR FOR SELECT bad", "42703"),
    ] {
        wire.query("BEGIN").ok();
        let reply = wire.query(sql);
        assert_eq!(reply.state(), state, "{sql}");
        assert_eq!(reply.status(), 'E', "{sql}");
        wire.query("ROLLBACK").ok();
    }
}

#[test]
fn the_end_of_the_block_closes_its_cursors() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query("DECLARE c CURSOR FOR SELECT 1").ok();
    wire.query("COMMIT").ok();
    wire.query("BEGIN").ok();
    assert_eq!(wire.query("FETCH 1 FROM c").state(), "34000");
    wire.query("ROLLBACK").ok();
}

#[test]
fn several_cursors_are_read_in_turn() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    for cursor in 0..5 {
        let sql =
            format!("DECLARE c{cursor} CURSOR FOR SELECT i * 10 + {cursor} FROM range(40) t(i)");
        wire.query(sql).ok();
    }
    for part in 0..4 {
        for cursor in 0..5 {
            let values = column(&mut wire, &format!("FETCH 10 FROM c{cursor}"));
            let expected: Vec<String> = (part * 10..part * 10 + 10)
                .map(|i| (i * 10 + cursor).to_string())
                .collect();
            assert_eq!(values, expected, "part {part} of c{cursor}");
        }
    }
    wire.query("COMMIT").ok();
}

/// Five rows, 1 to 5.
const FIVE: &str = "SELECT i FROM range(1, 6) t(i) ORDER BY i";

#[test]
fn a_scrolling_cursor_goes_in_every_direction() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query(format!("DECLARE c SCROLL CURSOR FOR {FIVE}"))
        .ok();
    // As a real PostgreSQL answers; the position is before the first row at the beginning.
    for (motion, expected) in [
        ("PRIOR", ""),
        ("2", "1 2"),
        ("PRIOR", "1"),
        ("LAST", "5"),
        ("NEXT", ""),
        ("PRIOR", "5"),
        ("ABSOLUTE 2", "2"),
        ("ABSOLUTE -2", "4"),
        ("RELATIVE -3", "1"),
        ("0", "1"),
        ("ALL", "2 3 4 5"),
        ("BACKWARD 3", "5 4 3"),
        ("FORWARD -1", "2"),
        ("BACKWARD ALL", "1"),
        ("BACKWARD -2", "1 2"),
        ("ABSOLUTE 9", ""),
        ("-2", "5 4"),
        ("ABSOLUTE 0", ""),
        ("FIRST", "1"),
    ] {
        let sql = format!("FETCH {motion} FROM c");
        assert_eq!(column(&mut wire, &sql).join(" "), expected, "{sql}");
    }
    for (motion, tag) in [
        ("ALL", "MOVE 4"),
        ("BACKWARD ALL", "MOVE 5"),
        ("ABSOLUTE 3", "MOVE 1"),
        ("0", "MOVE 1"),
        ("RELATIVE -9", "MOVE 0"),
    ] {
        let reply = wire.query(format!("MOVE {motion} FROM c")).ok();
        assert_eq!(reply.tags(), [tag], "MOVE {motion}");
    }
    // The rows stay when the statement's connection is wanted for another one.
    wire.query("SELECT 1").ok();
    assert_eq!(column(&mut wire, "FETCH LAST FROM c"), ["5"]);
    wire.query("COMMIT").ok();
}

#[test]
fn a_cursor_that_goes_forward_only_says_so_and_its_block_can_end() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for motion in [
        "PRIOR",
        "FIRST",
        "ABSOLUTE 1",
        "-1",
        "0",
        "BACKWARD ALL",
        "LAST",
    ] {
        wire.query("BEGIN").ok();
        wire.query(format!("DECLARE c NO SCROLL CURSOR FOR {FIVE}"))
            .ok();
        assert_eq!(column(&mut wire, "FETCH ABSOLUTE 2 FROM c"), ["2"]);
        let reply = wire.query(format!("FETCH {motion} FROM c"));
        assert_eq!(reply.state(), "55000", "{motion}");
        assert_eq!(reply.status(), 'E');
        wire.query("ROLLBACK").ok();
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    }
}

#[test]
fn a_held_cursor_outlives_its_transaction_and_no_other_does() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query(format!("DECLARE kept CURSOR WITH HOLD FOR {FIVE}"))
        .ok();
    wire.query(format!("DECLARE gone CURSOR FOR {FIVE}")).ok();
    assert_eq!(column(&mut wire, "FETCH 2 FROM kept"), ["1", "2"]);
    wire.query("COMMIT").ok();
    assert_eq!(column(&mut wire, "FETCH kept"), ["3"]);
    assert_eq!(wire.query("FETCH gone").state(), "34000");
    wire.query("BEGIN").ok();
    wire.query(format!("DECLARE undone CURSOR WITH HOLD FOR {FIVE}"))
        .ok();
    assert_eq!(column(&mut wire, "FETCH kept"), ["4"]);
    wire.query("ROLLBACK").ok();
    assert_eq!(wire.query("FETCH undone").state(), "34000");
    assert_eq!(column(&mut wire, "FETCH ALL FROM kept"), ["5"]);
    wire.query("CLOSE kept").ok();
    wire.query(format!("DECLARE alone SCROLL CURSOR WITH HOLD FOR {FIVE}"))
        .ok();
    assert_eq!(column(&mut wire, "FETCH LAST FROM alone"), ["5"]);
    wire.query("DISCARD ALL").ok();
    assert_eq!(wire.query("FETCH alone").state(), "34000");
}

#[test]
fn a_cursor_is_a_portal_of_its_name() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query(format!("DECLARE c BINARY CURSOR FOR {FIVE}"))
        .ok();
    let reply = wire.query("FETCH 1 FROM c").ok();
    assert_eq!(reply.columns()[0].format, 1);
    assert_eq!(
        reply.rows()[0][0].as_deref(),
        Some(&1_i64.to_be_bytes()[..])
    );
    let out = Out::new().describe_portal("c").execute("c", 2).sync();
    let reply = wire.exchange(out).ok();
    assert_eq!(reply.kinds(), "TDDsZ");
    let reply = wire.exchange(Out::new().execute("c", 9).sync()).ok();
    assert_eq!(reply.tags(), ["SELECT 2"]);
    let reply = wire.exchange(
        Out::new()
            .parse("", "SELECT 1", &[])
            .bind("c", "", &[])
            .sync(),
    );
    assert_eq!(reply.state(), "42P03");
    wire.query("ROLLBACK").ok();
}

#[test]
fn the_first_rows_of_a_huge_cursor_come_at_once_and_cost_nothing() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for scroll in ["NO SCROLL", "SCROLL"] {
        wire.query("BEGIN").ok();
        wire.query("SELECT 1").ok();
        // Another engine may be made ready meanwhile; it is not the cursor's.
        let engines = tavana.engines();
        let used = || -> u64 {
            let bytes = engines.iter().map(|pid| process::resident_bytes(*pid));
            bytes.sum()
        };
        let before = used();
        let asked = Instant::now();
        wire.query(format!(
            "DECLARE c {scroll} CURSOR FOR SELECT * FROM range(1000000000) t(i)"
        ))
        .ok();
        assert_eq!(column(&mut wire, "FETCH 100 FROM c").len(), 100);
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(1), "{scroll}: it took {took:?}");
        for page in 1..50 {
            let rows = column(&mut wire, "FETCH 10000 FROM c");
            let first: u64 = rows[0].parse().expect("a number");
            assert_eq!((first, rows.len()), (100 + (page - 1) * 10_000, 10_000));
        }
        let grown = used().saturating_sub(before);
        assert!(
            grown < 100 << 20,
            "{scroll}: the engines grew by {grown} bytes"
        );
        wire.query("ROLLBACK").ok();
    }
}

#[test]
fn cursors_of_many_sessions_are_read_in_turn_without_a_gap() {
    // `TAVANA_TEST_CURSOR_SESSIONS=100` is a thousand cursors, on all the memory there is.
    let more = switch("TAVANA_TEST_CURSOR_SESSIONS");
    let sessions: u32 = more
        .as_deref()
        .map_or(12, |text| text.parse().expect("a number of sessions"));
    // Else the memory is that of four statements.
    let tavana = match more {
        Some(_) => Tavana::start(),
        None => Start::new().env("MAX_MEMORY_GB", "1").run(),
    };
    // It never ends, so that it can be put nowhere while others need its memory.
    let mut endless = Wire::connect(tavana.postgres);
    endless.query("BEGIN").ok();
    endless
        .query("DECLARE c CURSOR FOR SELECT i FROM range(1000000000000) t(i)")
        .ok();
    let mut wires: Vec<Wire> = (0..sessions)
        .map(|session| {
            let mut wire = Wire::connect(tavana.postgres);
            wire.query("BEGIN").ok();
            for cursor in 0..10 {
                wire.query(format!(
                    "DECLARE c{cursor} CURSOR FOR SELECT i * 1000 + {} FROM range(500) t(i) ORDER BY i",
                    session * 10 + cursor
                ))
                .ok();
            }
            wire
        })
        .collect();
    for part in 0..5_u32 {
        let next: Vec<String> = (part * 10..part * 10 + 10).map(|i| i.to_string()).collect();
        assert_eq!(column(&mut endless, "FETCH 10 FROM c"), next, "part {part}");
        for (session, wire) in (0_u32..).zip(&mut wires) {
            for cursor in 0..10 {
                let rows = column(wire, &format!("FETCH 100 FROM c{cursor}"));
                let expected: Vec<String> = (part * 100..part * 100 + 100)
                    .map(|i| (i * 1000 + session * 10 + cursor).to_string())
                    .collect();
                assert_eq!(
                    rows, expected,
                    "part {part} of c{cursor} of session {session}"
                );
            }
        }
    }
}
